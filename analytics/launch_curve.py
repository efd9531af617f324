"""The course that sales of a new product are to take, borrowed from the first months of products like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

STEADY_FROM = 6
"""So many months after its launch a product has found its level."""
STEADY_MONTHS = 6
LEAST_STEADY = 3
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True, eq=False)
class LaunchCurve:
    """Parts of the steady level by month since the launch: the median of ``donors`` look-alikes, and the band that
    holds 80 % of them."""

    median: FloatArray
    low: FloatArray
    high: FloatArray
    donors: int


def steady_levels(first_months: FloatArray) -> FloatArray:
    """The level that products found after their launch.

    Inputs: first_months: products x months since the launch, units, NaN where a month is not over or not known.
    Returns: (products,): the mean of STEADY_MONTHS months from STEADY_FROM on, NaN where fewer than LEAST_STEADY of
        them are known or nothing was sold.
    Raises: AnalyticsError for anything but two dimensions.
    Source: Kahn 2006, “New Product Forecasting”, chapter 4.
    """
    if first_months.ndim != 2:
        raise AnalyticsError("first months must be products x months")
    part = first_months[:, STEADY_FROM : STEADY_FROM + STEADY_MONTHS]
    known = np.isfinite(part)
    total, count = np.where(known, part, 0.0).sum(axis=1), known.sum(axis=1)
    found = np.divide(total, count, out=np.full(len(part), np.nan), where=count >= LEAST_STEADY)
    return np.where(found > 0, found, np.nan)


def launch_curve(first_months: FloatArray, *, months: int) -> LaunchCurve | None:
    """The course of look-alikes.

    Inputs: first_months as of steady_levels; months: how long the course is to be.
    Returns: LaunchCurve of the products that found a level; 1 in months that none of them has reached. None without
        such a product.
    Raises: AnalyticsError for less than one month.
    Source: Kahn 2006, chapter 4 (looks-like analysis).
    """
    if months < 1:
        raise AnalyticsError("a course takes at least one month")
    level = steady_levels(first_months)
    chosen = np.isfinite(level)
    if not chosen.any():
        return None
    parts = np.full((int(chosen.sum()), months), np.nan)
    width = min(months, first_months.shape[1])
    parts[:, :width] = np.maximum(first_months[chosen, :width], 0.0) / level[chosen, None]
    reached = np.isfinite(parts).any(axis=0)
    course = np.ones((3, months))
    if reached.any():
        course[:, reached] = np.nanquantile(parts[:, reached], [LOW, 0.5, HIGH], axis=0)
    return LaunchCurve(median=course[1], low=course[0], high=course[2], donors=int(chosen.sum()))
