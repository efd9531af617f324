"""Simple exponential smoothing of the adjusted series, all series at once."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.adjustment import Season, adjusted
from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.panel import Panel
from analytics.forecasting.recursions import ALPHAS, smoothed_levels


@dataclass(frozen=True, slots=True)
class SimpleSmoothing:
    """A level that follows the series, every series with the constant of alphas that fits it best."""

    name: str = "ses"
    season: Season = "usual"
    alphas: tuple[float, ...] = tuple(ALPHAS.tolist())
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """A level that follows the series, the season of the series around it.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Brown 1956; Hyndman & Athanasopoulos, FPP3, section 8.1.
        """
        left = adjusted(panel, horizon_periods=horizon_periods, season=self.season)
        found = smoothed_levels(left.values, begins=left.begins, alphas=np.array(self.alphas))
        level = np.broadcast_to(found.level, (horizon_periods, len(panel.ids)))
        return without_short(Paths(*left.restore(found.fitted, level)), panel, minimum_periods=self.minimum_periods)
