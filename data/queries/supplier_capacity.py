"""What suppliers can deliver, when they are closed, and lead times that change; read by both sides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.network import SupplierItem
from models.product import Product
from models.supplier_planning import LeadTimeChange, SupplierCapacity, SupplierClosure

REPLACED = text(
    """
    delete from supplier_capacity
    where supplier_id = :supplier_id and product_id is not distinct from cast(:product_id as bigint)
      and category is not distinct from cast(:category as text) and starts_on < :ends_on and ends_on > :starts_on
    """
)
# What the newest forecast shared with a supplier needs, with its price; for those inside only.
NEEDED = text(
    """
    select l.product_id, p.category, l.starts_on, sum(l.forecast)::float8 as forecast, max(i.price)::float8 as price
    from supplier_forecast_line l
    join product p on p.id = l.product_id
    left join supplier_item i on i.supplier_id = :supplier_id and i.product_id = l.product_id
    where l.forecast_id = (select max(id) from supplier_forecast where supplier_id = :supplier_id)
    group by 1, 2, 3
    """
)
DUE = text(
    """
    select distinct on (c.supplier_id, c.product_id) c.id, c.supplier_id, c.product_id, c.lead_time_days,
           i.lead_time_days as before
    from lead_time_change c join supplier_item i using (supplier_id, product_id)
    where c.applied_at is null and c.valid_from <= :day
    order by c.supplier_id, c.product_id, c.valid_from desc
    """
)
APPLIED = text("update lead_time_change set applied_at = :at where applied_at is null and valid_from <= :day")


def items(session: Session, supplier_id: int) -> list[Row[Any]]:
    """What a supplier sells, with its lead time."""
    statement: Any = (
        select(
            SupplierItem.product_id,
            Product.code,
            Product.name,
            Product.category,
            Product.uom,
            SupplierItem.lead_time_days,
        )
        .join(Product, Product.id == SupplierItem.product_id)
        .where(SupplierItem.supplier_id == supplier_id)
        .order_by(Product.code)
    )
    return list(session.execute(statement))


def item(session: Session, supplier_id: int, product_id: int) -> Row[Any] | None:
    statement = (
        select(SupplierItem.product_id, Product.code, Product.name, Product.uom, SupplierItem.lead_time_days)
        .join(Product, Product.id == SupplierItem.product_id)
        .where(SupplierItem.supplier_id == supplier_id, SupplierItem.product_id == product_id)
    )
    return one_or_none(session, statement)


def capacities(session: Session, supplier_id: int, *, since: date) -> list[Row[Any]]:
    """What is accepted and not over."""
    of: Any = SupplierCapacity
    statement: Any = (
        select(of.id, of.product_id, Product.code, of.category, of.starts_on, of.ends_on, of.quantity)
        .outerjoin(Product, Product.id == of.product_id)
        .where(of.supplier_id == supplier_id, of.ends_on > since)
        .order_by(of.category, Product.code, of.starts_on)
    )
    return list(session.execute(statement))


def closures(session: Session, supplier_id: int, *, since: date) -> list[Row[Any]]:
    of = SupplierClosure
    statement: Any = select(of.id, of.first_on, of.last_on, of.reason).where(
        of.supplier_id == supplier_id, of.last_on >= since
    )
    return list(session.execute(statement.order_by(of.first_on)))


def lead_time_changes(session: Session, supplier_id: int, *, since: date) -> list[Row[Any]]:
    of = LeadTimeChange
    statement: Any = (
        select(of.product_id, Product.code, of.lead_time_days, of.valid_from, of.reason)
        .join(Product, Product.id == of.product_id)
        .where(of.supplier_id == supplier_id, of.valid_from >= since)
    )
    return list(session.execute(statement.order_by(of.valid_from)))


def needed(session: Session, supplier_id: int) -> list[Row[Any]]:
    return list(session.execute(NEEDED, {"supplier_id": supplier_id}))


def replace_capacities(session: Session, supplier_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Store accepted capacities in the place of those of the same thing and days."""
    if rows:
        stated = [{"supplier_id": supplier_id, **row} for row in rows]
        session.execute(REPLACED, stated)
        session.execute(insert(SupplierCapacity), stated)


def save_closure(session: Session, values: dict[str, Any]) -> None:
    statement = upsert(SupplierClosure).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["supplier_id", "first_on"],
            set_={name: statement.excluded[name] for name in ("last_on", "reason", "submission_id")},
        )
    )


def save_lead_time(session: Session, values: dict[str, Any]) -> None:
    """A change of a lead time; one for the same day takes its place and is applied anew."""
    statement = upsert(LeadTimeChange).values(**values)
    taken = {name: statement.excluded[name] for name in ("lead_time_days", "reason", "submission_id")}
    keys = ["supplier_id", "product_id", "valid_from"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_={**taken, "applied_at": None}))


def due_lead_times(session: Session, *, day: date) -> list[Row[Any]]:
    """Changes whose day has come, of several of an item the newest."""
    return list(session.execute(DUE, {"day": day}))


def apply_lead_time(session: Session, *, supplier_id: int, product_id: int, lead_time_days: int) -> None:
    statement = update(SupplierItem).where(
        SupplierItem.supplier_id == supplier_id, SupplierItem.product_id == product_id
    )
    session.execute(statement.values(lead_time_days=lead_time_days))


def mark_applied(session: Session, *, day: date, at: datetime) -> None:
    session.execute(APPLIED, {"day": day, "at": at})
