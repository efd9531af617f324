"""What a plan means in money."""

from __future__ import annotations

import numpy as np
from supply_networks import column, one_node, open_weeks

from analytics.supply_plan.engine import SupplyInputs, supply_plan
from analytics.supply_plan.money import PlanMoney, plan_money, served
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork


def money_of(demand: np.ndarray, **given: float) -> PlanMoney:
    plan = supply_plan(one_node(len(demand), lead_time=1), SupplyInputs.of(demand, **given))
    return plan_money(
        plan,
        price=np.array([3.0]),
        cost=np.array([2.0]),
        purchase_price=np.array([1.5]),
        collect_after=1,
        pay_after=np.array([2]),
    )


def test_late_sales_are_sales_when_they_go_out() -> None:
    money = money_of(column(10, 10, 0, 0), stock=4.0)
    assert money.revenue[:, 0].tolist() == [12, 48, 0, 0]
    assert money.margin[:, 0].tolist() == [4, 16, 0, 0]
    assert money.purchases[:, 0].tolist() == [0, 24, 0, 0]


def test_cash_comes_and_goes_by_the_terms() -> None:
    assert money_of(column(10, 10, 0, 0), stock=4.0).cash.tolist() == [0, 12, 48, -24]


def test_stock_and_waste_are_worth_their_cost() -> None:
    money = money_of(column(1, 1), stock=9.0, expiring=column(5, 0))
    assert money.stock_value[:, 0].tolist() == [8, 6]
    assert money.waste_value[:, 0].tolist() == [8, 0]


def test_what_components_serve_is_no_sale() -> None:
    network = SupplyNetwork(2, Sources.of([0, 1]), Arcs.of([0], [1], [2]), open_weeks(1))
    plan = supply_plan(network, SupplyInputs.of(np.array([[10.0, 0.0]])))
    money = plan_money(
        plan,
        price=np.array([5.0, 9.0]),
        cost=np.array([2.0, 1.0]),
        purchase_price=np.array([0.0, 1.0]),
        collect_after=0,
        pay_after=np.zeros(2, dtype=int),
    )
    assert money.revenue.tolist() == [[50, 0]]
    assert money.purchases.tolist() == [[0, 20]]
    assert served(plan).tolist() == [[10, 20]]
