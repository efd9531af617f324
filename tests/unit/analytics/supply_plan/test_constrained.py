"""The plan under limits: small cases by hand, a second way to write the programme, prices of limits, what to relax."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from supply_networks import column, open_weeks

from analytics.errors import AnalyticsError
from analytics.supply_plan.capacity import Routings
from analytics.supply_plan.constrained import ConstrainedPlan, Costs, Limit, Limits, constrained_plan
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork

INF = np.inf


def limits(
    periods: int, *, hours: float = INF, overtime: float = 0.0, space: float = INF, budget: float = INF
) -> Limits:
    return Limits(
        hours=np.full((periods, 1), float(hours)),
        overtime=np.full((periods, 1), overtime),
        space=np.full((periods, 1), space),
        budget=np.full(periods, budget),
        store=np.zeros(1, dtype=int),
    )


def costs(make: float = 1.0, **given: Any) -> Costs:
    usual: dict[str, Any] = {
        "source": [make],
        "spend": [0.0],
        "holding": [1.0],
        "backlog": [5.0],
        "price": [np.nan],
        "space": [1.0],
        "overtime": [3.0],
    }
    return Costs(**{name: np.array(value, dtype=float) for name, value in (usual | given).items()})


ONE_HOUR_EACH = Routings(np.array([0]), np.array([0]), np.zeros(1), np.ones(1))


def plan_of(demand: np.ndarray, *, limit: Limits, cost: Costs | None = None, **given: Any) -> ConstrainedPlan:
    network = SupplyNetwork(1, Sources.of([0]), Arcs.of(), open_weeks(len(demand)))
    usual = {"stock": np.zeros(1), "safety": np.zeros_like(demand), "costs": cost or costs(), "routings": ONE_HOUR_EACH}
    return constrained_plan(network, demand=demand, limits=limit, **(usual | given))


class TestByHand:
    def test_a_peak_is_built_before(self) -> None:
        plan = plan_of(column(5, 5, 20), limit=limits(3, hours=10))
        assert plan.quantity[:, 0].tolist() == [10, 10, 10]
        assert plan.cost == pytest.approx(30 + 5 + 10)

    def test_overtime_when_it_is_cheaper_than_holding(self) -> None:
        plan = plan_of(column(0, 0, 12), limit=limits(3, hours=10, overtime=5), cost=costs(overtime=[0.5]))
        assert plan.overtime[:, 0].tolist() == [0, 0, 2]
        assert plan.stock.sum() == 0

    def test_a_second_source_steps_in(self) -> None:
        network = SupplyNetwork(1, Sources.of([0, 0]), Arcs.of(), open_weeks(1))
        plan = constrained_plan(
            network,
            demand=column(12),
            stock=np.zeros(1),
            safety=column(0),
            costs=costs(source=[1, 2], spend=[0, 0]),
            limits=limits(1, hours=10),
            routings=ONE_HOUR_EACH,
        )
        assert plan.quantity.tolist() == [[10, 2]]

    def test_demand_waits_when_waiting_is_cheap(self) -> None:
        plan = plan_of(column(15, 0), limit=limits(2, hours=10), cost=costs(backlog=[0.5]))
        assert plan.backlog[:, 0].tolist() == [5, 0]

    def test_what_is_worth_less_than_it_costs_is_not_sold(self) -> None:
        plan = plan_of(column(10, 10), limit=limits(2), cost=costs(make=4.0, price=[3.0]))
        assert plan.unserved[:, 0].tolist() == [10, 10]
        assert plan.cost == pytest.approx(60)

    def test_components_are_planned_too_and_goods_moved(self) -> None:
        # 0: store, fed by lorry from 1: plant, where a unit takes two of 2: bought a period ahead.
        network = SupplyNetwork(
            3, Sources.of([0, 1, 2], lead_time=[0, 1, 0]), Arcs.of([0, 1], [1, 2], [1, 2]), open_weeks(3)
        )
        plan = constrained_plan(
            network,
            demand=np.array([[0, 0, 0], [6, 0, 0], [4, 0, 0]], dtype=float),
            stock=np.zeros(3),
            safety=np.zeros((3, 3)),
            costs=costs(
                source=[1, 1, 1], spend=[0, 0, 1], holding=[1] * 3, backlog=[9] * 3, price=[np.nan] * 3, space=[0] * 3
            ),
            limits=replace(limits(3), store=np.zeros(3, dtype=int)),
            routings=Routings(np.array([1]), np.array([0]), np.zeros(1), np.ones(1)),
        )
        assert plan.quantity[:, 1].tolist() == [0, 6, 4]
        assert plan.quantity[:, 2].tolist() == [12, 8, 0]

    def test_space_and_budget_hold(self) -> None:
        plan = plan_of(column(0, 0, 20), limit=limits(3, hours=10, space=4, overtime=99))
        assert plan.stock.max() <= 4 + 1e-9
        tight = plan_of(column(10, 10), limit=limits(2, budget=10), cost=costs(spend=[1.0]))
        assert tight.quantity[:, 0].tolist() == [10, 10]


class TestWhatBinds:
    def test_the_shadow_price_is_what_one_more_hour_saves(self) -> None:
        demand = column(5, 5, 18)
        plan = plan_of(demand, limit=limits(3, hours=10, overtime=5))
        first = plan.binding[0]
        assert first.limit is Limit.CAPACITY
        more = limits(3, hours=10, overtime=5)
        more.hours[first.period, first.number] += 0.5
        assert plan.cost - plan_of(demand, limit=more).cost == pytest.approx(0.5 * first.shadow_price)

    def test_nothing_binds_where_there_is_plenty(self) -> None:
        assert plan_of(column(5, 5), limit=limits(2, hours=100)).binding == []

    def test_what_can_not_be_says_what_to_relax(self) -> None:
        plan = plan_of(column(5, 30), limit=limits(2, hours=10), backlog_allowed=False)
        assert not plan.feasible
        assert [(told.limit, told.lacking) for told in plan.binding] == [(Limit.CAPACITY, pytest.approx(15))] or (
            sum(told.lacking for told in plan.binding) == pytest.approx(15)
        )

    def test_demand_before_anything_can_arrive_is_said(self) -> None:
        network = SupplyNetwork(1, Sources.of([0], lead_time=1), Arcs.of(), open_weeks(2))
        with pytest.raises(AnalyticsError, match="allow it to be met later"):
            constrained_plan(
                network,
                demand=column(5, 0),
                stock=np.zeros(1),
                safety=column(0, 0),
                costs=costs(),
                limits=limits(2),
                routings=ONE_HOUR_EACH,
                backlog_allowed=False,
            )


@pytest.mark.parametrize("seed", range(8))
def test_a_second_formulation_costs_the_same(seed: int) -> None:
    """Shipments from the period of making to the period of demand, instead of stock and backlog balances."""
    rng = np.random.default_rng(seed)
    periods, families = 5, 3
    demand = rng.integers(0, 20, (periods, families)).astype(float)
    hours = np.full((periods, 1), demand.sum() / periods * 1.1)
    per_unit, make = rng.uniform(0.5, 1.2, families), rng.uniform(1, 3, families)
    holding, backlog = rng.uniform(0.1, 1, families), rng.uniform(1, 4, families)
    network = SupplyNetwork(families, Sources.of(range(families)), Arcs.of(), open_weeks(periods))
    plan = constrained_plan(
        network,
        demand=demand,
        stock=np.zeros(families),
        safety=np.zeros((periods, families)),
        costs=costs(
            source=make,
            spend=np.zeros(families),
            holding=holding,
            backlog=backlog,
            price=np.full(families, np.nan),
            space=np.zeros(families),
            overtime=[2.0],
        ),
        limits=replace(limits(periods, overtime=50), hours=hours, store=np.zeros(families, dtype=int)),
        routings=Routings(np.arange(families), np.zeros(families, dtype=int), np.zeros(families), per_unit),
    )
    made, wanted, family = (
        grid.ravel() for grid in np.meshgrid(*map(np.arange, (periods, periods, families)), indexing="ij")
    )
    cost = make[family] + np.where(made <= wanted, holding[family] * (wanted - made), backlog[family] * (made - wanted))
    meets = np.array(
        [(wanted == period) & (family == number) for period in range(periods) for number in range(families)]
    )
    works = np.array([(made == period) * per_unit[family] for period in range(periods)])
    found = linprog(
        np.concatenate([cost, np.full(periods, 2.0)]),
        A_ub=np.hstack([works, -np.eye(periods)]),
        b_ub=hours.ravel(),
        A_eq=np.hstack([meets, np.zeros((len(meets), periods))]),
        b_eq=demand.ravel(),
        bounds=[(0, None)] * cost.size + [(0, 50)] * periods,
    )
    assert plan.cost == pytest.approx(found.fun)


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(AnalyticsError, match="periods"):
        plan_of(column(1, 2), limit=limits(3))


def test_open_orders_come_in_anyway() -> None:
    plan = plan_of(column(5, 5, 5), limit=limits(3, hours=10), receipts=column(0, 8, 0))
    assert plan.quantity[:, 0].tolist() == pytest.approx([5, 0, 2])
    assert plan.stock[:, 0].tolist() == pytest.approx([0, 3, 0])
    assert plan.cost == pytest.approx(7 + 3)
