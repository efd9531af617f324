"""Seasonal effects of many series at once, each as strong as the data make it believable.

Every function takes scaled values (periods x series, NaN before a series begins) and gives effects over history and
horizon, (periods + horizon) x series, zero for series with less than two full cycles.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray

DAYS_PER_YEAR = 365.25
_CYCLES_NEEDED = 2
_TINY = 1e-9


def index_effects(values: FloatArray, *, horizon_periods: int, season_periods: int) -> FloatArray:
    """An effect for every phase of a short season, shrunk as a whole by how much it explains.

    Inputs: values: as the module says; horizon_periods: steps ahead; season_periods: m.
    Returns: (periods + horizon) x series.
    Raises: nothing.
    Source: classical decomposition (Hyndman & Athanasopoulos, FPP3, section 3.4); shrinkage of seasonal effects as
        in Miller & Williams 2003, by the positive-part factor 1 - 1/F.
    """

    def effects(detrended: FloatArray) -> FloatArray:
        phases = _phases(len(values) + horizon_periods, len(values), season_periods)
        mean, _count = _phase_means(detrended, phases[: len(values)], season_periods)
        return _centred(mean[phases] * _strength(detrended, mean[phases[: len(values)]], season_periods), detrended)

    return _able_series(values, horizon_periods, season_periods, effects)


def harmonic_effects(
    values: FloatArray, *, periods: pd.DatetimeIndex, horizon_periods: int, season_periods: int, pairs: int
) -> FloatArray:
    """A yearly pattern of weeks as a sum of sine and cosine pairs, shrunk as a whole.

    Inputs: values: as the module says; periods: their calendar; horizon_periods: steps ahead; season_periods: m;
        pairs: number of harmonics.
    Returns: (periods + horizon) x series.
    Raises: nothing.
    Source: Hyndman & Athanasopoulos, FPP3, section 7.4 (Fourier terms); shrinkage as index_effects.
    """
    basis = _harmonics(periods, horizon_periods, pairs)

    def effects(detrended: FloatArray) -> FloatArray:
        fit = basis @ _least_squares(detrended, basis[: len(values)])
        return _centred(fit * _strength(detrended, fit[: len(values)], basis.shape[1]), detrended)

    return _able_series(values, horizon_periods, season_periods, effects)


def pooled_phase_effects(values: FloatArray, *, horizon_periods: int, season_periods: int) -> FloatArray:
    """An effect for every phase of a long season: what the series shows of it, leaning on what all series show.

    Inputs: values: as the module says; horizon_periods: steps ahead; season_periods: m.
    Returns: (periods + horizon) x series.
    Raises: nothing.
    Source: empirical Bayes, Efron & Morris 1975; group seasonal indices, Dalhart 1974.
    """

    def effects(detrended: FloatArray) -> FloatArray:
        phases = _phases(len(values) + horizon_periods, len(values), season_periods)
        own, count = _phase_means(detrended, phases[: len(values)], season_periods)
        free = np.maximum((~np.isnan(detrended)).sum(axis=0) - season_periods, 1)
        noise = np.nansum((detrended - own[phases[: len(values)]]) ** 2, axis=0) / free
        pool = np.median(own, axis=1, keepdims=True)
        sampling = noise / np.maximum(count, 1)
        between = np.maximum(((own - pool) ** 2).mean(axis=0) - sampling.mean(axis=0), _TINY)
        return _centred((pool + between / (between + sampling) * (own - pool))[phases], detrended)

    return _able_series(values, horizon_periods, season_periods, effects)


def annual_effects(values: FloatArray, *, periods: pd.DatetimeIndex, horizon_periods: int, pairs: int) -> FloatArray:
    """The yearly pattern of daily series around a straight line, every harmonic shrunk on its own.

    Inputs: values: as the module says, days; periods: their calendar; horizon_periods: steps ahead; pairs: harmonics.
    Returns: (periods + horizon) x series; zero for less than a year and a half.
    Raises: nothing.
    Source: Taylor & Letham 2018, section 3.2; shrinkage as index_effects.
    """
    found = np.zeros((len(values) + horizon_periods, values.shape[1]))
    able = np.flatnonzero((~np.isnan(values)).sum(axis=0) >= 1.5 * DAYS_PER_YEAR)
    if able.size:
        detrended = values[:, able] - straight_line(values[:, able])
        basis = _harmonics(periods, horizon_periods, pairs)
        inner = basis[: len(values)]
        weights = _least_squares(detrended, inner)
        noise = mean_known((detrended - inner @ weights) ** 2, axis=0)
        # On a long calendar the terms are as good as orthogonal: the variance of a weight is noise over periods / 2.
        variance = noise / np.maximum((~np.isnan(detrended)).sum(axis=0) / 2, 1)
        signal = (weights[:pairs] ** 2 + weights[pairs:] ** 2) / 2
        kept = np.clip(1 - variance / np.maximum(signal, _TINY**2), 0.0, 1.0)
        found[:, able] = _centred(basis @ (weights * np.concatenate([kept, kept])), detrended)
    return found


def straight_line(values: FloatArray, *, horizon_periods: int = 0) -> FloatArray:
    """Least-squares line of every column, continued over the horizon.

    Inputs: values: periods x series, NaN where unknown; horizon_periods: rows to add.
    Returns: (periods + horizon) x series.
    Raises: nothing.
    Source: ordinary least squares.
    """
    time = np.arange(len(values) + horizon_periods, dtype=np.float64)[:, None]
    inner = np.where(np.isnan(values), np.nan, time[: len(values)])
    middle, centre = mean_known(inner, axis=0), mean_known(values, axis=0)
    spread = mean_known((inner - middle) ** 2, axis=0)
    slope = mean_known((inner - middle) * (values - centre), axis=0) / np.where(spread > 0, spread, 1.0)
    return np.asarray(centre + slope * (time - middle))


def _able_series(
    values: FloatArray, horizon_periods: int, season: int, effects: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    found = np.zeros((len(values) + horizon_periods, values.shape[1]))
    lengths = (~np.isnan(values)).sum(axis=0)
    enough = (season > 1) & (lengths >= _CYCLES_NEEDED * season)
    able = np.flatnonzero(enough)
    if able.size:
        inner = values[:, able]
        found[:, able] = effects(inner - _trend(inner, season))
    return found


def _phases(rows: int, periods: int, season: int) -> NDArray[np.int64]:
    return np.asarray((np.arange(rows) - periods) % season)


def _phase_means(detrended: FloatArray, phases: NDArray[np.int64], season: int) -> tuple[FloatArray, FloatArray]:
    """Mean of every phase and the number of periods behind it: phases x series."""
    known = ~np.isnan(detrended)
    member = (phases[:, None] == np.arange(season)).astype(np.float64).T
    count = member @ known
    return (member @ np.where(known, detrended, 0.0)) / np.maximum(count, 1), count


def _harmonics(periods: pd.DatetimeIndex, horizon_periods: int, pairs: int) -> FloatArray:
    calendar = pd.date_range(periods[0], periods=len(periods) + horizon_periods, freq=periods.freq)
    years = (calendar - periods[0]).days.to_numpy() / DAYS_PER_YEAR
    angles = 2 * np.pi * years[:, None] * np.arange(1, pairs + 1)
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def _least_squares(detrended: FloatArray, basis: FloatArray) -> FloatArray:
    """Terms x series; series that begin later have fewer rows."""
    known = ~np.isnan(detrended)
    cross = basis.T @ np.where(known, detrended, 0.0)
    ridge = _TINY * len(basis) * np.eye(basis.shape[1])
    # Most series of a chunk begin together and share one matrix.
    begins, group = np.unique(known.argmax(axis=0), return_inverse=True)
    grams = np.stack([basis[begin:].T @ basis[begin:] + ridge for begin in begins])
    return np.asarray(np.linalg.solve(grams[group], cross.T[..., None])[..., 0].T)


def _strength(detrended: FloatArray, fit: FloatArray, effects: int) -> FloatArray:
    """Positive-part 1 - 1/F: no season where the effects explain no more than chance would."""
    known = ~np.isnan(detrended)
    fit = np.where(known, fit, 0.0)
    free = np.maximum(known.sum(axis=0) - effects, 1)
    noise = (np.where(known, detrended - fit, 0.0) ** 2).sum(axis=0) / free
    signal = (fit**2).sum(axis=0) / effects
    return np.asarray(np.clip(1 - noise / np.where(signal > 0, signal, np.inf), 0.0, 1.0) * (signal > 0))


def _centred(effects: FloatArray, detrended: FloatArray) -> FloatArray:
    """Effects that are zero on average over the known history."""
    inner = np.where(np.isnan(detrended), np.nan, effects[: len(detrended)])
    return np.asarray(effects - mean_known(inner, axis=0))


def _trend(values: FloatArray, season: int) -> FloatArray:
    """Centred moving average over one season, continued to both ends with its own mean slope."""
    half, length = season // 2, len(values)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(np.nan_to_num(values), axis=0)])
    whole = sums[season:] - sums[:-season]
    inner = (whole[:-1] + whole[1:]) / (2 * season) if season % 2 == 0 else whole / season
    inner = np.where(np.isnan(values[: len(inner)]), np.nan, inner)
    first, last = np.isnan(inner).sum(axis=0), len(inner) - 1
    series = np.arange(values.shape[1])
    slope = (inner[last] - inner[first, series]) / np.maximum(last - first, 1)
    wanted = np.arange(length)[:, None] - half
    nearest = np.clip(wanted, first, last)
    return np.where(np.isnan(values), np.nan, inner[nearest, series] + slope * (wanted - nearest))
