"""Demand per product, location and week or month: booked sales, returns subtracted on the day they were booked.

Every statement is bounded by days, so that PostgreSQL reads only the partitions it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ARRAY, BigInteger, DateTime, Double, any_, cast, func, literal, select
from sqlalchemy.orm import Session

from models.demand import DemandHistory
from models.network import Location
from models.product import Product

PERIOD_COLUMNS = ["product_id", "location_id", "period", "quantity"]


def series_digests(
    session: Session, *, products: Sequence[int], location_id: int | None, since: date, before: date
) -> list[tuple[int, int, str]]:
    """Product_id, location_id and digest of every series with demand in these days, in the order of their ids.

    The digest differs when a row of the series was added, changed or removed; the order of rows does not matter.
    """
    found = DemandHistory
    row = func.hash_record_extended(func.row(found.day, found.quantity, found.revenue, found.channel_id), 0)
    digest = func.concat(func.count(), ".", func.sum(row))
    keys = (found.product_id, found.location_id)
    statement = select(*keys, digest).group_by(*keys).order_by(*keys)
    return [tuple(row) for row in session.execute(_demand(statement, products, location_id, since, before))]


def series_count(
    session: Session, *, products: Sequence[int], location_id: int | None, since: date, before: date
) -> int:
    """How many series have demand in these days."""
    keys = select(DemandHistory.product_id, DemandHistory.location_id).distinct()
    series = _demand(keys, products, location_id, since, before).subquery()
    return session.scalar(select(func.count()).select_from(series)) or 0


def revenues(
    session: Session, *, products: Sequence[int], location_id: int | None, since: date, before: date
) -> dict[tuple[int, int], float]:
    """Net revenue per product and location in these days."""
    keys = (DemandHistory.product_id, DemandHistory.location_id)
    statement = select(*keys, cast(func.sum(DemandHistory.revenue), Double)).group_by(*keys)
    rows = session.execute(_demand(statement, products, location_id, since, before))
    return {(row[0], row[1]): row[2] for row in rows}


def channel_sums(
    session: Session, *, products: Sequence[int], location_id: int | None, since: date, before: date
) -> pd.DataFrame:
    """Net quantity per product_id, location_id and channel_id in these days."""
    keys = (DemandHistory.product_id, DemandHistory.location_id, DemandHistory.channel_id)
    statement = select(*keys, cast(func.sum(DemandHistory.quantity), Double).label("quantity")).group_by(*keys)
    rows = session.execute(_demand(statement, products, location_id, since, before)).all()
    return pd.DataFrame(rows, columns=["product_id", "location_id", "channel_id", "quantity"])


def period_sums(
    session: Session,
    *,
    products: Sequence[int] | None,
    location_id: int | None,
    frequency: str,
    since: date,
    before: date,
) -> pd.DataFrame:
    """Net quantity per product, location and period (its first day; weeks are ISO weeks from Monday)."""
    # Without a time zone, so that no setting of a connection can move a day into another period.
    period = func.date_trunc(frequency, cast(DemandHistory.day, DateTime(timezone=False)))
    keys = (DemandHistory.product_id, DemandHistory.location_id, period.label("period"))
    statement = select(*keys, cast(func.sum(DemandHistory.quantity), Double).label("quantity")).group_by(*keys)
    rows = session.execute(_demand(statement, products, location_id, since, before)).all()
    return pd.DataFrame(rows, columns=PERIOD_COLUMNS)


def products_to_plan(
    session: Session, *, category: str, family: str, codes: Sequence[str], life_cycle: str
) -> pd.DataFrame:
    """Columns product_id, code, kind, life_cycle of the products that fit, in the order of their ids; empty = any."""
    statement = select(Product.id, Product.code, Product.kind, Product.life_cycle).order_by(Product.id)
    chosen = {Product.category: category, Product.family: family, Product.life_cycle: life_cycle}
    for column, wanted in chosen.items():
        if wanted:
            statement = statement.where(column == wanted)
    if codes:
        statement = statement.where(Product.code.in_(codes))
    return pd.DataFrame(session.execute(statement).all(), columns=["product_id", "code", "kind", "life_cycle"])


def known_codes(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that belong to a product."""
    return set(session.scalars(select(Product.code).where(Product.code.in_(codes))))


def product_groups(session: Session) -> list[tuple[str, str]]:
    """Every (category, family) there is."""
    statement = select(Product.category, Product.family).distinct().order_by(Product.category, Product.family)
    return [(category, family) for category, family in session.execute(statement)]


def locations(session: Session) -> list[tuple[int, str, str]]:
    """Id, code and name of every location."""
    rows = session.execute(select(Location.id, Location.code, Location.name).order_by(Location.code))
    return [(found, code, name) for found, code, name in rows]


def _demand(statement: Any, products: Sequence[int] | None, location_id: int | None, since: date, before: date) -> Any:
    """Demand of these days; None stands for all products or all locations."""
    bounded = statement.where(DemandHistory.day >= since, DemandHistory.day < before)
    if products is not None:
        bounded = bounded.where(DemandHistory.product_id == any_(literal(list(products), ARRAY(BigInteger))))
    return bounded if location_id is None else bounded.where(DemandHistory.location_id == location_id)
