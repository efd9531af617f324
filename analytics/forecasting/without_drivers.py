"""A method that does not look at the drivers: where they mislead, the rolling origins give it their weight."""

from dataclasses import dataclass, replace

from analytics.forecasting.contract import Forecaster, Paths
from analytics.forecasting.panel import Panel


@dataclass(frozen=True, slots=True)
class WithoutDrivers:
    """The same method on the panel without its design."""

    method: Forecaster

    @property
    def name(self) -> str:
        """The method's own, told apart."""
        return f"{self.method.name}_undriven"

    @property
    def minimum_periods(self) -> int:
        """As the method's."""
        return self.method.minimum_periods

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        """As the method does it, from the history alone.

        Inputs: panel: periods x series; horizon_periods: steps ahead.
        Returns: Paths.
        Raises: nothing.
        Source: the method's.
        """
        return self.method.forecast(replace(panel, design=None), horizon_periods=horizon_periods)
