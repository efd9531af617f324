"""Holt's linear trend and its damped form on the adjusted series, all series at once."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from analytics.forecasting.adjustment import Season, adjusted
from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.panel import Panel
from analytics.forecasting.recursions import damped_trends
from analytics.inputs import FloatArray

_ALPHAS = (0.05, 0.15, 0.3, 0.5, 0.8)
_BETAS = (0.03, 0.15, 0.4)
DAMPED = (0.8, 0.9, 0.97)
LINEAR = (1.0,)


@dataclass(frozen=True, slots=True)
class DampedTrend:
    """A level and a slope that fades: seasonal decomposition with a damped trend on what is left."""

    name: str = "damped_trend"
    season: Season = "usual"
    alphas: tuple[float, ...] = _ALPHAS
    betas: tuple[float, ...] = _BETAS
    phis: tuple[float, ...] = DAMPED
    minimum_periods: int = 6

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Level and fading slope, the season of the series around them.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Gardner & McKenzie 1985; phis of 1 alone are Holt 1957.
        """
        left = adjusted(panel, horizon_periods=horizon_periods, season=self.season)
        found = damped_trends(left.values, begins=left.begins, grid=self._grid())
        mean = found.ahead(horizon_periods=horizon_periods)
        return without_short(Paths(*left.restore(found.fitted, mean)), panel, minimum_periods=self.minimum_periods)

    def _grid(self) -> FloatArray:
        return np.array(list(product(self.alphas, self.betas, self.phis)))


def holt() -> DampedTrend:
    """Holt's linear trend.

    Inputs: none.
    Returns: DampedTrend without damping.
    Raises: nothing.
    Source: Holt 1957.
    """
    return DampedTrend(name="holt", phis=LINEAR)
