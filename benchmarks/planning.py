"""The plan engine at three sizes, what-if of one item, stock budgets, the plan under limits; one core, drawn data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analytics.stock_budget import best_stock_for_budget, service_exchange_curve
from analytics.supply_plan.capacity import Routings
from analytics.supply_plan.constrained import Costs, Limits, constrained_plan
from analytics.supply_plan.engine import SupplyInputs, supply_plan, what_if
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from benchmarks.measure import Figure, timed

WEEKS, PLACES, SEED = 78, 5, 1
ITEMS = (1_000, 10_000, 50_000)
FAMILIES, MONTHS, RESOURCES = 200, 24, 20
TIMES = 3
YARDSTICK = "one pass of NumPy over the same cells"


def measured() -> Iterator[Figure]:
    """Times are the best of some runs; the yardstick multiplies and adds all cells once, ten times over."""
    for items in ITEMS:
        yield from _of(items)
    stock = _drawn_stock()
    curve = timed(lambda: service_exchange_curve(stock))
    chosen = timed(lambda: best_stock_for_budget(stock, budget=1e6))
    yield Figure(f"Exchange curve of safety stock, {len(stock):,} items", curve * 1000, "ms")
    yield Figure(f"Best safety stocks for a budget, {len(stock):,} items", chosen * 1000, "ms")
    yield Figure(f"Plan under limits, {FAMILIES} × {MONTHS} × {RESOURCES}", timed(_limited) * 1000, "ms")


def _of(items: int) -> Iterator[Figure]:
    network, inputs = drawn(items)
    plan = supply_plan(network, inputs)
    replan = _best(lambda: supply_plan(network, inputs))
    one_pass = _best(lambda: [inputs.demand * 2 + 1 for _pass in range(10)]) / 10
    changed = _best(lambda: what_if(plan, nodes=np.array([0]), inputs=inputs))
    yield Figure(f"Replan, {items:,} items × {PLACES} × {WEEKS}", replan * 1000, "ms", replan / one_pass, YARDSTICK)
    yield Figure(f"What if of one item, {items:,} items", changed * 1000, "ms", changed / replan, "the replan")


def _best(work: Callable[[], object]) -> float:
    return min(timed(work) for _time in range(TIMES))


def drawn(items: int) -> tuple[SupplyNetwork, SupplyInputs]:
    """Finished goods at five places, fed from the first, on three further levels of recipes."""
    rng = np.random.default_rng(SEED)
    shares = np.cumsum([0.6, 0.1, 0.1])
    finished, halves, blends = (int(items * share) for share in shares)
    node = np.arange(items * PLACES)
    item, place = np.divmod(node, PLACES)
    lead = np.where(place > 0, 1, rng.integers(1, 8, node.size))
    sources = Sources.of(node, lead, rng.integers(0, 50, node.size), rng.integers(1, 12, node.size))
    moved = node[place > 0]
    parts = [(moved, moved - place[moved], np.ones(moved.size))]
    recipes = (
        (0, finished, finished, halves, 2),
        (0, finished, blends, items, 4),
        (finished, halves, halves, blends, 3),
        (halves, blends, blends, items, 4),
    )
    for first, end, lowest, highest, lines in recipes:
        parent = np.repeat(np.arange(first, end), lines)
        component = rng.integers(lowest, highest, parent.size)
        parts.append((parent * PLACES, component * PLACES, rng.uniform(0.1, 2, parent.size)))
    arcs = Arcs.of(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    sold = item < finished
    demand = np.zeros((WEEKS, node.size))
    demand[:, sold] = rng.poisson(10, (WEEKS, int(sold.sum())))
    inputs = SupplyInputs.of(
        demand,
        stock=rng.uniform(0, 60, node.size),
        safety=np.broadcast_to(np.where(sold, 15.0, 0.0), demand.shape),
        good_for=np.where(sold, 26.0, np.inf),
    )
    return SupplyNetwork(node.size, sources, arcs, np.ones((1, WEEKS), dtype=bool)), inputs


def _drawn_stock() -> pd.DataFrame:
    """Items as a stock budget sees them."""
    rng = np.random.default_rng(SEED)
    demand = rng.lognormal(7, 1.5, max(ITEMS))
    return pd.DataFrame(
        {
            "annual_demand": demand,
            "order_quantity": demand / rng.uniform(2, 26, demand.size),
            "lead_time_demand_sd": demand * rng.uniform(0.01, 0.2, demand.size),
            "unit_cost": rng.lognormal(1, 1, demand.size),
        }
    )


def _limited() -> None:
    """Families made on one of the resources or bought dearer, five per cent too few hours."""
    rng = np.random.default_rng(SEED)
    twice = np.tile(np.arange(FAMILIES), 2)
    sources = Sources.of(twice, lead_time=np.repeat([0, 1], FAMILIES))
    network = SupplyNetwork(FAMILIES, sources, Arcs.of(), np.ones((1, MONTHS), dtype=bool))
    season = 1 + 0.5 * np.sin(np.arange(MONTHS) / 6 * np.pi)
    demand = rng.gamma(2, 50, (MONTHS, FAMILIES)) * season[:, None]
    number = np.arange(FAMILIES)
    routings = Routings(number, rng.integers(0, RESOURCES, FAMILIES), number * 0.0, rng.uniform(0.05, 0.2, FAMILIES))
    wanted = demand.mean(axis=0) * routings.hours_per_unit
    hours = np.tile(np.bincount(routings.resource, weights=wanted, minlength=RESOURCES) * 0.95, (MONTHS, 1))
    constrained_plan(
        network,
        demand=demand,
        stock=demand[0],
        safety=np.full(demand.shape, 5.0),
        costs=Costs(
            source=np.repeat([2.0, 3.0], FAMILIES),
            spend=np.repeat([0.0, 3.0], FAMILIES),
            holding=np.full(FAMILIES, 0.05),
            backlog=np.ones(FAMILIES),
            price=np.full(FAMILIES, np.nan),
            space=np.ones(FAMILIES),
            overtime=np.full(RESOURCES, 4.0),
        ),
        limits=Limits(
            hours=hours,
            overtime=hours * 0.1,
            space=np.full((MONTHS, 1), demand.sum(axis=1).mean()),
            budget=np.full(MONTHS, np.inf),
            store=np.zeros(FAMILIES, dtype=int),
        ),
        routings=routings,
    )
