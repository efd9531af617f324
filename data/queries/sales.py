"""Demand history in a range of days: totals a day, totals of each product, channel, location or customer.

Every statement is bounded by days, so that PostgreSQL reads only the partitions and the index range it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Double, cast, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.demand import DemandHistory
from models.network import Channel, Customer, Location
from models.product import Product

KEYS: dict[str, InstrumentedAttribute[Any]] = {
    "product": DemandHistory.product_id,
    "location": DemandHistory.location_id,
    "channel": DemandHistory.channel_id,
    "customer": DemandHistory.customer_id,
}


def first_day(session: Session) -> date | None:
    return session.scalar(select(func.min(DemandHistory.day)))


def last_day(session: Session, *, until: date) -> date | None:
    """The last day with data that is not after ``until``."""
    return session.scalar(select(func.max(DemandHistory.day)).where(DemandHistory.day <= until))


def daily_totals(session: Session, *ranges: tuple[date, date]) -> pd.DataFrame:
    """Columns day, quantity, revenue of all sales, for ranges that do not overlap; days without data are absent."""
    rows: list[Row[Any]] = []
    for start, end in ranges:
        statement = select(DemandHistory.day, *_sums()).where(_within(start, end)).group_by(DemandHistory.day)
        rows.extend(session.execute(statement.order_by(DemandHistory.day)))
    return pd.DataFrame.from_records(rows, columns=["day", "quantity", "revenue"])


def totals_by(session: Session, key: str, start: date, end: date) -> pd.DataFrame:
    """Columns id, quantity, revenue, one row per product, location, channel or customer (id None: no customer)."""
    column = KEYS[key]
    rows = session.execute(select(column, *_sums()).where(_within(start, end)).group_by(column)).all()
    return pd.DataFrame.from_records(rows, columns=["id", "quantity", "revenue"]).astype({"id": "Int64"})


def members(session: Session, key: str) -> pd.DataFrame:
    """Columns id, code, name (of products also category, family, uom) of everything sales can be listed by."""
    columns = ["id", "code", "name", "category", "family", "uom"]
    if key == "product":
        named: Any = select(Product.id, Product.code, Product.name, Product.category, Product.family, Product.uom)
        return pd.DataFrame.from_records(session.execute(named).all(), columns=columns).astype({"id": "Int64"})
    tables: dict[str, Any] = {"location": Location, "channel": Channel, "customer": Customer}
    table = tables[key]
    return pd.DataFrame.from_records(
        session.execute(select(table.id, table.code, table.name)).all(), columns=columns[:3]
    ).astype({"id": "Int64"})


def _sums() -> Sequence[Any]:
    # Sums are exact; only their result becomes a float.
    return (
        cast(func.sum(DemandHistory.quantity), Double).label("quantity"),
        cast(func.sum(DemandHistory.revenue), Double).label("revenue"),
    )


def _within(start: date, end: date) -> Any:
    return DemandHistory.day.between(start, end)
