"""A combination whose weights are given: what a run has weighed, made again or tried on a series."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.combination import combined
from analytics.forecasting.contract import Forecaster, Paths
from analytics.forecasting.panel import Panel


@dataclass(frozen=True, slots=True)
class FixedCombination:
    """The weighted mean of its members; where one has no forecast the others stand for it."""

    members: Sequence[Forecaster]
    weights: Sequence[float]
    name: str = "combination"

    @property
    def minimum_periods(self) -> int:
        """As many as the least demanding member needs."""
        return min(member.minimum_periods for member in self.members)

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """The members' paths, weighted.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; NaN for series that no member can do.
        Raises: what a member raises.
        Source: Bates & Granger 1969, "The combination of forecasts".
        """
        paths = [member.forecast(panel, horizon_periods=horizon_periods) for member in self.members]
        share = np.repeat(np.asarray(self.weights, dtype=np.float64)[:, None], len(panel.ids), axis=1)
        return Paths(
            fitted=combined(np.stack([path.fitted for path in paths]), share),
            mean=combined(np.stack([path.mean for path in paths]), share),
            failures={column: reason for path in paths for column, reason in path.failures.items()},
        )
