"""The measures of the forecasting competitions, over many series at once.

Arrays are periods x series, right aligned: history ends where the horizon begins. A value that is not known is NaN and
not judged; a forecast that is not there where there is an actual is an error. Each measure is one figure per series;
the scores of a set are their means, as in the M competitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.inputs import FloatArray

LOWER, UPPER = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Scores:
    """Measures of one method on one set. Quantile measures are NaN for a method without quantiles."""

    series: int
    smape: float
    mase: float
    owa: float
    rmsse: float
    wape: float
    bias: float
    cover80: float
    spl: float


def scores(
    actual: FloatArray,
    forecast: FloatArray,
    *,
    history: FloatArray,
    naive2: FloatArray,
    season_periods: int,
    band: tuple[FloatArray, FloatArray] | None = None,
) -> Scores:
    """All measures; naive2 are the forecasts that OWA compares with, season_periods is the lag of MASE's scale."""
    known = ~np.isnan(actual)
    if np.isnan(forecast[known]).any():
        raise ValueError("There are series or steps without a forecast.")
    per_series = mase(actual, forecast, history=history, season_periods=season_periods)
    of_naive2 = mase(actual, naive2, history=history, season_periods=season_periods)
    error = (forecast - actual)[known]
    size = np.abs(actual[known]).sum()
    return Scores(
        series=actual.shape[1],
        smape=_mean(smape(actual, forecast)),
        mase=_mean(per_series),
        owa=(_mean(smape(actual, forecast)) / _mean(smape(actual, naive2)) + _mean(per_series) / _mean(of_naive2)) / 2,
        rmsse=_mean(rmsse(actual, forecast, history=history)),
        wape=float(np.abs(error).sum() / size),
        bias=float(error.sum() / size),
        cover80=np.nan if band is None else float(((band[0] <= actual) & (actual <= band[1]))[known].mean()),
        spl=np.nan if band is None else _mean(spl(actual, *band, history=history)),
    )


def smape(actual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Symmetric percentage error, 0 to 200; 0 forecast and 0 sold is without error (Makridakis et al. 2020)."""
    size = np.abs(actual) + np.abs(forecast)
    return np.asarray(np.nanmean(200 * np.abs(actual - forecast) / np.where(size == 0, 1.0, size), axis=0))


def mase(actual: FloatArray, forecast: FloatArray, *, history: FloatArray, season_periods: int) -> FloatArray:
    """Absolute error over that of the seasonal naive forecast in the history (Hyndman & Koehler 2006)."""
    scale = _mean_known(np.abs(_changes(history, season_periods)))
    return np.asarray(np.nanmean(np.abs(actual - forecast), axis=0) / scale)


def rmsse(actual: FloatArray, forecast: FloatArray, *, history: FloatArray) -> FloatArray:
    """Root of the squared error over that of the naive forecast from the first sale on (M5 guide 2020)."""
    scale = _mean_known(_changes(_from_first_sale(history), 1) ** 2)
    return np.asarray(np.sqrt(np.nanmean((actual - forecast) ** 2, axis=0) / scale))


def spl(actual: FloatArray, lower: FloatArray, upper: FloatArray, *, history: FloatArray) -> FloatArray:
    """Pinball loss of both ends of the 80 % band over the error of the naive forecast (M5 uncertainty guide 2020)."""
    scale = _mean_known(np.abs(_changes(history, 1)))
    loss = (_pinball(actual, lower, LOWER) + _pinball(actual, upper, UPPER)) / 2
    return np.asarray(np.nanmean(loss, axis=0) / scale)


def _pinball(actual: FloatArray, quantile: FloatArray, probability: float) -> FloatArray:
    above = actual - quantile
    return np.maximum(probability * above, (probability - 1) * above)


def _changes(history: FloatArray, lag: int) -> FloatArray:
    return history[lag:] - history[:-lag]


def _from_first_sale(history: FloatArray) -> FloatArray:
    sold = np.maximum.accumulate(np.nan_to_num(history) != 0, axis=0)
    return np.where(sold, history, np.nan)


def _mean_known(values: FloatArray) -> FloatArray:
    """Mean per series; NaN where there is none or where nothing ever changes, for such a series has no scale."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=total > 0))


def _mean(per_series: FloatArray) -> float:
    return float(np.nanmean(per_series))
