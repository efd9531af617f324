"""Moving averages: of the adjusted series, or of demand as it is; the longest of them is the mean."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.adjustment import Season, adjusted
from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """The mean of the last periods. season None: of demand itself, as sporadic series need."""

    name: str = "moving_average"
    window_periods: int = 8
    season: Season | None = "usual"
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """A constant level, the season of the series around it.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Hyndman & Athanasopoulos, FPP3, section 5.2 and 3.3.
        """
        shape = (horizon_periods, len(panel.ids))
        if self.season is None:
            level = mean_known(panel.values[-self.window_periods :], axis=0)
            paths = Paths(_earlier_means(panel.values, self.window_periods), np.broadcast_to(level, shape))
        else:
            left = adjusted(panel, horizon_periods=horizon_periods, season=self.season)
            level = np.broadcast_to(mean_known(left.values[-self.window_periods :], axis=0), shape)
            paths = Paths(*left.restore(_earlier_means(left.values, self.window_periods), level))
        return without_short(paths, panel, minimum_periods=self.minimum_periods)


def _earlier_means(values: FloatArray, window: int) -> FloatArray:
    """Mean of the window before every period, of as much of it as is known."""
    known = ~np.isnan(values)
    zero = np.zeros((1, values.shape[1]))
    sums = np.concatenate([zero, np.cumsum(np.where(known, values, 0.0), axis=0)])[:-1]
    count = np.concatenate([zero, np.cumsum(known, axis=0)])[:-1]
    begin = np.maximum(np.arange(len(values)) - window, 0)
    total, number = sums - sums[begin], count - count[begin]
    return np.asarray(np.where(known & (number > 0), total / np.maximum(number, 1), np.nan))
