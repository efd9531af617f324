"""What an item is made of, bought from and moved from, level by level, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.supply_plan.network import SupplyNetwork
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.scenario_plan import opened
from services.supply_plan import plan_node
from services.supply_plan_model import Ints
from services.supply_planned import TOLERANCE, Planned

WEEKS = {"4": 4, "8": 8, "13": 13}
MOST_IN_A_COLUMN = 12


@dataclass(frozen=True, slots=True)
class PathNode:
    """An item at a place, or a supplier (``node`` None). ``level`` counts steps from the chosen item, below zero for
    what it is made of; ``quantity`` is wanted of it in the weeks asked for, of a supplier released to it."""

    id: str
    level: int
    code: str
    name: str
    location: str
    kind: str
    unit: str
    quantity: float
    short_week: date | None
    short_quantity: float
    product_id: int | None
    location_id: int | None

    @property
    def short(self) -> bool:
        return self.short_week is not None


@dataclass(frozen=True, slots=True)
class SupplyPath:
    """The network around ``chosen``, ``links`` (from, to, quantity) going left to right; ``hidden`` tells how many
    nodes of crowded levels are left out, those of which least is wanted."""

    chosen: str
    nodes: list[PathNode]
    links: list[tuple[str, str, float]]
    weeks: int
    hidden: int


def item_of(viewer: Viewer, code: object, place: object, *, scenario: object = None) -> tuple[int, int]:
    """The item that somebody typed, or the one that runs short worst.

    Inputs: a viewer with purchase.read, the code of a product and of a place, either empty; the scenario, if any.
    Returns: product and location.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    listed = found.listed.sort_values(["short_value", "demand"], ascending=False, kind="stable")
    for column, wanted in (("code", code), ("location", place)):
        if isinstance(wanted, str) and wanted.strip():
            listed = listed[listed[column].str.casefold() == wanted.strip().casefold()]
    if listed.empty:
        raise NotFound(_("There is no such item in the plan. Look for its code in the supply plan."))
    return int(listed["product_id"].iloc[0]), int(listed["location_id"].iloc[0])


