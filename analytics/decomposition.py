"""Classical decomposition: a history as trend, season and remainder that add up to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

CYCLES_NEEDED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """One value a period. Trend and remainder are NaN for half a season at both ends, which have no centred mean."""

    trend: FloatArray
    season: FloatArray
    remainder: FloatArray


def classical_decomposition(values: ArrayLike, *, season_periods: int) -> Decomposition:
    """Additive decomposition by a centred moving average over one season.

    Inputs: values: 1-D, quantity per period without gaps, at least two seasons; season_periods: m, at least 2.
    Returns: Decomposition; the seasonal effects of one cycle add up to zero.
    Raises: AnalyticsError for a shorter history, a missing or infinite quantity, another shape.
    Source: Hyndman & Athanasopoulos, FPP3, section 3.4 (additive decomposition).
    """
    history = np.asarray(values, dtype=np.float64)
    if history.ndim != 1 or not np.isfinite(history).all():
        raise AnalyticsError("a decomposition needs one series of finite quantities")
    if season_periods < 2 or history.size < CYCLES_NEEDED * season_periods:
        raise AnalyticsError(f"{history.size} periods are less than two seasons of {season_periods}")
    trend = _centred_mean(history, season_periods)
    phase = np.arange(history.size) % season_periods
    effects = np.array([np.nanmean((history - trend)[phase == found]) for found in range(season_periods)])
    season = (effects - effects.mean())[phase]
    return Decomposition(trend, season, history - trend - season)


def _centred_mean(history: FloatArray, season: int) -> FloatArray:
    """2 x m moving average for an even season, the plain one for an odd; NaN at both ends."""
    half = season // 2
    weights = np.full(2 * half + 1, 1.0 / season)
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    trend = np.full(history.size, np.nan)
    trend[half : history.size - half] = np.convolve(history, weights, mode="valid")
    return trend
