"""Which supply serves which demand of a node, and whose demand that is in the end: the answer to "why this order".

Demand is served in the order in which it falls due, from supply in the order in which it comes. Both are laid end to
end, and where their stretches overlap, one serves the other; what expires takes its part like a demand.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray
from analytics.supply_plan.engine import SupplyPlan

TOLERANCE = 1e-9
NONE = -1
SUPPLY = ["supply", "supply_period", "source", "quantity"]
DEMAND = ["demand", "demand_period", "parent", "quantity"]


def pegging(plan: SupplyPlan, *, node: int) -> pd.DataFrame:
    """Every piece of supply of a node with the demand that it serves.

    Inputs: plan; node: its number.
    Returns: frame with supply (stock, firm, planned), supply_period (-1 for stock), source (-1 unless planned), demand
        (independent, dependent, waste; left for what remains at the end, and owed for what no supply serves yet),
        demand_period (-1 for left), parent (the source whose release takes it, else -1), quantity, and late: the
        periods by which supply comes after the demand.
    Raises: IndexError for a node that is none.
    Source: Orlicky, Material Requirements Planning, 3rd ed., chapter 9 (pegging), first come first served.
    """
    supply, demand = _supply(plan, node), _demand(plan, node)
    ends = [np.cumsum(side["quantity"].to_numpy()) for side in (supply, demand)]
    cuts = np.unique(np.concatenate([[0.0], *ends]).round(9))
    middle, quantity = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts)
    pieces = quantity > TOLERANCE
    middle, quantity = middle[pieces], quantity[pieces]
    sides = [
        side.drop(columns="quantity").iloc[np.searchsorted(end, middle, side="right")].reset_index(drop=True)
        for side, end in zip((_open(supply, SUPPLY), _open(demand, DEMAND)), ends, strict=True)
    ]
    pegs: pd.DataFrame = pd.concat(sides, axis=1).assign(quantity=quantity)
    dated = (pegs["demand_period"] != NONE) & (pegs["supply"] != "owed")
    late = (pegs["supply_period"] - pegs["demand_period"]).clip(lower=0).where(dated, 0)
    pegs["late"] = late
    return pegs


def served_by(plan: SupplyPlan, *, source: int, period: int) -> pd.DataFrame:
    """The customers' demand that a planned order is for, followed up through everything made from it.

    Inputs: plan; source and period: of the planned receipt.
    Returns: frame with node, demand_period, level (steps up) and quantity, in units of the order.
    Raises: IndexError for a source that is none.
    Source: Orlicky, 3rd ed., chapter 9 (full pegging).
    """
    pegs_of = lru_cache(maxsize=None)(lambda node: pegging(plan, node=node))
    found: list[tuple[int, int, int, float]] = []
    waiting = [(source, period, 1.0, 0)]
    while waiting:
        order, when, units, level = waiting.pop()
        node = int(plan.network.sources.node[order])
        pegs = pegs_of(node)
        for peg in pegs[(pegs["source"] == order) & (pegs["supply_period"] == when)].to_dict("records"):
            served = float(peg["quantity"]) * units
            if peg["demand"] == "independent":
                found.append((node, int(peg["demand_period"]), level, served))
            elif peg["demand"] == "dependent":
                above, parent = _receipt_period(plan, int(peg["parent"]), int(peg["demand_period"])), int(peg["parent"])
                receipt = float(plan.receipts[above, parent])
                if receipt > 0:
                    waiting.append((parent, above, served / receipt, level + 1))
    keys = ["node", "demand_period", "level"]
    frame = pd.DataFrame(found, columns=[*keys, "quantity"])
    return frame.groupby(keys)[["quantity"]].sum().reset_index()


def _supply(plan: SupplyPlan, node: int) -> pd.DataFrame:
    rows: list[tuple[str, int, int, float]] = [("stock", NONE, NONE, max(float(plan.inputs.stock[node]), 0.0))]
    firm = plan.inputs.receipts[:, node]
    rows += [("firm", int(period), NONE, float(firm[period])) for period in np.flatnonzero(firm)]
    for source in np.flatnonzero(plan.network.sources.node == node):
        planned: FloatArray = plan.receipts[:, source]
        rows += [("planned", int(period), int(source), float(planned[period])) for period in np.flatnonzero(planned)]
    frame = pd.DataFrame(rows, columns=SUPPLY)
    return frame[frame["quantity"] > TOLERANCE].sort_values("supply_period", kind="stable")


def _demand(plan: SupplyPlan, node: int) -> pd.DataFrame:
    owed = max(-float(plan.inputs.stock[node]), 0.0)
    rows: list[tuple[str, int, int, float]] = [("independent", 0, NONE, owed)]
    own, waste = plan.inputs.demand[:, node], plan.waste[:, node]
    taken = _taken(plan, node)
    for period in range(len(own)):
        rows.append(("independent", period, NONE, float(own[period])))
        rows += [("dependent", period, source, quantity) for source, quantity in taken.get(period, ())]
        rows.append(("waste", period, NONE, float(waste[period])))
    frame = pd.DataFrame(rows, columns=DEMAND)
    return frame[frame["quantity"] > TOLERANCE]


def _taken(plan: SupplyPlan, node: int) -> dict[int, list[tuple[int, float]]]:
    """By period, the sources whose releases take of a node, and how much."""
    arcs = plan.network.arcs
    taken: dict[int, list[tuple[int, float]]] = {}
    for arc in np.flatnonzero(arcs.component == node):
        source, first, last = int(arcs.source[arc]), int(arcs.first[arc]), int(arcs.last[arc])
        released = plan.releases[:, source]
        for period in np.flatnonzero(released):
            if first <= period <= last:
                quantity = float(released[period] * arcs.quantity[arc])
                taken.setdefault(int(period), []).append((source, quantity))
    return taken


def _open(side: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """With a last row for what the other side has more of."""
    name = "owed" if columns is SUPPLY else "left"
    return pd.concat([side, pd.DataFrame([(name, NONE, NONE, 0.0)], columns=columns)], ignore_index=True)


def _receipt_period(plan: SupplyPlan, source: int, release: int) -> int:
    """When what is released then comes in."""
    releases = plan.network.release[plan.network.kind_of[source]]
    return int(np.flatnonzero(releases == release)[0])
