"""What changes when something is done about a lot that expires: its action, the lot, a movement of stock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.inventory import Item
from data.rows import one_or_none
from models.expiry import ExpiryAction
from models.stock import StockLot, StockMovement

OPEN = ("proposed", "approved", "running")


def held(session: Session, action_id: int) -> Row[Any] | None:
    """The action as it is stored, held until the transaction ends."""
    table = ExpiryAction.__table__
    return one_or_none(session, select(table).where(table.c.id == action_id).with_for_update())


def held_lot(session: Session, item: Item, lot: str) -> Row[Any] | None:
    """The lot as it is stored, held until the transaction ends."""
    table = StockLot.__table__
    wanted = (table.c.product_id == item[0], table.c.location_id == item[1], table.c.lot == lot)
    return one_or_none(session, select(table).where(*wanted).with_for_update())


def planned_quantity(session: Session, item: Item, lot: str) -> Decimal:
    """What open actions are to do away with."""
    found = ExpiryAction
    planned = select(func.coalesce(func.sum(found.quantity), 0)).where(
        found.product_id == item[0], found.location_id == item[1], found.lot == lot, found.status.in_(OPEN)
    )
    return Decimal(session.execute(planned).scalar_one())


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(ExpiryAction).values(**values).returning(ExpiryAction.id)).scalar_one()


def change(session: Session, action_id: int, **values: Any) -> None:
    """Change an action, which thereby has another version."""
    found = ExpiryAction
    session.execute(update(found).where(found.id == action_id).values(version=found.version + 1, **values))


def take(session: Session, lot_id: int, quantity: Decimal) -> None:
    session.execute(update(StockLot).where(StockLot.id == lot_id).values(quantity=StockLot.quantity - quantity))


def add_movement(session: Session, *, day: date, **values: Any) -> None:
    session.execute(text("select tandem_ensure_partition('stock_movement', :year)"), {"year": day.year})
    session.execute(insert(StockMovement).values(day=day, **values))
