"""The calendar of planned events, as the people see it who plan them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.base import Json
from models.events import PlanningEvent
from models.network import Channel, Location
from models.product import Product

TARGETS = {"product": Product, "location": Location, "channel": Channel}

EVENTS = """
select e.id, e.code, e.name, e.kind, p.code as product, p.name as product_name, l.code as location,
       l.name as location_name, c.code as channel, c.name as channel_name, e.starts_on, e.ends_on,
       e.discount::float8 as discount, e.note, e.status, u.name as author, e.created_at, e.version
from planning_event e
left join product p on p.id = e.product_id
left join location l on l.id = e.location_id
left join channel c on c.id = e.channel_id
left join app_user u on u.id = e.created_by
"""
# An event for all products is one for the product that is asked for, too.
FOUND = """
(cast(:since as date) is null or ends_on >= :since) and (cast(:until as date) is null or starts_on <= :until)
and (:kind = '' or kind = :kind) and (:status = '' or status = :status)
and (:product = '' or product = :product or product is null)
and (strpos(lower(code), lower(:search)) > 0 or strpos(lower(name), lower(:search)) > 0)
"""
PAGE = text(f"select * from ({EVENTS}) e where {FOUND} order by starts_on, code limit :limit offset :first")
COUNT = text(f"select count(*) from ({EVENTS}) e where {FOUND}")
ONE = text(f"{EVENTS} where e.id = :id")


def page(session: Session, filters: Json, *, first: int, limit: int) -> tuple[list[Row[Any]], int]:
    """Events by first day, and how many fit in all.

    ``filters``: since and until (None: any), kind, status, product (code) and search (empty: any).
    """
    rows = list(session.execute(PAGE, {**filters, "first": first, "limit": limit}))
    return rows, session.scalar(COUNT, filters) or 0


def one(session: Session, event_id: int) -> Row[Any] | None:
    """A row as of page."""
    return one_or_none(session, ONE.bindparams(id=event_id))


def lock_codes(session: Session) -> None:
    """Let nobody else give or change a code until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.planning_event'))"))


def event_id(session: Session, code: str) -> int | None:
    return session.scalar(select(PlanningEvent.id).where(PlanningEvent.code == code))


def target_id(session: Session, table: str, code: str) -> int | None:
    """The id of the product, location or channel with a code."""
    found: Any = TARGETS[table]
    identity: int | None = session.scalar(select(found.id).where(found.code == code))
    return identity


def held(session: Session, event_id: int) -> Row[Any] | None:
    """The event as it is stored, held until the transaction ends."""
    table = PlanningEvent.__table__
    return one_or_none(session, select(table).where(table.c.id == event_id).with_for_update())


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(PlanningEvent).values(**values).returning(PlanningEvent.id)).scalar_one()


def change(session: Session, event_id: int, **values: Any) -> None:
    """Change an event, which thereby has another version."""
    found = PlanningEvent
    session.execute(update(found).where(found.id == event_id).values(version=found.version + 1, **values))
