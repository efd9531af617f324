"""Headline figures of demand and service, each defined once: Home, the lists and the reports ask here.

Those of stock are in services.inventory. All are made from stored rows only and kept until the rows change. A figure
that can't be known is NaN; None stands for no data at all.
"""

from __future__ import annotations

import calendar
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics import accuracy, kpi
from analytics.kpi import SameDays
from analytics.service import Otif, otif
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import accuracy as forecasts
from data.queries import deliveries, sales
from services.delivery_rules import DeliveryRules, delivery_rules
from services.positions import shared_positions
from services.stored_figure import stored_figures

OTIF_DAYS = 30
TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthAccuracy:
    """How good the last forecast before a month was; shares of the demand of the series that had one."""

    month: date
    wmape: float
    bias: float
    series: int
    sold_without_forecast: int

    @property
    def accuracy(self) -> float:
        return 1 - self.wmape


@dataclass(frozen=True, slots=True)
class AccuracyTrend:
    """The newest whole months with a forecast made before them, in time order."""

    last_whole_month: date
    months: list[MonthAccuracy]

    @property
    def latest(self) -> MonthAccuracy | None:
        """That of the last whole month, if there is one."""
        return self.months[-1] if self.months and self.months[-1].month == self.last_whole_month else None

    @property
    def change(self) -> float:
        """Change of the latest accuracy against the month before it, as a share; NaN without that month."""
        if self.latest is None or len(self.months) < 2:
            return float("nan")
        before = self.months[-2]
        next_month = month_end(before.month) + timedelta(days=1)
        return self.latest.accuracy - before.accuracy if next_month == self.latest.month else float("nan")


@dataclass(frozen=True, slots=True)
class CustomerOtif:
    """On time in full of the lines due in a window, and of the window before it."""

    rate: float
    rate_before: float
    on_time_rate: float
    in_full_rate: float
    lines_due: int
    start: date
    end: date
    rules: DeliveryRules


def revenue_to_date(viewer: Viewer) -> SameDays | None:
    """Revenue of the month to the last day with data, and of the same days a year before.

    Inputs: a viewer with ``demand.read``.
    Returns: SameDays; None without any sales. The month is that of the data date, not of the calendar.
    Raises: NotAllowed.
    Source: glossary, revenue-month-to-date.
    """
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        found = stored_figures(
            session,
            viewer,
            "revenue to date",
            SameDays,
            subjects=("demand",),
            args={"today": today()},
            compute=lambda: _revenue_to_date(session),
        )
    return found[0] if found else None


def accuracy_by_month(viewer: Viewer, *, months: int = TREND_MONTHS) -> AccuracyTrend | None:
    """Forecast accuracy and bias at lag 1 of the newest whole months that have such a forecast.

    Inputs: a viewer with ``forecast.read``; the most months to give.
    Returns: AccuracyTrend; None without any sales. Months without a forecast made before them are absent.
    Raises: NotAllowed.
    Source: glossary, forecast-accuracy, forecast-bias, lag.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        last = data_date(session)
        if last is None:
            return None
        whole = last_whole_month(last)
        wanted = forecasts.months_forecast(session, until=whole, limit=months)
        found = [month for row in reversed(wanted) for month in _month_accuracy(session, viewer, row)]
    return AccuracyTrend(whole, [month for month in found if month.series])


def customer_otif(viewer: Viewer, *, days: int = OTIF_DAYS) -> CustomerOtif | None:
    """Share of the customer order lines due in the last days that came on time and in full.

    Inputs: a viewer with ``demand.read``; how many days up to the last booked delivery.
    Returns: CustomerOtif; None when nothing has ever been delivered.
    Raises: NotAllowed.
    Source: glossary, otif; SCOR RL.1.1.
    """
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        rules = delivery_rules(session)
        found = stored_figures(
            session,
            viewer,
            "customer otif",
            CustomerOtif,
            subjects=("orders",),
            args={"today": today(), "days": days, "rules": str(rules)},
            compute=lambda: _customer_otif(session, rules, days),
        )
    return found[0] if found else None


def target_days_of_supply(viewer: Viewer) -> float:
    """Days of supply that the stocking policies aim at on average.

    Inputs: a viewer with ``inventory.read``.
    Returns: days: safety stock and half an order of every item at cost, over the cost of a day's demand; NaN without
        policies.
    Raises: NotAllowed.
    Source: glossary, target-days-of-supply; Silver, Pyke & Thomas: average stock = safety stock + Q/2.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        items = shared_positions(session, viewer, as_of=today())
    target = (items["safety_stock"] + items["order_quantity"] / 2) * items["unit_cost"]
    a_day = (items["mean_daily_demand"] * items["unit_cost"]).sum()
    return float(kpi.days_of_supply(float(target.sum()), usage_per_day=float(a_day))[0])


