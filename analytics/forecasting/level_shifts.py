"""Where a series goes over to another level and stays there."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from analytics.forecasting.robust import median_known, scale, window_sums
from analytics.inputs import FloatArray

BoolArray = NDArray[np.bool_]

# A level is the mean of so many periods on either side, of which two may be unknown.
WINDOW_PERIODS = 8
_FEWEST_KNOWN = 6
# Of the periods on either side at least this part lies nearer to its own level than to the other.
_AGREEING = 0.7
# A step must explain both windows better than a line through them does.
_BETTER_THAN_LINE = 0.95
# Changes over that many periods, against those over one, tell noise from a level that wanders by itself.
_WANDERING_PERIODS = 4
_MOST_CORRELATION = 0.9
# The trend is the usual change over a quarter of the panel.
_TREND_PARTS = 4
_SHORTEST_TREND_PERIODS = 6
# Standard deviation of a median of differences between two values of unit noise.
_NOISE_OF_TREND = 1.77


@dataclass(frozen=True, slots=True, eq=False)
class LevelShifts:
    """All periods x series: where a new level begins, standard errors between levels, levels before and since."""

    begins: BoolArray
    strength: FloatArray
    before: FloatArray
    after: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Of the window on one side of every period: known values, their mean, the squares around it."""

    count: FloatArray
    mean: FloatArray
    squares: FloatArray


def level_shifts(standard: FloatArray, *, limit: float) -> LevelShifts:
    """The periods at which the level changes for good, of each bundle of neighbours the strongest.

    Inputs: standard: periods x series, without season and outliers, in units of their noise, NaN where unknown;
        limit: standard errors between the levels before and since.
    Returns: LevelShifts, levels in units of standard. A trend is no shift; a series that wanders needs a larger one.
    Raises: nothing.
    Source: two-window statistic, Tsay 1988, "Outliers, level shifts, and variance changes in time series"; error of
        a mean of autocorrelated values, Bartlett 1946.
    """
    if not standard.size:
        return LevelShifts(np.zeros(standard.shape, dtype=bool), standard, standard, standard)
    known = ~np.isnan(standard)
    steady = standard - _trend(standard)
    level = np.where(known, steady, 0.0)
    left = _side(level, known, before=WINDOW_PERIODS, after=0)
    right = _side(level, known, before=0, after=WINDOW_PERIODS)
    jump = right.mean - left.mean
    error = np.sqrt(1 / np.maximum(left.count, 1) + 1 / np.maximum(right.count, 1)) * _wandering(steady)
    strength = jump / error
    begins = known & _seen(left, right) & (np.abs(strength) > limit) & _lasts(steady, left, right)
    begins &= left.squares + right.squares < _BETTER_THAN_LINE * _squares_around_line(level, known)
    middle = _mean(np.where(known, standard, 0.0), known, before=WINDOW_PERIODS, after=WINDOW_PERIODS)
    return LevelShifts(_strongest(begins, np.abs(strength)), strength, middle - jump / 2, middle + jump / 2)


def _trend(standard: FloatArray) -> FloatArray:
    """A line through zero in the middle, as steep as the series by the median of its changes, less chance."""
    periods = len(standard)
    lag = max(periods // _TREND_PARTS, _SHORTEST_TREND_PERIODS)
    changes = standard[lag:] - standard[:-lag]
    slope = np.nan_to_num(median_known(changes, axis=0)) / lag
    independent = np.maximum((~np.isnan(changes)).sum(axis=0) / lag, 1.0)
    chance = (_NOISE_OF_TREND / lag) ** 2 / independent
    kept = np.clip(1 - chance / np.where(slope != 0, slope**2, np.inf), 0.0, 1.0)
    return np.asarray(slope * kept * (np.arange(periods) - periods / 2)[:, None])


def _side(level: FloatArray, known: BoolArray, *, before: int, after: int) -> _Side:
    count = window_sums(known.astype(np.float64), before=before, after=after)
    mean = _mean(level, known, before=before, after=after)
    squares = window_sums(level**2, before=before, after=after) - count * mean**2
    return _Side(count, mean, squares)


def _mean(level: FloatArray, known: BoolArray, *, before: int, after: int) -> FloatArray:
    count = window_sums(known.astype(np.float64), before=before, after=after)
    return window_sums(level, before=before, after=after) / np.maximum(count, 1)


def _wandering(steady: FloatArray) -> FloatArray:
    """How much larger errors of means are than without correlation between neighbouring periods."""
    near, far = (scale(steady[lag:] - steady[:-lag]) ** 2 for lag in (1, _WANDERING_PERIODS))
    correlation = np.clip(1 - near / np.where(far > 0, far, np.inf), 0.0, _MOST_CORRELATION) * (far > 0)
    return np.asarray(np.sqrt((1 + correlation) / (1 - correlation)))


def _seen(left: _Side, right: _Side) -> BoolArray:
    row = np.arange(len(left.count))[:, None]
    inside = (row >= WINDOW_PERIODS) & (row <= len(left.count) - WINDOW_PERIODS)
    return np.asarray(inside & (left.count >= _FEWEST_KNOWN) & (right.count >= _FEWEST_KNOWN))


def _lasts(steady: FloatArray, left: _Side, right: _Side) -> BoolArray:
    """Most periods before lie on one side of the middle, most since on the other: no burst, no single large value."""
    padded = np.pad(steady, ((WINDOW_PERIODS, WINDOW_PERIODS - 1), (0, 0)), constant_values=np.nan)
    windows = sliding_window_view(padded, 2 * WINDOW_PERIODS, axis=0) - ((left.mean + right.mean) / 2)[..., None]
    direction = np.sign(right.mean - left.mean)[..., None]
    before, since = -direction * windows[..., :WINDOW_PERIODS], direction * windows[..., WINDOW_PERIODS:]
    agree = [(part > 0).sum(axis=-1) for part in (before, since)]
    return np.asarray((agree[0] >= _AGREEING * left.count) & (agree[1] >= _AGREEING * right.count))


def _squares_around_line(level: FloatArray, known: BoolArray) -> FloatArray:
    row = np.where(known, np.arange(len(level))[:, None], 0.0)
    count, rows, squared_rows, total, squares, product = (
        window_sums(part, before=WINDOW_PERIODS, after=WINDOW_PERIODS)
        for part in (known.astype(np.float64), row, row**2, level, level**2, row * level)
    )
    count = np.maximum(count, 1)
    spread = squared_rows - rows**2 / count
    common = product - rows * total / count
    return squares - total**2 / count - common**2 / np.where(spread > 0, spread, np.inf)


def _strongest(begins: BoolArray, strength: FloatArray) -> BoolArray:
    size = np.where(begins, strength, 0.0)
    return np.asarray(begins & (size >= maximum_filter1d(size, 2 * WINDOW_PERIODS + 1, axis=0)))
