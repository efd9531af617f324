"""The production orders made for an OEM.

Row-level security shows an OEM its own orders only; it grants columns one by one, so every statement names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, true
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none, rows_after
from models.network import Location, Oem
from models.orders import ProductionOrder
from models.product import Product

STEPS = text(
    """
    select split_part(action, '.', 2) as step, cast(min(at) as date) as day from audit_entry
    where subject = 'production_order' and subject_id = :id
      and action in ('production_order.release', 'production_order.start', 'production_order.report')
    group by 1
    """
)
INSIDE = text(
    """
    select o.id, o.number, o.status, o.quantity, o.due_on, o.version, p.code, p.name, p.uom, p.unit_price, e.company_id
    from production_order o join product p on p.id = o.product_id join oem e on e.id = o.oem_id
    where o.id = any(:ids)
    """
)
SORTS: dict[str, Any] = {
    "due_on": ProductionOrder.due_on,
    "number": ProductionOrder.number,
    "starts_on": ProductionOrder.starts_on,
    "id": ProductionOrder.id,
}
IS_OPEN = ProductionOrder.status.in_(("planned", "released", "running"))


def orders(session: Session, *, today: date, show: str, search: str, limit: int | None) -> list[Row[Any]]:
    """Production orders and, as ``total``, how many there are.

    ``show`` is open, late, done or all; what is due next is on top, of done and all orders the newest.
    """
    statement = _wanted(today, show, search).add_columns(func.count().over().label("total")).limit(limit)
    if show in ("open", "late"):
        return list(session.execute(statement.order_by(ProductionOrder.due_on, ProductionOrder.id)))
    return list(session.execute(statement.order_by(ProductionOrder.due_on.desc(), ProductionOrder.id.desc())))


def orders_after(
    session: Session, *, today: date, show: str, search: str, sort: str, after: Sequence[Any] | None, limit: int
) -> list[Row[Any]]:
    """The next of the same orders in the order of one of SORTS, "-" before it turns it round; ``after``: its value and
    the id of the last order that was read."""
    columns = (SORTS[sort.lstrip("-")], ProductionOrder.id)
    statement = _wanted(today, show, search)
    return rows_after(session, statement, *columns, after=after, limit=limit, backwards=sort.startswith("-"))


def order(session: Session, order_id: int) -> Row[Any] | None:
    """One order as in the list."""
    return one_or_none(session, _listed().where(ProductionOrder.id == order_id))


def own_oem(session: Session) -> int | None:
    """The OEM that a partner's company is."""
    return session.scalar(select(Oem.id).order_by(Oem.id))


def inside_steps(session: Session, order_id: int) -> dict[str, date]:
    """For a colleague: the day of the first step of each kind that an order took."""
    found = session.execute(STEPS, {"id": str(order_id)})
    return {row.step: row.day for row in found}


def inside_orders(session: Session, order_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """For a colleague: orders with whose they are, their version and price."""
    found = session.execute(INSIDE, {"ids": list(order_ids)})
    return {row.id: row for row in found}


def counts(session: Session, *, today: date, days: int) -> Row[Any]:
    """Open orders: all and those running, those due in the next days, and those late; with the next and latest day."""
    late = and_(IS_OPEN, ProductionOrder.due_on < today)
    next_days = and_(IS_OPEN, ProductionOrder.due_on.between(today, today + timedelta(days=days)))
    statement: Any = select(
        func.count().filter(IS_OPEN).label("open"),
        func.count().filter(ProductionOrder.status == "running").label("running"),
        func.min(ProductionOrder.due_on).filter(IS_OPEN, ProductionOrder.due_on >= today).label("next_on"),
        func.count().filter(next_days).label("next_days"),
        func.count().filter(late).label("late"),
        func.min(ProductionOrder.due_on).filter(late).label("late_since"),
    )
    return session.execute(statement).one()


def _wanted(today: date, show: str, search: str) -> Any:
    statement = _listed().where(_shown(show, today))
    if not search:
        return statement
    named = (ProductionOrder.number, Product.code, Product.name)
    return statement.where(or_(*(column.icontains(search, autoescape=True) for column in named)))


def _listed() -> Any:
    return (
        select(
            ProductionOrder.id,
            ProductionOrder.number,
            Product.code,
            Product.name.label("item"),
            Product.uom,
            Location.name.label("location"),
            ProductionOrder.quantity,
            ProductionOrder.made_quantity,
            ProductionOrder.starts_on,
            ProductionOrder.due_on,
            ProductionOrder.finished_on,
            ProductionOrder.status,
        )
        .select_from(ProductionOrder)
        .join(Product, Product.id == ProductionOrder.product_id)
        .join(Location, Location.id == ProductionOrder.location_id)
    )


def _shown(show: str, today: date) -> ColumnElement[bool]:
    choices: dict[str, ColumnElement[bool]] = {
        "open": IS_OPEN,
        "late": and_(IS_OPEN, ProductionOrder.due_on < today),
        "done": ProductionOrder.status == "done",
        "all": true(),
    }
    return choices[show]
