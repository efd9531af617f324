"""The plan under limits: what to make, buy, move, pre-build, leave for later, with what there is of hours, space and
money. A linear programme over the same network as the unlimited plan, solved by HiGHS.

Rounding to lots, least quantities and shelf life are not in it: it is made for families and months.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import NEVER, IntArray
from analytics.supply_plan.capacity import Routings
from analytics.supply_plan.network import SupplyNetwork

INFEASIBLE = 2
# Dearer than anything a plan would ever pay: used only to find out what has to give.
RELAXED_TIMES = 1e4


class Limit(StrEnum):
    """What there is only so much of."""

    CAPACITY = "capacity"
    OVERTIME = "overtime"
    STORAGE = "storage"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Limits:
    """What there is: (periods, resources) hours and further hours of overtime, (periods, stores) space, (periods,)
    money for purchases; inf where there is no limit. ``store`` is the store of each node."""

    hours: FloatArray
    overtime: FloatArray
    space: FloatArray
    budget: FloatArray
    store: IntArray


@dataclass(frozen=True, slots=True)
class Costs:
    """Money a unit: (sources,) to make, buy or move and, of that, ``spend`` that counts against the budget; (nodes,)
    to hold for a period, to owe for a period, and what a sale is worth (nan: every demand has to be met in the end);
    (nodes,) space a unit; (resources,) an hour of overtime."""

    source: FloatArray
    spend: FloatArray
    holding: FloatArray
    backlog: FloatArray
    price: FloatArray
    space: FloatArray
    overtime: FloatArray


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that binds: one more unit of it would save ``shadow_price``. For a plan that can't be: ``lacking`` units
    of it would make it possible."""

    limit: Limit
    number: int
    period: int
    shadow_price: float
    lacking: float = 0.0


@dataclass(frozen=True, slots=True)
class ConstrainedPlan:
    """(periods, sources) quantities received; (periods, nodes) stock, owed and unserved demand; (periods, resources)
    overtime; the limits that bind, the dearest first. When ``feasible`` is False the figures break the limits that
    ``binding`` says to relax."""

    feasible: bool
    cost: float
    quantity: FloatArray
    stock: FloatArray
    backlog: FloatArray
    unserved: FloatArray
    overtime: FloatArray
    binding: list[Binding]


def constrained_plan(
    network: SupplyNetwork,
    *,
    demand: FloatArray,
    stock: FloatArray,
    safety: FloatArray,
    costs: Costs,
    limits: Limits,
    routings: Routings,
    backlog_allowed: bool = True,
    receipts: FloatArray | None = None,
) -> ConstrainedPlan:
    """The cheapest plan within the limits; with prices, the one of most margin.

    Inputs: network; demand, safety: (periods, nodes) units; stock: (nodes,) at the start; costs, limits, routings:
        contracts above; backlog_allowed: whether demand may be met later than wanted; receipts: (periods, nodes) units
        of open orders that come in anyway, None for none.
    Returns: ConstrainedPlan. At the end nothing may be owed, and the safety stock has to be there where limits allow.
    Raises: AnalyticsError when shapes do not fit or the solver finds no answer.
    Source: Hopp & Spearman, 3rd ed., section 16.3 (aggregate planning by linear programming).
    """
    programme = _Programme(network, demand, stock, safety, costs, limits, routings, backlog_allowed=backlog_allowed)
    if receipts is not None:
        programme.wanted -= receipts
    solved = programme.solve()
    if solved.status == INFEASIBLE:
        return programme.relaxed()
    if solved.status != 0:
        raise AnalyticsError(f"no plan was found: {solved.message}")
    return programme.plan(solved.x, programme.binding(solved))


