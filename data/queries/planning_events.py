"""The calendar of planned events, as the people see it who plan them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.event_reach import MECHANIC
from data.rows import one_or_none
from models.base import Json
from models.events import PlanningEvent, PlanningEventChannel, PlanningEventProduct
from models.network import Channel, Location
from models.product import Product

TARGETS = {"product": Product, "location": Location, "channel": Channel}

EVENTS = f"""
select e.id, e.code, e.name, e.kind, p.code as product, p.name as product_name, l.code as location,
       l.name as location_name, c.code as channel, c.name as channel_name, e.category, e.family, e.brand,
       array(
           select x.code from planning_event_product y join product x on x.id = y.product_id
           where y.event_id = e.id order by x.code
       ) as products,
       array(
           select x.code from planning_event_channel y join channel x on x.id = y.channel_id
           where y.event_id = e.id order by x.code
       ) as channels,
       array(
           select distinct coalesce(g.brand, '') from planning_event_product y join product g on g.id = y.product_id
           where y.event_id = e.id order by 1
       ) as brands,
       p.brand as product_brand, e.starts_on, e.ends_on, e.discount::float8 as discount, e.mechanic,
       {MECHANIC} as works_by,
       e.budget::float8 as budget, e.expected_uplift::float8 as expected_uplift,
       e.pull_forward::float8 as pull_forward, e.cannibalisation::float8 as cannibalisation, e.note, e.lessons,
       e.status, o.name as owner, e.owner_id, d.name as decided_by, e.decided_at, e.decision, u.name as author,
       e.created_by, e.created_at, e.version
from planning_event e
left join product p on p.id = e.product_id
left join location l on l.id = e.location_id
left join channel c on c.id = e.channel_id
left join app_user u on u.id = e.created_by
left join app_user o on o.id = e.owner_id
left join app_user d on d.id = e.decided_by
"""
# An event for all products is one for the product that is asked for, too.
FOUND = """
(cast(:since as date) is null or ends_on >= :since) and (cast(:until as date) is null or starts_on <= :until)
and (:kind = '' or kind = :kind) and (:status = '' or status = :status)
and (:product = '' or product = :product or :product = any(products)
     or (product is null and products = '{}' and category is null and family is null and brand is null)
     or (coalesce(category, family, brand) is not null and exists (
         select from product g
         where g.code = :product and coalesce(g.category = e.category, e.category is null)
           and coalesce(g.family = e.family, e.family is null) and coalesce(g.brand = e.brand, e.brand is null))))
and (:brand = '' or product_brand = :brand or brand = :brand or :brand = any(brands))
and (:channel = '' or channel = :channel or :channel = any(channels) or (channel is null and channels = '{}'))
and (strpos(lower(code), lower(:search)) > 0 or strpos(lower(name), lower(:search)) > 0)
"""
PAGE = text(f"select * from ({EVENTS}) e where {FOUND} order by starts_on, code limit :limit offset :first")
COUNT = text(f"select count(*) from ({EVENTS}) e where {FOUND}")
REMARKS = text(
    f"""
    select e.id, e.code, e.name, e.starts_on, e.ends_on, {MECHANIC} as works_by, e.discount::float8 as discount,
           e.budget::float8 as budget, e.expected_uplift::float8 as expected_uplift,
           e.pull_forward::float8 as pull_forward, e.lessons
    from planning_event e where e.id = any(:ids)
    """
)
LAST_ACTOR = text(
    "select actor from audit_entry where subject = 'planning_event' and subject_id = :id order by id desc limit 1"
)
# What is to be decided, is not over or was given figures comes before what the calendar only knows of.
BOARD = text(
    f"""
    select * from ({EVENTS}) e where {FOUND} and (status <> 'cancelled' or :status = 'cancelled')
    order by status not in ('draft', 'proposed', 'rejected'), ends_on < :as_of,
             expected_uplift is null and budget is null, starts_on, code
    limit :limit
    """
)
BOARD_COUNT = text(
    f"select count(*) from ({EVENTS}) e where {FOUND} and (status <> 'cancelled' or :status = 'cancelled')"
)
ONE = text(f"{EVENTS} where e.id = :id")


def page(session: Session, filters: Json, *, first: int, limit: int) -> tuple[list[Row[Any]], int]:
    """Events by first day, and how many fit in all.

    ``filters``: since and until (None: any), kind, status, product, brand, channel and search (empty: any).
    """
    rows = list(session.execute(PAGE, {**filters, "first": first, "limit": limit}))
    return rows, session.scalar(COUNT, filters) or 0


def board(session: Session, filters: Json, *, as_of: date, limit: int) -> tuple[list[Row[Any]], int]:
    """The events of a board, as of page; cancelled ones only when they are asked for."""
    return list(session.execute(BOARD, {**filters, "as_of": as_of, "limit": limit})), session.scalar(
        BOARD_COUNT, filters
    ) or 0


def one(session: Session, event_id: int) -> Row[Any] | None:
    """A row as of page."""
    return one_or_none(session, ONE.bindparams(id=event_id))


def lock_codes(session: Session) -> None:
    """Let nobody else give or change a code until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.planning_event'))"))


