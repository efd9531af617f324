"""Rules by which boxes of the nine and categories are stocked, and the items that have a target of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.network import Location
from models.planning import InventoryPolicy
from models.policy import StockingRule
from models.product import Product


def rules(session: Session) -> list[Row[Any]]:
    """All rules, the one that comes first on top."""
    table = StockingRule.__table__
    return list(session.execute(select(table).order_by(table.c.priority, table.c.box.nulls_last(), table.c.id)))


def held(session: Session, *, box: str | None, category: str | None) -> Row[Any] | None:
    """The rule of a box or a category, held until the transaction ends."""
    table = StockingRule.__table__
    mine = table.c.box == box if box else table.c.category == category
    return session.execute(select(table).where(mine).with_for_update()).one_or_none()


def add(session: Session, **values: Any) -> None:
    session.execute(insert(StockingRule).values(**values))


def change(session: Session, rule_id: int, *, at: datetime, **values: Any) -> None:
    """Change a rule, which thereby has another version."""
    found = StockingRule
    session.execute(update(found).where(found.id == rule_id).values(version=found.version + 1, changed_at=at, **values))


def remove(session: Session, rule_id: int) -> None:
    session.execute(delete(StockingRule).where(StockingRule.id == rule_id))


def own_targets(session: Session) -> list[Row[Any]]:
    """Items with a target of their own: keys, code, name, location, service_target."""
    policy = InventoryPolicy
    statement = (
        select(
            policy.product_id, policy.location_id, Product.code, Product.name, Product.category,
            Location.code.label("location"), policy.service_target,
        )
        .join(Product, Product.id == policy.product_id)
        .join(Location, Location.id == policy.location_id)
        .where(policy.service_target_fixed)
        .order_by(Product.code, Location.code)
    )  # fmt: skip
    return list(session.execute(statement))
