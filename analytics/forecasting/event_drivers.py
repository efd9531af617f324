"""What planned events do to demand: which share of a period's days, and of a series' channels, they reach.

Everything is reckoned with spans of days and never day by day, so that the cost follows the number of events.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.panel import IntArray
from analytics.forecasting.period_days import PeriodDays, period_days
from analytics.inputs import FloatArray, column, require_columns

AFTER_DAYS = 7
_FAR = 10**7  # days: further apart than any two of the calendar


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Days from first to last (since 1970, both included), each of a series and channel, sorted by these and first."""

    series: IntArray
    channel: IntArray
    first: IntArray
    last: IntArray
    discount: FloatArray

    def between(self, first: IntArray, last: IntArray) -> "Spans":
        """With other days; those that are empty then are left out."""
        kept = first <= last
        return Spans(self.series[kept], self.channel[kept], first[kept], last[kept], self.discount[kept])

    def follows(self) -> IntArray:
        """Positions of the spans, but for the first, that have the series and channel of the span before."""
        same = (np.diff(self.series) == 0) & (np.diff(self.channel) == 0)
        return np.asarray(np.flatnonzero(same) + 1)


def event_drivers(
    events: pd.DataFrame, *, channel_shares: FloatArray, periods: pd.DatetimeIndex, frequency: str
) -> Drivers:
    """Planned events as drivers of every series.

    Inputs: events: kind, series and channel (positions in channel_shares), starts_on, ends_on (both included),
        discount (share of the price, NaN counts as none), one row per event, series and channel; channel_shares:
        series x channels, shares of a series' demand; periods (history and horizon, without a gap) and frequency as
        in period_days.
    Returns: Drivers, of those below the ones that an event moves. Each is a share of the period's days, weighted with
        the share of demand in the channels reached; of events that overlap, the one that began first counts.
        promotion; discount: the same times the discount; after_promotion: the AFTER_DAYS days after one, as far as
        no other runs; price_cut: as discount, of events of kind price; closure; school_holiday.
    Raises: AnalyticsError for missing columns, an event that ends before it starts, periods with gaps, and as
        period_days does.
    Source: house convention; the pull-forward after a promotion: van Heerde, Leeflang & Wittink 2000, "The
        estimation of pre- and postpromotion dips with store-level scanner data".
    """
    require_columns(events, "kind", "series", "channel", "starts_on", "ends_on")
    calendar = _without_gaps(period_days(periods, frequency=frequency))
    spans = {str(kind): _apart(_spans(rows)) for kind, rows in events.groupby("kind")}

    def reach(found: Spans, weight: FloatArray | float = 1.0) -> FloatArray:
        return _day_shares(found, channel_shares[found.series, found.channel] * weight, calendar, len(channel_shares))

    values = {}
    if "promotion" in spans:
        promotions = spans["promotion"]
        values["promotion"] = reach(promotions)
        values["discount"] = reach(promotions, promotions.discount)
        values["after_promotion"] = reach(_after(promotions))
    if "price" in spans:
        values["price_cut"] = reach(spans["price"], spans["price"].discount)
    values |= {kind: reach(spans[kind]) for kind in ("closure", "school_holiday") if kind in spans}
    moved = {name: driver for name, driver in values.items() if driver.any()}
    shape = (len(moved), len(periods), len(channel_shares))
    return Drivers(tuple(moved), np.array(list(moved.values())).reshape(shape))


def stock_out_shares(gaps: pd.DataFrame, *, series_count: int, periods: pd.DatetimeIndex, frequency: str) -> FloatArray:
    """The share of every period's days on which a series had nothing to sell.

    Inputs: gaps: series (position), starts_on, ends_on (both included), one row per gap; series_count; periods
        (without a gap between them) and frequency as in period_days.
    Returns: periods x series, 0 to 1.
    Raises: as event_drivers.
    Source: definition.
    """
    require_columns(gaps, "series", "starts_on", "ends_on")
    calendar = _without_gaps(period_days(periods, frequency=frequency))
    spans = _apart(_spans(gaps.assign(channel=0)))
    return _day_shares(spans, np.ones(len(spans.series)), calendar, series_count)


def _without_gaps(calendar: PeriodDays) -> PeriodDays:
    if (calendar.ends[:-1] != calendar.starts[1:]).any():
        raise AnalyticsError("periods must follow each other without a gap")
    return calendar


def _spans(rows: pd.DataFrame) -> Spans:
    series, channel = (rows[name].to_numpy(dtype=np.int64) for name in ("series", "channel"))
    first, last = (_day_numbers(rows[name]) for name in ("starts_on", "ends_on"))
    if (last < first).any():
        place = rows.index[int(np.argmax(last < first))]
        raise AnalyticsError(f"the event in row {place} ends before it starts")
    order = np.lexsort((first, channel, series))
    discount = column(rows, "discount", default=0.0)
    return Spans(series[order], channel[order], first[order], last[order], discount[order])


def _day_numbers(days: pd.Series) -> IntArray:
    return pd.to_datetime(days).to_numpy().astype("datetime64[D]").astype(np.int64)


def _apart(spans: Spans) -> Spans:
    """No day twice: what has begun goes on, and what begins meanwhile has the days that are left of it."""
    group = np.zeros(len(spans.series), dtype=np.int64)
    group[1:] = 1
    group[spans.follows()] = 0
    offset = np.cumsum(group) * _FAR  # so that one running maximum serves all series and channels
    ended = np.maximum.accumulate(spans.last + offset) - offset
    first = spans.first.copy()
    later = spans.follows()
    first[later] = np.maximum(first[later], ended[later - 1] + 1)
    return spans.between(first, spans.last)


def _after(promotions: Spans) -> Spans:
    """The days after each promotion, until the next one of the same series and channel."""
    last = promotions.last + AFTER_DAYS
    later = promotions.follows()
    last[later - 1] = np.minimum(last[later - 1], promotions.first[later] - 1)
    return promotions.between(promotions.last + 1, last)


def _day_shares(spans: Spans, weight: FloatArray, calendar: PeriodDays, series_count: int) -> FloatArray:
    """Of every period and series the share of days in its spans, each times its weight: periods x series."""
    shape = (len(calendar.starts), series_count)
    if not len(calendar.starts):
        return np.zeros(shape)
    starts, ends = calendar.starts.astype(np.int64), calendar.ends.astype(np.int64)
    first, last = np.maximum(spans.first, starts[0]), np.minimum(spans.last, ends[-1] - 1)
    inside = np.flatnonzero(first <= last)
    begin, end = (np.searchsorted(starts, days[inside], side="right") - 1 for days in (first, last))
    # One row for every span and period it touches.
    row = np.repeat(inside, end - begin + 1)
    period = np.repeat(end + 1 - np.cumsum(end - begin + 1), end - begin + 1) + np.arange(len(row))
    days = np.minimum(last[row] + 1, ends[period]) - np.maximum(first[row], starts[period])
    share = days / (ends - starts)[period] * weight[row]
    cell = period * series_count + spans.series[row]
    summed = np.bincount(cell, weights=share, minlength=shape[0] * shape[1])
    return np.asarray(summed, dtype=np.float64).reshape(shape)
