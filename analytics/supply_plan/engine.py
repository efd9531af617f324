"""The plan of a whole network, and what a change of a few nodes makes of it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray
from analytics.supply_plan.netting import LevelInputs, net
from analytics.supply_plan.network import Arcs, Level, Sources, SupplyNetwork
from analytics.supply_plan.source_limits import Allowance, SourceLimits


@dataclass(frozen=True, slots=True)
class SupplyInputs:
    """What is known before planning, (periods, nodes) where time matters.

    ``demand`` of customers; ``stock`` usable at the start, of it ``expiring`` after the period; ``receipts`` of firm
    orders; ``releases`` (periods, sources) of firm orders whose components are still to be taken, None for none;
    ``safety`` stock wanted at each period's end; ``good_for`` shelf life in periods, the one of arrival included, inf
    for no expiry; ``cover`` the periods of demand an order is for; ``frozen`` the periods without new releases;
    ``limits`` what sources may deliver at most, None for no limit.
    """

    demand: FloatArray
    stock: FloatArray
    receipts: FloatArray
    safety: FloatArray
    expiring: FloatArray
    good_for: FloatArray
    cover: IntArray
    releases: FloatArray | None = None
    frozen: int = 0
    limits: SourceLimits | None = None

    @classmethod
    def of(cls, demand: FloatArray, **given: NDArray[np.generic] | SourceLimits | float | None) -> "SupplyInputs":
        """With nothing in stock, on order or expiring, and orders for one period, unless given otherwise.

        Inputs: demand: (periods, nodes) units; any other attribute, of its shape or one value for all.
        Returns: SupplyInputs.
        Raises: AnalyticsError for a shape that does not fit.
        Source: none; ours.
        """
        demand = np.asarray(demand, dtype=np.float64)
        nodes = demand.shape[1]
        shapes = dict.fromkeys(("receipts", "safety", "expiring"), demand.shape)
        shapes |= dict.fromkeys(("stock", "good_for", "cover"), (nodes,))
        usual = {"good_for": np.inf, "cover": 1}
        arrays = {}
        try:
            for name, shape in shapes.items():
                kind = np.int64 if name == "cover" else np.float64
                arrays[name] = np.broadcast_to(np.asarray(given.pop(name, usual.get(name, 0.0)), dtype=kind), shape)
        except ValueError as error:
            raise AnalyticsError(f"{name}: {error}") from error
        return cls(demand=demand, **arrays, **given)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class SupplyPlan:
    """The plan, (periods, nodes) unless said otherwise: the ``dependent`` demand beside the independent one, planned
    receipts and releases by source (periods, sources), stock at the end of each period (below zero: still owed), what
    expires in it."""

    network: SupplyNetwork
    inputs: SupplyInputs
    dependent: FloatArray
    receipts: FloatArray
    releases: FloatArray
    stock: FloatArray
    waste: FloatArray

    @property
    def demand(self) -> FloatArray:
        """Independent and dependent demand."""
        return self.inputs.demand + self.dependent

    @property
    def planned(self) -> FloatArray:
        """Planned receipts of each node, all its sources together."""
        return by_node(self.network, self.receipts)


def by_node(network: SupplyNetwork, by_source: FloatArray) -> FloatArray:
    """Figures of sources added up to their nodes.

    Inputs: network; by_source: (periods, sources).
    Returns: (periods, nodes).
    Raises: nothing.
    Source: none; ours.
    """
    total = np.zeros((by_source.shape[0], network.nodes))
    node = network.sources.node
    if np.unique(node).size == node.size:
        total[:, node] = by_source
    else:
        np.add.at(total.T, node, by_source.T)
    return total


def supply_plan(network: SupplyNetwork, inputs: SupplyInputs, *, dependent: FloatArray | None = None) -> SupplyPlan:
    """Net demand against stock and firm orders, plan orders, explode them into what they take, level by level.

    Inputs: network; inputs: contract above; dependent: (periods, nodes) demand of nodes outside the network.
    Returns: SupplyPlan; hours do not limit it, what sources may deliver does.
    Raises: AnalyticsError when shapes do not fit.
    Source: Orlicky, Material Requirements Planning, 3rd ed., chapters 5-7; Vollmann et al., 5th ed., chapter 7.
    """
    _check(network, inputs)
    shape = (network.periods, network.nodes)
    by_source = (network.periods, len(network.sources))
    plan = SupplyPlan(
        network=network,
        inputs=inputs,
        dependent=np.zeros(shape) if dependent is None else dependent.copy(),
        receipts=np.zeros(by_source),
        releases=np.zeros(by_source),
        stock=np.zeros(shape),
        waste=np.zeros(shape),
    )
    allowance = None if inputs.limits is None else Allowance(inputs.limits, len(network.sources))
    for level in network.by_level:
        _plan_level(plan, level, allowance)
    return plan


def what_if(plan: SupplyPlan, *, nodes: IntArray, inputs: SupplyInputs, sources: Sources | None = None) -> SupplyPlan:
    """The plan of some nodes and all that they draw on, when what is known of them changes; the rest stays.

    Inputs: plan: of the whole network; nodes: those changed; inputs: of all nodes, unlike the plan's for these only;
        sources: of the whole network when terms changed: the same sources, other figures.
    Returns: SupplyPlan of the nodes in ``network.below(nodes)`` only, in that order.
    Raises: as supply_plan.
    Source: none; ours: the demand that all others have for these nodes is fixed.
    """
    network = plan.network
    below = network.below(np.atleast_1d(nodes))
    old, own_sources = _part(network, below, network.sources)
    from_inside = np.zeros((network.periods, below.size))
    for level in old.by_level:
        _explode(from_inside, plan.releases[:, own_sources], level)
    from_outside = np.maximum(plan.dependent[:, below] - from_inside, 0.0)
    part = old if sources is None else _part(network, below, sources)[0]
    limits = None if inputs.limits is None else inputs.limits.within(own_sources, planned=plan.receipts)
    return supply_plan(part, replace(_of(inputs, below, own_sources), limits=limits), dependent=from_outside)


def _plan_level(plan: SupplyPlan, level: Level, allowance: Allowance | None) -> None:
    network, inputs, nodes = plan.network, plan.inputs, level.nodes
    place = np.searchsorted(nodes, network.sources.node[level.sources])
    known = LevelInputs(
        demand=inputs.demand[:, nodes] + plan.dependent[:, nodes],
        receipts=inputs.receipts[:, nodes],
        expiring=inputs.expiring[:, nodes],
        safety=inputs.safety[:, nodes],
        stock=inputs.stock[nodes],
        good_for=inputs.good_for[nodes],
        cover=np.minimum(inputs.cover[nodes], inputs.good_for[nodes]).astype(np.int64),
        frozen=inputs.frozen,
    )
    found = net(network, level.sources, place, known, allowance)
    plan.receipts[:, level.sources] = found.planned
    plan.stock[:, nodes] = found.stock
    plan.waste[:, nodes] = found.waste
    plan.releases[:, level.sources] = _released(network, level.sources, found.planned)
    if inputs.releases is not None:
        plan.releases[:, level.sources] += inputs.releases[:, level.sources]
    _explode(plan.dependent, plan.releases, level)


def _released(network: SupplyNetwork, sources: IntArray, planned: FloatArray) -> FloatArray:
    """Planned receipts moved to the periods in which they have to be released."""
    period, source = np.nonzero(planned)
    release = network.release[network.kind_of[sources[source]], period]
    cell = release * sources.size + source
    released = np.bincount(cell, weights=planned[period, source], minlength=planned.size)
    return released.reshape(planned.shape).astype(np.float64, copy=False)


def _explode(dependent: FloatArray, releases: FloatArray, level: Level) -> None:
    """What the releases of a level take of their components, added to their demand."""
    if level.components.size:
        dependent[:, level.components] += (level.matrix @ releases[:, level.sources].T).T
    limited = level.limited
    if len(limited):
        period = np.arange(len(releases))[:, None]
        valid = (period >= limited.first) & (period <= limited.last)
        np.add.at(dependent.T, limited.component, (releases[:, limited.source] * limited.quantity * valid).T)


def _part(network: SupplyNetwork, below: IntArray, sources: Sources) -> tuple[SupplyNetwork, IntArray]:
    """The network of some nodes with all that replenishes them, and the numbers of its sources."""
    number = np.full(network.nodes, -1, dtype=np.int64)
    number[below] = np.arange(below.size)
    own_sources = np.flatnonzero(number[sources.node] >= 0)
    source_number = np.full(len(sources), -1, dtype=np.int64)
    source_number[own_sources] = np.arange(own_sources.size)
    arcs = network.arcs.take(np.flatnonzero(source_number[network.arcs.source] >= 0))
    own = sources.take(own_sources)
    part = SupplyNetwork(
        below.size,
        Sources(number[own.node], own.lead_time, own.minimum, own.multiple, own.share, own.calendar),
        Arcs(source_number[arcs.source], number[arcs.component], arcs.quantity, arcs.first, arcs.last),
        network.open_periods,
    )
    return part, own_sources


def _of(inputs: SupplyInputs, nodes: IntArray, sources: IntArray) -> SupplyInputs:
    return SupplyInputs(
        demand=inputs.demand[:, nodes],
        stock=inputs.stock[nodes],
        receipts=inputs.receipts[:, nodes],
        safety=inputs.safety[:, nodes],
        expiring=inputs.expiring[:, nodes],
        good_for=inputs.good_for[nodes],
        cover=inputs.cover[nodes],
        releases=None if inputs.releases is None else inputs.releases[:, sources],
        frozen=inputs.frozen,
    )


def _check(network: SupplyNetwork, inputs: SupplyInputs) -> None:
    shape = (network.periods, network.nodes)
    for name in ("demand", "receipts", "safety", "expiring"):
        if getattr(inputs, name).shape != shape:
            raise AnalyticsError(f"{name} has to be (periods, nodes) = {shape}")
    if not all(np.isfinite(getattr(inputs, name)).all() for name in ("demand", "receipts", "safety", "stock")):
        raise AnalyticsError("demand, receipts, safety and stock have to be numbers")
    if (inputs.cover < 1).any() or (inputs.good_for < 1).any():
        raise AnalyticsError("cover and shelf life are one period or more")
