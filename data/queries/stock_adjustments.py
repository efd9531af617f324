"""What changes when stock is corrected: lots, movements, and who did it why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text, tuple_
from sqlalchemy import select as select_
from sqlalchemy.dialects.postgresql import insert as insert_or_keep
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.stock import StockLot
from models.stock_keeping import StockAdjustment

LotKey = tuple[int, int, str]
"""Product, location and name of a lot."""

SET_LOTS = text("update stock_lot set quantity = cast(:after as numeric) where id = :id")
SET_DAYS = text("update stock_lot set received_on = :received_on, expires_on = :expires_on where id = :id")

# Every movement of a correction is made of its stored row, so the two can't differ.
ADD_MOVEMENTS = text(
    """
    insert into stock_movement (day, reference, product_id, location_id, kind, quantity)
    select day, reference, product_id, location_id, 'adjustment', after - before
    from stock_adjustment where id = any(:ids)
    """
)


def hold_lots(session: Session, keys: Sequence[LotKey]) -> list[Row[Any]]:
    """These lots as they are stored, held until the transaction ends; always in one order, so nobody waits in a
    circle."""
    table = StockLot.__table__
    wanted = tuple_(table.c.product_id, table.c.location_id, table.c.lot).in_(list(keys))
    return list(session.execute(select_(table).where(wanted).order_by(table.c.id).with_for_update()))


def make_lots(session: Session, lots: Sequence[dict[str, Any]]) -> None:
    """Empty lots, where there are none of these names yet."""
    if lots:
        session.execute(insert_or_keep(StockLot).on_conflict_do_nothing(), list(lots))


def set_days(session: Session, lot_id: int, *, received_on: date, expires_on: date | None) -> None:
    """An emptied lot that is filled again has the days of what came."""
    session.execute(SET_DAYS, {"id": lot_id, "received_on": received_on, "expires_on": expires_on})


def set_quantities(session: Session, quantities: Sequence[tuple[int, Decimal]]) -> None:
    session.execute(SET_LOTS, [{"id": lot_id, "after": after} for lot_id, after in quantities])


def add(session: Session, rows: Sequence[dict[str, Any]], *, day: date) -> list[int]:
    """Store corrections of one day with their movements; ids in the order of the rows."""
    session.execute(text("select tandem_ensure_partition('stock_movement', :year)"), {"year": day.year})
    numbers = session.execute(
        text("select nextval(pg_get_serial_sequence('stock_adjustment', 'id')) from generate_series(1, :count)"),
        {"count": len(rows)},
    )
    ids = [int(number) for number in numbers.scalars()]
    named = [
        {**row, "id": found, "reference": f"ADJ-{found}", "day": day} for found, row in zip(ids, rows, strict=True)
    ]
    session.execute(insert(StockAdjustment), named)
    session.execute(ADD_MOVEMENTS, {"ids": ids})
    return ids
