"""Which supply serves which demand of a node, and whose demand that is in the end: the answer to "why this order".

Demand is served in the order in which it falls due, from supply in the order in which it comes. Both are laid end to
end, and where their stretches overlap, one serves the other; what expires takes its part like a demand.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray
from analytics.supply_plan.engine import SupplyPlan

TOLERANCE = 1e-9
NONE = -1
STOCK, FIRM, PLANNED, OWED = range(4)
INDEPENDENT, DEPENDENT, WASTE, LEFT = range(4)
SUPPLY_NAMES = np.array(["stock", "firm", "planned", "owed"], dtype=object)
DEMAND_NAMES = np.array(["independent", "dependent", "waste", "left"], dtype=object)


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
    pegs = _pegs(plan, node)
    late = np.maximum(pegs.supply.period - pegs.demand.period, 0)
    dated = (pegs.demand.period != NONE) & (pegs.supply.kind != OWED)
    return pd.DataFrame(
        {
            "supply": SUPPLY_NAMES[pegs.supply.kind],
            "supply_period": pegs.supply.period,
            "source": pegs.supply.source,
            "demand": DEMAND_NAMES[pegs.demand.kind],
            "demand_period": pegs.demand.period,
            "parent": pegs.demand.source,
            "quantity": pegs.quantity,
            "late": np.where(dated, late, 0),
        }
    )


def served_by(plan: SupplyPlan, *, source: int, period: int) -> pd.DataFrame:
    """The customers' demand that a planned order is for, followed up through everything made from it that is planned.

    Inputs: plan; source and period: of the planned receipt.
    Returns: frame with node, demand_period, level (steps up) and quantity, in units of the order; open orders that
        take it stand for themselves, with the period in which they begin.
    Raises: IndexError for a source that is none.
    Source: Orlicky, 3rd ed., chapter 9 (full pegging).
    """
    pegs_of = lru_cache(maxsize=None)(lambda node: _pegs(plan, node))
    found: list[tuple[int, int, int, float]] = []
    waiting = [(source, period, 1.0, 0)]
    while waiting:
        order, when, units, level = waiting.pop()
        node = int(plan.network.sources.node[order])
        pegs = pegs_of(node)
        for peg in np.flatnonzero((pegs.supply.source == order) & (pegs.supply.period == when)):
            demanded, served = int(pegs.demand.period[peg]), float(pegs.quantity[peg]) * units
            if pegs.demand.kind[peg] == INDEPENDENT:
                found.append((node, demanded, level, served))
            elif pegs.demand.kind[peg] == DEPENDENT:
                parent = int(pegs.demand.source[peg])
                above = _receipt_period(plan, parent, demanded)
                receipt = float(plan.receipts[above, parent]) if above != NONE else 0.0
                if receipt > 0:
                    waiting.append((parent, above, served / receipt, level + 1))
                else:  # an open order takes it: what that one is for is not planned here
                    found.append((int(plan.network.sources.node[parent]), demanded, level + 1, served))
    keys = ["node", "demand_period", "level"]
    frame = pd.DataFrame(found, columns=[*keys, "quantity"])
    return frame.groupby(keys)[["quantity"]].sum().reset_index()


@dataclass(frozen=True, slots=True)
class _Side:
    """Quantities in their order: what they are, when, and the source they come from or go to."""

    kind: IntArray
    period: IntArray
    source: IntArray
    quantity: FloatArray

    def at(self, places: IntArray, beyond: int) -> "_Side":
        """Those at some places; ``beyond`` is what stands where this side has ended."""
        kind, period, source = np.append(self.kind, beyond), np.append(self.period, NONE), np.append(self.source, NONE)
        return _Side(kind[places], period[places], source[places], np.zeros(0))


@dataclass(frozen=True, slots=True)
class _Pegs:
    """Pieces of supply and demand, one each, that belong together."""

    supply: _Side
    demand: _Side
    quantity: FloatArray


def _pegs(plan: SupplyPlan, node: int) -> _Pegs:
    supply, demand = _supply(plan, node), _demand(plan, node)
    ends = [np.cumsum(side.quantity) for side in (supply, demand)]
    cuts = np.unique(np.concatenate([[0.0], *ends]).round(9))
    middle, quantity = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts)
    pieces = quantity > TOLERANCE
    places = [np.searchsorted(end, middle[pieces], side="right") for end in ends]
    return _Pegs(supply.at(places[0], OWED), demand.at(places[1], LEFT), quantity[pieces])


def _supply(plan: SupplyPlan, node: int) -> _Side:
    """Stock, then receipts as they come, firm ones before planned ones."""
    sources = np.flatnonzero(plan.network.sources.node == node)
    firm = np.flatnonzero(plan.inputs.receipts[:, node])
    planned, place = np.nonzero(plan.receipts[:, sources])
    parts = (
        (STOCK, np.array([NONE]), np.array([NONE]), np.maximum(plan.inputs.stock[[node]], 0.0)),
        (FIRM, firm, np.full(firm.size, NONE), plan.inputs.receipts[firm, node]),
        (PLANNED, planned, sources[place], plan.receipts[planned, sources[place]]),
    )
    return _in_order(parts)


def _demand(plan: SupplyPlan, node: int) -> _Side:
    """What is owed from before, then demand as it falls due: customers', production's, and what expires."""
    periods = np.arange(plan.network.periods)
    nobody = np.full(periods.size, NONE)
    taken_in, source, taken = _taken(plan, node)
    parts = (
        (INDEPENDENT, np.array([0]), np.array([NONE]), np.maximum(-plan.inputs.stock[[node]], 0.0)),
        (INDEPENDENT, periods, nobody, plan.inputs.demand[:, node]),
        (DEPENDENT, taken_in, source, taken),
        (WASTE, periods, nobody, plan.waste[:, node]),
    )
    return _in_order(parts)


def _in_order(parts: tuple[tuple[int, IntArray, IntArray, FloatArray], ...]) -> _Side:
    """By period; in a period as the parts are given."""
    kind = np.concatenate([np.full(part[1].size, part[0]) for part in parts])
    period, source, quantity = (np.concatenate([part[column] for part in parts]) for column in (1, 2, 3))
    there = np.flatnonzero(quantity > TOLERANCE)
    order = there[np.argsort(period[there], kind="stable")]
    return _Side(kind[order], period[order], source[order], quantity[order])


def _taken(plan: SupplyPlan, node: int) -> tuple[IntArray, IntArray, FloatArray]:
    """What releases take of a node: period, the source released, quantity."""
    arcs = plan.network.arcs
    own = arcs.take(np.flatnonzero(arcs.component == node))
    period, arc = np.nonzero(plan.releases[:, own.source])
    valid = (own.first[arc] <= period) & (period <= own.last[arc])
    period, arc = period[valid], arc[valid]
    return period, own.source[arc], plan.releases[period, own.source[arc]] * own.quantity[arc]


def _receipt_period(plan: SupplyPlan, source: int, release: int) -> int:
    """When what is released then comes in; NONE when that is after the last period."""
    arriving = np.flatnonzero(plan.network.release[plan.network.kind_of[source]] == release)
    return int(arriving[0]) if arriving.size else NONE
