"""A customer's order lines, without prices.

Row-level security shows a customer its own orders only; it grants columns one by one, so every statement names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Double, and_, cast, func, or_, select, true
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none, rows_after
from models.network import Location
from models.orders import SalesOrder, SalesOrderLine
from models.product import Product

IS_OPEN = SalesOrderLine.status == "open"

due_on = func.coalesce(SalesOrderLine.first_confirmed_on, SalesOrderLine.requested_on)
SORTS: dict[str, Any] = {
    "requested_on": SalesOrderLine.requested_on,
    "order": SalesOrder.number,
    "id": SalesOrderLine.id,
}


def lines(session: Session, *, today: date, show: str, search: str, limit: int | None) -> list[Row[Any]]:
    """Order lines and, as ``total``, how many there are.

    ``show`` is open, late, delivered or all; what comes next is on top, of delivered and all lines the newest.
    """
    statement = _wanted(today, show, search).add_columns(func.count().over().label("total")).limit(limit)
    if show in ("open", "late"):
        return list(session.execute(statement.order_by(due_on, SalesOrderLine.id)))
    return list(session.execute(statement.order_by(due_on.desc(), SalesOrderLine.id.desc())))


def lines_after(
    session: Session, *, today: date, show: str, search: str, sort: str, after: Sequence[Any] | None, limit: int
) -> list[Row[Any]]:
    """The next of the same lines in the order of one of SORTS, "-" before it turns it round; ``after``: its value and
    the id of the last line that was read."""
    columns = (SORTS[sort.lstrip("-")], SalesOrderLine.id)
    statement = _wanted(today, show, search)
    return rows_after(session, statement, *columns, after=after, limit=limit, backwards=sort.startswith("-"))


def lines_of_order(session: Session, *, number: str) -> list[Row[Any]]:
    """What was ordered with an order of the own, by line."""
    line = SalesOrderLine
    statement = select(line.id, line.product_id, line.quantity).join(SalesOrder, SalesOrder.id == line.order_id)
    wanted = statement.where(SalesOrder.number == number, line.status != "cancelled")
    return list(session.execute(wanted.order_by(line.line_no)))


def line(session: Session, *, line_id: int) -> Row[Any] | None:
    """One of the own lines."""
    return one_or_none(session, _listed().where(SalesOrderLine.id == line_id))


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


def open_late(session: Session, *, today: date) -> Row[Any]:
    """Open lines past their day, and the units that are missing."""
    missing = func.sum(SalesOrderLine.quantity - SalesOrderLine.delivered_quantity)
    statement: Any = select(func.count().label("lines"), func.coalesce(missing, 0).label("units"))
    return session.execute(statement.select_from(SalesOrderLine).where(IS_OPEN, due_on < today)).one()


def lines_due(session: Session, *, start: date, end: date) -> pd.DataFrame:
    """The contract of analytics.service.otif_lines with order, item and ordered_on, indexed by line id: own lines first
    confirmed in the range."""
    line = SalesOrderLine
    columns = {
        "order": SalesOrder.number,
        "line_no": line.line_no,
        "ordered_on": SalesOrder.ordered_on,
        "code": Product.code,
        "item": Product.name,
        "uom": Product.uom,
        "ordered_quantity": cast(line.quantity, Double),
        "delivered_quantity": cast(line.delivered_quantity, Double),
        "first_confirmed_date": line.first_confirmed_on,
        "delivered_date": line.delivered_on,
    }
    statement = (
        select(line.id, *columns.values())
        .join(SalesOrder, SalesOrder.id == line.order_id)
        .join(Product, Product.id == line.product_id)
        .where(line.first_confirmed_on.between(start, end), line.status != "cancelled")
        .order_by(line.first_confirmed_on, line.id)
    )
    return pd.DataFrame.from_records(session.execute(statement).all(), columns=["id", *columns]).set_index("id")


def _wanted(today: date, show: str, search: str) -> Any:
    statement = _listed().where(_shown(show, today))
    if not search:
        return statement
    named = (SalesOrder.number, Product.code, Product.name)
    return statement.where(or_(*(column.icontains(search, autoescape=True) for column in named)))


def _shown(show: str, today: date) -> ColumnElement[bool]:
    choices: dict[str, ColumnElement[bool]] = {
        "open": IS_OPEN,
        "late": and_(IS_OPEN, due_on < today),
        "delivered": SalesOrderLine.status == "delivered",
        "all": true(),
    }
    return choices[show]


def _listed() -> Any:
    return (
        select(
            SalesOrderLine.id,
            SalesOrderLine.order_id,
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
        )
        .select_from(SalesOrderLine)
        .join(SalesOrder, SalesOrder.id == SalesOrderLine.order_id)
        .join(Product, Product.id == SalesOrderLine.product_id)
        .join(Location, Location.id == SalesOrder.location_id)
    )
