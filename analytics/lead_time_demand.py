"""Demand until a replenishment arrives: its spread, and a gamma model where the normal one misleads.

Lumpy and intermittent demand over a lead time is skewed and never negative; a normal distribution promises a
service there that does not come. Two corrections: a gamma distribution with the same mean and standard deviation,
and the undershoot, because such demand jumps below the reorder point instead of stepping onto it.
Units: days and base units; arrays hold one entry per item, NaN where an input is missing or negative.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.inputs import FloatArray, floats, not_negative

_HALVINGS = 60
# Beyond these ratios of spread and mean there is no spread, or no demand: a gamma would leave double precision.
_NO_SPREAD = 1e-6
_NO_DEMAND = 1e-12


def lead_time_demand_sd(
    mean_daily_demand: ArrayLike,
    *,
    daily_demand_sd: ArrayLike,
    lead_time_days: ArrayLike,
    lead_time_sd_days: ArrayLike = 0.0,
    review_days: ArrayLike = 0.0,
) -> FloatArray:
    """Standard deviation of the demand over lead time and review period, both of them varying.

    Inputs: mean_daily_demand, daily_demand_sd: units a day; lead_time_days, lead_time_sd_days, review_days: days.
    Returns: units; independent days and lead times assumed.
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 6; Chopra & Meindl, ch. 11.
    """
    demand, sd, lead_time, lead_time_sd, review = not_negative(
        mean_daily_demand, daily_demand_sd, lead_time_days, lead_time_sd_days, review_days
    )
    return np.sqrt((lead_time + review) * sd**2 + (demand * lead_time_sd) ** 2)


def undershoot(
    mean_daily_demand: ArrayLike, *, daily_demand_sd: ArrayLike, review_days: ArrayLike = 1.0
) -> tuple[FloatArray, FloatArray]:
    """How far the position lies below the reorder point when the review finds it there.

    Inputs: mean_daily_demand, daily_demand_sd: units a day; review_days: days between two reviews, at least one.
    Returns: mean and standard deviation in units; 0 for items without demand.
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, (s, S) systems: excess of a renewal process, E[D²]/2E[D] and E[D³]/3E[D], with
        the third moment of a gamma.
    """
    demand, sd, review = not_negative(mean_daily_demand, daily_demand_sd, review_days)
    mean = demand * np.maximum(review, 1.0)
    variance = sd**2 * np.maximum(review, 1.0)
    squared_cv = np.where(mean > 0, variance / np.where(mean > 0, mean, 1.0) ** 2, 0.0 * mean)
    expected = mean * (1 + squared_cv) / 2
    second_moment = mean**2 * (1 + squared_cv) * (1 + 2 * squared_cv) / 3
    return expected, np.sqrt(np.maximum(second_moment - expected**2, 0.0))


def gamma_quantile(probability: ArrayLike, *, mean: ArrayLike, sd: ArrayLike) -> FloatArray:
    """The quantity that gamma distributed demand stays below with a given probability.

    Inputs: probability: between 0 and 1; mean, sd: units, per item.
    Returns: units; the mean itself where the standard deviation is 0.
    Raises: AnalyticsError when the lengths differ.
    Source: Burgin 1975, "The gamma distribution and inventory control".
    """
    p, mean_, sd_ = floats(probability, mean, sd)
    mean_, sd_ = not_negative(mean_, sd_)
    shape, scale = _gamma_parameters(mean_, sd_)
    quantile = scale * special.gammaincinv(shape, np.where((p > 0) & (p < 1), p, np.nan))
    return np.where(_certain(mean_, sd_), mean_, quantile)


def gamma_shortage(level: ArrayLike, *, mean: ArrayLike, sd: ArrayLike) -> FloatArray:
    """Expected part of gamma distributed demand above a stock level.

    Inputs: level, mean, sd: units, per item.
    Returns: units >= 0.
    Raises: AnalyticsError when the lengths differ.
    Source: Burgin 1975, "The gamma distribution and inventory control".
    """
    level_, mean_, sd_ = floats(level, mean, sd)
    mean_, sd_ = not_negative(mean_, sd_)
    shape, scale = _gamma_parameters(mean_, sd_)
    standard = np.maximum(level_, 0.0) / scale
    above = mean_ * special.gammaincc(shape + 1, standard) - level_ * special.gammaincc(shape, standard)
    certain = np.maximum(mean_ - level_, 0.0)
    return np.where(_certain(mean_, sd_), certain, np.maximum(above, 0.0))


def gamma_level(shortage: ArrayLike, *, mean: ArrayLike, sd: ArrayLike) -> FloatArray:
    """The lowest stock level at which the expected shortage is no larger than given.

    Inputs: shortage, mean, sd: units, per item; shortage > 0.
    Returns: units >= 0; 0 where even no stock is short by less.
    Raises: AnalyticsError when the lengths differ.
    Source: bisection under Scarf's bound, E[(X - r)+] <= sd² / 4(r - mean).
    """
    target, mean_, sd_ = floats(shortage, mean, sd)
    mean_, sd_ = not_negative(mean_, sd_)
    target = np.where(target > 0, target, np.nan)
    low, high = np.zeros_like(mean_), mean_ + sd_**2 / (4 * target)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_short = gamma_shortage(middle, mean=mean_, sd=sd_) > target
        low, high = np.where(too_short, middle, low), np.where(too_short, high, middle)
    return np.where((mean_ == 0) | (mean_ <= target), 0.0, high)


def _gamma_parameters(mean: FloatArray, sd: FloatArray) -> tuple[FloatArray, FloatArray]:
    usable = ~_certain(mean, sd)
    mean_, sd_ = np.where(usable, mean, np.nan), np.where(usable, sd, np.nan)
    return (mean_ / sd_) ** 2, sd_**2 / mean_


def _certain(mean: FloatArray, sd: FloatArray) -> NDArray[np.bool_]:
    return np.asarray((mean <= _NO_DEMAND * sd) | (sd <= _NO_SPREAD * mean))
