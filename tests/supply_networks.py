"""Small networks to plan."""

from __future__ import annotations

import numpy as np

from analytics.supply_plan.engine import SupplyInputs
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork


def open_weeks(periods: int) -> np.ndarray:
    return np.ones((1, periods), dtype=bool)


def one_node(periods: int, **terms: float) -> SupplyNetwork:
    return SupplyNetwork(1, Sources.of([0], **terms), Arcs.of(), open_weeks(periods))


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def network_of(seed: int, *, nodes: int = 9, periods: int = 8) -> tuple[SupplyNetwork, SupplyInputs]:
    """Some network without circles, some with two sources, shelf lives, lots and closed weeks."""
    rng = np.random.default_rng(seed)
    twice = rng.random(nodes) < 0.3
    node = np.concatenate([np.arange(nodes), np.flatnonzero(twice)])
    sources = Sources.of(
        node,
        lead_time=rng.integers(0, 4, node.size),
        minimum=rng.integers(0, 15, node.size),
        multiple=rng.integers(0, 7, node.size),
        share=rng.integers(1, 4, node.size),
        calendar=rng.integers(0, 2, node.size),
    )
    source = rng.integers(0, node.size, 12)
    component = np.minimum(node[source] + rng.integers(1, 4, 12), nodes)
    fits = component < nodes
    first = rng.integers(0, 3, 12)
    arcs = Arcs.of(source[fits], component[fits], rng.integers(1, 4, 12)[fits], first[fits], (first + 4)[fits])
    weeks = np.array([np.ones(periods, dtype=bool), rng.random(periods) < 0.7])
    stock = rng.integers(0, 40, nodes).astype(float)
    good_for = np.where(rng.random(nodes) < 0.5, np.inf, rng.integers(1, 6, nodes))
    expiring = np.zeros((periods, nodes))
    until = np.minimum(rng.integers(0, periods, nodes), good_for - 1).astype(int)
    expiring[until, np.arange(nodes)] = np.floor(stock * rng.random(nodes))
    inputs = SupplyInputs.of(
        rng.integers(0, 9, (periods, nodes)).astype(float),
        stock=stock,
        receipts=rng.integers(0, 5, (periods, nodes)) * (rng.random((periods, nodes)) < 0.2),
        safety=np.broadcast_to(rng.integers(0, 6, nodes).astype(float), (periods, nodes)),
        expiring=expiring,
        good_for=good_for,
        cover=rng.integers(1, 4, nodes),
        frozen=int(rng.integers(0, 2)),
    )
    return SupplyNetwork(nodes, sources, arcs, weeks), inputs
