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


def carried_over(load: Load) -> FloatArray:
    """Hours that wait at the end of each period when work that does not fit is done as soon as there is time.

    Inputs: load.
    Returns: (periods, resources); zero where nothing ever waits.
    Raises: nothing.
    Source: Lindley (1952), The theory of queues with a single server; Vollmann et al., 5th ed., chapter 10
        (input/output control).
    """
    waiting = np.zeros_like(load.hours)
    before = np.zeros(load.hours.shape[1])
    for period, gap in enumerate(load.hours - load.available):
        before = waiting[period] = np.maximum(before + gap, 0.0)
    return waiting


def brought_forward(excess: float, *, free: FloatArray, setup: float) -> FloatArray:
    """Hours of one product made in earlier periods instead, in those that are nearest first.

    Inputs: excess: hours to move, without set-up; free: (earlier periods,) free hours, the nearest period last;
        setup: hours that each period takes on top.
    Returns: (earlier periods,) hours without set-up; less in all than asked where there is no room.
    Raises: nothing.
    Source: Vollmann et al., 5th ed., chapter 10 (levelling by building ahead).
    """
    room = np.maximum(free[::-1] - setup, 0.0)
    before = np.concatenate([[0.0], np.cumsum(room)[:-1]]) if room.size else room
    return np.clip(excess - before, 0.0, room)[::-1]
