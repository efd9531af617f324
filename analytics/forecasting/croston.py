"""Croston's method and its Syntetos-Boylan correction: size and interval of demands smoothed apart."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

ALPHA = 0.1


@dataclass(frozen=True, slots=True)
class Croston:
    """Expected demand per period = smoothed size / smoothed interval (times 1 - alpha/2 for SBA)."""

    name: str = "croston"
    alpha: float = ALPHA
    bias_corrected: bool = False
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """A constant rate per series, updated at its demands only.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; series without demand are forecast as zero.
        Raises: nothing.
        Source: Croston 1972; Syntetos & Boylan 2005; first size and first interval as R's forecast::croston.
        """
        factor = 1 - self.alpha / 2 if self.bias_corrected else 1.0
        fitted, rate = _rates(panel.values, self.alpha)
        mean = np.broadcast_to(factor * rate, (horizon_periods, len(panel.ids)))
        return without_short(Paths(factor * fitted, mean), panel, minimum_periods=self.minimum_periods)


def sba() -> Croston:
    """Croston's method with the Syntetos-Boylan correction.

    Inputs: none.
    Returns: Croston.
    Raises: nothing.
    Source: Syntetos & Boylan 2005, "The accuracy of intermittent demand estimates".
    """
    return Croston(name="sba", bias_corrected=True)


def _rates(values: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    """The rate before every period (periods x series) and after the last one (series)."""
    series = values.shape[1]
    size, interval, since, age = np.zeros(series), np.zeros(series), np.zeros(series), np.zeros(series)
    fitted = np.full_like(values, np.nan)
    for row, actual in enumerate(values):
        known = ~np.isnan(actual)
        fitted[row, known] = _rate(size, interval, age)[known]
        since += known
        age += known
        demand = known & (actual > 0)
        size = np.where(demand, _smoothed(size, actual, alpha), size)
        # A series begins with its first sale, which ends no interval: the first one is the wait for the next.
        ended = demand & ((interval > 0) | (age > 1))
        interval = np.where(ended, _smoothed(interval, since, alpha), interval)
        since[demand] = 0
    return fitted, _rate(size, interval, age)


def _smoothed(state: FloatArray, value: FloatArray, alpha: float) -> FloatArray:
    return np.where(state > 0, state + alpha * (value - state), value)


def _rate(size: FloatArray, interval: FloatArray, age: FloatArray) -> FloatArray:
    """Until an interval is known it is taken to be as long as the series."""
    return size / np.where(interval > 0, interval, np.maximum(age, 1))
