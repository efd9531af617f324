"""Forecast error measures, one definition each (glossary: forecast quality).

Error is e = A - F (actual minus forecast); bias alone has the other sign: over-forecasting is positive.
All functions take two 1-D arrays of the same length and unit, one pair per period. A missing value (NaN) in a
pair makes the result NaN: which pairs are compared is decided by the caller, never guessed here.
Ratios are fractions, not per cent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

# Absurd magnitudes give inf or NaN, not a warning in the middle of a run.
_quiet = np.errstate(over="ignore", invalid="ignore")


@dataclass(frozen=True, slots=True)
class Mape:
    """MAPE with what it was computed on: zero-demand periods have no percentage error and are left out."""

    value: float
    periods_used: int
    periods_excluded: int


@_quiet
def wmape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Weighted absolute percentage error, the sum of |A - F| over the sum of A.

    Inputs: actual, forecast: 1-D, same length, quantity per period.
    Returns: fraction; NaN when there are no pairs, total actual is not positive or a value is missing.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: Hyndman & Koehler 2006 (WAPE); Kolassa & Schütz 2007, "Advantages of the MAD/mean ratio".
    """
    a, f = _pairs(actual, forecast)
    return _ratio(float(np.abs(a - f).sum()), float(a.sum()))


@_quiet
def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Relative bias, the sum of F - A over the sum of A: positive means over-forecast.

    Inputs: actual, forecast: 1-D, same length, quantity per period.
    Returns: fraction; NaN when there are no pairs, total actual is not positive or a value is missing.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: house definition of the glossary, sign as in demand review practice.
    """
    a, f = _pairs(actual, forecast)
    return _ratio(float((f - a).sum()), float(a.sum()))


@_quiet
def mape(actual: ArrayLike, forecast: ArrayLike) -> Mape:
    """Mean absolute percentage error over the periods with demand, and how many periods had none.

    Inputs: actual, forecast: 1-D, same length, quantity per period.
    Returns: Mape; its value is a fraction, NaN when no period has demand or a value is missing.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: Hyndman & Koehler 2006, section 2.
    """
    a, f = _pairs(actual, forecast)
    used = a != 0
    errors = np.abs((a[used] - f[used]) / a[used])
    return Mape(_mean(errors), int(used.sum()), int((~used).sum()))


@_quiet
def mean_error(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Mean error A - F: positive means under-forecast.

    Inputs: actual, forecast: 1-D, same length, quantity per period.
    Returns: quantity per period; NaN when there are no pairs or a value is missing.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: Hyndman & Koehler 2006, section 2.
    """
    a, f = _pairs(actual, forecast)
    return _mean(a - f)


@_quiet
def mae(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Mean absolute error.

    Inputs: actual, forecast: 1-D, same length, quantity per period.
    Returns: quantity per period; NaN when there are no pairs or a value is missing.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: Hyndman & Koehler 2006, section 2.
    """
    a, f = _pairs(actual, forecast)
    return _mean(np.abs(a - f))


@_quiet
def rmse(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Root mean squared error.

    Inputs: actual, forecast: 1-D, same length, quantity per period.
    Returns: quantity per period; NaN when there are no pairs or a value is missing.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: Hyndman & Koehler 2006, section 2.
    """
    a, f = _pairs(actual, forecast)
    return float(np.sqrt(_mean((a - f) ** 2)))


@_quiet
def mase(actual: ArrayLike, forecast: ArrayLike, *, training: ArrayLike, season_periods: int) -> float:
    """Mean absolute scaled error: MAE over the in-sample MAE of the seasonal naive forecast.

    Inputs: actual, forecast: 1-D test periods; training: 1-D history before them; season_periods: m >= 1.
    Returns: ratio, below 1 beats naive; NaN when training is too short, never changes or has gaps.
    Raises: AnalyticsError when arrays are not 1-D, test lengths differ or season_periods < 1.
    Source: Hyndman & Koehler 2006, section 3.
    """
    scale = _mean(np.abs(_seasonal_changes(training, season_periods)))
    return _ratio(mae(actual, forecast), scale)


@_quiet
def rmsse(actual: ArrayLike, forecast: ArrayLike, *, training: ArrayLike) -> float:
    """Root mean squared scaled error: RMSE over the in-sample RMSE of the one-step naive forecast.

    Inputs: actual, forecast: 1-D test periods; training: 1-D history before them.
    Returns: ratio, below 1 beats naive; NaN when training is too short, never changes or has gaps.
    Raises: AnalyticsError when arrays are not 1-D or test lengths differ.
    Source: M5 competitors' guide (2020), evaluation.
    """
    scale = float(np.sqrt(_mean(_seasonal_changes(training, 1) ** 2)))
    return _ratio(rmse(actual, forecast), scale)


@_quiet
def tracking_signal(actual: ArrayLike, forecast: ArrayLike) -> FloatArray:
    """Running sum of errors over the mean absolute deviation to date, for every period.

    Inputs: actual, forecast: 1-D in time order, same length, quantity per period.
    Returns: array of the same length, the last value is today's; NaN while no error has occurred yet.
    Raises: AnalyticsError when the arrays are not 1-D or differ in length.
    Source: Brown 1962; Heizer & Render, monitoring and controlling forecasts.
    """
    a, f = _pairs(actual, forecast)
    return running_signal(a - f, periods_judged=np.arange(1.0, a.size + 1))


@_quiet
def running_signal(errors: FloatArray, *, periods_judged: FloatArray) -> FloatArray:
    """The tracking signal of one series or many.

    Inputs: errors: periods or periods x series, A - F, 0 where a period is not judged; periods_judged: same shape,
        how many periods of the series have been judged to date.
    Returns: array of the same shape; NaN while no error has occurred yet.
    Raises: nothing.
    Source: Brown 1962; Heizer & Render, monitoring and controlling forecasts.
    """
    deviation = np.cumsum(np.abs(errors), axis=0) / periods_judged
    signal = np.full(errors.shape, np.nan)
    np.divide(np.cumsum(errors, axis=0), deviation, out=signal, where=deviation > 0)
    return signal


def _pairs(actual: ArrayLike, forecast: ArrayLike) -> tuple[FloatArray, FloatArray]:
    a, f = _series(actual, "actual"), _series(forecast, "forecast")
    if a.size != f.size:
        raise AnalyticsError(f"actual has {a.size} periods, forecast has {f.size}")
    return a, f


def _series(values: ArrayLike, name: str) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise AnalyticsError(f"{name} must be one-dimensional, not {array.ndim}-dimensional")
    # An infinite quantity is no quantity; as NaN it spoils the result without warnings from inf - inf.
    return np.where(np.isfinite(array), array, np.nan)


def _seasonal_changes(training: ArrayLike, season_periods: int) -> FloatArray:
    if season_periods < 1:
        raise AnalyticsError(f"season_periods must be at least 1, not {season_periods}")
    history = _series(training, "training")
    return history[season_periods:] - history[:-season_periods]


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else float("nan")
