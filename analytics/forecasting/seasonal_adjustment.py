"""Series on the scale they are modelled on: logs where positive, without their season, free of units."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

# Up to this many periods a season has an effect for every phase; a longer one (weeks) is a sum of harmonics.
LONGEST_INDEXED_SEASON = 24
_HARMONICS = 4
_DAYS_PER_YEAR = 365.25
_CYCLES_NEEDED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """What is left of a panel for a method without a season, and how to get back.

    values: periods x series, dimensionless; seasonal: (periods + horizon) x series on the same scale;
    logged, origin, unit: one entry per series.
    """

    values: FloatArray
    seasonal: FloatArray
    logged: NDArray[np.bool_]
    origin: FloatArray
    unit: FloatArray

    def restore(self, fitted: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Paths of the adjusted values as paths of demand, season added, in the panel's unit."""
        split = len(self.values)
        return self._demand(fitted + self.seasonal[:split]), self._demand(mean + self.seasonal[split:])

    def _demand(self, values: FloatArray) -> FloatArray:
        # An exploding path becomes inf here; the engine caps it by the series' own range.
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(self.logged, np.exp(values + self.origin), (values + self.origin) * self.unit)


def seasonally_adjusted(panel: Panel, *, horizon_periods: int) -> Adjusted:
    """Logs of positive series (others in units of their mean size), minus shrunken seasonal effects.

    Inputs: panel: quantities per period; horizon_periods: periods for which effects are wanted beyond it.
    Returns: Adjusted; effects are zero for series with less than two full seasons.
    Raises: nothing.
    Source: classical decomposition (Hyndman & Athanasopoulos, FPP3, section 3.4); shrinkage of seasonal
        effects as in Miller & Williams 2003, by the positive-part factor 1 - 1/F.
    """
    logged, origin, unit = _scale(panel.values)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(logged, np.log(np.where(panel.values > 0, panel.values, 1.0)), panel.values / unit)
    scaled = np.where(np.isnan(panel.values), np.nan, scaled - origin)
    seasonal = np.zeros((len(scaled) + horizon_periods, scaled.shape[1]))
    season = panel.season_periods
    able = np.flatnonzero(panel.lengths() >= _CYCLES_NEEDED * season) if season > 1 else np.array([], dtype=int)
    if able.size:
        basis = _basis(panel, horizon_periods)
        seasonal[:, able] = _effects(scaled[:, able], basis, season)
    return Adjusted(scaled - seasonal[: len(scaled)], seasonal, logged, origin, unit)


def _scale(values: FloatArray) -> tuple[NDArray[np.bool_], FloatArray, FloatArray]:
    known = ~np.isnan(values)
    logged = np.asarray((np.where(known, values, 1.0) > 0).all(axis=0) & known.any(axis=0))
    size = np.nan_to_num(mean_known(np.abs(values), axis=0))
    unit = np.where(logged | (size <= 0), 1.0, size)
    logs = np.log(np.where(known & logged, values, 1.0))
    origin = np.nan_to_num(mean_known(np.where(known, logs, np.nan), axis=0))
    return logged, origin, unit


def _basis(panel: Panel, horizon_periods: int) -> FloatArray:
    """(Periods + horizon) x effects: a column for every phase, or sine and cosine pairs of the year."""
    season, length = panel.season_periods, len(panel.periods)
    if season <= LONGEST_INDEXED_SEASON:
        phase = (np.arange(length + horizon_periods) - length) % season
        return np.asarray(phase[:, None] == np.arange(season), dtype=np.float64)
    calendar = pd.date_range(panel.periods[0], periods=length + horizon_periods, freq=panel.periods.freq)
    years = (calendar - panel.periods[0]).days.to_numpy() / _DAYS_PER_YEAR
    angles = 2 * np.pi * years[:, None] * np.arange(1, _HARMONICS + 1)
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def _effects(scaled: FloatArray, basis: FloatArray, season: int) -> FloatArray:
    detrended = scaled - _trend(scaled, season)
    known = ~np.isnan(detrended)
    data = np.where(known, detrended, 0.0)
    inner = basis[: len(scaled)]
    normal = np.einsum("tk,tl,tn->nkl", inner, inner, known.astype(np.float64))
    weights = np.linalg.solve(normal, (inner.T @ data).T[..., None])[..., 0]
    fit = np.where(known, inner @ weights.T, 0.0)
    effects = basis @ weights.T
    effects -= fit.sum(axis=0) / known.sum(axis=0)
    return np.asarray(effects * _shrinkage(data, fit, known.sum(axis=0), basis.shape[1]))


def _shrinkage(data: FloatArray, fit: FloatArray, count: NDArray[np.int64], effects: int) -> FloatArray:
    """Positive-part 1 - 1/F: no season where the effects explain no more than chance would."""
    noise = ((data - fit) ** 2).sum(axis=0) / np.maximum(count - effects, 1)
    signal = (fit**2).sum(axis=0) / effects
    return np.asarray(np.clip(1 - noise / np.where(signal > 0, signal, np.inf), 0.0, 1.0) * (signal > 0))


def _trend(scaled: FloatArray, season: int) -> FloatArray:
    """Centred moving average over one season, continued to both ends with its own mean slope."""
    half = season // 2
    weights = np.full(2 * half + 1, 1.0 / season)
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    length, columns = scaled.shape
    inner = np.zeros((length - 2 * half, columns))
    for shift, weight in enumerate(weights):
        inner += weight * scaled[shift : shift + len(inner)]
    first = np.isnan(inner).sum(axis=0)
    last = len(inner) - 1
    slope = (inner[last] - inner[first, np.arange(columns)]) / np.maximum(last - first, 1)
    wanted = np.arange(length)[:, None] - half
    nearest = np.clip(wanted, first, last)
    trend = inner[nearest, np.arange(columns)] + slope * (wanted - nearest)
    return np.where(np.isnan(scaled), np.nan, trend)
