"""Quantiles of demand ahead, from what the combination missed at the rolling origins.

Errors are pooled over the series of a pool: relative to the forecast where demand is always positive, else in units
of the series. Each is measured by the size of error that the other origins of its series let expect, so that the
pool is as wide as the future; wider with few origins and with less than a season of history.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from analytics.forecasting.guards import lowest
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.forecasting.scale import Scaled, scaled
from analytics.inputs import FloatArray

# What the history's own changes let expect counts as much as this many origins.
_PRIOR_ORIGINS = 2.0
_FEW_ORIGINS = 0.1
_UNSEEN_SEASON = 0.25
_SEASONS_OF_CHANGES = {True: 3, False: 2}
_SHORT_SEASON = 24
_LARGEST_LOG_ERROR = 3.0
# Of a series that never changed among others that never did: a hundredth, squared.
_LEAST_CHANGE = 1e-4
_OUTLIERS_BEYOND = 0.98
_LEAST_ERRORS = 50
_ROUNDS = 2

# (standard errors: origins x steps x series, widening so far) -> size of every step
_Widening = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Misses:
    """What was forecast at the origins beside what came: origins x steps x series, NaN where not judged. summed tells
    that every step stands for the demand from the first one on."""

    actual: FloatArray
    forecast: FloatArray
    summed: bool = False

    def cumulative(self) -> "Misses":
        """The same for the sum of demand from the first step on."""
        return Misses(np.cumsum(self.actual, axis=1), np.cumsum(self.forecast, axis=1), summed=True)


def quantiles(mean: FloatArray, *, misses: Misses, panel: Panel, probabilities: Sequence[float]) -> FloatArray:
    """Quantiles around the point forecasts.

    Inputs: mean: horizon x series; misses: of the same series; panel: their history; probabilities: ascending,
        in (0, 1).
    Returns: probabilities x horizon x series, ascending, below the mean for probabilities under one half and above
        it for those over, never below what demand can be.
    Raises: nothing.
    Source: conformal prediction on rolling-origin residuals, Vovk et al. 2005; Trapero, Cardós & Kourentzes 2019 for
        empirical quantiles of demand.
    """
    scale = scaled(panel.values)
    errors, prior = _errors(misses, scale), _changes(scale, panel)
    widening = _power if misses.summed else _line
    found = np.empty((len(probabilities), *mean.shape))
    for member in (scale.logged, ~scale.logged):
        around = mean[:, member]
        standard, size = _widths(errors[:, :, member], prior[member], len(mean), widening)
        size = size * _wider(errors[:, :, member], panel.lengths()[member] / panel.season_periods)
        shifts = np.multiply.outer(_pooled(standard, probabilities), size)
        # No error is measured beyond the largest, so none is expected there.
        ratios = np.exp(np.clip(shifts, -_LARGEST_LOG_ERROR, _LARGEST_LOG_ERROR))
        found[:, :, member] = around * ratios if scale.logged[member].any() else around + shifts
    return np.maximum.accumulate(np.maximum(found, lowest(panel.values)), axis=0)


def _errors(misses: Misses, scale: Scaled) -> FloatArray:
    """Actual minus forecast, of logs where demand is always positive."""
    difference = scale.of(misses.actual) - scale.of(misses.forecast)
    capped = np.clip(difference, -_LARGEST_LOG_ERROR, _LARGEST_LOG_ERROR)
    return np.where(scale.logged, capped, misses.actual - misses.forecast)


def _widths(
    errors: FloatArray, prior: FloatArray, horizon_periods: int, widening: _Widening
) -> tuple[FloatArray, FloatArray]:
    """Errors by the size expected of them, and the size expected of the errors ahead, horizon x series."""
    growth = np.ones(horizon_periods)
    for _round in range(_ROUNDS):
        _own, unseen = _sizes(errors / growth[:, None], prior)
        growth = widening(errors / unseen, growth)
    own, unseen = _sizes(errors / growth[:, None], prior)
    return errors / unseen / growth[:, None], growth[:, None] * own


def _wider(errors: FloatArray, seasons: FloatArray) -> FloatArray:
    """How much wider for few origins, and for less than a season of history."""
    origins = (~np.isnan(errors)).any(axis=1).sum(axis=0)
    unseen = np.clip(1 - seasons, 0, 1)
    return np.asarray((1 + _FEW_ORIGINS / np.maximum(origins, 1)) * (1 + _UNSEEN_SEASON * unseen))


def _changes(scale: Scaled, panel: Panel) -> FloatArray:
    """Mean squared change from period to period of the last seasons, on the scale of the errors. A series that never
    changed is taken to change like the others for its size, one that never sold not at all."""
    seasons = _SEASONS_OF_CHANGES[panel.season_periods <= _SHORT_SEASON]
    found = mean_known(np.abs(np.diff(scale.values[-seasons * panel.season_periods - 1 :], axis=0)), axis=0) ** 2
    usable = found[found > 0]
    typical = np.median(usable) if usable.size else np.where(np.isnan(found), 1.0, _LEAST_CHANGE)
    sold = (np.nan_to_num(panel.values) != 0).any(axis=0)
    changes = np.where(np.nan_to_num(found) > 0, found, np.where(sold, typical, 0.0))
    return np.asarray(changes * scale.unit**2)


def _sizes(errors: FloatArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Size of error of every series, and (origins x 1 x series) the size without the origin."""
    squares = mean_known(errors**2, axis=1)
    judged = ~np.isnan(squares)
    squares = np.where(judged, squares, 0.0)
    total, origins = squares.sum(axis=0), judged.sum(axis=0)
    able = (total > 0) & (prior > 0)
    ratio = float(np.median(total[able] / origins[able] / prior[able])) if able.any() else 1.0
    expected = _PRIOR_ORIGINS * ratio * prior
    own = (total + expected) / (origins + _PRIOR_ORIGINS)
    unseen = (np.maximum(total - squares, 0.0) + expected) / (origins - judged + _PRIOR_ORIGINS)
    return np.sqrt(own), np.sqrt(np.where(unseen > 0, unseen, np.nan))[:, None]


