"""What the calendar does to demand: drivers that are known for every period, past and to come.

Feasts move through the year: what counts is which share of a period lies before, on and after them. Years of 53
weeks need nothing here, because shares follow the days and not the number of the week.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting.holiday_dates import (
    CHINESE_NEW_YEAR,
    DEEPAVALI,
    HARI_RAYA_HAJI,
    HARI_RAYA_PUASA,
    RAMADAN,
    VESAK,
    HolidayDates,
    holiday_dates,
)
from analytics.forecasting.period_days import Days, PeriodDays, days_between, period_days
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True)
class FeastWindow:
    """The days from ``first`` to ``last``, counted from the first day of a feast, that share one effect."""

    name: str
    feast: str
    first: int
    last: int


# Lead windows end the day before; the feast itself is as long as its public holidays; what was bought ahead is
# missing afterwards. Ramadan has no fixed length and is not in this table.
FEAST_WINDOWS = (
    FeastWindow("before_hari_raya_puasa", HARI_RAYA_PUASA, -14, -1),
    FeastWindow("hari_raya_puasa", HARI_RAYA_PUASA, 0, 1),
    FeastWindow("after_hari_raya_puasa", HARI_RAYA_PUASA, 2, 11),
    FeastWindow("before_hari_raya_haji", HARI_RAYA_HAJI, -10, -1),
    FeastWindow("hari_raya_haji", HARI_RAYA_HAJI, 0, 0),
    FeastWindow("after_hari_raya_haji", HARI_RAYA_HAJI, 1, 7),
    FeastWindow("before_chinese_new_year", CHINESE_NEW_YEAR, -14, -1),
    FeastWindow("chinese_new_year", CHINESE_NEW_YEAR, 0, 1),
    FeastWindow("after_chinese_new_year", CHINESE_NEW_YEAR, 2, 9),
    FeastWindow("before_deepavali", DEEPAVALI, -10, -1),
    FeastWindow("deepavali", DEEPAVALI, 0, 0),
    FeastWindow("after_deepavali", DEEPAVALI, 1, 7),
    FeastWindow("before_vesak", VESAK, -7, -1),
    FeastWindow("vesak", VESAK, 0, 0),
    FeastWindow("after_vesak", VESAK, 1, 7),
)


@dataclass(frozen=True, slots=True, eq=False)
class CalendarDrivers:
    """names, and values as drivers x periods; a driver is nowhere all zero."""

    names: tuple[str, ...]
    values: FloatArray


def calendar_drivers(
    periods: pd.DatetimeIndex, *, frequency: str, country: str = "MY", state: str | None = None
) -> CalendarDrivers:
    """Trading days, public holidays and the moving feasts of every period.

    Inputs: periods: history and horizon together, named as in period_days; frequency: month, week or day;
        country and state as in holiday_dates.
    Returns: CalendarDrivers: trading_days (relative to its mean, minus one; not for days, whose weekday is a
        season), public_holidays (days of the period), and for ramadan and every window of FEAST_WINDOWS the share
        of the period's days in it. What is zero in all periods is left out.
    Raises: AnalyticsError as period_days and holiday_dates do.
    Source: Bell & Hillmer 1983, Modeling time series with calendar variation, sections 2 and 3 (trading days,
        holiday effects as shares of the days around a feast).
    """
    calendar = period_days(periods, frequency=frequency)
    if not len(periods):
        return CalendarDrivers((), np.zeros((0, 0)))
    first, last = calendar.years
    # A feast just outside the periods reaches into them with its windows.
    dates = holiday_dates(country, state, first - 1, last + 1)
    columns = {
        "trading_days": _trading_days(calendar, dates),
        "public_holidays": calendar.count(dates.holidays).astype(np.float64),
        **{name: calendar.count(days) / calendar.lengths for name, days in _windows(dates)},
    }
    kept = {name: values for name, values in columns.items() if values.any()}
    return CalendarDrivers(tuple(kept), np.array(list(kept.values())).reshape(len(kept), len(periods)))


def _trading_days(calendar: PeriodDays, dates: HolidayDates) -> FloatArray:
    if (calendar.lengths == 1).all():
        return np.zeros(len(calendar.lengths))
    count = calendar.lengths - calendar.count(dates.closed)
    return np.asarray(count / max(float(count.mean()), 1.0) - 1)


def _windows(dates: HolidayDates) -> Iterator[tuple[str, Days]]:
    if RAMADAN in dates.feasts:
        yield RAMADAN, _fasting(dates.feasts[RAMADAN], dates.feasts[HARI_RAYA_PUASA])
    for window in FEAST_WINDOWS:
        feast = dates.feasts.get(window.feast)
        if feast is not None:
            yield window.name, days_between(feast + window.first, feast + window.last)


def _fasting(starts: Days, feasts: Days) -> Days:
    """From the first day of Ramadan to the eve of Hari Raya Puasa; a fast whose end is not known is left out."""
    end = np.searchsorted(feasts, starts)
    known = end < len(feasts)
    return days_between(starts[known], feasts[end[known]] - 1)
