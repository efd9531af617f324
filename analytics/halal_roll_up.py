"""Cover of products by certificates, rolled up through their recipes.

Items are whole numbers from 0; a line says that its component goes into its parent (analytics.bom_explosion).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.bom_explosion import low_level_codes, total_requirements
from analytics.errors import AnalyticsError

NONE = -1
COLUMNS_AT_ONCE = 128

Flags = NDArray[np.bool_]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RollUp:
    """Whether each item and all below it are covered, and which item breaks it: itself, or the first below it; NONE
    for an item that is covered."""

    covered: Flags
    cause: IntArray


def rolled_up(own: ArrayLike, *, parent: ArrayLike, component: ArrayLike) -> RollUp:
    """Cover of every item: an item is covered when it is so itself and all its components are.

    Inputs: own: whether an item itself is covered; parent, component: an item a line.
    Returns: RollUp.
    Raises: AnalyticsError for a cycle or lines of unequal length.
    Source: none; ours: the cover of a chain is that of its weakest link.
    """
    covered = np.array(own, dtype=bool)
    nothing = len(covered)
    cause = np.where(covered, nothing, np.arange(len(covered)))
    above, below = (np.atleast_1d(np.asarray(value, dtype=np.intp)) for value in (parent, component))
    level = low_level_codes(above, component=below, items=len(covered))
    broken_itself = ~covered
    for depth in np.unique(level[above])[::-1]:
        here = level[above] == depth
        np.minimum.at(cause, above[here], np.where(broken_itself[above[here]], nothing, cause[below[here]]))
        covered &= cause == nothing
    return RollUp(covered, np.where(covered, NONE, cause).astype(np.intp))


def goes_into(wanted: ArrayLike, *, parent: ArrayLike, component: ArrayLike) -> Flags:
    """Which items are one of some, or go into one of them over any number of levels.

    Inputs: wanted: whether an item is one of them; the lines.
    Returns: a flag an item.
    Raises: AnalyticsError for a cycle or lines of unequal length.
    Source: analytics.bom_explosion.total_requirements.
    """
    demand = np.array(wanted, dtype=np.float64)
    lines = np.atleast_1d(np.asarray(parent))
    return total_requirements(demand, parent=parent, component=component, quantity=np.ones(lines.size)) > 0


def users(items: ArrayLike, *, wanted: ArrayLike, parent: ArrayLike, component: ArrayLike) -> IntArray:
    """How many of some items each item goes into, itself included.

    Inputs: items: the numbers of those asked about; wanted: whether an item counts; the lines.
    Returns: a count for each of items.
    Raises: AnalyticsError for a cycle, lines of unequal length or items out of range.
    Source: analytics.bom_explosion.total_requirements over the lines turned round.
    """
    asked, counted = np.atleast_1d(np.asarray(items, dtype=np.intp)), np.array(wanted, dtype=bool)
    if asked.size and not (asked.min() >= 0 and asked.max() < len(counted)):
        raise AnalyticsError(f"items are numbers from 0 to {len(counted) - 1}")
    ones = np.ones(np.atleast_1d(np.asarray(parent)).size)
    found = [np.zeros(0, dtype=np.intp)]
    for first in range(0, asked.size, COLUMNS_AT_ONCE):
        some = asked[first : first + COLUMNS_AT_ONCE]
        demand = np.zeros((len(counted), some.size))
        demand[some, np.arange(some.size)] = 1.0
        reached = total_requirements(demand, parent=component, component=parent, quantity=ones) > 0
        found.append(reached[counted].sum(axis=0))
    return np.concatenate(found).astype(np.intp)
