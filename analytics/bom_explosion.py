"""Bills of material as arrays: low-level codes, what demand needs in all, and the cycles that may not be.

Items are whole numbers from 0; a line says that one unit of its parent takes ``quantity`` units of its component, yield
and scrap included (effective_quantity). The lines of a bill of material have no order.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats, not_negative

IntArray = NDArray[np.intp]


def effective_quantity(quantity: ArrayLike, *, scrap_share: ArrayLike, yield_share: ArrayLike) -> FloatArray:
    """What one good unit of the parent takes of the component.

    Inputs: quantity: units of the component for a unit of the parent; scrap_share: lost part of the component, on top;
        yield_share: part of the batch that comes out good.
    Returns: quantity × (1 + scrap) / yield; NaN where an input is missing or negative, or nothing comes out.
    Raises: AnalyticsError when the lengths differ.
    Source: formulas.md, BOM explosion; Hopp & Spearman, 3rd ed., section 3.1.
    """
    taken, scrap, good = not_negative(*floats(quantity, scrap_share, yield_share))
    return taken * (1 + scrap) / np.where(good > 0, good, np.nan)


def low_level_codes(
    parent: ArrayLike, *, component: ArrayLike, items: int, names: Sequence[str] | None = None
) -> IntArray:
    """The lowest level at which each item is used: 0 for what goes into nothing.

    Inputs: parent, component: an item a line; items: how many there are; names: what an error calls them.
    Returns: one level per item; every component lies below all its parents.
    Raises: AnalyticsError naming the cycle when an item is made, over any number of steps, from itself.
    Source: Orlicky, Material Requirements Planning, low-level coding; Kahn 1962, topological sorting.
    """
    above, below = _lines(parent, component, items)
    order = np.argsort(above, kind="stable")
    first = np.searchsorted(above[order], np.arange(items + 1))
    level, waiting = np.zeros(items, dtype=np.intp), np.bincount(below, minlength=items)
    reached = np.flatnonzero(waiting == 0)
    depth = done = 0
    while reached.size:
        level[reached], done = depth, done + reached.size
        used = below[order[_ranges(first[reached], first[reached + 1])]]
        waiting -= np.bincount(used, minlength=items)
        reached = np.unique(used[waiting[used] == 0])
        depth += 1
    if done < items:
        raise AnalyticsError(f"made of itself: {_named_cycle(above, below, np.flatnonzero(waiting > 0), names)}")
    return level


def total_requirements(
    demand: ArrayLike, *, parent: ArrayLike, component: ArrayLike, quantity: ArrayLike
) -> FloatArray:
    """What is needed of every item, its own demand included.

    Inputs: demand: units per item, or per item and column (periods, scenarios); the lines, quantity effective.
    Returns: units in the shape of demand: demand × (I + A + A² + …); lead times and stock are not looked at.
    Raises: AnalyticsError for a cycle, or lines of unequal length.
    Source: formulas.md, BOM explosion; Vazsonyi 1954, total requirement matrix.
    """
    total = np.array(demand, dtype=np.float64)
    above, below = _lines(parent, component, len(total))
    (each,) = floats(quantity)
    if each.size != above.size:
        raise AnalyticsError(f"lengths differ: {[above.size, each.size]}")
    level = low_level_codes(above, component=below, items=len(total))[above]
    factor = each.reshape(-1, *[1] * (total.ndim - 1))
    for depth in np.unique(level):
        here = level == depth
        np.add.at(total, below[here], total[above[here]] * factor[here])
    return total


def path(parent: ArrayLike, *, component: ArrayLike, items: int, start: int, end: int) -> IntArray:
    """The shortest way down from one item to another.

    Inputs: the lines; items: how many items there are; start, end: two of them, which may be the same.
    Returns: the items on the way, both ends included; empty when none leads there.
    Raises: AnalyticsError for items out of range.
    Source: breadth-first search.
    """
    above, below = _lines(parent, component, items)
    came_from = np.full(items, -1)
    reached = np.array([start])
    while reached.size and came_from[end] < 0:
        lines = np.flatnonzero(np.isin(above, reached) & (came_from[below] < 0))
        came_from[below[lines]] = above[lines]
        reached = np.unique(below[lines])
    if came_from[end] < 0:
        return np.array([], dtype=np.intp)
    way = [end, int(came_from[end])]
    while way[-1] != start:
        way.append(int(came_from[way[-1]]))
    return np.array(way[::-1], dtype=np.intp)


def _lines(parent: ArrayLike, component: ArrayLike, items: int) -> tuple[IntArray, IntArray]:
    above, below = (np.atleast_1d(np.asarray(value, dtype=np.intp)) for value in (parent, component))
    if above.shape != below.shape:
        raise AnalyticsError(f"lengths differ: {[above.size, below.size]}")
    if above.size and not (min(above.min(), below.min()) >= 0 and max(above.max(), below.max()) < items):
        raise AnalyticsError(f"items are numbers from 0 to {items - 1}")
    return above, below


def _ranges(first: IntArray, end: IntArray) -> IntArray:
    """The numbers of all ranges, one after the other."""
    length = end - first
    return np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())


def _named_cycle(above: IntArray, below: IntArray, stuck: IntArray, names: Sequence[str] | None) -> str:
    """What is left hangs on a cycle: whoever goes up from it, always to a parent that is left, walks into one."""
    left = np.isin(above, stuck) & np.isin(below, stuck)
    some_parent = dict(zip(below[left].tolist(), above[left].tolist(), strict=True))
    seen: list[int] = []
    at = int(stuck[0])
    while at not in seen:
        seen.append(at)
        at = some_parent[at]
    cycle = [at, *reversed(seen[seen.index(at) :])]
    return " → ".join(str(item) if names is None else names[item] for item in cycle)