def _line(standard: FloatArray, before: FloatArray) -> FloatArray:
    """How the error of a step widens with it: its square grows along a line, never falls."""
    squares, count = _step_sizes(standard)
    steps = np.arange(len(squares))
    level = np.average(squares, weights=count) if count.any() else 0.0
    if level <= 0:  # nothing was judged, or nearly every forecast was right
        return before
    middle = np.average(steps, weights=count)
    spread = np.average((steps - middle) ** 2, weights=count)
    slope = np.average((steps - middle) * (squares - level), weights=count) / spread if spread > 0 else 0.0
    # The line may not start below a tenth of its mean: one early lucky step would blow up all others.
    slope = min(max(slope, 0.0), 0.9 * level / middle if middle > 0 else 0.0)
    return np.asarray(np.sqrt(level + slope * (steps - middle)))


def _power(standard: FloatArray, before: FloatArray) -> FloatArray:
    """How the error of a sum goes with its length: a power of it, falling where errors are relative and even out."""
    squares, count = _step_sizes(standard)
    able = (squares > 0) & (count > 0)
    if not able.any():
        return before
    length, sizes, weight = np.log(np.arange(1, len(squares) + 1)), np.log(squares[able]) / 2, count[able]
    middle, level = np.average(length[able], weights=weight), np.average(sizes, weights=weight)
    spread = np.average((length[able] - middle) ** 2, weights=weight)
    power = np.average((length[able] - middle) * (sizes - level), weights=weight) / spread if spread > 0 else 0.0
    return np.asarray(np.exp(level + power * (length - middle)))


def _step_sizes(standard: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Square of the mean size of error of every step, outliers capped; and how many errors it is the mean of."""
    sizes = np.abs(standard)
    count = (~np.isnan(sizes)).sum(axis=(0, 2)).astype(np.float64)
    if not count.any():
        return np.zeros(len(count)), count
    capped = np.minimum(sizes, np.nanquantile(sizes, _OUTLIERS_BEYOND))
    return np.nan_to_num(mean_known(capped, axis=(0, 2))) ** 2, count


def _pooled(standard: FloatArray, probabilities: Sequence[float]) -> FloatArray:
    """Quantiles of the standard errors; those below one half are not above zero and the other way round."""
    known = standard[~np.isnan(standard)]
    chances = np.asarray(probabilities, dtype=np.float64)
    found = np.quantile(known, chances) if known.size >= _LEAST_ERRORS else _normal_quantiles(chances)
    return np.where(chances < 0.5, np.minimum(found, 0.0), np.where(chances > 0.5, np.maximum(found, 0.0), found))


def _normal_quantiles(chances: FloatArray) -> FloatArray:
    """For pools in which too few errors were seen."""
    return np.array([NormalDist().inv_cdf(chance) for chance in chances])
