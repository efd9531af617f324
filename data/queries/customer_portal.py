"""A customer's order lines, without prices.

Row-level security shows a customer its own orders only; it grants columns one by one, so every statement names them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.network import Location
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product

IS_OPEN = SalesOrderLine.status == "open"

due_on = func.coalesce(SalesOrderLine.first_confirmed_on, SalesOrderLine.requested_on)


def lines(session: Session, *, today: date, show: str, search: str, limit: int | None) -> list[Row[Any]]:
    """Order lines and, as ``total``, how many there are.

    ``show`` is open, late, delivered or all; what comes next is on top, of delivered and all lines the newest.
    """
    statement = (
        select(
            SalesOrderLine.id,
            SalesOrder.number.label("order"),
            SalesOrder.ordered_on,
            SalesOrderLine.line_no,
            Product.code,
            Product.name.label("item"),
            Product.uom,
            Location.name.label("location"),
            SalesOrderLine.quantity,
            SalesOrderLine.requested_on,
            SalesOrderLine.first_confirmed_on,
            SalesOrderLine.delivered_on,
            SalesOrderLine.delivered_quantity,
            SalesOrderLine.status,
            func.count().over().label("total"),
        )
        .select_from(SalesOrderLine)
        .join(SalesOrder, SalesOrder.id == SalesOrderLine.order_id)
        .join(Product, Product.id == SalesOrderLine.product_id)
        .join(Location, Location.id == SalesOrder.location_id)
        .where(_shown(show, today))
        .limit(limit)
    )
    if search:
        named = (SalesOrder.number, Product.code, Product.name)
        statement = statement.where(or_(*(column.icontains(search, autoescape=True) for column in named)))
    if show in ("open", "late"):
        return list(session.execute(statement.order_by(due_on, SalesOrderLine.id)))
    return list(session.execute(statement.order_by(due_on.desc(), SalesOrderLine.id.desc())))


def lines_of_order(session: Session, *, number: str) -> list[Row[Any]]:
    """What was ordered with an order of the own, by line."""
    line = SalesOrderLine
    statement = select(line.id, line.product_id, line.quantity).join(SalesOrder, SalesOrder.id == line.order_id)
    wanted = statement.where(SalesOrder.number == number, line.status != "cancelled")
    return list(session.execute(wanted.order_by(line.line_no)))


def counts(session: Session, *, today: date, days: int) -> Row[Any]:
    """Open lines: all, those confirmed for the next days, and those late; with the next and the latest day."""
    late = and_(IS_OPEN, due_on < today)
    next_days = and_(IS_OPEN, due_on.between(today, today + timedelta(days=days)))
    statement: Any = select(
        func.count().filter(IS_OPEN).label("open"),
        func.min(due_on).filter(IS_OPEN, due_on >= today).label("next_on"),
        func.count().filter(next_days).label("next_days"),
        func.count().filter(late).label("late"),
        func.min(due_on).filter(late).label("late_since"),
    )
    return session.execute(statement).one()


def _shown(show: str, today: date) -> ColumnElement[bool]:
    choices: dict[str, ColumnElement[bool]] = {
        "open": IS_OPEN,
        "late": and_(IS_OPEN, due_on < today),
        "delivered": SalesOrderLine.status == "delivered",
        "all": true(),
    }
    return choices[show]
