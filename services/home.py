"""Home: how new the data are, and the revenue chart. The key figures are in services.home_cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import freshness as rows
from data.queries import sales
from services import kpi
from services.stored_figure import stored_figures

LAST_YEAR = timedelta(days=364)
CHART_WEEKS = 26
CHART_DAYS = 42


@dataclass(frozen=True, slots=True)
class Freshness:
    """How new the data are; None where there are none."""

    sales_to: date | None
    deliveries_to: date | None
    forecast_at: datetime | None
    policies_at: datetime | None
    import_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevenueSeries:
    """Revenue of the newest periods and of the same weekdays the year before; None where unknown."""

    periods: list[date]
    revenue: list[float | None]
    last_year: list[float | None]


def freshness(viewer: Viewer) -> Freshness:
    """How new the stored data are.

    Inputs: a viewer with ``home.read``.
    Returns: Freshness.
    Raises: NotAllowed.
    Source: product.md, promise 1: every figure has its data date.
    """
    require(viewer, Permission.HOME_READ)
    with session_scope(viewer) as session:
        return stored_figures(
            session,
            viewer,
            "freshness",
            Freshness,
            subjects=("demand", "orders", "forecast", "policy"),
            args={"today": today()},
            compute=lambda: [Freshness(**rows.newest(session, until=today())._asdict())],
        )[0]


def revenue_series(viewer: Viewer, *, by: object) -> RevenueSeries:
    """Revenue by whole week or by day, beside that of the same weekdays a year before.

    Inputs: a viewer with ``demand.read``; ``by`` "day", or anything else for weeks.
    Returns: RevenueSeries, empty without sales; a week that is not over is left out.
    Raises: NotAllowed.
    Source: glossary, revenue-same-weekdays.
    """
    require(viewer, Permission.DEMAND_READ)
    by_day = by == "day"
    with session_scope(viewer) as session:
        found = stored_figures(
            session,
            viewer,
            "revenue series",
            RevenueSeries,
            subjects=("demand",),
            args={"today": today(), "by_day": by_day},
            compute=lambda: _revenue_series(session, by_day=by_day),
        )
    return found[0] if found else RevenueSeries([], [], [])


def _revenue_series(session: Session, *, by_day: bool) -> list[RevenueSeries]:
    first, last = sales.first_day(session), kpi.data_date(session)
    if first is None or last is None:
        return []
    if by_day:
        end, count = last, CHART_DAYS
    else:
        end, count = last - timedelta(days=(last.weekday() + 1) % 7), CHART_WEEKS * 7
    start = end - timedelta(days=count - 1)
    daily = sales.daily_totals(session, (start - LAST_YEAR, end - LAST_YEAR), (start, end))
    revenue = pd.Series(daily["revenue"].to_numpy(), index=pd.DatetimeIndex(pd.to_datetime(daily["day"])))
    days = pd.date_range(max(start, first), end)
    now_, before = (_per_period(revenue, span, first, by_day=by_day) for span in (days, days - LAST_YEAR))
    return [RevenueSeries([found.date() for found in now_.index], _known(now_), _known(before))]


def _per_period(revenue: pd.Series[float], days: pd.DatetimeIndex, first: date, *, by_day: bool) -> pd.Series[float]:
    """Sums of the days, NaN for a period that lies before the data begin, in part or as a whole."""
    values = revenue.reindex(days, fill_value=0.0).where(days >= pd.Timestamp(first))
    if by_day:
        return values
    monday = days - pd.to_timedelta(days.day_of_week, unit="D")
    return values.groupby(monday).sum(min_count=7)


def _known(values: pd.Series[float]) -> list[float | None]:
    return [None if value != value else float(value) for value in values]
