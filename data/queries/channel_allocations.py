"""Parts of channels as they are stored, and what changes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.network import Location
from models.product import Product
from models.promising import ChannelAllocation

LISTED = text(
    """
    select a.id, a.product_id, p.code, p.name, a.category, a.location_id, l.code as location, a.channel_id,
           h.name as channel, a.share::float8 as share, a.valid_from, a.version
    from channel_allocation a
    join channel h on h.id = a.channel_id
    left join product p on p.id = a.product_id
    left join location l on l.id = a.location_id
    order by p.code nulls last, a.category nulls last, l.code nulls last, h.name, a.valid_from
    """
)


def lock(session: Session) -> None:
    """Only one transaction at a time changes parts, so that together they stay within the whole."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.channel_allocation'))"))


def listed(session: Session) -> list[Row[Any]]:
    """Every part, the narrowest first."""
    return list(session.execute(LISTED))


def one(session: Session, allocation_id: int) -> Row[Any] | None:
    """A part as it is stored."""
    table = ChannelAllocation.__table__
    return one_or_none(session, select(table).where(table.c.id == allocation_id))


def product_id(session: Session, code: str) -> int | None:
    """The product of a code."""
    return session.scalar(select(Product.id).where(Product.code == code))


def location_id(session: Session, code: str) -> int | None:
    """The place of a code."""
    return session.scalar(select(Location.id).where(Location.code == code))


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(ChannelAllocation).values(**values).returning(ChannelAllocation.id)).scalar_one()


def change(session: Session, allocation_id: int, **values: Any) -> None:
    """Change a part, which thereby has another version."""
    found = ChannelAllocation
    session.execute(update(found).where(found.id == allocation_id).values(version=found.version + 1, **values))


def remove(session: Session, allocation_id: int) -> None:
    session.execute(delete(ChannelAllocation).where(ChannelAllocation.id == allocation_id))
