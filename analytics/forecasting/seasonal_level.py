"""Last season's demand, moved by how much the level has changed since."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.adjustment import adjusted
from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel

_LEVEL_PERIODS = 8


@dataclass(frozen=True, slots=True)
class SeasonalLevel:
    """Seasonal naive that follows the level: the shape of one year, no averaging, at today's height."""

    name: str = "seasonal_level"
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """The last season plus the change of the mean of the last periods against the same periods a season ago.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths; NaN for series without a season and the level before it; the fit is last season's.
        Raises: nothing.
        Source: seasonal naive with a level correction (FPP3, section 5.2).
        """
        season, rows = panel.season_periods, len(panel.periods)
        needed = season + _LEVEL_PERIODS
        if rows < needed:
            shape = (horizon_periods, len(panel.ids))
            return Paths(np.full_like(panel.values, np.nan), np.full(shape, np.nan))
        left = adjusted(panel, horizon_periods=horizon_periods)
        values = left.scale.values - left.driven[:rows]
        change = mean_known(values[-_LEVEL_PERIODS:], axis=0) - mean_known(values[-needed:-season], axis=0)
        repeated = values[rows - season + np.arange(horizon_periods) % season]
        lagged = np.full_like(values, np.nan)
        lagged[season:] = values[:-season]
        paths = Paths(
            left.scale.demand(lagged + left.driven[:rows]), left.scale.demand(repeated + change + left.driven[rows:])
        )
        return without_short(paths, panel, minimum_periods=max(needed, self.minimum_periods))
