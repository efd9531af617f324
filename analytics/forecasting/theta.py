"""The theta method: halfway between the trend line and smoothing of the series with its curvature doubled."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.forecasting.seasonal_adjustment import seasonally_adjusted
from analytics.forecasting.simple_smoothing import smooth
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True)
class Theta:
    """Theta lines 0 and 2 on the seasonally adjusted series, all series at once."""

    name: str = "theta"
    minimum_periods: int = 8

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Half the slope of the series, on a level that follows it.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Assimakopoulos & Nikolopoulos 2000, "The theta model".
        """
        adjusted = seasonally_adjusted(panel, horizon_periods=horizon_periods)
        line = _line(adjusted.values, horizon_periods)
        inner, outer = line[: len(adjusted.values)], line[len(adjusted.values) :]
        smoothed = smooth(2 * adjusted.values - inner)
        fitted, mean = adjusted.restore((inner + smoothed.fitted) / 2, (outer + smoothed.level) / 2)
        return without_short(Paths(fitted, mean), panel, minimum_periods=self.minimum_periods)


def _line(values: FloatArray, horizon_periods: int) -> FloatArray:
    """Least-squares line of every column, continued over the horizon."""
    time = np.arange(len(values) + horizon_periods, dtype=np.float64)[:, None]
    inner = np.where(np.isnan(values), np.nan, time[: len(values)])
    middle, centre = mean_known(inner, axis=0), mean_known(values, axis=0)
    spread = mean_known((inner - middle) ** 2, axis=0)
    slope = mean_known((inner - middle) * (values - centre), axis=0) / np.where(spread > 0, spread, 1.0)
    return np.asarray(centre + slope * (time - middle))
