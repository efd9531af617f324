"""The benchmark: the same period of the last season, or the last value where there is no full season."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """Always available: with no observation at all the forecast is zero."""

    name: str = "seasonal_naive"
    minimum_periods: int = 0

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Repeat the last season of every series.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; series shorter than a season repeat their last value.
        Raises: nothing.
        Source: Hyndman & Athanasopoulos, FPP3, section 5.2.
        """
        values, season = panel.values, panel.season_periods
        seasonal = panel.lengths() >= season
        last = np.nan_to_num(values[-1])
        mean = np.where(seasonal, _repeated(values, season, horizon_periods), last)
        fitted = np.where(seasonal, _lagged(values, season), _lagged(values, 1))
        return Paths(fitted=fitted, mean=mean)


def _repeated(values: FloatArray, season: int, horizon_periods: int) -> FloatArray:
    start = max(0, len(values) - season)
    rows = start + np.arange(horizon_periods) % (len(values) - start)
    return values[rows]


def _lagged(values: FloatArray, lag: int) -> FloatArray:
    lagged = np.full_like(values, np.nan)
    lagged[lag:] = values[:-lag] if lag < len(values) else values[:0]
    return lagged