def supply_path(
    viewer: Viewer, product_id: object, location_id: object, *, weeks: int = 8, scenario: object = None
) -> SupplyPath:
    """The network around an item.

    Inputs: a viewer with purchase.read, product, location, how many weeks quantities count for, the scenario, if any.
    Returns: SupplyPath.
    Raises: NotAllowed; NotFound.
    Source: screens.md 12.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    chosen = plan_node(found, product_id, location_id)
    span = min(max(weeks, 1), len(found.model.weeks))
    level = _levels(found.plan.network, chosen)
    nodes = {node: _item(found, node, level[node], span) for node in level}
    links = _links(found, level, span)
    suppliers, bought = _suppliers(found, level, span)
    kept, hidden = _fitting([*nodes.values(), *suppliers], chosen=nodes[chosen].id)
    there = {node.id for node in kept}
    return SupplyPath(
        chosen=nodes[chosen].id,
        nodes=kept,
        links=[link for link in (*links, *bought) if link[0] in there and link[1] in there],
        weeks=span,
        hidden=hidden,
    )


def _levels(network: SupplyNetwork, chosen: int) -> dict[int, int]:
    """Steps from the chosen node: what it draws on to the left, what draws on it to the right."""
    parents = network.sources.node[network.arcs.source]
    components = network.arcs.component
    return {
        **_reached(chosen, starts=parents, ends=components, step=-1),
        **_reached(chosen, starts=components, ends=parents, step=1),
    }


def _reached(chosen: int, *, starts: Ints, ends: Ints, step: int) -> dict[int, int]:
    """The longest way to each node, so that every link goes on by at least one step."""
    level = {chosen: 0}
    wave, at = np.array([chosen]), 0
    while wave.size:
        at += step
        wave = np.unique(ends[np.isin(starts, wave)])
        level |= dict.fromkeys(wave.tolist(), at)
    return level


def _item(found: Planned, node: int, level: int, span: int) -> PathNode:
    row = found.model.nodes.iloc[node]
    owed = np.maximum(-found.plan.stock[:span, node], 0.0)
    short = np.flatnonzero(owed > TOLERANCE)
    return PathNode(
        id=f"n{node}",
        level=level,
        code=str(row["code"]),
        name=str(row["name"]),
        location=str(row["location"]),
        kind=str(row["kind"]),
        unit=str(row["uom"]),
        quantity=float(found.plan.demand[:span, node].sum()),
        short_week=found.model.weeks[int(short[0])] if short.size else None,
        short_quantity=float(owed.max(initial=0.0)),
        product_id=int(row["product_id"]),
        location_id=int(row["location_id"]),
    )


def _links(found: Planned, level: dict[int, int], span: int) -> list[tuple[str, str, float]]:
    """What each node takes of each of its components in the weeks asked for."""
    network = found.plan.network
    within = list(level)
    parent, component = network.sources.node[network.arcs.source], network.arcs.component
    own = np.flatnonzero(np.isin(parent, within) & np.isin(component, within))
    weeks = np.arange(span)[:, None]
    arcs = network.arcs.take(own)
    valid = (weeks >= arcs.first) & (weeks <= arcs.last)
    taken = (found.plan.releases[:span][:, arcs.source] * valid).sum(axis=0) * arcs.quantity
    added: dict[tuple[str, str], float] = {}
    for to, by, quantity in zip(parent[own].tolist(), component[own].tolist(), taken.tolist(), strict=True):
        if level[by] < level[to]:
            key = (f"n{by}", f"n{to}")
            added[key] = added.get(key, 0.0) + quantity
    return [(by, to, quantity) for (by, to), quantity in added.items()]


def _suppliers(found: Planned, level: dict[int, int], span: int) -> tuple[list[PathNode], list[tuple[str, str, float]]]:
    """Suppliers stand one step left of the first item they bring."""
    sources = found.model.sources
    upstream = [node for node, at in level.items() if at <= 0]
    own = sources[(sources["kind"] == "buy") & sources["node"].isin(upstream)]
    released = found.plan.releases[:span, own.index].sum(axis=0)
    links = [
        (f"s{name}", f"n{node}", float(quantity))
        for name, node, quantity in zip(own["supplier"], own["node"], released, strict=True)
    ]
    added: dict[str, list[tuple[int, float]]] = {}
    for name, node, quantity in zip(own["supplier"], own["node"], released, strict=True):
        added.setdefault(str(name), []).append((level[int(node)] - 1, float(quantity)))
    nodes = [
        PathNode(
            id=f"s{name}",
            level=min(at for at, _quantity in brought),
            code=name,
            name=name,
            location="",
            kind="supplier",
            unit="",
            quantity=sum(quantity for _at, quantity in brought),
            short_week=None,
            short_quantity=0.0,
            product_id=None,
            location_id=None,
        )
        for name, brought in added.items()
    ]
    return nodes, links


def _fitting(nodes: list[PathNode], *, chosen: str) -> tuple[list[PathNode], int]:
    """Of each level the nodes that are short or of which most is wanted."""
    ranked = sorted(nodes, key=lambda node: (node.level, node.id != chosen, not node.short, -node.quantity))
    kept: list[PathNode] = []
    counted: dict[int, int] = {}
    for node in ranked:
        counted[node.level] = counted.get(node.level, 0) + 1
        if counted[node.level] <= MOST_IN_A_COLUMN:
            kept.append(node)
    return kept, len(nodes) - len(kept)


def rows_of(path: SupplyPath) -> list[dict[str, Any]]:
    """The nodes of a path as rows, from left to right.

    Inputs: path.
    Returns: dictionaries of the fields of PathNode.
    Raises: nothing.
    Source: none; ours.
    """
    return [{name: getattr(node, name) for name in PathNode.__slots__} for node in path.nodes]
