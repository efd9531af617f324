"""Lead times in periods that are worked: from the period of a receipt back to that of its release."""

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NEVER = -1


def release_periods(open_periods: BoolArray, *, lead_time_periods: IntArray) -> IntArray:
    """When an order has to be released to arrive in a period.

    Inputs: open_periods: (sources, periods), whether the source works then; lead_time_periods: (sources,) periods of
        work between release and receipt.
    Returns: (sources, periods); NEVER where nothing can arrive: the period is closed, or release would be before the
        first one.
    Raises: AnalyticsError when the shapes differ or a lead time is negative.
    Source: Vollmann et al., Manufacturing Planning and Control, 5th ed., chapter 7 (lead time offsetting).
    """
    if open_periods.ndim != 2 or lead_time_periods.shape != open_periods.shape[:1]:
        raise AnalyticsError("one lead time for each calendar is needed")
    if (lead_time_periods < 0).any():
        raise AnalyticsError("a lead time can't be negative")
    sources, periods = open_periods.shape
    worked: IntArray = np.cumsum(open_periods, axis=1) - open_periods
    wanted = worked - lead_time_periods[:, None]
    result = np.full((sources, periods), NEVER, dtype=np.int64)
    row, period = np.nonzero(open_periods & (wanted >= 0))
    nth = np.full((sources, periods + 1), NEVER, dtype=np.int64)
    open_row, open_period = np.nonzero(open_periods)
    nth[open_row, worked[open_row, open_period]] = open_period
    result[row, period] = nth[row, wanted[row, period]]
    return result


def next_open(open_periods: BoolArray) -> IntArray:
    """The next period after each one in which something can arrive.

    Inputs: open_periods: (calendars, periods).
    Returns: (calendars, periods) period numbers; the number of periods where none follows.
    Raises: nothing.
    Source: none; ours.
    """
    calendars, periods = open_periods.shape
    result = np.full((calendars, periods), periods, dtype=np.int64)
    for period in range(periods - 2, -1, -1):
        result[:, period] = np.where(open_periods[:, period + 1], period + 1, result[:, period + 1])
    return result
