"""Demand per product, location and week or month: booked sales, returns subtracted on the day they were booked.

Every statement is bounded by days, so that PostgreSQL reads only the partitions it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ARRAY, BigInteger, DateTime, Double, any_, cast, func, literal, select
from sqlalchemy.orm import Session

from data.figures import packed, unpacked
from models.demand import DemandHistory
from models.network import Location
from models.product import Product

Key = tuple[int, int]
PACKED = 5  # columns of packed
_SUMS: dict[str, Any] = {"keys": ["product_id", "location_id"], "day": "period", "values": ["quantity"]}
_SERIES = (DemandHistory.product_id, DemandHistory.location_id)


@dataclass(frozen=True, slots=True, eq=False)
class SeriesDemand:
    """``sums`` as of period_sums; by product_id and location_id the revenue of the last year and the digest."""

    sums: pd.DataFrame
    revenues: dict[Key, float]
    digests: list[tuple[int, int, str]]


def series_digests(
    session: Session, *, products: Sequence[int], location_id: int | None, since: date, before: date
) -> list[tuple[int, int, str]]:
    """Product_id, location_id and digest of every series with demand in these days, in the order of their ids.

    The digest differs when a row of the series was added, changed or removed; the order of rows does not matter.
    """
    digest = func.concat(func.count(), ".", func.sum(_row_hash()))
    statement = select(*_SERIES, digest).group_by(*_SERIES).order_by(*_SERIES)
    return [tuple(row) for row in session.execute(_demand(statement, products, location_id, since, before))]


def series_demand(
    session: Session,
    *,
    products: Sequence[int],
    location_id: int | None,
    frequency: str,
    since: date,
    before: date,
    year_start: date,
) -> SeriesDemand:
    """All that a forecast wants to know of series, in one scan; digests as of series_digests."""
    revenue = func.sum(DemandHistory.revenue).filter(DemandHistory.day >= year_start)
    more = (revenue.label("revenue"), func.count().label("count"), func.sum(_row_hash()).label("hash"))
    sums = _demand(_by_period(frequency, *more), products, location_id, since, before).subquery()
    digest = func.concat(func.sum(sums.c["count"]), ".", func.sum(sums.c["hash"]))
    revenues = func.coalesce(cast(func.sum(sums.c["revenue"]), Double), 0)
    rows = session.execute(packed(sums, **_SUMS, more=[revenues, digest])).all()
    return SeriesDemand(
        unpacked([row[:PACKED] for row in rows], **_SUMS),
        {(row[0], row[1]): row[PACKED] for row in rows},
        [(row[0], row[1], row[PACKED + 1]) for row in rows],
    )


def series_count(
    session: Session, *, products: Sequence[int], location_id: int | None, since: date, before: date
) -> int:
    """How many series have demand in these days."""
    series = _demand(select(*_SERIES).distinct(), products, location_id, since, before).subquery()
    return session.scalar(select(func.count()).select_from(series)) or 0


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
    sums = _demand(_by_period(frequency), products, location_id, since, before).subquery()
    return unpacked(session.execute(packed(sums, **_SUMS)).all(), **_SUMS)


def _by_period(frequency: str, *more: Any) -> Any:
    # Without a time zone, so that no setting of a connection can move a day into another period.
    period = func.date_trunc(frequency, cast(DemandHistory.day, DateTime(timezone=False)))
    keys = (*_SERIES, period.label("period"))
    return select(*keys, cast(func.sum(DemandHistory.quantity), Double).label("quantity"), *more).group_by(*keys)


def _row_hash() -> Any:
    found = DemandHistory
    return func.hash_record_extended(func.row(found.day, found.quantity, found.revenue, found.channel_id), 0)


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
