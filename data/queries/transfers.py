"""Transfer orders: their list, their numbers, and the lots that they move."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.queries.inventory import Item
from data.rows import one_or_none
from models.orders import TransferOrder
from models.stock import StockLot

OPEN = ("planned", "in_transit")
NUMBER_DIGITS = 5

ORDERS = text(
    """
    select t.id, t.number, t.status, t.version, p.code, p.name, p.uom, o.code as origin, o.name as origin_name,
           d.code as destination, d.name as destination_name, t.quantity::float8 as quantity, t.ships_on, t.arrives_on,
           t.shipped_on, t.received_on,
           (select coalesce(sum(quantity), 0)::float8 from stock_lot s
            where s.product_id = t.product_id and s.location_id = t.from_location_id
                  and (s.expires_on is null or s.expires_on > :as_of)) as at_origin
    from transfer_order t join product p on p.id = t.product_id
    join location o on o.id = t.from_location_id join location d on d.id = t.to_location_id
    where t.status in ('planned', 'in_transit')
    order by case when t.status = 'planned' then t.ships_on else t.arrives_on end, t.id
    limit :most
    """
)
NEXT_NUMBER = text(
    """
    select coalesce(max(digits::int), 0) + 1 as following, coalesce(max(length(digits)), 0) as width
    from (select substring(number from :digits) as digits from transfer_order where number like :prefix || '%') numbers
    """
)


def open_orders(session: Session, *, as_of: date, most: int) -> pd.DataFrame:
    """Transfers that are to leave or on their way, the soonest first, with what can be used where they leave."""
    return frame(session, ORDERS, as_of=as_of, most=most)


def lock_numbering(session: Session) -> None:
    """Only one transaction at a time gives out numbers."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.transfer_order'))"))


def add(session: Session, *, day: date, **values: Any) -> Row[Any, Any]:
    """A new order under the next number of its year; the caller holds lock_numbering."""
    prefix = f"TO-{day.year}-"
    after = session.execute(NEXT_NUMBER, {"prefix": prefix, "digits": f"^{prefix}([0-9]{{1,9}})$"}).one()
    number = f"{prefix}{after.following:0{max(after.width, NUMBER_DIGITS)}d}"
    order = TransferOrder.__table__.c
    statement = insert(TransferOrder).values(number=number, **values).returning(order.id, order.number)
    return session.execute(statement).one()


def held(session: Session, order_id: int) -> Row[Any] | None:
    """An order, held until the transaction ends."""
    table = TransferOrder.__table__
    return one_or_none(session, select(table).where(table.c.id == order_id).with_for_update())


def change(session: Session, order_id: int, **values: Any) -> None:
    order = TransferOrder
    session.execute(update(order).where(order.id == order_id).values(version=order.version + 1, **values))


def held_lots(session: Session, item: Item, *, as_of: date) -> list[Row[Any]]:
    """Usable lots of an item at a place, what expires first on top, held until the transaction ends."""
    lot = StockLot.__table__.c
    usable = or_(lot.expires_on.is_(None), lot.expires_on > as_of)
    statement = (
        select(lot.id, lot.lot, lot.quantity, lot.received_on, lot.expires_on)
        .where(lot.product_id == item[0], lot.location_id == item[1], lot.quantity > 0, usable)
        .order_by(lot.expires_on.nulls_last(), lot.received_on, lot.id)
        .with_for_update()
    )
    return list(session.execute(statement))


def put(
    session: Session, item: Item, *, lot: str, quantity: Decimal, received_on: date, expires_on: date | None
) -> None:
    """Add to a lot of an item at a place; of two days of expiry the earlier one holds."""
    new = upsert(StockLot).values(
        product_id=item[0],
        location_id=item[1],
        lot=lot,
        quantity=quantity,
        received_on=received_on,
        expires_on=expires_on,
    )
    more = {
        "quantity": StockLot.quantity + new.excluded.quantity,
        "expires_on": func.least(StockLot.expires_on, new.excluded.expires_on),
    }
    session.execute(new.on_conflict_do_update(index_elements=["product_id", "location_id", "lot"], set_=more))
