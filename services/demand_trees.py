"""The trees of the demand review: products, places, channels, each narrowed by what is chosen in the others."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand_consensus import Ints
from analytics.inputs import FloatArray
from core.errors import InvalidInput
from core.i18n import _
from services.demand_levels import Level, leaves_of
from services.demand_plan import SHARE_MONTHS
from services.demand_review import MONEY, Review

TREES = {"product": ("category", "family", "product"), "place": ("region", "location"), "channel": ("channel",)}
"""The levels of each tree, from the top."""
VALUES = ("plan", "last_year", "statistical", "published")
"""What the value column shows: the plan, or what it is more than each of the others."""
CHILDREN = 60
FOUND = 40

TreeRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TreeView:
    """What is open in the trees (ids of rows), what is searched for among products, and the value column."""

    opened: frozenset[str] = frozenset()
    search: str = ""
    value: str = "plan"


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    name: str
    levels: Mapping[str, Level]
    own: Ints
    value: FloatArray
    plan: FloatArray
    opened: Container[str]
    scope: Mapping[str, str]


def trees(found: Review, view: TreeView) -> dict[str, list[TreeRow]]:
    """The rows of the trees that are open.

    Inputs: found: the review; view: what is open, searched for and shown.
    Returns: by the names of TREES rows of id, depth, name, value (units or RM of the next SHARE_MONTHS months), opens
        (whether it has rows below), open, chosen, and scope: the levels that choosing it sets. The largest first, at
        most CHILDREN below one; ``more`` tells how many are left out. Searched for, products stand without the levels
        above them.
    Raises: InvalidInput for a value column that is none.
    Source: screens.md 3.
    """
    if view.value not in VALUES:
        raise InvalidInput(_("Choose what the trees show."))
    plan, shown = _values(found, view.value)
    result = {}
    for name, levels in TREES.items():
        others = {level: key for level, key in found.view.scope.items() if level not in levels}
        own = leaves_of(found.levels, others)
        tree = _Tree(name, found.levels, own, shown[own], plan[own], view.opened, found.view.scope)
        searched = name == "product" and view.search.strip()
        result[name] = _matching(tree, view.search) if searched else [_root(tree), *_below(tree, {}, own, 0)]
    return result


def _values(found: Review, value: str) -> tuple[FloatArray, FloatArray]:
    """By leaf the plan, and what the value column shows of it."""
    base = found.plan.base
    price = base.leaves["price"].to_numpy(dtype=float) if found.view.shown == MONEY else np.ones(len(base.leaves))
    plan = found.plan.consensus[:, :SHARE_MONTHS]
    against = np.zeros_like(plan)
    if value == "statistical":
        against = base.statistical[:, :SHARE_MONTHS]
    elif value == "last_year":
        against = base.last_year()[:, :SHARE_MONTHS]
    elif value == "published" and found.published is not None:
        everything = np.arange(len(base.leaves), dtype=np.int64)
        against = found.published.placed(base.months[:SHARE_MONTHS], everything)
    # A month that the other does not know is left out on both sides.
    known = np.isfinite(against)
    difference = np.where(known, plan - np.where(known, against, 0.0), 0.0)
    return plan.sum(axis=1) * price, difference.sum(axis=1) * price


def _root(tree: _Tree) -> TreeRow:
    names = {"product": _("All products"), "place": _("All places"), "channel": _("All channels")}
    levels = TREES[tree.name]
    return {
        "id": f"{tree.name}:",
        "depth": 0,
        "name": names[tree.name],
        "value": float(tree.value.sum()),
        "opens": False,
        "open": True,
        "chosen": not any(tree.scope.get(level) for level in levels),
        "scope": dict.fromkeys(levels, ""),
    }


def _below(tree: _Tree, above: dict[str, str], own: Ints, depth: int) -> list[TreeRow]:
    """Rows of one level, with what is open below them."""
    levels = TREES[tree.name]
    name = levels[depth]
    at = np.searchsorted(tree.own, own)
    members, number = np.unique(tree.levels[name].number[own], return_inverse=True)
    value = np.bincount(number, weights=tree.value[at], minlength=len(members))
    weight = np.bincount(number, weights=tree.plan[at], minlength=len(members))
    order = np.argsort(-weight, kind="stable")
    rows: list[TreeRow] = []
    for place in order[:CHILDREN].tolist():
        row = _node(tree, name, int(members[place]), above, float(value[place]))
        rows.append(row)
        if row["open"]:
            rows += _below(tree, {**above, name: row["scope"][name]}, own[number == place], depth + 1)
    if len(order) > CHILDREN:
        rows.append(_rest(tree, above, depth, value[order[CHILDREN:]]))
    return rows


def _node(tree: _Tree, name: str, member: int, above: dict[str, str], value: float) -> TreeRow:
    levels = TREES[tree.name]
    level, depth = tree.levels[name], levels.index(name)
    path = {**above, name: str(level.keys[member])}
    row_id = f"{tree.name}:" + "/".join(path.values())
    scope = {**dict.fromkeys(levels, ""), **path}
    opens = depth + 1 < len(levels)
    return {
        "id": row_id,
        "depth": depth + 1,
        "name": str(level.names[member]),
        "value": value,
        "opens": opens,
        "open": opens and row_id in tree.opened,
        "chosen": all(tree.scope.get(other, "") == key for other, key in scope.items()),
        "scope": scope if path[name] else None,
    }


def _rest(tree: _Tree, above: dict[str, str], depth: int, values: NDArray[Any]) -> TreeRow:
    return {
        "id": f"{tree.name}:{'/'.join(above.values())}…",
        "depth": depth + 1,
        "name": "",
        "value": float(values.sum()),
        "opens": False,
        "open": False,
        "chosen": False,
        "scope": None,
        "more": len(values),
    }


def _matching(tree: _Tree, search: str) -> list[TreeRow]:
    """Products whose code or name has the text."""
    level = tree.levels["product"]
    wanted = search.strip().casefold()
    fitting = np.array([wanted in str(name).casefold() for name in level.names], dtype=bool)
    number = level.number[tree.own]
    inside = fitting[number]
    members, group = np.unique(number[inside], return_inverse=True)
    value = np.bincount(group, weights=tree.value[inside], minlength=len(members))
    weight = np.bincount(group, weights=tree.plan[inside], minlength=len(members))
    order = np.argsort(-weight, kind="stable")
    rows = [_root(tree)]
    for place in order[:FOUND].tolist():
        leaf = int(tree.own[inside][np.flatnonzero(group == place)[0]])
        above = {name: str(tree.levels[name].keys[tree.levels[name].number[leaf]]) for name in ("category", "family")}
        rows.append(_node(tree, "product", int(members[place]), above, float(value[place])) | {"depth": 1})
    if len(order) > FOUND:
        rows.append(_rest(tree, {}, 0, value[order[FOUND:]]))
    return rows
