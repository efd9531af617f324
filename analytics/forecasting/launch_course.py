"""New items on the course that others took after their launch, as one of the methods for new series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.contract import Paths
from analytics.forecasting.new_items import launch_forecast
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

# So many look-alikes tell the course; more only cost time.
_MOST_DONORS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class LaunchCourse:
    """donors: the series that are not new, on the calendar of the run; groups: the group of every series by its id."""

    donors: Panel
    groups: dict[str, str]
    name: str = "launch_course"
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """The course of the look-alikes at the level of the item.

        Inputs: panel: new series; horizon_periods: steps ahead.
        Returns: Paths without a fitted path; donors are known up to the last period of the panel and no further.
        Raises: nothing.
        Source: Kahn 2006, "New Product Forecasting", chapter 4.
        """
        known = self.donors.values[: int((self.donors.periods <= panel.periods[-1]).sum())]
        values = _side_by_side(known, panel.values)
        ids = (*self.donors.ids, *panel.ids)
        mean = launch_forecast(
            values,
            groups=[self.groups.get(name, "") for name in ids],
            horizon_periods=horizon_periods,
            launched_within_periods=max(int(panel.lengths().max(initial=1)), 1),
        )[:, len(self.donors.ids) :]
        return Paths(np.full_like(panel.values, np.nan), mean)


def launch_course(panel: Panel, *, new: NDArray[np.bool_], groups: dict[str, str], seed: int) -> LaunchCourse | None:
    """The method for the new series of a panel.

    Inputs: panel: all series; new: which of them are; groups: by id, those without one are alike; seed: of the sample
        of look-alikes.
    Returns: LaunchCourse; None where there is nobody to learn from.
    Raises: nothing.
    Source: house convention.
    """
    donors = np.flatnonzero(~new)
    if not donors.size:
        return None
    sample = np.sort(np.random.default_rng(seed).permutation(donors)[:_MOST_DONORS])
    return LaunchCourse(panel.columns(sample), groups)


def _side_by_side(donors: FloatArray, values: FloatArray) -> FloatArray:
    """Both end in the same period; the shorter one is unknown before."""
    rows = max(len(donors), len(values))
    padded = [np.concatenate([np.full((rows - len(part), part.shape[1]), np.nan), part]) for part in (donors, values)]
    return np.concatenate(padded, axis=1)
