"""The changes of a scenario, applied to what the supply plan is made of. The plan itself is the engine's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from analytics.supply_plan.network import Sources, SupplyNetwork
from services.supply_plan_model import KEYS, Floats, Ints, PlanModel

MOST_LEAD_WEEKS = 52
LEAST_SERVICE, MOST_SERVICE = 0.5, 0.9999
DAYS_A_WEEK = 7
SHARE, SET, ADD = "share", "set", "add"

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change; what is None limits nothing. Weeks count by their Monday; ``value`` is a share (0.1 is 10 % more),
    the figure itself or an addition as ``mode`` says. ``channel_share`` is a column of Known. Of a promotion
    ``discount`` is the share taken off the price."""

    kind: str
    mode: str
    value: float
    product_id: int | None = None
    location_id: int | None = None
    category: str | None = None
    channel_id: int | None = None
    resource_id: int | None = None
    from_week: date | None = None
    to_week: date | None = None
    discount: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the model does not hold: by item and place the service that policies aim at (``service_target``), and by
    channel the ``share`` of demand that comes through it."""

    targets: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*KEYS, "service_target"]))
    channels: Mapping[int, pd.DataFrame] = field(default_factory=dict)


def changed_model(model: PlanModel, changes: list[PlanChange], known: Known | None = None) -> PlanModel:
    """The model with the changes, one after the other.

    Inputs: model; changes in their order; known: for changes of service or of one channel.
    Returns: PlanModel; without changes the same.
    Raises: KeyError for a kind that is none.
    Source: none; ours. Service: safety stock moves with the safety factor, formulas.md 3.6.
    """
    for change in changes:
        model = _KINDS[change.kind](model, change, known or Known())
    return model


def with_terms(
    network: SupplyNetwork, *, lead_time: Ints | None = None, minimum: Floats | None = None, share: Floats | None = None
) -> Sources:
    """The sources of a network with some other terms.

    Inputs: network; lead_time (weeks), minimum (units), share: (sources,), None leaves them.
    Returns: Sources.
    Raises: nothing.
    Source: none; ours.
    """
    old = network.sources
    return Sources(
        old.node,
        old.lead_time if lead_time is None else lead_time,
        old.minimum if minimum is None else minimum,
        old.multiple,
        old.share if share is None else share,
        old.calendar,
    )


def _demand(model: PlanModel, change: PlanChange, known: Known) -> PlanModel:
    old = model.inputs.demand
    part = _channel_part(model, change, known)
    new = old + part * (_figures(old, change) - old)
    return replace(model, inputs=replace(model.inputs, demand=_where(model, change, old, new)))


def _promotion(model: PlanModel, change: PlanChange, known: Known) -> PlanModel:
    """More demand in its weeks, at a lower price; through one channel the price falls as far as that is of all."""
    promoted = _demand(model, change, known)
    old = np.zeros_like(model.inputs.demand) if model.discount is None else model.discount
    grown = 1.0 + _channel_part(model, change, known) * change.value
    part = _channel_part(model, change, known) * (1.0 + change.value) / np.where(grown > 0, grown, 1.0)
    new = 1.0 - (1.0 - old) * (1.0 - part * (change.discount or 0.0))
    return replace(promoted, discount=_where(model, change, old, new))


def _price(model: PlanModel, change: PlanChange, _known: Known) -> PlanModel:
    old = model.nodes["unit_price"].astype(float)
    new = pd.Series(_figures(np.asarray(old, dtype=np.float64), change), index=old.index)
    nodes = model.nodes.assign(unit_price=old.where(~_nodes(model, change), new))
    return replace(model, nodes=nodes)


def _lead_time(model: PlanModel, change: PlanChange, _known: Known) -> PlanModel:
    old, own = model.network.sources.lead_time, _sources(model, change)
    weeks = np.clip(np.ceil(_figures(np.asarray(old, dtype=np.float64), change) - 1e-9), 0, MOST_LEAD_WEEKS).astype(
        np.int64
    )
    new = np.where(own, weeks, old)
    sources = model.sources.assign(lead_time_days=model.sources["lead_time_days"].where(~own, new * DAYS_A_WEEK))
    return replace(model, sources=sources, network=_network(model.network, with_terms(model.network, lead_time=new)))


def _moq(model: PlanModel, change: PlanChange, _known: Known) -> PlanModel:
    old, own = model.network.sources.minimum, _sources(model, change)
    new = np.where(own, _figures(old, change), old)
    sources = model.sources.assign(minimum=new)
    return replace(model, sources=sources, network=_network(model.network, with_terms(model.network, minimum=new)))


def _safety_stock(model: PlanModel, change: PlanChange, _known: Known) -> PlanModel:
    old = model.inputs.safety
    return _with_safety(model, change, _figures(old, change))


def _service(model: PlanModel, change: PlanChange, known: Known) -> PlanModel:
    """Twice the safety factor is twice the safety stock; what aims at nothing yet stays."""
    target = _by_node(model, known.targets, "service_target", missing=np.nan)
    wanted = np.clip(_figures(target, change), LEAST_SERVICE, MOST_SERVICE)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = ndtri(wanted) / ndtri(target)
    factor = np.where(np.isfinite(factor) & (target > LEAST_SERVICE), factor, 1.0)
    return _with_safety(model, change, model.inputs.safety * factor)


def _capacity(model: PlanModel, change: PlanChange, _known: Known) -> PlanModel:
    cells = _weeks(model, change)[:, None] & _resources(model, change)[None, :]
    return replace(model, hours=np.where(cells, _figures(model.hours, change), model.hours))


def _calendar(model: PlanModel, change: PlanChange, _known: Known) -> PlanModel:
    """Closed weeks: the sources in scope neither begin nor deliver then, and resources have no hours."""
    shut = _weeks(model, change)
    closed, hours = _sources(model, change), model.hours
    if change.resource_id is not None:
        resources = _resources(model, change)
        closed = np.zeros(len(model.sources), dtype=bool)
        closed[model.routings.source[resources[model.routings.resource]]] = True
        hours = np.where(shut[:, None] & resources[None, :], 0.0, hours)
    network = model.network
    calendar, old = network.sources.calendar, network.open_periods
    terms = network.sources
    terms = Sources(
        terms.node, terms.lead_time, terms.minimum, terms.multiple, terms.share,
        np.where(closed, calendar + len(old), calendar),
    )  # fmt: skip
    changed = SupplyNetwork(network.nodes, terms, network.arcs, np.vstack([old, old & ~shut]))
    return replace(model, network=changed, hours=hours)


_KINDS: dict[str, Callable[[PlanModel, PlanChange, Known], PlanModel]] = {
    "demand": _demand,
    "promotion": _promotion,
    "price": _price,
    "lead_time": _lead_time,
    "safety_stock": _safety_stock,
    "service": _service,
    "moq": _moq,
    "capacity": _capacity,
    "calendar": _calendar,
}
KINDS = tuple(_KINDS)


def _figures(old: Floats, change: PlanChange) -> Floats:
    """What the change makes of the figures, none below zero."""
    if change.mode == SHARE:
        new = old * (1.0 + change.value)
    else:
        new = old + change.value if change.mode == ADD else np.where(np.isnan(old), old, change.value)
    at_least: Floats = np.maximum(new, 0.0)
    return at_least


def _where(model: PlanModel, change: PlanChange, old: Floats, new: Floats) -> Floats:
    """(periods, nodes) figures, the new ones in the weeks and nodes of the change."""
    cells = _weeks(model, change)[:, None] & _nodes(model, change)[None, :]
    return np.where(cells, new, old)


def _with_safety(model: PlanModel, change: PlanChange, new: Floats) -> PlanModel:
    return replace(model, inputs=replace(model.inputs, safety=_where(model, change, model.inputs.safety, new)))


def _network(network: SupplyNetwork, terms: Sources) -> SupplyNetwork:
    return SupplyNetwork(network.nodes, terms, network.arcs, network.open_periods)


def _nodes(model: PlanModel, change: PlanChange) -> Mask:
    nodes = model.nodes
    own = np.ones(len(nodes), dtype=bool)
    for name in ("product_id", "location_id", "category"):
        wanted = getattr(change, name)
        if wanted is not None:
            own &= (nodes[name] == wanted).to_numpy()
    return own


def _sources(model: PlanModel, change: PlanChange) -> Mask:
    own: Mask = _nodes(model, change)[model.network.sources.node]
    return own


def _resources(model: PlanModel, change: PlanChange) -> Mask:
    known = model.resources["resource_id"]
    return np.full(len(known), True) if change.resource_id is None else (known == change.resource_id).to_numpy()


def _weeks(model: PlanModel, change: PlanChange) -> Mask:
    """The weeks of a change: from the one of its first day to the one of its last."""
    weeks = model.weeks
    first, last = change.from_week or date.min, change.to_week or date.max
    return np.array([week.toordinal() + DAYS_A_WEEK > first.toordinal() and week <= last for week in weeks])


def _channel_part(model: PlanModel, change: PlanChange, known: Known) -> Floats:
    """The part of each node's demand that the change is of."""
    if change.channel_id is None:
        return np.ones(len(model.nodes))
    return _by_node(model, known.channels[change.channel_id], "share", missing=0.0)


def _by_node(model: PlanModel, frame: pd.DataFrame, column: str, *, missing: float) -> Floats:
    found = model.nodes[KEYS].merge(frame[[*KEYS, column]].astype(dict.fromkeys(KEYS, "int64")), how="left", on=KEYS)
    return np.asarray(found[column].astype(float).fillna(missing), dtype=np.float64)
