"""A year's figure over its months, and a difference over parts, without losing a sen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

MONTHS = 12
EVEN = np.full(MONTHS, 1 / MONTHS)


def season_shares(sold: pd.Series[float]) -> tuple[FloatArray, int]:
    """The part of a year that each month has, learned from years known as a whole.

    Inputs: sold: figures of months in time order, each a whole month, indexed by its first day, without gaps.
    Returns: 12 shares that add up to 1, and the number of years they were learned from: the mean over runs of 12
        months back from the last one, each weighing the same. Months below zero count as none. Without a whole year
        of sales, even shares and 0.
    Raises: nothing.
    Source: standard practice: seasonal shares, mean of yearly shares.
    """
    values = np.maximum(sold.to_numpy(dtype=float), 0.0)
    years = len(values) // MONTHS
    recent = values[len(values) - years * MONTHS :].reshape(years, MONTHS)
    recent = recent[recent.sum(axis=1) > 0]
    if not len(recent):
        return EVEN.copy(), 0
    shares = (recent / recent.sum(axis=1, keepdims=True)).mean(axis=0)
    first = sold.index[-1].month % MONTHS  # the month of the year after the last one, from 0
    return np.asarray(np.roll(shares, first), dtype=np.float64), len(recent)


def split(total: float, weights: FloatArray, *, decimals: int = 2) -> FloatArray:
    """A figure in parts that add up to it exactly.

    Inputs: total; weights: none below 0; decimals of a part.
    Returns: parts in proportion to the weights, alike where none has any; what rounding leaves goes to the parts that
        lost most by it, one last digit each.
    Raises: AnalyticsError for no weights or one below 0.
    Source: largest remainder method (Hamilton).
    """
    if not len(weights) or (weights < 0).any() or not np.isfinite(weights).all():
        raise AnalyticsError("weights must be figures from 0 on")
    share = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    unit = 10**decimals
    wanted = round(total * unit)
    parts = np.floor(wanted * share)
    lost = wanted * share - parts
    parts[np.argsort(-lost, kind="stable")[: int(wanted - parts.sum())]] += 1
    return np.asarray(np.round(parts / unit, decimals), dtype=np.float64)
