"""Forecasts without a model, which every method has to beat: horizon x series from a history of periods x series."""

from __future__ import annotations

import numpy as np

from analytics.inputs import FloatArray

LARGEST_LAG_CORRELATION = 1.645  # two-sided 90 %, as the M4 organisers test for a season
FEWEST_SEASONS = 3


def naive2(history: FloatArray, *, horizon_periods: int, season_periods: int) -> FloatArray:
    """The last value, seasonally adjusted where a season is significant, as in the M4 competition.

    Never below zero where the history is not: the competition's series are all positive, demand is not.
    """
    found = np.column_stack([_naive2(_known(series), horizon_periods, season_periods) for series in history.T])
    return np.where(np.nanmin(history, axis=0) >= 0, np.maximum(found, 0.0), found)


def class_mean(history: FloatArray, *, horizon_periods: int) -> FloatArray:
    """What an item of the class sold in a period, over all items and periods: the same for everyone."""
    return np.full((horizon_periods, history.shape[1]), np.nanmean(history))


def own_mean(history: FloatArray, *, horizon_periods: int) -> FloatArray:
    """What the item itself sold in a period."""
    return np.tile(np.nanmean(history, axis=0), (horizon_periods, 1))


def _known(series: FloatArray) -> FloatArray:
    """From the first value on; what is unknown repeats the last one known."""
    known = ~np.isnan(series)
    last = np.maximum.accumulate(np.where(known, np.arange(series.size), 0))
    return np.asarray(series[last][int(known.argmax()) :])


def _naive2(history: FloatArray, horizon: int, season: int) -> FloatArray:
    if not _seasonal(history, season):
        return np.repeat(history[-1], horizon)
    multiplicative = bool((history > 0).all())
    effects = _classical_effects(history, season, multiplicative=multiplicative)
    ahead = effects[(len(history) + np.arange(horizon)) % season]
    last = effects[(len(history) - 1) % season]
    return np.asarray(history[-1] / last * ahead if multiplicative else history[-1] - last + ahead)


def _seasonal(history: FloatArray, season: int) -> bool:
    """The autocorrelation at the season's lag is significant."""
    if season == 1 or len(history) < FEWEST_SEASONS * season or np.ptp(history) == 0:
        return False
    centred = history - history.mean()
    lags = [centred[lag:] @ centred[: len(centred) - lag] / (centred @ centred) for lag in range(1, season + 1)]
    limit = LARGEST_LAG_CORRELATION * np.sqrt((1 + 2 * np.square(lags[:-1]).sum()) / len(history))
    return bool(abs(lags[-1]) > limit)


def _classical_effects(history: FloatArray, season: int, *, multiplicative: bool) -> FloatArray:
    """Effect of every place in the season: ratio to, or difference from, the centred moving average."""
    weights = np.full(season + 1, 1 / season)
    weights[[0, -1]] /= 2
    trend = np.convolve(history, weights if season % 2 == 0 else np.full(season, 1 / season), "valid")
    inner = history[season // 2 : season // 2 + len(trend)]
    detrended = inner / trend if multiplicative else inner - trend
    place = (season // 2 + np.arange(len(trend))) % season
    effects = np.array([detrended[place == position].mean() for position in range(season)])
    return np.asarray(effects / effects.mean() if multiplicative else effects - effects.mean())
