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
IS_OPEN = ProductionOrder.status.in_(("planned", "released", "running"))


def orders(session: Session, *, today: date, show: str, search: str, limit: int | None) -> list[Row[Any]]:
    """Production orders and, as ``total``, how many there are.

    ``show`` is open, late, done or all; what is due next is on top, of done and all orders the newest.
    """
    statement = _orders().where(_shown(show, today)).limit(limit)
    if search:
        named = (ProductionOrder.number, Product.code, Product.name)
        statement = statement.where(or_(*(column.icontains(search, autoescape=True) for column in named)))
    if show in ("open", "late"):
        return list(session.execute(statement.order_by(ProductionOrder.due_on, ProductionOrder.id)))
    return list(session.execute(statement.order_by(ProductionOrder.due_on.desc(), ProductionOrder.id.desc())))


def order(session: Session, order_id: int) -> Row[Any] | None:
    """One order as in the list."""
    return session.execute(_orders().where(ProductionOrder.id == order_id)).one_or_none()


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


def _orders() -> Any:
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
            func.count().over().label("total"),
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
