"""By when a quantity could be made or bought that nothing planned covers, and what keeps it from being sooner."""

from dataclasses import dataclass

import numpy as np

from analytics.available_to_promise import TOLERANCE
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray
from analytics.supply_plan.capacity import Routings
from analytics.supply_plan.network import SupplyNetwork

LEAD_TIME, RESOURCE, RECEIPT, NO_SOURCE = "lead_time", "resource", "receipt", "no_source"


@dataclass(frozen=True, slots=True)
class Bound:
    """What keeps it from being sooner: the lead time of a node's source, a resource without free hours, the planned
    receipt that a component waits for, or that there is no way to get the node."""

    kind: str
    node: int
    resource: int | None = None


@dataclass(frozen=True, slots=True)
class Capable:
    """``week`` it can be there, the number of weeks for never; ``quantity`` that is ordered for it, lot size included;
    ``release`` the week the order is begun; what ``binds``."""

    week: int
    quantity: float
    release: int
    binds: Bound


@dataclass(frozen=True, slots=True)
class _Step:
    """What is needed of a node, and how it is got: a quantity of a source, None where there is none."""

    need: float
    lot: float
    source: int | None


def capable_to_promise(
    network: SupplyNetwork, *, node: int, quantity: float, free: FloatArray, hours: FloatArray, routings: Routings
) -> Capable:
    """The first week in which a quantity of a node can be made or bought on top of what is planned.

    Inputs: network; node and quantity > 0; free: (weeks, nodes) of ``network.below([node])`` what of each is promised
        to nobody, by the week it is for; hours: (weeks, resources) that nothing planned takes; routings.
    Returns: Capable. A component is taken from what is free, or is made or bought by its fastest source, the whole way
        down by the recipes of the first week; an order takes its hours from the week its components are there.
    Raises: AnalyticsError for a quantity that is none, or shapes that do not fit.
    Source: Vollmann et al., 5th ed., chapter 6; Kilger & Meyr, Demand Fulfilment and ATP (multi-level CTP).
    """
    below = network.below(np.array([node]))
    weeks = network.periods
    if not (np.isfinite(quantity) and quantity > 0):
        raise AnalyticsError("the quantity has to be more than nothing")
    if free.shape != (weeks, below.size) or len(hours) != weeks:
        raise AnalyticsError(f"free units have to be (weeks, nodes) = {(weeks, below.size)}, hours of the same weeks")
    order = below[np.argsort(network.level[below], kind="stable")]
    steps = _steps(network, order, quantity, dict(zip(below.tolist(), free[0], strict=True)))
    work = _Work(network, routings, hours.copy())
    found: dict[int, Capable] = {}
    for each in order[::-1].tolist():
        step = steps[each]
        if each == node:
            return work.got(each, step, found)
        found[each] = _component(work, each, step, free[:, np.searchsorted(below, each)], found)
    raise AnalyticsError("the node is not in the network")


def _steps(network: SupplyNetwork, order: IntArray, quantity: float, free: dict[int, float]) -> dict[int, _Step]:
    """What is needed of each node, from the one that is asked for down."""
    steps: dict[int, _Step] = {}
    need = dict.fromkeys(order.tolist(), 0.0)
    need[int(order[0])] = quantity
    for node in order.tolist():
        short = quantity if not steps else need[node] - free[node]
        source = _fastest(network, node)
        lot = _lot(network, source, short) if source is not None and short > TOLERANCE else 0.0
        steps[node] = _Step(need[node], lot, source)
        for arc in _arcs(network, source) if lot else ():
            need[int(network.arcs.component[arc])] += lot * float(network.arcs.quantity[arc])
    return steps


def _fastest(network: SupplyNetwork, node: int) -> int | None:
    own = np.flatnonzero(network.sources.node == node)
    return int(own[network.sources.lead_time[own].argmin()]) if own.size else None


def _lot(network: SupplyNetwork, source: int, quantity: float) -> float:
    sources = network.sources
    wanted, multiple = max(quantity, float(sources.minimum[source])), float(sources.multiple[source])
    return float(np.ceil(wanted / multiple - TOLERANCE) * multiple) if multiple > 0 else wanted


def _arcs(network: SupplyNetwork, source: int | None) -> list[int]:
    arcs = network.arcs
    own = np.flatnonzero((arcs.source == source) & (arcs.first <= 0) & (arcs.last >= 0))
    return [int(arc) for arc in own]


def _component(work: "_Work", node: int, step: _Step, free: FloatArray, found: dict[int, Capable]) -> Capable:
    """From what is free, or got, whatever is sooner."""
    enough = free >= step.need - TOLERANCE
    week = int(enough.argmax()) if enough.any() else work.weeks
    if week == 0 or not step.lot:
        return Capable(week, 0.0, 0, Bound(RECEIPT if week < work.weeks else NO_SOURCE, node))
    hours = work.hours.copy()
    got = work.got(node, step, found)
    if got.week < week:
        return got
    work.hours = hours
    return Capable(week, 0.0, 0, Bound(RECEIPT, node))


class _Work:
    """Hours that are free, fewer with every order that is made of them."""

    def __init__(self, network: SupplyNetwork, routings: Routings, hours: FloatArray) -> None:
        self.network, self.routings, self.hours = network, routings, hours
        self.weeks = network.periods

    def got(self, node: int, step: _Step, found: dict[int, Capable]) -> Capable:
        """A node by its source, once its components are there."""
        if step.source is None:
            return Capable(self.weeks, step.lot, 0, Bound(NO_SOURCE, node))
        release, bound = 0, Bound(LEAD_TIME, node)
        for arc in _arcs(self.network, step.source):
            component = found[int(self.network.arcs.component[arc])]
            if component.week > release:
                release, bound = component.week, component.binds
        worked, resource = self._worked(step, release)
        if resource is not None and worked > release:
            release, bound = worked, Bound(RESOURCE, node, resource)
        return Capable(self._arrival(step.source, release), step.lot, release, bound)

    def _worked(self, step: _Step, start: int) -> tuple[int, int | None]:
        """The week by which all resources have had the hours for it, and the last of them to have it."""
        last, slowest = start, None
        for routing in np.flatnonzero(self.routings.source == step.source).tolist():
            resource = int(self.routings.resource[routing])
            wanted = float(self.routings.setup_hours[routing] + step.lot * self.routings.hours_per_unit[routing])
            free = self.hours[start:, resource]
            total = np.cumsum(free)
            enough = total >= wanted - TOLERANCE
            week = start + int(enough.argmax()) if enough.any() else self.weeks
            free -= np.clip(wanted - (total - free), 0.0, free)
            if week > last:
                last, slowest = week, resource
        return last, slowest

    def _arrival(self, source: int, release: int) -> int:
        if release >= self.weeks:
            return self.weeks
        in_time = self.network.release[self.network.kind_of[source]] >= release
        return int(in_time.argmax()) if in_time.any() else self.weeks
