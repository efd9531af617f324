"""Holt-Winters with a damped slope on the scaled series, all series at once: its season may change with time."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from analytics.forecasting.adjustment import LONGEST_INDEXED_SEASON, adjusted
from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.forecasting.recursions import seasonal_trends
from analytics.inputs import FloatArray

_ALPHAS = (0.1, 0.3, 0.6)
_GAMMAS = (0.05, 0.2, 0.4)
_SLOPES = ((0.0, 0.9), (0.1, 0.9), (0.1, 0.97))
_CYCLES_NEEDED = 2


@dataclass(frozen=True, slots=True)
class HoltWinters:
    """Additive on logs, which is multiplicative on demand; on the demand itself where it is not always positive."""

    name: str = "holt_winters"
    alphas: tuple[float, ...] = _ALPHAS
    gammas: tuple[float, ...] = _GAMMAS
    minimum_periods: int = 4

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Level, fading slope and a season that is updated; for seasons of at most two years of months.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; NaN for series with less than two cycles, and for longer seasons.
        Raises: nothing.
        Source: Holt 1957, Winters 1960; first seasonal effects by shrunken classical decomposition.
        """
        cycle = panel.season_periods
        able = panel.lengths() >= max(_CYCLES_NEEDED * cycle, self.minimum_periods)
        shape = (horizon_periods, len(panel.ids))
        if not 1 < cycle <= LONGEST_INDEXED_SEASON or not able.any():
            return Paths(np.full_like(panel.values, np.nan), np.full(shape, np.nan))
        left = adjusted(panel, horizon_periods=horizon_periods)
        rows = len(panel.periods)
        values = left.scale.values - left.driven[:rows]
        found = seasonal_trends(values, begins=left.begins, seasons=left.seasonal[:cycle], grid=self._grid())
        fitted = left.scale.demand(found.fitted + left.driven[:rows])
        mean = left.scale.demand(found.ahead(horizon_periods=horizon_periods) + left.driven[rows:])
        return Paths(np.where(able, fitted, np.nan), np.where(able, mean, np.nan))

    def _grid(self) -> FloatArray:
        tried = product(self.alphas, _SLOPES, self.gammas)
        return np.array([(alpha, beta, phi, gamma) for alpha, (beta, phi), gamma in tried])
