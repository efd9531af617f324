"""Exponential smoothing of many series with many parameters at once: one loop over time, arrays over the rest.

Instead of an optimiser every series takes the point of a grid with the least squared one-step error. Ties and short
histories lean to slow smoothing: the error counts exp(caution x speed / periods) times.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray
from analytics.inputs import FloatArray

ALPHAS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
_CAUTION = 4.0
_START_PERIODS = 4
_SLOPE_PERIODS = 12
# A slope seen over fewer periods than this is chance.
_SLOPE_FROM, _SLOPE_SURE = 8, 24


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """fitted: one-step levels, periods x series; level: after the last period; alpha: chosen, one per series."""

    fitted: FloatArray
    level: FloatArray
    alpha: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Trends:
    """fitted: one-step forecasts, periods x series; level, slope, damping, one per series; seasons: m x series or
    None, the effect of every phase after the last period, the next period's first."""

    fitted: FloatArray
    level: FloatArray
    slope: FloatArray
    damping: FloatArray
    seasons: FloatArray | None = None

    def ahead(self, *, horizon_periods: int) -> FloatArray:
        """Forecasts of every step: level, what is left of the slope, season."""
        powers = np.cumprod(np.broadcast_to(self.damping, (horizon_periods, len(self.damping))), axis=0)
        paths = self.level + np.cumsum(powers, axis=0) * self.slope
        if self.seasons is not None:
            paths = paths + self.seasons[np.arange(horizon_periods) % len(self.seasons)]
        return np.asarray(paths)


def smoothed_levels(
    values: FloatArray, *, begins: IntArray, alphas: FloatArray = ALPHAS, start_periods: int = _START_PERIODS
) -> Levels:
    """Simple exponential smoothing of every column with the constant of least squared one-step error.

    Inputs: values: periods x series, NaN before a series begins and nowhere else; begins: first row of every series;
        alphas: constants to try, in (0, 1]; start_periods: first observations averaged to the first level (1: L0 = A1).
    Returns: Levels; all NaN for a column without observations.
    Raises: nothing.
    Source: Brown 1956; Hyndman & Athanasopoulos, FPP3, section 8.1.
    """
    first = _first_levels(values, begins, start_periods)
    cost, _level = _level_pass(values, begins, first, alphas[:, None])
    caution = np.exp(_CAUTION * alphas[:, None] / _periods(values, begins))
    chosen = alphas[(cost * caution).argmin(axis=0)]
    fitted = np.full_like(values, np.nan)
    _cost, level = _level_pass(values, begins, first, chosen[None], fitted)
    return Levels(fitted, level[0], chosen)


def damped_trends(values: FloatArray, *, begins: IntArray, grid: FloatArray) -> Trends:
    """Level and damped slope of every column, with the point of the grid of least squared one-step error.

    Inputs: values, begins: as smoothed_levels; grid: points x (alpha, beta, phi), beta as a share of alpha, phi = 1
        for a slope that goes on for ever.
    Returns: Trends.
    Raises: nothing.
    Source: Gardner & McKenzie 1985, in the error-correction form of FPP3, section 8.5 (beta there is alpha x beta).
    """
    none = np.zeros((1, values.shape[1]))
    start = _Start(_first_levels(values, begins, _START_PERIODS), _first_slopes(values, begins), none)
    alpha, beta, phi = (column[:, None] for column in grid.T)
    cost, _state = _trend_pass(values, begins, start, (alpha, beta, phi))
    chosen = grid[(cost * np.exp(_CAUTION * (alpha + beta) / _periods(values, begins))).argmin(axis=0)].T
    fitted = np.full_like(values, np.nan)
    _cost, (level, slope) = _trend_pass(values, begins, start, tuple(chosen[:, None]), fitted)
    return Trends(fitted, level[0], slope[0], chosen[2])


