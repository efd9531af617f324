"""Temporal aggregation: sporadic demand smoothed in blocks of periods, where it is not sporadic any more."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.forecasting.recursions import smoothed_levels
from analytics.inputs import FloatArray

_ALPHAS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])


@dataclass(frozen=True, slots=True)
class Aggregation:
    """The mean of smoothed levels over blocks of several lengths; a single length is ADIDA."""

    name: str = "aggregation"
    block_periods: tuple[int, ...] = (1, 2, 3, 4, 6)
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """A constant rate per series; no fitted path, since blocks have none.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Nikolopoulos et al. 2011 (ADIDA); Petropoulos & Kourentzes 2015 (IMAPA).
        """
        rates = np.stack([_rate(panel.values, block) for block in self.block_periods])
        mean = np.broadcast_to(mean_known(rates, axis=0), (horizon_periods, len(panel.ids)))
        fitted = np.full_like(panel.values, np.nan)
        return without_short(Paths(fitted, mean), panel, minimum_periods=self.minimum_periods)


def adida(*, block_periods: int) -> Aggregation:
    """Aggregation to blocks of one length.

    Inputs: block_periods: length of a block, such as the mean interval between demands.
    Returns: Aggregation.
    Raises: nothing.
    Source: Nikolopoulos et al. 2011, "An aggregate-disaggregate intermittent demand approach".
    """
    return Aggregation(name="adida", block_periods=(block_periods,), minimum_periods=block_periods)


def _rate(values: FloatArray, block: int) -> FloatArray:
    """Smoothed demand per period from blocks that end with the last period; NaN for series shorter than one."""
    count = len(values) // block
    if count == 0:
        return np.full(values.shape[1], np.nan)
    sums = values[len(values) - count * block :].reshape(count, block, -1).sum(axis=1)
    known = ~np.isnan(sums)
    begins = np.where(known.any(axis=0), known.argmax(axis=0), count - 1)
    return smoothed_levels(sums, begins=begins, alphas=_ALPHAS).level / block
