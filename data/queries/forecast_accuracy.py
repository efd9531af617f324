"""What forecasts are judged with: what finished runs said, what their goods are, and their rolling-origin errors.

What came is in data.queries.demand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Double, and_, case, cast, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from models.network import Location
from models.planning import ForecastRun, ForecastSeries, ForecastValue
from models.product import Product

FORECAST_COLUMNS = ("product_id", "location_id", "method", "demand_class", "price", "q10", "q50", "q90")
KEYS: dict[str, Any] = {
    "run_id": ForecastSeries.run_id,
    "product_id": ForecastSeries.product_id,
    "location_id": ForecastSeries.location_id,
    "method": ForecastSeries.method,
    "demand_class": ForecastSeries.demand_class,
    "category": Product.category,
    "family": Product.family,
}
WEIGHTED, AVERAGED = ("wmape", "bias"), ("mase", "rmsse", "coverage")
APPROVED = aliased(ForecastSeries)
# What a unit brought in the year before the run; where the run does not know, its list price, or else its cost.
PRICE = func.coalesce(
    func.nullif(ForecastSeries.value, 0) / func.nullif(ForecastSeries.volume, 0),
    cast(func.coalesce(Product.unit_price, Product.unit_cost), Double),
)


def finished_runs(session: Session, frequency: str) -> list[Row[Any]]:
    """id, first_period, horizon, finished_at and approved_at of every finished run, in the order they were begun."""
    found = ForecastRun
    statement = (
        select(found.id, found.first_period, found.horizon, found.finished_at, found.approved_at)
        .where(found.frequency == frequency, found.state == "done")
        .order_by(found.id)
    )
    return list(session.execute(statement))


def methods_and_classes(session: Session, frequency: str) -> list[tuple[str, str]]:
    """Every method and demand class together that a finished run of the frequency has."""
    statement = (
        select(ForecastSeries.method, ForecastSeries.demand_class)
        .join(ForecastRun, ForecastRun.id == ForecastSeries.run_id)
        .where(ForecastRun.frequency == frequency, ForecastRun.state == "done")
        .distinct()
        .order_by(ForecastSeries.method, ForecastSeries.demand_class)
    )
    return [(method, demand_class) for method, demand_class in session.execute(statement)]


def products(session: Session) -> pd.DataFrame:
    """Columns product_id, code, name, category, family."""
    rows = session.execute(select(Product.id, Product.code, Product.name, Product.category, Product.family))
    names = ["product_id", "code", "name", "category", "family"]
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=names)


def locations(session: Session) -> pd.DataFrame:
    """Columns location_id, location (its code), location_name."""
    rows = session.execute(select(Location.id, Location.code, Location.name))
    names = ["location_id", "location", "location_name"]
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=names)


def forecasts(session: Session, runs: Sequence[int], *, first: date, last: date) -> pd.DataFrame:
    """Columns run_id, period and FORECAST_COLUMNS: what the runs said of these periods, in the order of the runs.

    PostgreSQL sends a row of arrays for each run and period: half the time of a row for each series.
    """
    value, of = ForecastValue, ForecastSeries
    columns = (
        *(value.product_id, value.location_id),
        *(func.coalesce(column, "") for column in (of.method, of.demand_class)),
        *(PRICE, value.q10, value.q50, value.q90),
    )
    statement = (
        select(value.run_id, value.period, *(func.array_agg(column) for column in columns))
        .join(Product, Product.id == value.product_id)
        .outerjoin(of, _same_series(of, value) & (of.run_id == value.run_id))
        .where(value.run_id.in_(runs), value.period.between(first, last))
        .group_by(value.run_id, value.period)
        .order_by(value.run_id, value.period)
    )
    of_period = [
        pd.DataFrame(dict(zip(FORECAST_COLUMNS, arrays, strict=True))).assign(run_id=run, period=pd.Timestamp(period))
        for run, period, *arrays in session.execute(statement)
    ]
    found = pd.concat(of_period, ignore_index=True) if of_period else pd.DataFrame()
    return found.astype({"price": "float64"} if of_period else {})


def rolling_origin_errors(
    session: Session,
    runs: Sequence[int],
    *,
    by: Sequence[str],
    equal: Mapping[str, str],
    approved_run: int | None,
    in_money: bool,
    signal_limit: float,
) -> pd.DataFrame:
    """The stored errors of runs by KEYS, beside those of seasonal naive (naive_…) and of the approved run (approved_…).

    ``vs_…`` are the differences on the series that both have. WMAPE and bias are weighted with the demand of the judged
    periods, or its money; the others are means over the series. ``series`` are all there are, ``pairs`` those judged,
    ``approved_pairs`` those that the approved run judged too, ``demand`` that of the judged a year, ``missed_money``
    what the errors of a year are worth, ``signals`` the series with a tracking signal, ``alarms`` those of them beyond
    the limit.
    """
    own = ForecastSeries
    weight = own.judged_volume * PRICE if in_money else own.judged_volume
    statement = (
        select(
            *(KEYS[name].label(name) for name in by),
            func.count().label("series"),
            func.count(own.wmape).label("pairs"),
            func.count(own.wmape + APPROVED.wmape).label("approved_pairs"),
            cast(func.sum(weight).filter(own.wmape.is_not(None)), Double).label("demand"),
            func.sum(own.wmape * own.volume * PRICE).label("missed_money"),
            func.count(own.tracking_signal).label("signals"),
            func.sum(
                case((func.abs(own.tracking_signal) > signal_limit, 1.0), (own.tracking_signal.is_not(None), 0.0))
            ).label("alarms"),
            func.avg(own.tracking_signal).label("tracking_signal"),
            *_figures(weight),
        )
        .join(Product, Product.id == own.product_id)
        .outerjoin(APPROVED, _same_series(APPROVED, own) & (APPROVED.run_id == approved_run))
        .where(own.run_id.in_(runs), *(KEYS[name] == wanted for name, wanted in equal.items()))
        .group_by(*(KEYS[name] for name in by))
    )
    result = session.execute(statement)
    columns = list(result.keys())
    found = pd.DataFrame.from_records([tuple(row) for row in result], columns=columns)
    return found.astype(dict.fromkeys(columns[columns.index("demand") :], "float64"))


def _figures(weight: Any) -> Iterator[Any]:
    """Every measure, its rivals' and the differences."""
    own = ForecastSeries
    for name in (*WEIGHTED, *AVERAGED):
        mean = _weighted(weight) if name in WEIGHTED else func.avg
        mine = getattr(own, name)
        yield mean(mine).label(name)
        rivals = {"naive": getattr(own, f"naive_{name}", None), "approved": getattr(APPROVED, name)}
        for rival, figure in rivals.items():
            if figure is not None:
                yield mean(figure).label(f"{rival}_{name}")
                yield mean(mine - figure).label(f"vs_{rival}_{name}")


def _weighted(weight: Any) -> Callable[[Any], Any]:
    def mean(column: Any) -> Any:
        return func.sum(column * weight) / func.nullif(func.sum(case((column.is_not(None), weight))), 0)

    return mean


def _same_series(one: Any, other: Any) -> Any:
    return and_(one.product_id == other.product_id, one.location_id == other.location_id)
