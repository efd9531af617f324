"""Two forecast runs side by side: errors of the series both have, and what they forecast for the same periods.

Money is the quantity at one price for both runs, so that a difference in money is one in quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Double, cast, func, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from data.queries.forecast_accuracy import PRICE
from models.network import Location
from models.planning import ForecastSeries, ForecastValue
from models.product import Product

GROUPS = {"category": Product.category, "family": Product.family}
MEASURES = ("quantity", "money")


def accuracy_of_common(session: Session, run_id: int, other_id: int) -> Row[Any]:
    """Errors at earlier dates of the series that both runs have and could judge, those of the other run as other_*.

    WMAPE and bias are weighted with the demand at the earlier dates of ``run_id``, coverage is the mean.
    """
    own, other = aliased(ForecastSeries), aliased(ForecastSeries)
    judged = own.wmape.is_not(None) & other.wmape.is_not(None)

    def weighted(column: Any) -> Any:
        weight = func.nullif(func.sum(own.judged_volume).filter(judged), 0)
        return cast(func.sum(column * own.judged_volume).filter(judged) / weight, Double)

    statement: Any = (
        select(
            func.count().label("common"),
            func.count().filter(judged).label("judged"),
            func.count().filter(judged & (own.wmape < other.wmape)).label("better"),
            func.count().filter(judged & (own.wmape > other.wmape)).label("worse"),
            *(
                column.label(prefix + name)
                for prefix, found in (("", own), ("other_", other))
                for name, column in (
                    ("wmape", weighted(found.wmape)),
                    ("bias", weighted(found.bias)),
                    ("naive_wmape", weighted(found.naive_wmape)),
                    ("coverage", func.avg(found.coverage).filter(judged)),
                )
            ),
        )
        .join(other, (own.product_id == other.product_id) & (own.location_id == other.location_id))
        .where(own.run_id == run_id, other.run_id == other_id)
    )
    found: Row[Any] = session.execute(statement).one()
    return found


def totals(session: Session, run_id: int, other_id: int, *, first: date, last: date) -> list[Row[Any]]:
    """Period, category, family (one of them, or none: everything), and of both runs quantity and money as of PATHS."""
    paths = _paths(run_id, other_id, first, last)
    sets = func.grouping_sets(paths.c.period, Product.category, Product.family, text("()"))
    statement = (
        select(paths.c.period, Product.category, Product.family, *_sums(paths))
        .join(Product, Product.id == paths.c.product_id)
        .group_by(sets)
    )
    return list(session.execute(statement))


def series(
    session: Session, run_id: int, other_id: int, *, first: date, last: date, by: str, limit: int | None
) -> list[Row[Any]]:
    """Both runs by series, those first whose forecast changed most by quantity or money; NULL where one has none."""
    paths = _paths(run_id, other_id, first, last)
    sums = {column.name: column for column in _sums(paths)}
    largest = func.abs(func.coalesce(sums[by].element, 0) - func.coalesce(sums[f"other_{by}"].element, 0)).desc()
    keys = (paths.c.product_id, paths.c.location_id)
    statement = (
        select(
            *keys,
            Product.code,
            Product.name,
            Product.category,
            Product.uom,
            Location.code.label("location"),
            *sums.values(),
        )
        .join(Product, Product.id == paths.c.product_id)
        .join(Location, Location.id == paths.c.location_id)
        .group_by(*keys, Product.id, Location.id)
        .order_by(largest, *keys)
        .limit(limit)
    )
    return list(session.execute(statement))


def _paths(run_id: int, other_id: int, first: date, last: date) -> Any:
    """Series and period with the forecasts of both runs and the price."""
    found, prices = ForecastValue, _prices(run_id, other_id)
    both = found.run_id.in_((run_id, other_id)) & found.period.between(first, last)
    statement = (
        select(
            found.product_id,
            found.location_id,
            found.period,
            func.sum(found.q50).filter(found.run_id == run_id).label("quantity"),
            func.sum(found.q50).filter(found.run_id == other_id).label("other_quantity"),
        )
        .where(both)
        .group_by(found.product_id, found.location_id, found.period)
        .subquery()
    )
    same = (prices.c.product_id == statement.c.product_id) & (prices.c.location_id == statement.c.location_id)
    return select(statement, prices.c.price).join(prices, same).subquery()


def _prices(run_id: int, other_id: int) -> Any:
    """One price a series: the mean where the runs have different ones."""
    found = ForecastSeries
    return (
        select(found.product_id, found.location_id, func.avg(PRICE).label("price"))
        .join(Product, Product.id == found.product_id)
        .where(found.run_id.in_((run_id, other_id)))
        .group_by(found.product_id, found.location_id)
        .subquery()
    )


def _sums(paths: Any) -> Sequence[Any]:
    """Quantity, money, other_quantity, other_money."""
    return [
        expression.label(prefix + measure)
        for prefix in ("", "other_")
        for measure, expression in (
            ("quantity", func.sum(paths.c[f"{prefix}quantity"])),
            ("money", func.sum(paths.c[f"{prefix}quantity"] * func.coalesce(paths.c.price, 0))),
        )
    ]