class _Programme:
    """Rows and columns of the linear programme. Columns: quantity, stock, backlog, unserved, overtime; each by period,
    then number. Rows that are equal: the balance of each node and period. Rows that are limits: hours, space, money."""

    def __init__(  # noqa: PLR0917
        self,
        network: SupplyNetwork,
        demand: FloatArray,
        stock: FloatArray,
        safety: FloatArray,
        costs: Costs,
        limits: Limits,
        routings: Routings,
        *,
        backlog_allowed: bool,
    ) -> None:
        self.network, self.limits, self.costs, self.routings = network, limits, costs, routings
        self.periods, self.nodes = network.periods, network.nodes
        self.sources, self.resources = len(network.sources), limits.hours.shape[1]
        if demand.shape != (self.periods, self.nodes) or limits.hours.shape[0] != self.periods:
            raise AnalyticsError(f"demand and limits have to be of {self.periods} periods and {self.nodes} nodes")
        widths = [self.sources, self.nodes, self.nodes, self.nodes, self.resources]
        self.starts = np.concatenate([[0], np.cumsum([width * self.periods for width in widths])])
        self.equal = self._balance()
        self.wanted = demand.copy()
        self.wanted[0] -= stock
        self.cost = self._cost()
        self.lower, self.upper = self._bounds(demand, safety, backlog_allowed=backlog_allowed)
        self.rows, self.most = self._limit_rows()

    def solve(self) -> OptimizeResult:
        return linprog(
            self.cost,
            A_ub=self.rows,
            b_ub=self.most,
            A_eq=self.equal,
            b_eq=self.wanted.ravel(),
            bounds=np.column_stack([self.lower, self.upper]),
            method="highs",
        )

    def relaxed(self) -> ConstrainedPlan:
        """Buy what lacks at a price nobody would pay, to see what has to give."""
        limits = len(self.most)
        price = RELAXED_TIMES * max(float(np.abs(self.cost).max(initial=1.0)), 1.0)
        solved = linprog(
            np.concatenate([self.cost, np.full(limits, price)]),
            A_ub=hstack([self.rows, -eye_array(limits)]).tocsr(),
            b_ub=self.most,
            A_eq=hstack([self.equal, csr_array((self.equal.shape[0], limits))]).tocsr(),
            b_eq=self.wanted.ravel(),
            bounds=np.column_stack(
                [np.concatenate([self.lower, np.zeros(limits)]), np.concatenate([self.upper, np.full(limits, np.inf)])]
            ),
            method="highs",
        )
        if solved.status != 0:
            raise AnalyticsError("demand can't be met in time whatever the limits: allow it to be met later")
        columns = self.starts[-1]
        lacking = solved.x[columns:]
        told = [self._told(int(row), 0.0, lacking[row]) for row in np.flatnonzero(lacking > 1e-6)]
        plan = self.plan(solved.x[:columns], sorted(told, key=lambda limit: -limit.lacking))
        return replace(plan, feasible=False)

    def plan(self, values: FloatArray, binding: list[Binding]) -> ConstrainedPlan:
        quantity, stock, backlog, unserved, overtime = (
            values[start:end].reshape(self.periods, -1)
            for start, end in zip(self.starts[:-1], self.starts[1:], strict=True)
        )
        return ConstrainedPlan(True, float(self.cost @ values), quantity, stock, backlog, unserved, overtime, binding)

    def binding(self, solved: OptimizeResult) -> list[Binding]:
        prices = -solved.ineqlin.marginals
        told = [self._told(int(row), prices[row], 0.0) for row in np.flatnonzero(prices > 1e-9)]
        ceilings = -solved.upper.marginals[self.starts[4] :]
        for place in np.flatnonzero(ceilings > 1e-9):
            period, resource = divmod(int(place), self.resources)
            told.append(Binding(Limit.OVERTIME, resource, period, float(ceilings[place])))
        return sorted(told, key=lambda limit: -limit.shadow_price)

    def _column(self, block: int, period: IntArray, number: IntArray, width: int) -> IntArray:
        column: IntArray = self.starts[block] + period * width + number
        return column

    def _balance(self) -> csr_array:
        """Received, less what releases take, less what is added to stock, plus what is newly owed or never served."""
        periods, nodes = self.periods, self.nodes
        cell = np.arange(periods * nodes)
        entries = [self._received(), self._taken()]
        for block, sign in ((1, -1.0), (2, 1.0)):
            entries.append((cell, self.starts[block] + cell, np.full(cell.size, sign)))
            later = cell[nodes:]
            entries.append((later, self.starts[block] + later - nodes, np.full(later.size, -sign)))
        entries.append((cell, self.starts[3] + cell, np.ones(cell.size)))
        row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
        return coo_array((value, (row, column)), shape=(cell.size, int(self.starts[-1]))).tocsr()

    def _received(self) -> tuple[IntArray, IntArray, FloatArray]:
        period, source = _grid(self.periods, self.sources)
        row = period * self.nodes + self.network.sources.node[source]
        return row, self._column(0, period, source, self.sources), np.ones(row.size)

    def _taken(self) -> tuple[IntArray, IntArray, FloatArray]:
        arcs = self.network.arcs
        period, arc = _grid(self.periods, len(arcs))
        release = self.network.release[self.network.kind_of[arcs.source[arc]], period]
        valid = (release != NEVER) & (arcs.first[arc] <= release) & (release <= arcs.last[arc])
        period, arc, release = period[valid], arc[valid], release[valid]
        row = release * self.nodes + arcs.component[arc]
        return row, self._column(0, period, arcs.source[arc], self.sources), -arcs.quantity[arc]

    def _cost(self) -> FloatArray:
        every = (
            self.costs.source,
            self.costs.holding,
            self.costs.backlog,
            np.nan_to_num(self.costs.price),
            self.costs.overtime,
        )
        return np.concatenate([np.tile(cost, self.periods) for cost in every])

    def _bounds(
        self, demand: FloatArray, safety: FloatArray, *, backlog_allowed: bool
    ) -> tuple[FloatArray, FloatArray]:
        can = self.network.release[self.network.kind_of].T != NEVER
        owed = np.full((self.periods, self.nodes), np.inf if backlog_allowed else 0.0)
        owed[-1] = 0.0
        unserved = np.where(np.isnan(self.costs.price), 0.0, demand)
        upper = [np.where(can, np.inf, 0.0), np.full(demand.shape, np.inf), owed, unserved, self.limits.overtime]
        lower = np.zeros(int(self.starts[-1]))
        lower[self.starts[1] : self.starts[2]] = np.where(self._reachable(), safety, 0.0).ravel()
        return lower, np.concatenate([block.ravel() for block in upper])

    def _reachable(self) -> FloatArray:
        """Whether an order released now could be there by the period: before that no safety stock can be asked for."""
        can = self.network.release[self.network.kind_of].T != NEVER
        reachable = np.zeros((self.periods, self.nodes), dtype=bool)
        np.logical_or.at(reachable.T, self.network.sources.node, np.logical_or.accumulate(can, axis=0).T)
        return reachable

    def _limit_rows(self) -> tuple[csr_array, FloatArray]:
        hours = self._rows(
            self.routings.resource, self.routings.source, self.routings.hours_per_unit, 0, self.resources, self.sources
        )
        period, resource = _grid(self.periods, self.resources)
        place = period * self.resources + resource
        hours = hours - coo_array((np.ones(place.size), (place, self.starts[4] + place)), shape=hours.shape).tocsr()
        stores = self.limits.space.shape[1]
        node = np.arange(self.nodes)
        space = self._rows(self.limits.store, node, self.costs.space, 1, stores, self.nodes)
        source = np.arange(self.sources)
        money = self._rows(np.zeros(self.sources, dtype=int), source, self.costs.spend, 0, 1, self.sources)
        rows = vstack([hours, space, money]).tocsr()
        most = np.concatenate([self.limits.hours.ravel(), self.limits.space.ravel(), self.limits.budget])
        self.limited = np.flatnonzero(np.isfinite(most))
        return rows[self.limited], most[self.limited]

    def _rows(  # noqa: PLR0917
        self, group: IntArray, number: IntArray, value: FloatArray, block: int, groups: int, width: int
    ) -> csr_array:
        """One row a period and group, the same figures in every period."""
        period, place = _grid(self.periods, len(number))
        row = period * groups + group[place]
        column = self._column(block, period, number[place], width)
        shape = (self.periods * groups, int(self.starts[-1]))
        return coo_array((value[place], (row, column)), shape=shape).tocsr()

    def _told(self, row: int, shadow_price: float, lacking: float) -> Binding:
        place = int(self.limited[row])
        stores = self.limits.space.shape[1]
        for limit, width in ((Limit.CAPACITY, self.resources), (Limit.STORAGE, stores), (Limit.BUDGET, 1)):
            if place < width * self.periods:
                period, number = divmod(place, width)
                return Binding(limit, number, period, float(shadow_price), float(lacking))
            place -= width * self.periods
        raise AnalyticsError("a limit that is none")


def _grid(periods: int, width: int) -> tuple[IntArray, IntArray]:
    period, number = np.divmod(np.arange(periods * width), max(width, 1))
    return period, number