def event_id(session: Session, code: str) -> int | None:
    return session.scalar(select(PlanningEvent.id).where(PlanningEvent.code == code))


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


def remarks(session: Session, ids: list[int]) -> pd.DataFrame:
    """What was expected of events, and learned from them."""
    return frame(session, REMARKS, ids=ids)


def last_actor(session: Session, event_id: int) -> str | None:
    """Who changed the event last, as the audit trail has it."""
    actor: str | None = session.scalar(LAST_ACTOR.bindparams(id=str(event_id)))
    return actor


def several(session: Session, event_id: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The products and the channels of an event that has several, by id."""
    products, channels = PlanningEventProduct, PlanningEventChannel
    return (
        tuple(
            session.scalars(
                select(products.product_id).where(products.event_id == event_id).order_by(products.product_id)
            )
        ),
        tuple(
            session.scalars(
                select(channels.channel_id).where(channels.event_id == event_id).order_by(channels.channel_id)
            )
        ),
    )


def set_several(session: Session, event_id: int, *, products: tuple[int, ...], channels: tuple[int, ...]) -> None:
    """Make these the products and channels of an event that has several."""
    for table, name, ids in (
        (PlanningEventProduct, "product_id", products),
        (PlanningEventChannel, "channel_id", channels),
    ):
        session.execute(delete(table).where(table.event_id == event_id))
        if ids:
            session.execute(insert(table), [{"event_id": event_id, name: found} for found in ids])


def target_ids(session: Session, table: str, codes: list[str]) -> dict[str, int]:
    """Ids of products or channels by code; those that are not there are left out."""
    found: Any = TARGETS[table]
    rows = session.execute(select(found.code, found.id).where(found.code.in_(codes)))
    return {code: int(identity) for code, identity in rows}


def group_known(session: Session, name: str, value: str) -> bool:
    """Whether any product has this category, family or brand."""
    column = getattr(Product, name)
    return session.scalar(select(func.count()).select_from(Product).where(column == value)) != 0


def next_number(session: Session) -> int:
    """One that no event's id has had."""
    return (session.scalar(select(func.max(PlanningEvent.id))) or 0) + 1


def groups(session: Session) -> dict[str, list[str]]:
    """Every category, family and brand that products have."""
    return {
        name: list(
            session.scalars(
                select(getattr(Product, name))
                .where(getattr(Product, name).is_not(None))
                .distinct()
                .order_by(getattr(Product, name))
            )
        )
        for name in ("category", "family", "brand")
    }


def places(session: Session) -> dict[str, list[tuple[str, str]]]:
    """Code and name of every location and channel."""
    return {
        name: [(code, title) for code, title in session.execute(select(table.code, table.name).order_by(table.id))]
        for name, table in (("location", Location), ("channel", Channel))
    }
