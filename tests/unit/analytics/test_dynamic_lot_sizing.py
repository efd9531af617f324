"""Lots for changing demand: textbook plans, every other plan, stockpyl, edges."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory_peer import wagner_whitin as peer

from analytics.dynamic_lot_sizing import lot_plan_cost, silver_meal, wagner_whitin
from analytics.errors import AnalyticsError

TWELVE_MONTHS = [10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41]
TERMS = {"order_cost": 54.0, "holding_cost_per_unit_period": 0.4}


def column(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("holding", "order", "demand", "orders", "cost"),
    [
        (2, 500, [90, 120, 80, 70], [210, 0, 150, 0], 1380),
        (0.8, 120, [150, 100, 80, 200], [150, 180, 0, 200], 424),
        (0.1, 100, [730, 580, 445, 650, 880], [1310, 0, 1095, 0, 880], 423),
    ],
)
def test_published_plans(holding: float, order: float, demand: list[float], orders: list[float], cost: float) -> None:
    plan = wagner_whitin(column(demand), order_cost=order, holding_cost_per_unit_period=holding)
    assert plan.orders[:, 0].tolist() == orders
    assert plan.cost[0] == pytest.approx(cost)


def test_published_twelve_months_of_silver_and_meal() -> None:
    found = silver_meal(column(TWELVE_MONTHS), **TERMS)
    assert np.flatnonzero(found.orders[:, 0]).tolist() == [0, 3, 4, 6, 8, 9, 10]
    best = wagner_whitin(column(TWELVE_MONTHS), **TERMS)
    assert best.cost[0] == pytest.approx(501.2)
    assert found.cost[0] == pytest.approx(501.2)


def cheapest_of_all_plans(demand: np.ndarray, order: float, holding: float) -> float:
    """Every set of order periods; the quantity is what is needed until the next."""
    periods = demand.size
    costs = []
    for placed in product([False, True], repeat=periods):
        orders, waiting = np.zeros(periods), 0.0
        for period in range(periods - 1, -1, -1):
            waiting += demand[period]
            if placed[period]:
                orders[period], waiting = waiting, 0.0
        plan = lot_plan_cost(
            orders[:, None], demand=demand[:, None], order_cost=order, holding_cost_per_unit_period=holding
        )
        costs.append(plan[0])
    return min(costs)


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=7),
    st.floats(0.5, 300),
    st.floats(0.01, 5),
)
def test_no_other_plan_is_cheaper(demand: list[int], order: float, holding: float) -> None:
    need = np.array(demand, dtype=float)
    terms = {"order_cost": order, "holding_cost_per_unit_period": holding}
    best = wagner_whitin(need[:, None], **terms)
    assert best.cost[0] == pytest.approx(cheapest_of_all_plans(need, order, holding))
    assert best.orders.sum() == pytest.approx(need.sum())
    assert silver_meal(need[:, None], **terms).cost[0] >= best.cost[0] - 1e-9


def test_two_hundred_random_items_agree_with_stockpyl() -> None:
    random = np.random.default_rng(39)
    demand = random.integers(1, 200, (12, 200)).astype(float)
    order, holding = random.uniform(20, 900, 200), random.uniform(0.1, 3, 200)
    found = wagner_whitin(demand, order_cost=order, holding_cost_per_unit_period=holding)
    costs = [peer.wagner_whitin(12, holding[i], order[i], demand[:, i].tolist())[1] for i in range(200)]
    assert found.cost == pytest.approx(costs)


def test_items_are_planned_apart() -> None:
    demand = np.column_stack([TWELVE_MONTHS, np.zeros(12), [np.nan, *TWELVE_MONTHS[1:]]])
    for plan in (wagner_whitin(demand, **TERMS), silver_meal(demand, **TERMS)):
        assert plan.cost[0] == pytest.approx(501.2)
        assert (plan.orders[:, 1].sum(), plan.cost[1]) == (0, 0)
        assert np.isnan(plan.cost[2])
        assert np.isnan(plan.orders[:, 2]).all()


def test_no_items_and_no_periods() -> None:
    assert wagner_whitin(np.empty((12, 0)), **TERMS).cost.size == 0
    assert wagner_whitin(np.empty((0, 2)), **TERMS).cost.tolist() == [0, 0]


def test_a_plan_that_comes_too_late_serves_nobody() -> None:
    late = lot_plan_cost(column([0, 20]), demand=column([10, 10]), **TERMS)
    assert late.tolist() == [np.inf]


def test_shapes_are_judged() -> None:
    with pytest.raises(AnalyticsError, match="periods x items"):
        wagner_whitin([1.0, 2.0], **TERMS)
    with pytest.raises(AnalyticsError, match="both"):
        lot_plan_cost(np.zeros((2, 1)), demand=np.zeros((3, 1)), **TERMS)
    with pytest.raises(AnalyticsError):
        wagner_whitin(np.zeros((3, 2)), order_cost=[1, 2, 3], holding_cost_per_unit_period=1)
    with pytest.raises(AnalyticsError, match="costs of 3 items"):
        wagner_whitin(np.zeros((3, 1)), order_cost=[1, 2, 3], holding_cost_per_unit_period=1)
