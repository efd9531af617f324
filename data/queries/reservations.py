"""Reservations: the lock under which they are made, what changes, and the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.order_promising import LIVE
from data.rows import one_or_none
from models.promising import StockReservation

LISTED = """
select r.id, r.product_id, r.location_id, p.code, p.name, p.uom, l.code as location, l.name as location_name,
       coalesce(h.name, k.name) as channel, c.name as customer, r.quantity::float8 as quantity, r.wanted_on,
       r.promised_on, case when r.status = 'held' and r.expires_at <= :at then 'expired' else r.status end as status,
       r.expires_at, r.note, u.name as made_by, r.created_at, r.version
from stock_reservation r
join product p on p.id = r.product_id
join location l on l.id = r.location_id
left join customer c on c.id = r.customer_id
left join channel h on h.id = r.channel_id
left join channel k on k.id = c.channel_id
left join app_user u on u.id = r.created_by
"""
SORTABLE = frozenset(
    {
        *("code", "name", "location", "channel", "customer", "quantity", "wanted_on", "promised_on", "status"),
        *("expires_at", "made_by", "created_at"),
    }
)
TOTALS = text(f"select count(*) as total, count(*) filter (where {LIVE}) as live from stock_reservation r")


def lock_item(session: Session, product_id: int, location_id: int) -> None:
    """Until the transaction ends, nobody else reserves this item at this place."""
    name = f"tandem.reservation:{product_id}:{location_id}"
    session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def made_by_request(session: Session, key: UUID) -> int | None:
    """The reservation that a request made already."""
    return session.scalar(select(StockReservation.id).where(StockReservation.request_key == key))


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(StockReservation).values(**values).returning(StockReservation.id)).scalar_one()


def held(session: Session, reservation_id: int) -> Row[Any] | None:
    """A reservation as it is stored, held until the transaction ends."""
    table = StockReservation.__table__
    return one_or_none(session, select(table).where(table.c.id == reservation_id).with_for_update())


def change(session: Session, reservation_id: int, **values: Any) -> None:
    """Change a reservation, which thereby has another version."""
    found = StockReservation
    session.execute(update(found).where(found.id == reservation_id).values(version=found.version + 1, **values))


def expire(session: Session, *, at: datetime) -> list[int]:
    """End the holds whose time is over; which these were."""
    found = StockReservation
    statement = (
        update(found)
        .where(found.status == "held", found.expires_at <= at)
        .values(status="expired", version=found.version + 1)
        .returning(found.id)
    )
    return list(session.scalars(statement))


def one(session: Session, reservation_id: int, *, at: datetime) -> Row[Any] | None:
    """A reservation as the list shows it."""
    return one_or_none(session, text(f"{LISTED} where r.id = :id").bindparams(id=reservation_id, at=at))


def listed(
    session: Session, *, at: datetime, live: bool, start: int, limit: int, sort: Sequence[tuple[str, bool]]
) -> tuple[list[Row[Any]], Row[Any]]:
    """A page of the reservations, what ends first on top unless sorted; and how many there are."""
    wanted = [f"{name} {'desc' if descending else 'asc'} nulls last" for name, descending in sort if name in SORTABLE]
    order = ", ".join([*wanted, "status in ('held', 'confirmed') desc", "expires_at nulls last", "id desc"])
    only = f"where {LIVE}" if live else ""
    page = text(f"select * from ({LISTED} {only}) r order by {order} limit :limit offset :start")
    rows = list(session.execute(page, {"at": at, "limit": limit, "start": start}))
    return rows, session.execute(TOTALS, {"at": at}).one()
