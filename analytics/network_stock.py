"""Where an item's safety stock stands in its network of places, makers and components: the guaranteed-service model on
the tree that carries most of its flow.

Stages, a row each, numbered from 0:
    processing_days         days from an order of the stage to its receipt, once what it takes is there
    unit_cost               money a unit
    daily_demand_sd         units, of its own customers; 0 for none
    total_daily_demand_sd   units, of all its users, those outside this network too; NaN where there are no others
    service_target          probability of no stock-out per cycle
    customers               whether it has customers of its own
Arcs: upstream, downstream (numbers), quantity (units of the upstream taken for one of the downstream), flow (money).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.special import ndtri

from analytics.errors import AnalyticsError
from analytics.guaranteed_service import guaranteed_service
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class NetworkStock:
    """The least holding cost a year and, for each stage of the tree (index of the input), the columns of
    guaranteed_service with safety_stock in units of the stage's own item; which arcs are in the tree, and which of the
    rest would have joined two of its stages."""

    cost: float
    stages: pd.DataFrame
    kept: BoolArray
    left_out: BoolArray


def network_stock(
    stages: pd.DataFrame, *, arcs: pd.DataFrame, start: int, customer_days: int, holding_rate: float
) -> NetworkStock:
    """Safety stocks of a network at least holding cost, and what a day is worth in it.

    What others use too is promised to all without delay, with the spread of everybody's demand, so that nobody is
    worse off for this item's sake.

    Inputs: stages, arcs: contract above; start: a stage that has to be in the tree; customer_days: whole days that
        customers accept to wait; holding_rate: cost of holding as a share of the cost of a unit, a year.
    Returns: NetworkStock.
    Raises: AnalyticsError for a customers' wait that is not whole days from zero up, or an arc without quantity.
    Source: Graves & Willems (2000), Optimizing strategic safety stock placement in supply chains, M&SOM 2(1).
    """
    if customer_days < 0 or customer_days % 1:
        raise AnalyticsError("customers wait whole days from 0 up")
    if (arcs["quantity"] <= 0).any():
        raise AnalyticsError("an arc takes more than nothing")
    ends = [arcs[end].to_numpy(dtype=np.int64) for end in ("upstream", "downstream")]
    kept = largest_flow_tree(*ends, flow=arcs["flow"].to_numpy(dtype=float), stages=len(stages), start=start)
    tree = arcs[kept]
    units = _units(tree, stages=len(stages), start=start)
    inside = np.flatnonzero(~np.isnan(units))
    terms = _terms(stages, tree, units, customer_days=int(customer_days), holding_rate=holding_rate)
    best = guaranteed_service(terms.iloc[inside], arcs=tree[["upstream", "downstream"]])
    found = best.stages.assign(
        safety_stock=best.stages["safety_stock"] * units[inside], demand_sd=best.stages["demand_sd"] * units[inside]
    )
    joined = ~np.isnan(units[ends[0]]) & ~np.isnan(units[ends[1]])
    return NetworkStock(best.cost, found, kept, joined & ~kept)


def largest_flow_tree(
    upstream: IntArray, downstream: IntArray, *, flow: FloatArray, stages: int, start: int
) -> BoolArray:
    """The arcs of the tree with most flow that holds a stage, whatever their direction.

    Inputs: ends of the arcs (numbers of stages); flow: an entry an arc, from zero up; how many stages there are; start:
        a stage.
    Returns: a truth value an arc.
    Raises: nothing.
    Source: Kruskal (1956), minimum spanning tree; here of the ranks of the flows, the largest first.
    """
    kept = np.zeros(upstream.size, dtype=bool)
    order = np.argsort(-flow, kind="stable")
    low, high = np.minimum(upstream, downstream)[order], np.maximum(upstream, downstream)[order]
    # Of several arcs between two stages the one with most flow counts.
    _pairs, first = np.unique(low * stages + high, return_index=True)
    rank = np.zeros((3, first.size), dtype=np.int64)
    rank[:] = low[first], high[first], first + 1
    tree = minimum_spanning_tree(csr_array((rank[2], (rank[0], rank[1])), shape=(stages, stages))).tocoo()
    chosen = order[tree.data.astype(np.int64) - 1]
    reached = breadth_first_order(tree.tocsr(), start, directed=False, return_predecessors=False)
    kept[chosen[np.isin(upstream[chosen], reached)]] = True
    return kept


def _units(tree: pd.DataFrame, *, stages: int, start: int) -> FloatArray:
    """Units of each stage in one of the start's; NaN outside the tree."""
    units = np.full(stages, np.nan)
    units[start] = 1.0
    ends = [tree[end].to_numpy(dtype=np.int64) for end in ("upstream", "downstream")]
    graph = csr_array((np.ones(len(tree)), (ends[0], ends[1])), shape=(stages, stages))
    quantity = dict(zip(zip(*(end.tolist() for end in ends), strict=True), tree["quantity"].tolist(), strict=True))
    order, before = breadth_first_order(graph, start, directed=False)
    for stage in order[1:].tolist():
        near = int(before[stage])
        taken = quantity.get((stage, near))
        units[stage] = units[near] * taken if taken is not None else units[near] / quantity[near, stage]
    return units


def _terms(
    stages: pd.DataFrame, tree: pd.DataFrame, units: FloatArray, *, customer_days: int, holding_rate: float
) -> pd.DataFrame:
    """Contract of guaranteed_service, in units of the start."""
    own = (stages["daily_demand_sd"].to_numpy(dtype=float) / units) ** 2
    total = (stages["total_daily_demand_sd"].to_numpy(dtype=float) / units) ** 2
    shared = stages["total_daily_demand_sd"].notna().to_numpy()
    others = np.where(shared, np.maximum(total - _carried(own, tree), 0.0), 0.0)
    supplies = np.isin(np.arange(len(stages)), tree["upstream"])
    waits = stages["customers"].to_numpy(dtype=bool) | ~supplies
    return pd.DataFrame(
        {
            "processing_days": np.ceil(stages["processing_days"].to_numpy(dtype=float)),
            "holding_cost_per_unit": stages["unit_cost"].to_numpy(dtype=float) * units * holding_rate,
            "safety_factor": np.maximum(ndtri(stages["service_target"].to_numpy(dtype=float)), 0.0),
            "daily_demand_sd": np.sqrt(own + others),
            "max_service_days": np.where(shared, 0.0, np.where(waits, customer_days, np.nan)),
        }
    )


def _carried(own: FloatArray, tree: pd.DataFrame) -> FloatArray:
    """Variance of all that a stage serves, over any number of arcs, its own customers included."""
    ends = (tree["upstream"].to_numpy(dtype=np.int64), tree["downstream"].to_numpy(dtype=np.int64))
    step = csr_array((np.ones(len(tree)), ends), shape=(own.size, own.size))
    carried, further = own.copy(), own
    while further.any():
        further = step @ further
        carried += further
    return carried
