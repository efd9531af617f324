"""Which lanes between places replenish which items, none of them leading round in a circle."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import BoolArray, IntArray

KEYS = ["product_id", "location_id"]
ENDS = ["product_id", "from_location_id", "to_location_id"]


def lanes_in_use(items: pd.DataFrame, lanes: pd.DataFrame) -> pd.DataFrame:
    """The lanes that bring each item to its place.

    Inputs: items: a row an item and place with product_id, location_id and own, whether it is bought or made there;
        lanes: product_id (missing: any product), from_location_id, to_location_id and their terms.
    Returns: a row an item, place and lane with product_id, the ends and the lane's terms. A lane of the product goes
        before one for any; one for any brings only what is not bought or made at the place itself.
    Raises: nothing.
    Source: none; ours.
    """
    items = items.rename(columns={"location_id": "to_location_id"})
    lanes = lanes.astype(dict.fromkeys(ENDS[1:], "int64"))
    special = lanes.dropna(subset=["product_id"]).astype({"product_id": "int64"})
    named = items.drop(columns="own").merge(special, on=["product_id", "to_location_id"])
    covered = pd.MultiIndex.from_frame(named[["product_id", "to_location_id"]])
    rest = items[~items["own"] & ~pd.MultiIndex.from_frame(items[["product_id", "to_location_id"]]).isin(covered)]
    general = lanes[lanes["product_id"].isna()].drop(columns="product_id")
    parts = [part for part in (named, rest.drop(columns="own").merge(general, on="to_location_id")) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else named


def without_circles(found: pd.DataFrame) -> pd.DataFrame:
    """Lanes less those on which an item would come back to where it was.

    Inputs: found: as of lanes_in_use.
    Returns: the rows that are on no circle; all lanes of a circle are left out, for none is more wrong than another.
    Raises: nothing.
    Source: none; ours.
    """
    if found.empty:
        return found
    ends = [found[["product_id", end]].set_axis(KEYS, axis="columns") for end in ENDS[1:]]
    numbers = np.asarray(pd.concat(ends).groupby(KEYS, sort=False).ngroup(), dtype=np.int64)
    return found[~circular(numbers[: len(found)], numbers[len(found) :])]


def circular(origin: IntArray, destination: IntArray) -> BoolArray:
    """Which arcs of a graph lie on a circle.

    Inputs: origin and destination: numbers of nodes, an entry an arc.
    Returns: a truth value an arc.
    Raises: nothing.
    Source: Tarjan (1972), strongly connected components.
    """
    nodes = int(max(origin.max(initial=-1), destination.max(initial=-1))) + 1
    graph = csr_array((np.ones(origin.size), (origin, destination)), shape=(nodes, nodes))
    _count, component = connected_components(graph, directed=True, connection="strong")
    found: BoolArray = component[origin] == component[destination]
    return found


def shares_beside(lane_share: FloatArray, lane_node: IntArray, own_share: FloatArray, own_node: IntArray) -> FloatArray:
    """What part of an item's orders its own sources keep beside lanes.

    Inputs: shares and nodes of lanes, and of the sources at the place itself.
    Returns: shares of the own sources: at a node with lanes they have together what the lanes leave of one; elsewhere
        as they were.
    Raises: nothing.
    Source: none; ours.
    """
    nodes = int(max(lane_node.max(initial=-1), own_node.max(initial=-1))) + 1
    taken = np.bincount(lane_node, weights=lane_share, minlength=nodes)
    total = np.bincount(own_node, weights=own_share, minlength=nodes)
    left = np.maximum(1.0 - taken, 0.0)
    scale = np.where(taken > 0, left / np.where(total > 0, total, 1.0), 1.0)
    kept: FloatArray = own_share * scale[own_node]
    return kept
