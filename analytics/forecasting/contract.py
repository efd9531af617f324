"""What every forecasting method promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """One method's answer for a panel: one-step fitted values and expected demand over the horizon.

    fitted is periods x series, mean is horizon x series. A series the method cannot do is a column of NaN in
    both; failures says why, by column position, when it tried and failed.
    """

    fitted: FloatArray
    mean: FloatArray
    failures: Mapping[int, str] = field(default_factory=dict)


class Forecaster(Protocol):
    """A method. Only what is in the panel is known to it. Columns are independent of each other, but for what a series
    may lean on: effects of drivers, and the weeks of a year, as all series show them."""

    @property
    def name(self) -> str:
        """Stable key, stored with results."""
        ...

    @property
    def minimum_periods(self) -> int:
        """Observed periods a series must have; shorter ones come back as NaN, as do those that lack a season where the
        method repeats one."""
        ...

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """Fitted values and forecasts of every series."""
        ...


def without_short(paths: Paths, panel: Panel, *, minimum_periods: int) -> Paths:
    """The paths with NaN in the columns of series that are too short for the method.

    Inputs: paths: a method's answer; panel: what it was asked for; minimum_periods: the method's need.
    Returns: Paths of the same shape.
    Raises: nothing.
    Source: house convention.
    """
    short = panel.lengths() < minimum_periods
    return Paths(
        fitted=np.where(short, np.nan, paths.fitted),
        mean=np.where(short, np.nan, paths.mean),
        failures=paths.failures,
    )
