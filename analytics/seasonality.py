"""Is a series seasonal? A test of significance for every series, and how strong its season is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

# A centred mean takes half a season from both ends; two seasons must be left to compare.
SEASONS_NEEDED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Seasonality:
    """Per series: probability of so large a difference between the phases by chance, strength 0 (none) to 1 (all of
    what is not trend), and whether it is significant. NaN and False where the history is too short.
    """

    p_value: FloatArray
    strength: FloatArray
    significant: NDArray[np.bool_]


def seasonality(values: ArrayLike, *, season_periods: int, significance: float = 0.05) -> Seasonality:
    """Test every series for a season: do the ranks of its detrended values differ between the phases?

    Inputs: values: periods x series, quantity per period, NaN before the first observation of a series (and nowhere
        else); season_periods: m, at least 2; significance: of the test, a fraction.
    Returns: Seasonality; needs three full seasons of a series. Noise that depends on the period before is taken for a
        season more often than the significance says (9 % instead of 5 % at an autocorrelation of 0.6).
    Raises: AnalyticsError when values is not two-dimensional or a setting is out of range.
    Source: Kruskal & Wallis 1952 (as in the X-13 identification of seasonality), on the series less its 2 x m moving
        average, with the correction for ties; strength: Hyndman & Athanasopoulos, FPP3, section 4.3.
    """
    panel = np.asarray(values, dtype=np.float64)
    if panel.ndim != 2:
        raise AnalyticsError(f"values must be periods x series, not {panel.ndim}-dimensional")
    if season_periods < 2 or not 0 < significance < 1:
        raise AnalyticsError("a season needs two periods, a significance lies between 0 and 1")
    if panel.shape[0] < SEASONS_NEEDED * season_periods or panel.shape[1] == 0:
        nothing = np.full(panel.shape[1], np.nan)
        return Seasonality(nothing, nothing.copy(), np.zeros(panel.shape[1], dtype=bool))
    panel = np.where(np.isfinite(panel), panel, np.nan)
    long_enough = (~np.isnan(panel)).sum(axis=0) >= SEASONS_NEEDED * season_periods
    detrended = np.where(long_enough, _less_trend(panel, season_periods), np.nan)
    p_value = _kruskal_wallis(detrended, season_periods)
    return Seasonality(p_value, _strength(detrended, season_periods), p_value < significance)


def _less_trend(panel: FloatArray, season: int) -> FloatArray:
    """Series less their centred mean over one season; NaN where it does not reach."""
    half = season // 2
    weights = np.full(2 * half + 1, 1.0 / season)
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    windows = np.lib.stride_tricks.sliding_window_view(panel, weights.size, axis=0)
    detrended = np.full(panel.shape, np.nan)
    detrended[half : panel.shape[0] - half] = panel[half : panel.shape[0] - half] - windows @ weights
    # Relative to the largest value and rounded: differences that are rounding must stay ties.
    scale = np.nanmax(np.abs(panel), axis=0, initial=0.0)
    return np.round(detrended / np.where(scale > 0, scale, 1.0), 9)


def _kruskal_wallis(detrended: FloatArray, season: int) -> FloatArray:
    known = ~np.isnan(detrended)
    ranks = np.where(known, pd.DataFrame(np.where(known, detrended, np.inf)).rank().to_numpy(), 0.0)
    total = known.sum(axis=0).astype(np.float64)
    between = np.zeros(detrended.shape[1])
    for phase in range(season):
        count = np.maximum(known[phase::season].sum(axis=0), 1)
        between += ranks[phase::season].sum(axis=0) ** 2 / count
    spread = np.where(known, ranks - (total + 1) / 2, 0.0) ** 2
    # Dividing by the spread of the ranks there are is the correction for ties.
    variance = spread.sum(axis=0) / (total - 1)
    statistic = (between - total * (total + 1) ** 2 / 4) / np.where(variance > 0, variance, np.nan)
    p_value = special.chdtrc(season - 1, np.maximum(statistic, 0.0))
    constant = (total > 0) & (variance == 0)
    return np.where(constant, 1.0, p_value)


def _strength(detrended: FloatArray, season: int) -> FloatArray:
    known = ~np.isnan(detrended)
    filled = np.where(known, detrended, 0.0)
    seasonal = np.zeros_like(filled)
    for phase in range(season):
        effect = filled[phase::season].sum(axis=0) / np.maximum(known[phase::season].sum(axis=0), 1)
        seasonal[phase::season] = effect
    whole, rest = _variance(filled, known), _variance(np.where(known, filled - seasonal, 0.0), known)
    strength = np.maximum(1 - rest / np.where(whole > 0, whole, np.nan), 0.0)
    return np.where(known.any(axis=0), np.nan_to_num(strength), np.nan)


def _variance(values: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    count = np.maximum(known.sum(axis=0), 1)
    deviation = np.where(known, values - values.sum(axis=0) / count, 0.0)
    return np.asarray((deviation**2).sum(axis=0) / count)
