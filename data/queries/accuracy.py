"""Forecasts beside what was sold: the material of accuracy at lag 1."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Double, and_, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.demand import DemandHistory
from models.planning import ForecastRun, ForecastValue


def months_forecast(session: Session, *, until: date, limit: int) -> list[Row[Any]]:
    """The newest months, up to ``until``, that finished monthly runs have as their first period; newest first.

    Each row has ``month``, and of its runs ``newest_run`` and ``runs``: what its accuracy depends on besides demand.
    """
    statement: Any = (
        select(
            ForecastRun.first_period.label("month"),
            func.max(ForecastRun.id).label("newest_run"),
            func.count().label("runs"),
        )
        .where(ForecastRun.frequency == "month", ForecastRun.state == "done", ForecastRun.first_period <= until)
        .group_by(ForecastRun.first_period)
        .order_by(ForecastRun.first_period.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def lag_one_pairs(session: Session, *, month: date, last_day: date) -> pd.DataFrame:
    """Columns forecast and actual of one month, a row for every product and location that has either.

    The forecast is that of the newest finished monthly run which begins with the month and has the series; NaN
    where there is none. Demand is 0 where nothing was sold.
    """
    return lag_one_items(session, month=month, last_day=last_day)[["forecast", "actual"]]


def lag_one_items(session: Session, *, month: date, last_day: date) -> pd.DataFrame:
    """The same with the columns product_id and location_id before them."""
    planned, sold = _planned(month).subquery(), _sold(month, last_day).subquery()
    keys = ("product_id", "location_id")
    statement = select(
        *(func.coalesce(planned.c[key], sold.c[key]) for key in keys),
        planned.c.forecast,
        func.coalesce(sold.c.actual, 0.0),
    ).select_from(planned.outerjoin(sold, and_(*(planned.c[key] == sold.c[key] for key in keys)), full=True))
    columns = [*keys, "forecast", "actual"]
    found = pd.DataFrame.from_records(session.execute(statement).all(), columns=columns)
    return found.astype({"forecast": "float64", "actual": "float64"})


def _planned(month: date) -> Any:
    series = (ForecastValue.product_id, ForecastValue.location_id)
    return (
        select(*series, ForecastValue.q50.label("forecast"))
        .join(ForecastRun, ForecastRun.id == ForecastValue.run_id)
        .where(
            ForecastRun.frequency == "month",
            ForecastRun.state == "done",
            ForecastRun.first_period == month,
            ForecastValue.period == month,
        )
        .ext(distinct_on(*series))
        .order_by(*series, ForecastRun.id.desc())
    )


def _sold(month: date, last_day: date) -> Any:
    return (
        select(
            DemandHistory.product_id,
            DemandHistory.location_id,
            cast(func.sum(DemandHistory.quantity), Double).label("actual"),
        )
        .where(DemandHistory.day.between(month, last_day))
        .group_by(DemandHistory.product_id, DemandHistory.location_id)
    )