def seasonal_trends(values: FloatArray, *, begins: IntArray, seasons: FloatArray, grid: FloatArray) -> Trends:
    """Level, damped slope and a season that changes with time, all additive on the scale of the values.

    Inputs: values: periods x series with their season, begins: as smoothed_levels; seasons: m x series, the first
        effects, by row of the panel modulo m; grid: points x (alpha, beta, phi, gamma).
    Returns: Trends.
    Raises: nothing.
    Source: Holt 1957, Winters 1960, error-correction form of FPP3, section 8.5.
    """
    phase = np.arange(len(values)) % len(seasons)
    level = _first_levels(values - seasons[phase], begins, _START_PERIODS)
    start = _Start(level, np.zeros(values.shape[1]), seasons)
    alpha, beta, phi, gamma = (column[:, None] for column in grid.T)
    cost, _state = _season_pass(values, begins, start, (alpha, beta, phi, gamma))
    speed = alpha + beta + gamma
    chosen = grid[(cost * np.exp(_CAUTION * speed / _periods(values, begins))).argmin(axis=0)].T
    fitted = np.full_like(values, np.nan)
    _cost, (level, slope, last) = _season_pass(values, begins, start, tuple(chosen[:, None]), fitted)
    return Trends(fitted, level[0], slope[0], chosen[2], np.roll(last[:, 0], -(len(values) % len(seasons)), axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """Before the first period of every series; seasons are m x series."""

    level: FloatArray
    slope: FloatArray
    seasons: FloatArray


def _level_pass(
    values: FloatArray, begins: IntArray, first: FloatArray, alpha: FloatArray, fitted: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Squared one-step errors and last levels: points x series. With one point, fitted is filled."""
    shape = (len(alpha), values.shape[1])
    level, cost = np.full(shape, np.nan), np.zeros(shape)
    for row, actual, starting in _rows(values, begins):
        if starting is not None:
            level[:, starting], cost[:, starting] = first[starting], 0.0
        if fitted is not None:
            fitted[row] = level[0]
        error = actual - level
        cost += error * error
        level += alpha * error
    return cost, level


def _trend_pass(
    values: FloatArray,
    begins: IntArray,
    start: _Start,
    point: tuple[FloatArray, ...],
    fitted: FloatArray | None = None,
) -> tuple[FloatArray, tuple[FloatArray, FloatArray]]:
    alpha, beta, phi = point
    inner = alpha * beta
    shape = (len(alpha), values.shape[1])
    level, slope, cost = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
    for row, actual, starting in _rows(values, begins):
        if starting is not None:
            slope[:, starting], cost[:, starting] = start.slope[starting], 0.0
            # The first levels are a mean of the first periods: go back to before the first of them.
            level[:, starting] = start.level[starting] - (_START_PERIODS + 1) / 2 * start.slope[starting]
        slope = phi * slope
        level = level + slope
        if fitted is not None:
            fitted[row] = level[0]
        error = actual - level
        cost += error * error
        level += alpha * error
        slope += inner * error
    return cost, (level, slope)


def _season_pass(
    values: FloatArray,
    begins: IntArray,
    start: _Start,
    point: tuple[FloatArray, ...],
    fitted: FloatArray | None = None,
) -> tuple[FloatArray, tuple[FloatArray, FloatArray, FloatArray]]:
    alpha, beta, phi, gamma = point
    inner, turning = alpha * beta, gamma * (1 - alpha)
    shape = (len(alpha), values.shape[1])
    level, slope, cost = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
    season = np.repeat(start.seasons[:, None], len(alpha), axis=1)
    for row, actual, starting in _rows(values, begins):
        phase = season[row % len(season)]
        if starting is not None:
            level[:, starting], slope[:, starting], cost[:, starting] = start.level[starting], 0.0, 0.0
        slope = phi * slope
        level = level + slope
        if fitted is not None:
            fitted[row] = level[0] + phase[0]
        error = actual - level - phase
        cost += error * error
        level += alpha * error
        slope += inner * error
        phase += turning * np.nan_to_num(error)
    return cost, (level, slope, season)


def _rows(values: FloatArray, begins: IntArray) -> Iterator[tuple[int, FloatArray, NDArray[np.bool_] | None]]:
    """Row by row, with the series that begin there: states are NaN before."""
    beginning = set(begins.tolist())
    for row, actual in enumerate(values):
        yield row, actual, begins == row if row in beginning else None


def _periods(values: FloatArray, begins: IntArray) -> FloatArray:
    return np.maximum(len(values) - begins, 1).astype(np.float64)


def _first_levels(values: FloatArray, begins: IntArray, start_periods: int) -> FloatArray:
    rows = begins + np.arange(start_periods)[:, None]
    start = np.take_along_axis(values, np.minimum(rows, len(values) - 1), axis=0)
    return mean_known(np.where(rows < len(values), start, np.nan), axis=0)


def _first_slopes(values: FloatArray, begins: IntArray) -> FloatArray:
    """Slope over the first periods, none where the series is too short to show one."""
    series, lengths = np.arange(values.shape[1]), len(values) - begins
    span = np.minimum(lengths, _SLOPE_PERIODS)
    rise = (
        values[np.minimum(begins + span, len(values)) - 1, series] - values[np.minimum(begins, len(values) - 1), series]
    )
    sure = np.clip((lengths - _SLOPE_FROM) / (_SLOPE_SURE - _SLOPE_FROM), 0.0, 1.0)
    return np.asarray(rise / np.maximum(span - 1, 1) * sure)
