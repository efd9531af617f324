"""Teunter, Syntetos and Babai: size and probability of demand smoothed apart, so that dying series fade."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel


@dataclass(frozen=True, slots=True)
class Tsb:
    """Expected demand per period = smoothed probability x smoothed size."""

    name: str = "tsb"
    size_alpha: float = 0.1
    probability_alpha: float = 0.15
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """A constant rate per series; the probability is updated every period, the size at demands.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; series without demand are forecast as zero.
        Raises: nothing.
        Source: Teunter, Syntetos & Babai 2011; both start at their means over the history.
        """
        known = ~np.isnan(panel.values)
        demand = known & (panel.values != 0)
        size = np.nan_to_num(mean_known(np.where(demand, panel.values, np.nan), axis=0))
        probability = demand.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        fitted = np.full_like(panel.values, np.nan)
        for row, actual in enumerate(panel.values):
            fitted[row] = np.where(known[row], probability * size, np.nan)
            probability = probability + self.probability_alpha * known[row] * (demand[row] - probability)
            size = np.where(demand[row], size + self.size_alpha * (actual - size), size)
        mean = np.broadcast_to(probability * size, (horizon_periods, len(panel.ids)))
        return without_short(Paths(fitted, mean), panel, minimum_periods=self.minimum_periods)
