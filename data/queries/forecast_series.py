"""The results of a finished forecast run: series ranked and filtered, one series with its values, totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Double, case, cast, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.network import Location
from models.planning import ForecastSeries, ForecastValue
from models.product import Product

# Both errors must be known for a comparison with seasonal naive.
_JUDGED = ForecastSeries.wmape.is_not(None) & ForecastSeries.naive_wmape.is_not(None)

COLUMNS: dict[str, Any] = {
    "code": Product.code,
    "name": Product.name,
    "category": Product.category,
    "location": Location.code,
    "method": ForecastSeries.method,
    "demand_class": ForecastSeries.demand_class,
    "volume": ForecastSeries.volume,
    "wmape": ForecastSeries.wmape,
    "naive_wmape": ForecastSeries.naive_wmape,
    "bias": ForecastSeries.bias,
    "mase": ForecastSeries.mase,
    "error_volume": ForecastSeries.wmape * ForecastSeries.judged_volume,
}


def series_page(
    session: Session,
    run_id: int,
    *,
    search: str,
    equal: Mapping[str, str],
    sort: Sequence[tuple[str, bool]],
    offset: int,
    limit: int,
) -> list[Row[Any]]:
    """Product_id, location_id and COLUMNS of some series, sorted by (column, descending); the unknown comes last."""
    order = [(COLUMNS[name].desc() if descending else COLUMNS[name].asc()).nulls_last() for name, descending in sort]
    keys = (ForecastSeries.product_id, ForecastSeries.location_id)
    statement = select(*keys, *(found.label(name) for name, found in COLUMNS.items())).order_by(*order, *keys)
    return list(session.execute(_matching(statement, run_id, search, equal).offset(offset).limit(limit)))


def series_total(session: Session, run_id: int, *, search: str, equal: Mapping[str, str]) -> int:
    counted = select(func.count()).select_from(ForecastSeries)
    return session.scalar(_matching(counted, run_id, search, equal)) or 0


def one_series(session: Session, *, run_id: int, product_id: int, location_id: int) -> Row[Any] | None:
    """All that is stored of one series, with the names of its product and location."""
    statement = (
        select(
            ForecastSeries.__table__,
            Product.code,
            Product.name,
            Product.uom,
            Location.code.label("location"),
            Location.name.label("location_name"),
        )
        .join(Product, Product.id == ForecastSeries.product_id)
        .join(Location, Location.id == ForecastSeries.location_id)
        .where(
            ForecastSeries.run_id == run_id,
            ForecastSeries.product_id == product_id,
            ForecastSeries.location_id == location_id,
        )
    )
    return one_or_none(session, statement)


def values(session: Session, *, run_id: int, product_id: int, location_id: int) -> list[Row[Any]]:
    """Period and quantiles in time order."""
    found = ForecastValue
    statement = (
        select(found.period, found.q10, found.q50, found.q90)
        .where(found.run_id == run_id, found.product_id == product_id, found.location_id == location_id)
        .order_by(found.period)
    )
    return list(session.execute(statement))


def totals(session: Session, run_id: int) -> Row[Any]:
    """How many series were judged, their errors weighted with volume, and those of seasonal naive beside them."""
    found = ForecastSeries

    def weighted(column: Any) -> Any:
        weight = case((_JUDGED, found.judged_volume))
        return cast(func.sum(column * weight) / func.nullif(func.sum(weight), 0), Double)

    statement = select(
        func.count().label("series"),
        func.count().filter(_JUDGED).label("judged"),
        func.count().filter(_JUDGED & (found.wmape < found.naive_wmape)).label("better"),
        weighted(found.wmape).label("wmape"),
        weighted(found.bias).label("bias"),
        weighted(found.naive_wmape).label("naive_wmape"),
        weighted(found.naive_bias).label("naive_bias"),
    ).where(found.run_id == run_id)
    return session.execute(statement).one()


def counts_by(session: Session, run_id: int, column: str) -> dict[str, int]:
    """Series of a run by method or demand class, the most frequent first."""
    key, count = COLUMNS[column], func.count()
    statement = select(key, count).where(ForecastSeries.run_id == run_id).group_by(key).order_by(count.desc(), key)
    return {row[0]: row[1] for row in session.execute(statement)}


def _matching(statement: Any, run_id: int, search: str, equal: Mapping[str, str]) -> Any:
    found = (
        statement.join(Product, Product.id == ForecastSeries.product_id)
        .join(Location, Location.id == ForecastSeries.location_id)
        .where(ForecastSeries.run_id == run_id)
    )
    for name, wanted in equal.items():
        found = found.where(COLUMNS[name] == wanted)
    if search:
        named = Product.code.icontains(search, autoescape=True) | Product.name.icontains(search, autoescape=True)
        found = found.where(named)
    return found
