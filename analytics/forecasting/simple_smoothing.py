"""Simple exponential smoothing, all series and smoothing constants in one pass over time."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.seasonal_adjustment import seasonally_adjusted
from analytics.inputs import FloatArray

ALPHAS = np.array([0.02, *np.arange(1, 20) / 20])
# The squared error counts exp(caution x alpha / periods) times: a few observations do not make a level jumpy.
_CAUTION = 4.0


@dataclass(frozen=True, slots=True)
class Smoothed:
    """One-step fitted levels (periods x series) and the level after the last period (series)."""

    fitted: FloatArray
    level: FloatArray
    alpha: FloatArray


@dataclass(frozen=True, slots=True)
class SimpleSmoothing:
    """SES on the seasonally adjusted series."""

    name: str = "ses"
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """A level that follows the series, the season of the series around it.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Brown 1956; Hyndman & Athanasopoulos, FPP3, section 8.1.
        """
        adjusted = seasonally_adjusted(panel, horizon_periods=horizon_periods)
        smoothed = smooth(adjusted.values)
        level = np.broadcast_to(smoothed.level, (horizon_periods, len(panel.ids)))
        fitted, mean = adjusted.restore(smoothed.fitted, level)
        return without_short(Paths(fitted, mean), panel, minimum_periods=self.minimum_periods)


def smooth(values: FloatArray, *, alphas: FloatArray = ALPHAS, start_periods: int = 4) -> Smoothed:
    """SES of every column with the smoothing constant of least squared one-step error.

    Inputs: values: periods x series, NaN before a series begins; alphas: constants to try, in (0, 1];
        start_periods: how many first observations are averaged to the first level (1: L0 = A1).
    Returns: Smoothed; all NaN for a column without observations.
    Raises: nothing.
    Source: Brown 1956. Ties and short histories lean to slow smoothing, see _CAUTION.
    """
    known = ~np.isnan(values)
    begin = known.argmax(axis=0)
    first = _first_levels(values, begin, start_periods)
    level = np.full((len(alphas), values.shape[1]), np.nan)
    levels = np.empty((len(values), *level.shape))
    for row, actual in enumerate(values):
        level = np.where(row == begin, first, level)
        levels[row] = level
        level = level + alphas[:, None] * (actual - level)
    errors = np.where(known[:, None, :], values[:, None, :] - levels, 0.0)
    cost = (errors**2).sum(axis=0) * np.exp(_CAUTION * alphas[:, None] / np.maximum(known.sum(axis=0), 1))
    best, series = cost.argmin(axis=0), np.arange(values.shape[1])
    return Smoothed(levels[:, best, series], level[best, series], alphas[best])


def _first_levels(values: FloatArray, begin: IntArray, start_periods: int) -> FloatArray:
    rows = begin + np.arange(start_periods)[:, None]
    start = np.take_along_axis(values, np.minimum(rows, len(values) - 1), axis=0)
    return mean_known(np.where(rows < len(values), start, np.nan), axis=0)
