"""The values of published plans in the order of their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import literal, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.demand_plan import DemandPlanValue, PlanVersion, SupplyPlanValue
from models.network import Channel, Location
from models.product import Product

PLACE = ("_product", "_location", "_channel")
STEPS = ("naive", "statistical", "uplift", "sales", "marketing", "customer", "finance", "planner", "consensus")
FLOWS = ("demand", "receipts", "end_stock", "owed")


def version_kind(session: Session, *, version_id: int) -> str | None:
    return session.scalar(select(PlanVersion.kind).where(PlanVersion.id == version_id))


def demand_after(session: Session, *, version_id: int, last: Sequence[Any] | None, limit: int) -> list[Row[Any]]:
    """Values of a demand plan with codes; PLACE names them by id."""
    table = DemandPlanValue
    statement: Any = (
        select(
            *(table.product_id.label("_product"), table.location_id.label("_location")),
            *(table.channel_id.label("_channel"), Product.code.label("product"), Location.code.label("location")),
            *(Channel.code.label("channel"), table.period),
            *(getattr(table, name) for name in STEPS),
        )
        .join(Product, Product.id == table.product_id)
        .join(Location, Location.id == table.location_id)
        .join(Channel, Channel.id == table.channel_id)
        .where(table.version_id == version_id)
    )
    key = (table.product_id, table.location_id, table.channel_id, table.period)
    if last is not None:
        statement = statement.where(tuple_(*key) > tuple_(*map(literal, _key_of(last))))
    return list(session.execute(statement.order_by(*key).limit(limit)))


def supply_after(session: Session, *, version_id: int, last: Sequence[Any] | None, limit: int) -> list[Row[Any]]:
    """Values of a supply plan with codes; they have no channel."""
    table = SupplyPlanValue
    statement: Any = (
        select(
            *(table.product_id.label("_product"), table.location_id.label("_location"), literal(0).label("_channel")),
            *(Product.code.label("product"), Location.code.label("location"), table.period),
            *(getattr(table, name) for name in FLOWS),
        )
        .join(Product, Product.id == table.product_id)
        .join(Location, Location.id == table.location_id)
        .where(table.version_id == version_id)
    )
    key = (table.product_id, table.location_id, table.period)
    if last is not None:
        product, location, _channel, period = _key_of(last)
        statement = statement.where(tuple_(*key) > tuple_(*map(literal, (product, location, period))))
    return list(session.execute(statement.order_by(*key).limit(limit)))


def _key_of(last: Sequence[Any]) -> tuple[int, int, int, date]:
    product, location, channel, period = last
    return int(product), int(location), int(channel), date.fromisoformat(str(period))
