"""Forecasts that have begun to miss on one side: the sum of errors to date, and the smoothed one that forgets."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.accuracy import running_signal
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

NO_ALARM, TRACKING_SIGNAL, SMOOTHED_SIGNAL, BOTH = "", "tracking_signal", "smoothed_signal", "both"

# Absurd magnitudes give inf or NaN, not a warning in the middle of a run.
_quiet = np.errstate(over="ignore", invalid="ignore")


@_quiet
def drift(
    actual: FloatArray,
    forecast: FloatArray,
    *,
    ids: Sequence[str],
    tracking_limit: float = 4.0,
    smoothed_limit: float = 0.51,
    smoothing: float = 0.1,
) -> pd.DataFrame:
    """Which forecasts are off to one side by more than chance.

    Inputs: actual, forecast: periods x series in time order, quantity per period, as forecast at one lag; a period
        in which either is NaN is not judged. The sum of errors wanders the further the longer it runs: pass the last
        dozen periods or two, not years. ids: of the series; tracking_limit: for the sum of errors in mean absolute
        errors; smoothed_limit: for the smoothed error over the smoothed absolute error, 0 to 1; smoothing: weight of
        the latest error, above 0 and below 1.
    Returns: frame in the order of the series: unique_id; tracking_signal and smoothed_signal, both positive where too
        little was forecast, NaN before the first error; bias, the sum of F - A over that of A, positive where too
        much was forecast, NaN without demand; alarm: "", "tracking_signal", "smoothed_signal" or "both".
    Raises: AnalyticsError when shapes differ or a parameter is out of its range.
    Source: Brown 1962, tracking signal; Trigg 1964, "Monitoring a forecasting system", smoothed signal. While few
        errors are known the limit of the latter is wider, by the standard deviation of the weighted mean. Of twelve
        errors that are nothing but noise the first signal flags one series in three, both together one in fifteen.
    """
    if actual.shape != forecast.shape or actual.ndim != 2 or actual.shape[1] != len(ids):
        raise AnalyticsError(f"actual is {actual.shape}, forecast is {forecast.shape}, expected {len(ids)} series")
    if not 0 < smoothing < 1 or not tracking_limit > 0 or not smoothed_limit > 0:
        raise AnalyticsError("drift needs limits above 0 and a smoothing constant between 0 and 1")
    judged = np.isfinite(actual) & np.isfinite(forecast)
    errors = np.where(judged, actual - forecast, 0.0)
    tracking = _last(running_signal(errors, periods_judged=judged.cumsum(axis=0).astype(np.float64)))
    weights = _weights(judged, smoothing)
    smoothed = _ratio((weights * errors).sum(axis=0), (weights * np.abs(errors)).sum(axis=0))
    demand = np.where(judged, actual, 0.0).sum(axis=0)
    off = np.abs(tracking) > tracking_limit
    turned = np.abs(smoothed) > smoothed_limit * _uncertainty(weights, smoothing)
    return pd.DataFrame(
        {
            "unique_id": list(ids),
            "tracking_signal": tracking,
            "smoothed_signal": smoothed,
            "bias": _ratio(-errors.sum(axis=0), demand),
            "alarm": _alarms(off, turned),
        }
    )


def _last(signal: FloatArray) -> FloatArray:
    return signal[-1] if len(signal) else np.full(signal.shape[1], np.nan)


def _weights(judged: NDArray[np.bool_], smoothing: float) -> FloatArray:
    """Exponential weights of the judged periods, the latest of each series the heaviest."""
    later = judged.sum(axis=0) - judged.cumsum(axis=0)
    return np.where(judged, smoothing * (1 - smoothing) ** later, 0.0)


def _uncertainty(weights: FloatArray, smoothing: float) -> FloatArray:
    """Standard deviation of the weighted mean of the errors so far, relative to that of many."""
    few = _ratio(np.sqrt((weights**2).sum(axis=0)), weights.sum(axis=0))
    return np.asarray(few / np.sqrt(smoothing / (2 - smoothing)))


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.asarray(np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0))


def _alarms(off: NDArray[np.bool_], turned: NDArray[np.bool_]) -> NDArray[np.str_]:
    return np.select([off & turned, off, turned], [BOTH, TRACKING_SIGNAL, SMOOTHED_SIGNAL], default=NO_ALARM)
