"""Days inside periods: what part of a month, week or day a span of dates covers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.forecasting.panel import IntArray
from analytics.inputs import FloatArray

Days = NDArray[np.datetime64]

_DAYS_PER_WEEK = 7
_EPOCH_YEAR = 1970


@dataclass(frozen=True, slots=True, eq=False)
class PeriodDays:
    """The first day of every period and the day after its last one."""

    starts: Days
    ends: Days

    @property
    def lengths(self) -> IntArray:
        """Days of every period."""
        return np.asarray((self.ends - self.starts).astype(np.int64))

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last calendar year with a day in a period; there must be one."""
        years = np.array([self.starts.min(), self.ends.max() - 1]).astype("datetime64[Y]").astype(np.int64)
        return int(years[0]) + _EPOCH_YEAR, int(years[1]) + _EPOCH_YEAR

    def count(self, days: Days) -> IntArray:
        """How many of these days lie in each period; a day that is given twice counts once."""
        known = np.unique(days)
        return np.asarray(np.searchsorted(known, self.ends) - np.searchsorted(known, self.starts))


def period_days(periods: pd.DatetimeIndex, *, frequency: str) -> PeriodDays:
    """The days of periods that are named by their first day.

    Inputs: periods: first days (of a month any day will do); frequency: "month" or "MS", "week" or "W-MON" with
        any anchor (seven days from the one given on, so that 53-week years need no rule), "day" or "D".
    Returns: PeriodDays in the order of the periods.
    Raises: AnalyticsError for another frequency or a period without a date.
    Source: house convention (glossary: a period is named by its first day).
    """
    if periods.hasnans:
        raise AnalyticsError("a period has no date")
    days = periods.tz_localize(None).to_numpy().astype("datetime64[D]")
    if frequency in ("month", "MS"):
        months = days.astype("datetime64[M]")
        return PeriodDays(months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]"))
    if frequency in ("week", "W") or frequency.startswith("W-"):
        return PeriodDays(days, days + _DAYS_PER_WEEK)
    if frequency in ("day", "D"):
        return PeriodDays(days, days + 1)
    raise AnalyticsError(f"periods of {frequency!r} are not known: use month, week or day")


def span_shares(starts: ArrayLike, ends: ArrayLike, periods: pd.DatetimeIndex, *, frequency: str) -> FloatArray:
    """The share of each period's days that lie in any of some spans, such as school holidays or a promotion.

    Inputs: starts, ends: first and last day of every span, both included; periods and frequency as in period_days.
    Returns: one share from 0 to 1 per period; spans that overlap count once.
    Raises: AnalyticsError for a date that cannot be read, lengths that differ, a span that ends before it
        starts (with its place), and as period_days does.
    Source: definition.
    """
    calendar = period_days(periods, frequency=frequency)
    return np.asarray(calendar.count(days_between(_days(starts), _days(ends))) / calendar.lengths)


def days_between(starts: Days, ends: Days) -> Days:
    """Every day of every span, span by span.

    Inputs: starts, ends: first and last day of every span, both included.
    Returns: days; those in two spans appear twice.
    Raises: AnalyticsError when the lengths differ or a span ends before it starts.
    Source: definition.
    """
    if starts.shape != ends.shape:
        raise AnalyticsError(f"{starts.size} first days but {ends.size} last days")
    lengths = (ends - starts).astype(np.int64) + 1
    if (lengths < 1).any():
        place = int(np.argmax(lengths < 1))
        raise AnalyticsError(f"span {place + 1} ends on {ends[place]}, before it starts on {starts[place]}")
    before = np.cumsum(lengths) - lengths
    offset = np.arange(int(lengths.sum())) - np.repeat(before, lengths)
    return np.asarray(np.repeat(starts, lengths) + offset)


def _days(dates: ArrayLike) -> Days:
    try:
        stamps = pd.DatetimeIndex(pd.to_datetime(np.atleast_1d(np.asarray(dates))))
    except (ValueError, TypeError) as error:
        raise AnalyticsError(f"dates cannot be read: {error}") from error
    if stamps.hasnans:
        raise AnalyticsError("a span has no date")
    return np.asarray(stamps.tz_localize(None).to_numpy().astype("datetime64[D]"))
