"""What was sold while events ran, beside what would have been sold without them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
BASE_DAYS = 28
AFTER_DAYS = 7
"""Days after an event in which shoppers use up what they bought early."""
WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class EventSales:
    """An entry an event: units in its days and in the AFTER_DAYS after it, each beside the usual units of such days,
    and in how many weeks of ordinary days around it anything was sold."""

    actual: FloatArray
    usual: FloatArray
    actual_after: FloatArray
    usual_after: FloatArray
    weeks_sold: Ints


def window_days(length: Ints) -> int:
    """How many days a window must have: BASE_DAYS before the longest event, it, AFTER_DAYS and BASE_DAYS after it.

    Inputs: length: days of each event.
    Returns: days; none for no events.
    Raises: nothing.
    Source: none; ours.
    """
    return 2 * BASE_DAYS + AFTER_DAYS + int(length.max()) if len(length) else 0


def event_sales(sold: FloatArray, ordinary: Bools, length: Ints) -> EventSales:
    """Compare events with ordinary days of the same weekday around them.

    Inputs: sold: events x window_days(length), units a day, the event beginning at the column BASE_DAYS; ordinary: of
        the same shape, whether a day outside the event is one to compare with (known, and of no other event); length:
        days of each event.
    Returns: EventSales; usual figures are NaN where a weekday of the event has no ordinary day.
    Raises: AnalyticsError when shapes do not fit.
    Source: baseline and incremental sales as of Blattberg & Neslin 1990, chapter 9.
    """
    if sold.shape != ordinary.shape or len(length) != len(sold) or sold.shape[1] < window_days(length):
        raise AnalyticsError("sales, ordinary days and lengths of events must fit")
    offset = np.arange(sold.shape[1]) - BASE_DAYS
    running = (offset >= 0) & (offset < length[:, None])
    after = (offset >= length[:, None]) & (offset < length[:, None] + AFTER_DAYS)
    base = ordinary & ~running & ~after & (offset < length[:, None] + AFTER_DAYS + BASE_DAYS)
    weekday = offset % WEEK
    usual = np.zeros((2, len(length)))
    for place in range(WEEK):
        here = weekday == place
        days = base[:, here].sum(axis=1)
        units = np.where(base[:, here], sold[:, here], 0.0).sum(axis=1)
        mean = np.divide(units, days, out=np.full(len(length), np.nan), where=days > 0)
        for kind, part in enumerate((running, after)):
            wanted = part[:, here].sum(axis=1)
            usual[kind] += np.where(wanted > 0, mean * wanted, 0.0)
    return EventSales(
        actual=np.where(running, sold, 0.0).sum(axis=1),
        usual=usual[0],
        actual_after=np.where(after, sold, 0.0).sum(axis=1),
        usual_after=usual[1],
        weeks_sold=_weeks_sold(np.where(base, sold, 0.0), offset),
    )


def _weeks_sold(sold: FloatArray, offset: Ints) -> Ints:
    weeks = np.unique(offset // WEEK, return_inverse=True)[1]
    table = np.zeros((len(sold), int(weeks.max()) + 1 if len(weeks) else 0))
    for week in range(table.shape[1]):
        table[:, week] = sold[:, weeks == week].sum(axis=1)
    found: Ints = (table > 0).sum(axis=1)
    return found
