"""Rough-cut capacity: the hours that a plan asks of each resource, beside those there are."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray


@dataclass(frozen=True, slots=True)
class Routings:
    """Hours on a resource: for each order of a source, and for each unit."""

    source: IntArray
    resource: IntArray
    setup_hours: FloatArray
    hours_per_unit: FloatArray


@dataclass(frozen=True, slots=True)
class Load:
    """(periods, resources): hours wanted and hours there are."""

    hours: FloatArray
    available: FloatArray

    @property
    def utilisation(self) -> FloatArray:
        """Hours wanted as a share of those there are; inf where work is wanted and nothing is there, else zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self.hours / self.available
        return np.where(self.available > 0, share, np.where(self.hours > 0, np.inf, 0.0))

    @property
    def over(self) -> FloatArray:
        """Hours that there are too few."""
        return np.maximum(self.hours - self.available, 0.0)


def capacity_load(quantity: FloatArray, *, routings: Routings, available: FloatArray) -> Load:
    """Load of all resources.

    Inputs: quantity: (periods, sources) units worked on, planned and firm; routings; available: (periods, resources)
        hours.
    Returns: Load; set-up counts once for each period and source with work.
    Raises: AnalyticsError for a routing out of range or shapes that do not fit.
    Source: Vollmann et al., 5th ed., chapter 10 (capacity bills).
    """
    if len(quantity) != len(available):
        raise AnalyticsError("quantity and available hours have to be of the same periods")
    sources, resources = quantity.shape[1], available.shape[1]
    for values, limit, name in ((routings.source, sources, "source"), (routings.resource, resources, "resource")):
        if values.size and not 0 <= values.min() <= values.max() < limit:
            raise AnalyticsError(f"{name} of a routing is not among {limit}")
    place = (routings.resource, routings.source)
    unit = csr_array((routings.hours_per_unit, place), shape=(resources, sources))
    setup = csr_array((routings.setup_hours, place), shape=(resources, sources))
    hours = (unit @ quantity.T + setup @ (quantity > 0).T.astype(np.float64)).T
    return Load(hours=hours, available=available)
