"""What a supplier is told of the plan: buckets of weeks, smoothed, and how far a commit is from what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.inputs import FloatArray

WEEK, MONTH = "week", "month"
MIDDLE = timedelta(days=3)
NONE = -1
GOOD, WARN, BAD = "good", "warn", "bad"


def buckets(first_week: date, *, bucket: str, count: int) -> list[tuple[date, date]]:
    """The buckets from a week on.

    Inputs: first_week: its Monday; bucket: week or month; count: how many.
    Returns: first day and the one after the last of each. Of months the first is the one most of the week lies in.
    Raises: nothing.
    Source: none; ours.
    """
    if bucket == WEEK:
        return [(first_week + timedelta(weeks=at), first_week + timedelta(weeks=at + 1)) for at in range(count)]
    middle = first_week + MIDDLE
    months = middle.year * 12 + middle.month - 1
    firsts = [date((months + at) // 12, (months + at) % 12 + 1, 1) for at in range(count + 1)]
    return list(pairwise(firsts))


def bucket_of(weeks: Sequence[date], among: Sequence[tuple[date, date]]) -> NDArray[np.int64]:
    """The bucket that most of each week lies in.

    Inputs: weeks: their Mondays; among: first day and the one after the last of each bucket, in order, without gaps.
    Returns: numbers; NONE before the first one and after the last one.
    Raises: nothing.
    Source: none; ours.
    """
    if not among:
        return np.full(len(weeks), NONE, dtype=np.int64)
    middles = np.array([week + MIDDLE for week in weeks], dtype="datetime64[D]")
    starts = np.array([first for first, _end in among], dtype="datetime64[D]")
    found = np.searchsorted(starts, middles, side="right") - 1
    return np.where(middles < np.datetime64(among[-1][1]), found, NONE).astype(np.int64)


def smoothed(quantity: FloatArray, *, over: int, after: int = 0) -> FloatArray:
    """Quantities spread evenly over the buckets around them: a moving average that keeps the total.

    Inputs: quantity: (items, buckets); over: buckets, 1 for none; after: the first buckets, which stay as they are.
    Returns: (items, buckets).
    Raises: nothing.
    Source: Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 3.3 (moving averages).
    """
    count = quantity.shape[1] - after
    if over <= 1 or count <= 1:
        return quantity.copy()
    at = np.arange(count)
    first = np.clip(at - (over - 1) // 2, 0, None)
    last = np.clip(at + over // 2, None, count - 1)
    weight = ((at[None, :] >= first[:, None]) & (at[None, :] <= last[:, None])) / (last - first + 1)[:, None]
    result = quantity.copy()
    result[:, after:] = quantity[:, after:] @ weight
    return result


def light(forecast: FloatArray, commit: FloatArray, *, warn: FloatArray, bad: FloatArray) -> NDArray[np.str_]:
    """How a commit stands to what was asked for.

    Inputs: forecast and commit: quantities, a commit that is missing NaN; warn and bad: shares of the forecast that a
        commit may differ from it by, more or less.
    Returns: good, warn or bad; empty where there is no commit.
    Raises: nothing.
    Source: screens.md 19.
    """
    deviation = np.abs(commit - forecast) / np.where(forecast > 0, forecast, 1.0)
    deviation = np.where((forecast <= 0) & (commit > 0), np.inf, deviation)
    told = np.where(deviation > bad, BAD, np.where(deviation > warn, WARN, GOOD))
    return np.where(np.isnan(commit), "", told)
