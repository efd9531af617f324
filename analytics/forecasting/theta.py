"""The theta method: half the slope of the series on a level that follows it; and its optimised variant."""

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.adjustment import Adjusted, Season, adjusted
from analytics.forecasting.contract import Paths, without_short
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import Panel
from analytics.forecasting.recursions import smoothed_levels
from analytics.forecasting.seasons import straight_line
from analytics.inputs import FloatArray

CLASSICAL = (2.0,)
OPTIMISED = (1.0, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Theta:
    """Theta lines 0 and theta on the adjusted series; with more than one theta every series takes its own best.

    window_seasons: only so many of the last seasons count, 0 = all.
    """

    name: str = "theta"
    season: Season = "usual"
    thetas: tuple[float, ...] = CLASSICAL
    window_seasons: int = 0
    minimum_periods: int = 8

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """The line of the series and a smoothed level, weighted so that the fit at the present is kept.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: Assimakopoulos & Nikolopoulos 2000, "The theta model"; Fiorucci et al. 2016 for other thetas.
        """
        window = self.window_seasons * panel.season_periods
        seen = panel.recent(periods=window) if window else panel
        left = adjusted(seen, horizon_periods=horizon_periods, season=self.season)
        fitted, mean = _best([_paths(left, horizon_periods, theta) for theta in self.thetas], left.values)
        fitted, mean = left.restore(fitted, mean)
        earlier = np.full((len(panel.periods) - len(fitted), len(panel.ids)), np.nan)
        paths = Paths(np.concatenate([earlier, fitted]), mean)
        return without_short(paths, panel, minimum_periods=max(self.minimum_periods, window))


def optimised_theta() -> Theta:
    """Theta with the theta of least squared one-step error for every series.

    Inputs: none.
    Returns: Theta.
    Raises: nothing.
    Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016.
    """
    return Theta(name="optimised_theta", thetas=OPTIMISED)


def _paths(left: Adjusted, horizon_periods: int, theta: float) -> tuple[FloatArray, FloatArray]:
    rows = len(left.values)
    line = straight_line(left.values, horizon_periods=horizon_periods)
    bent = theta * left.values + (1 - theta) * line[:rows]
    found = smoothed_levels(bent, begins=left.begins)
    share = 1 / theta
    return (1 - share) * line[:rows] + share * found.fitted, (1 - share) * line[rows:] + share * found.level


def _best(paths: list[tuple[FloatArray, FloatArray]], values: FloatArray) -> tuple[FloatArray, FloatArray]:
    if len(paths) == 1:
        return paths[0]
    errors = np.stack([mean_known((fitted - values) ** 2, axis=0) for fitted, _mean in paths])
    chosen, series = np.nan_to_num(errors, nan=np.inf).argmin(axis=0), np.arange(values.shape[1])
    fitted, mean = (np.stack(part) for part in zip(*paths, strict=True))
    return fitted[chosen, :, series].T, mean[chosen, :, series].T
