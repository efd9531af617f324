"""The results of a finished forecast run: series ranked and filtered, one series with its values, totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Double, Text, any_, case, cast, func, literal, or_, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.network import Channel, Location
from models.planning import ForecastChannelValue, ForecastRun, ForecastSeries, ForecastValue
from models.product import Product

# Both errors must be known for a comparison with seasonal naive.
_JUDGED = ForecastSeries.wmape.is_not(None) & ForecastSeries.naive_wmape.is_not(None)

# Not known of runs of before it was kept, nor of products without a price.
_VALUE = func.nullif(ForecastSeries.value, 0)

COLUMNS: dict[str, Any] = {
    "code": Product.code,
    "name": Product.name,
    "category": Product.category,
    "location": Location.code,
    "location_name": Location.name,
    "method": ForecastSeries.method,
    "demand_class": ForecastSeries.demand_class,
    "volume": ForecastSeries.volume,
    "wmape": ForecastSeries.wmape,
    "naive_wmape": ForecastSeries.naive_wmape,
    "bias": ForecastSeries.bias,
    "mase": ForecastSeries.mase,
    "coverage": ForecastSeries.coverage,
    "tracking_signal": ForecastSeries.tracking_signal,
    "value": _VALUE,
    "error_volume": ForecastSeries.wmape * ForecastSeries.judged_volume,
    "error_value": ForecastSeries.wmape * _VALUE,
}
_KEYS = (ForecastSeries.product_id, ForecastSeries.location_id)
# Those that share a forecast are stored as one text.
_METHODS: Any = func.string_to_array(ForecastSeries.method, "+", type_=ARRAY(Text))


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
    columns = (found.label(name) for name, found in COLUMNS.items())
    statement = select(*_KEYS, *columns).order_by(*_order(sort))
    return list(session.execute(_matching(statement, run_id, search, equal).offset(offset).limit(limit)))


def series_at_distance(
    session: Session,
    run_id: int,
    *,
    search: str,
    equal: Mapping[str, str],
    sort: Sequence[tuple[str, bool]],
    product_id: int,
    location_id: int,
    distance: int,
) -> Row[Any] | None:
    """The series so many places after (or, negative, before) another one: product_id, location_id, place from 1.

    From a series that the filters leave out the first one is reached.
    """
    place = func.row_number().over(order_by=_order(sort)).label("place")
    ranked = _matching(select(*_KEYS, place), run_id, search, equal).cte("ranked")
    here = (
        select(ranked.c.place)
        .where(ranked.c.product_id == product_id, ranked.c.location_id == location_id)
        .scalar_subquery()
    )
    return one_or_none(session, select(ranked).where(ranked.c.place == func.coalesce(here + distance, 1)))


def series_total(session: Session, run_id: int, *, search: str, equal: Mapping[str, str]) -> int:
    counted = select(func.count())
    return session.scalar(_matching(counted, run_id, search, equal)) or 0


def one_series(session: Session, *, run_id: int, product_id: int, location_id: int) -> Row[Any] | None:
    """All that is stored of one series, with the names of its product and location."""
    statement = (
        select(
            ForecastSeries.__table__,
            Product.code,
            Product.name,
            Product.category,
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


def values_after(
    session: Session,
    run_id: int,
    *,
    search: str,
    equal: Mapping[str, str],
    after: tuple[int, int],
    limit: int,
) -> list[Row[Any]]:
    """Values of the next ``limit`` series by (product_id, location_id) after one: keys, codes, period, quantiles."""
    series = _matching(select(*_KEYS, Product.code, Location.code.label("location")), run_id, search, equal)
    page = series.where(tuple_(*_KEYS) > tuple_(*after)).order_by(*_KEYS).limit(limit).subquery()
    found = ForecastValue
    statement = (
        select(page, found.period, found.q10, found.q50, found.q90)
        .select_from(found)
        .join(
            page,
            (found.run_id == run_id)
            & (found.product_id == page.c.product_id)
            & (found.location_id == page.c.location_id),
        )
        .order_by(page.c.product_id, page.c.location_id, found.period)
    )
    return list(session.execute(statement))


def channel_values(session: Session, *, run_id: int, product_id: int, location_id: int) -> list[Row[Any]]:
    """Channel (its name), period and forecast, channels by name."""
    found = ForecastChannelValue
    statement = (
        select(Channel.name.label("channel"), found.period, found.q50)
        .join(Channel, Channel.id == found.channel_id)
        .where(found.run_id == run_id, found.product_id == product_id, found.location_id == location_id)
        .order_by(Channel.name, Channel.id, found.period)
    )
    return list(session.execute(statement))


def other_forecast(
    session: Session, *, run_id: int, frequency: str, product_id: int, location_id: int, first: date, last: date
) -> list[Row[Any]]:
    """What the last approved run, else the newest before this one, said of the same periods.

    Run_id, approved_at, period and q50 in time order; empty without such a run.
    """
    run, value = ForecastRun, ForecastValue
    same = (value.product_id == product_id, value.location_id == location_id, value.period.between(first, last))
    chosen = (
        select(run.id)
        .where(
            run.state == "done",
            run.frequency == frequency,
            run.id != run_id,
            or_(run.approved_at.is_not(None), run.id < run_id),
            select(literal(1)).where(value.run_id == run.id, *same).exists(),
        )
        .order_by(run.approved_at.desc().nulls_last(), run.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(value.run_id, run.approved_at, value.period, value.q50)
        .join(run, run.id == value.run_id)
        .where(value.run_id == chosen, *same)
        .order_by(value.period)
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
    """Series of a run by one of COLUMNS, the most frequent first; a series counts for each of its methods."""
    key, count = func.unnest(_METHODS) if column == "method" else COLUMNS[column], func.count()
    statement = _matching(select(key, count), run_id, "", {}).group_by(key).order_by(count.desc(), key)
    return {row[0]: row[1] for row in session.execute(statement)}


def _order(sort: Sequence[tuple[str, bool]]) -> list[Any]:
    wanted = [COLUMNS[name].desc() if descending else COLUMNS[name].asc() for name, descending in sort]
    return [*(column.nulls_last() for column in wanted), *_KEYS]


def _matching(statement: Any, run_id: int, search: str, equal: Mapping[str, str]) -> Any:
    found = (
        statement.select_from(ForecastSeries)
        .join(Product, Product.id == ForecastSeries.product_id)
        .join(Location, Location.id == ForecastSeries.location_id)
        .where(ForecastSeries.run_id == run_id)
    )
    for name, wanted in equal.items():
        found = found.where(literal(wanted) == any_(_METHODS) if name == "method" else COLUMNS[name] == wanted)
    if search:
        named = Product.code.icontains(search, autoescape=True) | Product.name.icontains(search, autoescape=True)
        found = found.where(named)
    return found
