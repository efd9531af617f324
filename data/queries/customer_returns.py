"""What customers send back: the returns agreed on, and the deliveries they may be of."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries import order_numbers
from data.rows import one_or_none
from models.customer_portal import CustomerReturn as Returned
from models.network import Customer, Location
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product

# What both sides may read.
COLUMNS = (
    *(Returned.id, Returned.number, Returned.line_id, Returned.quantity, Returned.lot, Returned.reason, Returned.note),
    *(Returned.status, Returned.credit_expected, Returned.reported_on, Returned.received_on, Returned.closed_on),
    *(SalesOrder.number.label("order"), SalesOrderLine.line_no, Product.code, Product.name.label("item"), Product.uom),
)


def returns(session: Session, *, line_id: int | None = None) -> list[Row[Any]]:
    """Returns, the newest first; for a partner row-level security keeps to the own ones."""
    statement = _joined(select(*COLUMNS)).order_by(Returned.id.desc())
    return list(session.execute(statement if line_id is None else statement.where(Returned.line_id == line_id)))


def delivered_lines(session: Session, *, since: date, limit: int) -> list[Row[Any]]:
    """Own lines delivered since a day, the newest first."""
    line = SalesOrderLine
    statement = (
        select(
            *(line.id, line.line_no, line.delivered_on, line.delivered_quantity),
            *(SalesOrder.number.label("order"), Product.code, Product.name.label("item"), Product.uom),
        )
        .join(SalesOrder, SalesOrder.id == line.order_id)
        .join(Product, Product.id == line.product_id)
        .where(line.delivered_on >= since, line.delivered_quantity > 0)
        .order_by(line.delivered_on.desc(), line.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def returned_quantity(session: Session, *, line_id: int) -> Any:
    """How much of a line is agreed to come back."""
    return session.scalar(select(func.coalesce(func.sum(Returned.quantity), 0)).where(Returned.line_id == line_id))


def inside_returns(session: Session, *, status: str | None, limit: int) -> list[Row[Any]]:
    """Returns of all customers, the newest first."""
    statement = _joined(
        select(*COLUMNS, Returned.version, Returned.disposition_note, Customer.name.label("customer"))
    ).join(Customer, Customer.id == SalesOrder.customer_id)
    if status is not None:
        statement = statement.where(Returned.status == status)
    return list(session.execute(statement.order_by(Returned.id.desc()).limit(limit)))


def inside_held(session: Session, return_id: int) -> Row[Any] | None:
    """A return with the item and place it belongs to, held until the transaction ends."""
    columns = Returned.__table__.c
    statement = (
        select(*columns, SalesOrderLine.product_id, SalesOrder.location_id, Location.name.label("location"))
        .join(SalesOrderLine, SalesOrderLine.id == columns.line_id)
        .join(SalesOrder, SalesOrder.id == SalesOrderLine.order_id)
        .join(Location, Location.id == SalesOrder.location_id)
        .where(columns.id == return_id)
    )
    return one_or_none(session, statement.with_for_update(of=Returned))


def inside_add(session: Session, *, day: date, **values: Any) -> Row[Any]:
    """A new return under the next number of its year."""
    order_numbers.lock_numbering(session, "RT")
    number = order_numbers.next_number(session, "RT", year=day.year)
    table = Returned.__table__.c
    made: Row[Any] = session.execute(
        insert(Returned).values(number=number, **values).returning(table.id, table.number)
    ).one()
    return made


def inside_change(session: Session, return_id: int, **values: Any) -> None:
    found = Returned
    session.execute(update(found).where(found.id == return_id).values(version=found.version + 1, **values))


def _joined(statement: Any) -> Any:
    return (
        statement.select_from(Returned)
        .join(SalesOrderLine, SalesOrderLine.id == Returned.line_id)
        .join(SalesOrder, SalesOrder.id == SalesOrderLine.order_id)
        .join(Product, Product.id == SalesOrderLine.product_id)
    )
