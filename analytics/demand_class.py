"""Demand classes after Syntetos, Boylan and Croston: how often demand comes, and how much its size varies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

SMOOTH, ERRATIC, INTERMITTENT, LUMPY, NO_DEMAND = "smooth", "erratic", "intermittent", "lumpy", "no demand"
DEMAND_CLASSES = (SMOOTH, ERRATIC, INTERMITTENT, LUMPY, NO_DEMAND)

ADI_CUT = 1.32
CV2_CUT = 0.49


@dataclass(frozen=True, slots=True)
class DemandClasses:
    """One entry per series: mean interval between demands, squared variation of their sizes, the class."""

    adi: FloatArray
    cv2: FloatArray
    labels: NDArray[np.str_]


def demand_classes(values: ArrayLike) -> DemandClasses:
    """Class of every series by average demand interval (ADI) and squared coefficient of variation (CV²).

    Inputs: values: periods x series, quantity per period, NaN before the first observation of a series.
    Returns: DemandClasses; ADI in periods per period with demand, CV² of the positive quantities with the
        population deviation, both NaN for a series without demand ("no demand").
    Raises: AnalyticsError when values is not two-dimensional.
    Source: Syntetos, Boylan & Croston 2005, "On the categorization of demand patterns", cuts 1.32 and 0.49.
    """
    panel = np.asarray(values, dtype=np.float64)
    if panel.ndim != 2:
        raise AnalyticsError(f"values must be periods x series, not {panel.ndim}-dimensional")
    demand = panel > 0
    count = demand.sum(axis=0).astype(np.float64)
    count[count == 0] = np.nan
    # Sizes relative to the largest one: the class has no unit, and absurd magnitudes do not overflow.
    largest = np.where(demand, panel, 0.0).max(axis=0, initial=0.0)
    sizes = np.where(demand, panel, 0.0) / np.where(largest > 0, largest, 1.0)
    mean = sizes.sum(axis=0) / count
    variance = (np.where(demand, sizes - mean, 0.0) ** 2).sum(axis=0) / count
    adi = (~np.isnan(panel)).sum(axis=0) / count
    cv2 = variance / mean**2
    return DemandClasses(adi, cv2, _labels(adi, cv2))


def _labels(adi: FloatArray, cv2: FloatArray) -> NDArray[np.str_]:
    frequent, steady = adi < ADI_CUT, cv2 < CV2_CUT
    conditions = [np.isnan(adi), frequent & steady, frequent, steady]
    return np.select(conditions, [NO_DEMAND, SMOOTH, ERRATIC, INTERMITTENT], default=LUMPY)