def data_date(session: Session) -> date | None:
    """The last day with sales that is not in the future: what all sales figures end with.

    Inputs: an open session.
    Returns: the day; None without sales.
    Raises: nothing of its own.
    Source: product.md, promise 1.
    """
    return sales.last_day(session, until=today())


def last_whole_month(data_ends: date) -> date:
    """The first day of the newest month all of whose days the data can hold.

    Inputs: the last day with data.
    Returns: the first of that day's month if it is its last day, else of the month before.
    Raises: nothing.
    Source: product.md: a part month is never compared with a full one.
    """
    first = data_ends.replace(day=1)
    return first if data_ends == month_end(first) else (first - timedelta(days=1)).replace(day=1)


def month_end(month: date) -> date:
    """The last day of a month.

    Inputs: any day of it.
    Returns: its last day.
    Raises: nothing.
    Source: the calendar.
    """
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _revenue_to_date(session: Session) -> list[SameDays]:
    first, last = sales.first_day(session), data_date(session)
    if first is None or last is None:
        return []
    month = last.replace(day=1)
    before = kpi.year_before(month)
    daily = sales.daily_totals(session, (before, month_end(before)), (month, last))
    # The day the data begin tells whether they reach back to last year's days; it adds no revenue.
    begin = pd.DataFrame({"day": [first], "revenue": [0.0]})
    return [kpi.same_days_last_year(pd.concat([begin, daily[["day", "revenue"]]]), as_of=last)]


def _month_accuracy(session: Session, viewer: Viewer, row: Row[Any]) -> list[MonthAccuracy]:
    """Kept a month at a time: a new run for the next month leaves what was measured before as it is."""
    return stored_figures(
        session,
        viewer,
        "month accuracy",
        MonthAccuracy,
        subjects=("demand",),
        args={"month": row.month, "newest_run": row.newest_run, "runs": row.runs},
        compute=lambda: [_measured(session, row.month)],
    )


def _measured(session: Session, month: date) -> MonthAccuracy:
    pairs = forecasts.lag_one_pairs(session, month=month, last_day=month_end(month))
    known = pairs["forecast"].notna()
    actual, forecast = pairs.loc[known, "actual"], pairs.loc[known, "forecast"]
    return MonthAccuracy(
        month,
        accuracy.wmape(actual, forecast),
        accuracy.bias(actual, forecast),
        int(known.sum()),
        int((~known & (pairs["actual"] != 0)).sum()),
    )


def _customer_otif(session: Session, rules: DeliveryRules, days: int) -> list[CustomerOtif]:
    end = deliveries.last_delivery(session, before=today())
    if end is None:
        return []
    start = end - timedelta(days=days - 1)
    now = _otif(session, rules, start, end)
    before = _otif(session, rules, start - timedelta(days=days), start - timedelta(days=1))
    return [CustomerOtif(now.rate, before.rate, now.on_time_rate, now.in_full_rate, now.lines_due, start, end, rules)]


def _otif(session: Session, rules: DeliveryRules, start: date, end: date) -> Otif:
    # A line is due when its tolerance is over, so the promises lie so many days earlier.
    tolerance = timedelta(days=rules.late_tolerance_days)
    lines = deliveries.lines_due(session, start=start - tolerance, end=end - tolerance)
    return otif(lines, as_of=end, **asdict(rules))
