"""Substitutes for components that run short: what free stock of theirs stands in, before the plan is netted anew."""

from dataclasses import dataclass

import numpy as np

from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray
from analytics.supply_plan.engine import SupplyPlan
from analytics.supply_plan.network import SupplyNetwork

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Substitutes:
    """Components that others may stand in for: the ``source`` of the network by which one does, which has no share,
    gives its node what it takes of the other; entries by rank, the first is tried first. ``entry`` and ``arc``: the
    arcs of the network, which are lines of recipes, that an entry may serve."""

    source: IntArray
    entry: IntArray
    arc: IntArray


def substituted(plan: SupplyPlan, substitutes: Substitutes) -> FloatArray:
    """What the substitutes release so that components do not run short.

    A component is replaced in the periods in which the plan falls short of it, as far as recipes that allow it take it
    then, and as far as the substitute has free stock: above its safety stock from then on until it can be replenished.

    Inputs: plan: without substitution; substitutes: of its network.
    Returns: (periods, sources) units of the component, zero for all other sources.
    Raises: nothing.
    Source: APICS dictionary, component substitution; the rule is ours.
    """
    network = plan.network
    released = np.zeros((network.periods, len(network.sources)))
    owed = np.maximum(-plan.stock, 0.0)
    missing = np.maximum(np.diff(owed, axis=0, prepend=0.0), 0.0)
    used = _used(plan, substitutes)
    free: dict[int, FloatArray] = {}
    lead_times = _lead_times(network)
    for place, source in enumerate(substitutes.source.tolist()):
        component = int(network.sources.node[source])
        (arc,) = np.flatnonzero(network.arcs.source == source)
        taken, factor = int(network.arcs.component[arc]), float(network.arcs.quantity[arc])
        left = free.setdefault(taken, plan.stock[:, taken] - plan.inputs.safety[:, taken])
        need = np.minimum(missing[:, component], used[:, place])
        for period in np.flatnonzero(need > TOLERANCE):
            until = max(int(period) + 1, lead_times[taken])
            quantity = min(need[period], left[period:until].min() / factor)
            if quantity > TOLERANCE:
                released[period, source] += quantity
                left[period:until] -= quantity * factor
                missing[period, component] -= quantity
    return released


def _used(plan: SupplyPlan, substitutes: Substitutes) -> FloatArray:
    """(periods, entries): what the recipes that allow a substitute take of its component."""
    used = np.zeros((plan.network.periods, substitutes.source.size))
    arcs = plan.network.arcs.take(substitutes.arc)
    period = np.arange(plan.network.periods)[:, None]
    valid = (period >= arcs.first) & (period <= arcs.last)
    np.add.at(used.T, substitutes.entry, (plan.releases[:, arcs.source] * arcs.quantity * valid).T)
    return used


def _lead_times(network: SupplyNetwork) -> IntArray:
    """The periods until a new order of each node can be there; all of them where nobody supplies it."""
    times = np.full(network.nodes, network.periods, dtype=np.int64)
    regular = network.sources.share > 0
    np.minimum.at(times, network.sources.node[regular], network.sources.lead_time[regular])
    return times
