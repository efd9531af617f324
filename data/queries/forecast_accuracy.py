"""What forecasts are judged with: what finished runs said, what then came, and their rolling-origin errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ARRAY, Date, DateTime, Double, Text, and_, case, cast, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from data.packed import packed_frame
from models.demand import DemandHistory
from models.network import Location
from models.planning import ForecastRun, ForecastSeries, ForecastValue
from models.product import Product

# Of a combination the method that weighs most: there are as many combinations as there are series.
METHOD = func.split_part(ForecastSeries.method, "+", 1)
KEYS: dict[str, Any] = {
    "run_id": ForecastSeries.run_id,
    "product_id": ForecastSeries.product_id,
    "location_id": ForecastSeries.location_id,
    "method": METHOD,
    "demand_class": ForecastSeries.demand_class,
    "category": Product.category,
    "family": Product.family,
}
WEIGHTED, AVERAGED = ("wmape", "bias"), ("mase", "rmsse", "coverage")
APPROVED = aliased(ForecastSeries)
LIST_PRICE = cast(func.coalesce(Product.unit_price, Product.unit_cost), Double)
# What a unit brought in the year before the run; where the run does not know, its list price, or else its cost.
PRICE = func.coalesce(func.nullif(ForecastSeries.value, 0) / func.nullif(ForecastSeries.volume, 0), LIST_PRICE)


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
    """Every leading method and demand class together that a finished run of the frequency has."""
    kinds = (METHOD.label("method"), ForecastSeries.demand_class)
    statement = (
        select(*kinds)
        .join(ForecastRun, ForecastRun.id == ForecastSeries.run_id)
        .where(ForecastRun.frequency == frequency, ForecastRun.state == "done")
        .distinct()
        .order_by(*kinds)
    )
    return [(method, demand_class) for method, demand_class in session.execute(statement)]


def products(session: Session) -> pd.DataFrame:
    """Columns product_id, code, name, category, family, list_price; what has no price is valued at its cost."""
    statement = select(Product.id, Product.code, Product.name, Product.category, Product.family, LIST_PRICE)
    names = ["product_id", "code", "name", "category", "family", "list_price"]
    found = pd.DataFrame.from_records([tuple(row) for row in session.execute(statement)], columns=names)
    return found.astype({"list_price": "float64"})


def locations(session: Session) -> pd.DataFrame:
    """Columns location_id, location (its code), location_name."""
    rows = session.execute(select(Location.id, Location.code, Location.name))
    names = ["location_id", "location", "location_name"]
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=names)


def demand_by_period(session: Session, *, frequency: str, since: date, before: date) -> pd.DataFrame:
    """Columns product_id, location_id, period, quantity: net demand of each period that had any."""
    of = DemandHistory
    # Without a time zone, so that no setting of a connection can move a day into another period.
    period = cast(func.date_trunc(frequency, cast(of.day, DateTime(timezone=False))), Date)
    keys = (of.product_id, of.location_id, period.label("period"))
    statement = select(*keys, func.sum(of.quantity).label("quantity")).group_by(*keys)
    return packed_frame(session, statement.where(of.day >= since, of.day < before))


def forecast_values(session: Session, runs: Sequence[int], *, first: date, last: date) -> pd.DataFrame:
    """Columns run_id, product_id, location_id, period, q10, q50, q90: what runs said of these periods."""
    of = ForecastValue
    statement = select(of.run_id, of.product_id, of.location_id, of.period, of.q10, of.q50, of.q90)
    return packed_frame(session, statement.where(of.run_id.in_(runs), of.period.between(first, last)))


def forecast_series(
    session: Session, runs: Sequence[int], *, methods: Sequence[str], classes: Sequence[str]
) -> pd.DataFrame:
    """Columns run_id, product_id, location_id, price, method and demand_class: the last two as places in the lists."""
    of = ForecastSeries
    statement = select(
        *(of.run_id, of.product_id, of.location_id),
        PRICE.label("price"),
        (func.array_position(cast(list(methods), ARRAY(Text)), METHOD) - 1).label("method"),
        (func.array_position(cast(list(classes), ARRAY(Text)), of.demand_class) - 1).label("demand_class"),
    )
    return packed_frame(session, statement.join(Product, Product.id == of.product_id).where(of.run_id.in_(runs)))


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
