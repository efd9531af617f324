"""Pegs add up, name late supply, and lead from a material to the customers' demand it is for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supply_networks import column, network_of, one_node, open_weeks

from analytics.supply_plan.engine import SupplyInputs, SupplyPlan, supply_plan
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from analytics.supply_plan.pegging import pegging, served_by


def test_stock_serves_first_and_orders_in_their_turn() -> None:
    plan = supply_plan(one_node(3), SupplyInputs.of(column(10, 10, 10), stock=15.0))
    pegs = pegging(plan, node=0)
    told = pegs[["supply", "supply_period", "demand_period", "quantity"]].to_numpy().tolist()
    assert told == [["stock", -1, 0, 10], ["stock", -1, 1, 5], ["planned", 1, 1, 5], ["planned", 2, 2, 10]]


def test_late_supply_says_by_how_much() -> None:
    plan = supply_plan(one_node(4, lead_time=2), SupplyInputs.of(column(5, 0, 0, 0)))
    (peg,) = pegging(plan, node=0).to_dict("records")
    assert (peg["supply_period"], peg["demand_period"], peg["late"]) == (2, 0, 2)


def test_what_nobody_delivers_is_owed_and_what_is_over_is_left() -> None:
    nobody = SupplyNetwork(1, Sources.of(np.zeros(0, dtype=int)), Arcs.of(), open_weeks(2))
    owed = pegging(supply_plan(nobody, SupplyInputs.of(column(3, 3), stock=4.0)), node=0)
    assert owed["supply"].tolist() == ["stock", "stock", "owed"]
    left = pegging(supply_plan(nobody, SupplyInputs.of(column(0, 1), stock=4.0)), node=0)
    assert left["demand"].tolist() == ["independent", "left"]


def test_expired_stock_serves_nobody() -> None:
    inputs = SupplyInputs.of(column(5, 5), stock=20.0, expiring=column(20, 0))
    pegs = pegging(supply_plan(one_node(2), inputs), node=0)
    assert pegs[["supply", "demand", "quantity"]].to_numpy().tolist() == [
        ["stock", "independent", 5],
        ["stock", "waste", 15],
        ["planned", "independent", 5],
    ]


def chain() -> SupplyPlan:
    """A drink in two flavours of one syrup of sugar: two units of syrup a drink, half a unit of sugar a syrup."""
    sources = Sources.of([0, 1, 2, 3], lead_time=[1, 1, 1, 1], minimum=[0, 0, 0, 100])
    arcs = Arcs.of([0, 1, 2], [2, 2, 3], [2, 2, 0.5])
    demand = np.zeros((6, 4))
    demand[4] = [10, 30, 0, 0]
    demand[5] = [20, 0, 0, 0]
    return supply_plan(SupplyNetwork(4, sources, arcs, open_weeks(6)), SupplyInputs.of(demand))


def test_a_material_is_followed_up_to_the_demand_of_customers() -> None:
    plan = chain()
    (period,) = np.flatnonzero(plan.receipts[:, 3])
    served = served_by(plan, source=3, period=int(period))
    # 60 units of syrup-half are 60 of sugar: 10 and 30 drinks in week 4, 20 in week 5.
    assert served.to_dict("records") == [
        {"node": 0, "demand_period": 4, "level": 2, "quantity": pytest.approx(10)},
        {"node": 0, "demand_period": 5, "level": 2, "quantity": pytest.approx(20)},
        {"node": 1, "demand_period": 4, "level": 2, "quantity": pytest.approx(30)},
    ]


def test_open_orders_of_a_parent_stand_for_themselves() -> None:
    plan = chain()
    releases = np.zeros_like(plan.releases)
    releases[5, 2] = 10  # arrives after the last week
    inputs = SupplyInputs.of(np.zeros((6, 4)), releases=releases)
    firm = supply_plan(plan.network, inputs)
    (period,) = np.flatnonzero(firm.receipts[:, 3])
    assert served_by(firm, source=3, period=int(period)).to_dict("records") == [
        {"node": 2, "demand_period": 5, "level": 1, "quantity": pytest.approx(5)}
    ]


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_pegs_add_up_to_all_supply_and_all_demand(seed: int) -> None:
    plan = supply_plan(*network_of(seed))
    for node in range(plan.network.nodes):
        pegs = pegging(plan, node=node)
        supply = plan.inputs.stock[node] + (plan.inputs.receipts + plan.planned)[:, node].sum()
        demand = (plan.demand + plan.waste)[:, node].sum()
        assert pegs.loc[pegs["supply"] != "owed", "quantity"].sum() == pytest.approx(supply)
        assert pegs.loc[pegs["demand"] != "left", "quantity"].sum() == pytest.approx(demand)
        assert pegs.loc[pegs["supply"] == "owed", "quantity"].sum() == pytest.approx(max(-plan.stock[-1, node], 0))
