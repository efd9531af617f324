"""How much every method counts for every series: by its errors at earlier dates, leaning on what it did for all."""

import numpy as np

from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray

# What a method did for the pool counts as much as this many origins of the series itself.
POOL_ORIGINS = 4.0
_POWER = 4.0
# Methods that much worse than the best one of a series do not count at all.
_WORST_SHARE = 1.4
_LARGEST_RELATIVE_ERROR = 3.0
_TINY = 1e-6


def origin_errors(actual: FloatArray, forecast: FloatArray, *, squared: bool) -> FloatArray:
    """Error of every method at every origin.

    Inputs: actual: origins x steps x series; forecast: methods x origins x steps x series; NaN = not judged; squared:
        root mean squared error, else mean absolute error.
    Returns: methods x origins x series, NaN where nothing was judged.
    Raises: nothing.
    Source: squared error keeps the level of sporadic demand, where absolute error rewards forecasting zero
        (Kolassa 2016, "Evaluating predictive count data distributions").
    """
    difference = actual - forecast
    if squared:
        return np.sqrt(mean_known(difference**2, axis=2))
    return mean_known(np.abs(difference), axis=2)


def scores(errors: FloatArray) -> FloatArray:
    """Relative error of every method on every series, shrunk towards its mean over the series judged with it.

    Inputs: errors: methods x origins x series.
    Returns: methods x series, 1 = as good as the median method, lower is better; NaN for a method never judged.
    Raises: nothing.
    Source: shrinkage as James & Stein 1961; relative errors so that large series do not rule the pool.
    """
    judged = ~np.isnan(errors)
    middle = _median_method(errors)
    used = judged & (middle > 0)
    count = used.sum(axis=1)
    expected = np.where(used, middle, 0.0).sum(axis=1)
    own = np.where(used, errors, 0.0).sum(axis=1) / np.where(expected > 0, expected, 1.0)
    pooled = mean_known(np.where(count > 0, np.minimum(own, _LARGEST_RELATIVE_ERROR), np.nan), axis=1)[:, None]
    return np.asarray((count * own + POOL_ORIGINS * pooled) / (count + POOL_ORIGINS))


def weights(score: FloatArray, *, able: np.ndarray, votes: FloatArray) -> FloatArray:
    """Share of every method in the forecast of every series.

    Inputs: score: methods x series; able: methods x series, which methods have a forecast at all; votes: one per
        method, how many methods of another kind it stands for.
    Returns: methods x series, columns that add up to 1 where at least one method is able, else 0.
    Raises: nothing.
    Source: inverse-error weights, Bates & Granger 1969; trimming, Jose & Winkler 2008.
    """
    usable = np.where(able & ~np.isnan(score), np.maximum(score, _TINY), np.inf)
    best = usable.min(axis=0)
    share = np.where(usable <= _WORST_SHARE * best, usable**-_POWER, 0.0)
    share = np.where(np.isfinite(best), share, able) * votes[:, None]
    total = share.sum(axis=0)
    return np.asarray(share / np.where(total > 0, total, 1.0))


def combined(forecast: FloatArray, share: FloatArray) -> FloatArray:
    """Weighted mean of the methods that have a forecast.

    Inputs: forecast: methods x … x series, NaN where a method has none; share: methods x series.
    Returns: … x series, NaN where no method with a weight has a forecast.
    Raises: nothing.
    Source: Bates & Granger 1969.
    """
    lined = share.reshape(len(share), *(1,) * (forecast.ndim - 2), -1)
    known = ~np.isnan(forecast)
    counted = np.where(known, lined, 0.0)
    total = counted.sum(axis=0)
    summed = (np.where(known, forecast, 0.0) * counted).sum(axis=0)
    return np.asarray(np.where(total > 0, summed / np.where(total > 0, total, 1.0), np.nan))


def _median_method(errors: FloatArray) -> FloatArray:
    """Origins x series; NaN where no method was judged."""
    ordered = np.sort(errors, axis=0)  # NaN last
    count = (~np.isnan(errors)).sum(axis=0)
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    high = np.minimum(high, np.maximum(count - 1, 0))
    take = np.take_along_axis
    return np.asarray((take(ordered, low[None], 0)[0] + take(ordered, high[None], 0)[0]) / 2)
