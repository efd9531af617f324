"""The scale series are modelled on: logs where every quantity is positive, units of the mean size elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """values are periods x series without a unit, around zero; logged, origin and unit have one entry per series."""

    values: FloatArray
    logged: NDArray[np.bool_]
    origin: FloatArray
    unit: FloatArray

    def demand(self, values: FloatArray) -> FloatArray:
        """Scaled values as quantities."""
        # An exploding path becomes inf here; the engine caps it by the series' own range.
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(self.logged, np.exp(values + self.origin), (values + self.origin) * self.unit)

    def of(self, quantities: FloatArray) -> FloatArray:
        """Quantities on the same scale; what has no logarithm counts as very little."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.maximum(quantities, _LEAST))
            return np.where(self.logged, logs, quantities / self.unit) - self.origin


_LEAST = 1e-9


def scaled(quantities: FloatArray) -> Scaled:
    """Series on the scale they are modelled on.

    Inputs: quantities: periods x series, NaN where unknown.
    Returns: Scaled; NaN stays NaN.
    Raises: nothing.
    Source: Box & Cox 1964 with lambda 0 for positive series.
    """
    known = ~np.isnan(quantities)
    logged = np.asarray((np.where(known, quantities, 1.0) > 0).all(axis=0) & known.any(axis=0))
    size = np.nan_to_num(mean_known(np.abs(quantities), axis=0))
    unit = np.where(logged | (size <= 0), 1.0, size)
    values = np.where(logged, np.log(np.where(known & logged, quantities, 1.0)), quantities / unit)
    values = np.where(known, values, np.nan)
    origin = np.where(logged, np.nan_to_num(mean_known(values, axis=0)), 0.0)
    return Scaled(values - origin, logged, origin, unit)
