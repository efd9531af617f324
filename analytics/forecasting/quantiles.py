"""Bands from what the chosen methods really missed by: pooled residuals, scaled per series and step."""

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray
from analytics.inputs import FloatArray

PROBABILITIES = (0.1, 0.9)
# A class with fewer series than this shares its residuals with the others.
_SMALLEST_POOL = 30
_ENOUGH_CHANGES = 3
# The scale expected from the history counts as much as this many origins.
_PRIOR_ORIGINS = 2.0
# Scales and their growth over the steps depend on each other; after this many rounds they agree.
_ROUNDS = 3
# Misses beyond this share of the pool count as large as its limit when the growth over steps is measured.
_OUTLIERS_BEYOND = 0.99
# With nothing to learn from: standardised quantiles of the exponential distribution, which assumes least
# about a quantity that is never negative and whose mean is known.
_UNKNOWN = np.array([-np.log(0.9) - 1, -np.log(0.1) - 1])


def bands(
    mean: FloatArray, *, residuals: FloatArray, history: FloatArray, labels: NDArray[np.str_]
) -> tuple[FloatArray, FloatArray]:
    """10 % and 90 % quantiles around every path.

    Inputs: mean: horizon x series, point forecasts >= 0; residuals: origins x steps x series, actual minus
        forecast of the chosen method at rolling origins, NaN where not judged, no more steps than the horizon;
        history: periods x series; labels: demand class per series.
    Returns: lower and upper, horizon x series; 0 <= lower <= mean <= upper.
    Raises: nothing.
    Source: split-conformal residual pooling, Vovk, Gammerman & Shafer 2005; scales shrunk to the class.
    """
    lower, upper = np.empty_like(mean), np.empty_like(mean)
    prior = _expected_squares(history)
    for members in _pools(labels):
        spread = _spread(residuals[:, :, members], prior[members], len(mean))
        lower[:, members] = mean[:, members] + spread[0]
        upper[:, members] = mean[:, members] + spread[1]
    return np.clip(np.minimum(lower, mean), 0.0, None), np.maximum(upper, mean)


def _pools(labels: NDArray[np.str_]) -> list[IntArray]:
    _, index, count = np.unique(labels, return_inverse=True, return_counts=True)
    large = count >= _SMALLEST_POOL
    pools = [np.flatnonzero(index == position) for position in np.flatnonzero(large)]
    rest = np.flatnonzero(~large[index])
    return [*pools, rest] if rest.size else pools


def _expected_squares(history: FloatArray) -> FloatArray:
    """Mean squared change per series; what is known of few periods is completed by the usual ratio to size."""
    changes = np.diff(history, axis=0) ** 2
    count = (~np.isnan(changes)).sum(axis=0)
    squares = np.where(count > 0, mean_known(changes, axis=0), 0.0)
    size = np.nan_to_num(mean_known(np.abs(history), axis=0))
    able = (count >= _ENOUGH_CHANGES) & (size**2 > 0)
    ratio = float(np.median(squares[able] / size[able] ** 2)) if able.any() else 1.0
    return np.asarray((count * squares + ratio * size**2) / (count + 1))


def _spread(residuals: FloatArray, prior: FloatArray, horizon_periods: int) -> FloatArray:
    """Distance of both quantiles from the path: 2 x horizon x series."""
    growth, steps = np.ones(horizon_periods), residuals.shape[1]
    for _ in range(_ROUNDS):
        _, unseen = _scales(residuals / growth[:steps, None], prior)
        growth = _growth(residuals / unseen, horizon_periods)
    level = residuals / growth[:steps, None]
    scale, unseen = _scales(level, prior)
    pooled = (level / unseen)[np.isfinite(level / unseen)]
    quantiles = np.quantile(pooled, PROBABILITIES) if pooled.size else _UNKNOWN
    return np.asarray(quantiles[:, None, None] * growth[:, None] * scale)


def _scales(residuals: FloatArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scale of every series, and (origins x 1 x series) the scale without the origin, NaN where that is zero.

    Every origin is standardised by a scale that has not seen it, so that the pool is as wide as the future.
    """
    squares = mean_known(residuals**2, axis=1)
    judged = ~np.isnan(squares)
    squares = np.where(judged, squares, 0.0)
    total, origins = squares.sum(axis=0), judged.sum(axis=0)
    expected = _typical_ratio(total, origins, prior) * prior
    unseen = _shrunk(total - squares, origins - judged, expected)
    return np.sqrt(_shrunk(total, origins, expected)), np.sqrt(np.where(unseen > 0, unseen, np.nan))[:, None]


def _shrunk(total: FloatArray, origins: IntArray, expected: FloatArray) -> FloatArray:
    """Mean square over origins, with what the history lets expect as some more of them."""
    return np.asarray((np.maximum(total, 0.0) + _PRIOR_ORIGINS * expected) / (origins + _PRIOR_ORIGINS))


def _typical_ratio(total: FloatArray, origins: IntArray, prior: FloatArray) -> float:
    """Median of squared forecast errors over squared changes."""
    able = (total > 0) & (prior > 0)
    return float(np.median(total[able] / origins[able] / prior[able])) if able.any() else 1.0


def _growth(standard: FloatArray, horizon_periods: int) -> FloatArray:
    """How the error widens with the step: its square grows along a line, never falls."""
    sizes = np.abs(standard)
    count = (~np.isnan(sizes)).sum(axis=(0, 2))
    if not np.nan_to_num(sizes).any():
        return np.ones(horizon_periods)
    capped = np.minimum(sizes, np.nanquantile(sizes, _OUTLIERS_BEYOND))
    squares = np.nan_to_num(mean_known(capped, axis=(0, 2))) ** 2
    steps = np.arange(len(squares))
    middle, level = np.average(steps, weights=count), np.average(squares, weights=count)
    spread = np.average((steps - middle) ** 2, weights=count)
    slope = np.average((steps - middle) * (squares - level), weights=count) / spread if spread > 0 else 0.0
    # The line may not start below a tenth of its mean: one early lucky step would blow up all others.
    slope = min(max(slope, 0.0), 0.9 * level / middle if middle > 0 else 0.0)
    return np.asarray(np.sqrt(level + slope * (np.arange(horizon_periods) - middle)))
