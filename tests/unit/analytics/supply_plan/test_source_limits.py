"""What sources may deliver at most: never more, fairly shared, and the rest from others or later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from analytics.supply_plan.engine import SupplyInputs, SupplyPlan, supply_plan, what_if
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from analytics.supply_plan.source_limits import Allowance, SourceLimits, closed_calendars

PERIODS = 4


def limits(source: ArrayLike, pool: ArrayLike, quantity: ArrayLike) -> SourceLimits:
    return SourceLimits(np.asarray(source), np.asarray(pool), np.asarray(quantity, dtype=float))


def plan_of(sources: Sources, nodes: int, demand: float, limit: SourceLimits | None) -> SupplyPlan:
    network = SupplyNetwork(nodes, sources, Arcs.of(), np.ones((1, PERIODS), dtype=bool))
    return supply_plan(network, SupplyInputs.of(np.full((PERIODS, nodes), demand), limits=limit))


def test_orders_of_a_bucket_stay_within_its_pool_and_the_shortage_is_owed() -> None:
    two_periods_each = [[[0], [0], [1], [1]]]
    plan = plan_of(Sources.of([0]), 1, 10.0, limits([0], two_periods_each, [12.0, 30.0]))
    # 12 of 20 in the first two periods; what is owed is made up for when there is room.
    assert plan.receipts[:, 0].tolist() == [10, 2, 18, 10]
    assert plan.stock[:, 0].tolist() == [0, -8, 0, 0]


def test_without_a_limit_nothing_changes() -> None:
    sources = Sources.of([0, 1], minimum=7.0, multiple=4.0)
    free = plan_of(sources, 2, 10.0, None)
    wide = plan_of(sources, 2, 10.0, limits([0], np.zeros((1, PERIODS, 1), dtype=int), [1e9]))
    assert np.array_equal(free.receipts, wide.receipts)
    assert np.array_equal(free.stock, wide.stock)


def test_what_one_supplier_may_not_deliver_comes_from_the_other() -> None:
    sources = Sources.of([0, 0], share=[0.8, 0.2])
    plan = plan_of(sources, 1, 10.0, limits([0], np.zeros((1, PERIODS, 1), dtype=int), [15.0]))
    assert plan.receipts[:, 0].sum() == 15
    assert plan.receipts[:, 1].sum() == 25
    assert (plan.stock >= 0).all()


def test_two_places_share_a_pool_by_what_they_need() -> None:
    allowance = Allowance(limits([0, 1], np.zeros((1, 1, 2), dtype=int), [12.0]), 2)
    granted = allowance.grant(0, np.array([0, 1]), np.array([10.0, 20.0]), np.zeros(2))
    assert granted.tolist() == [4, 8]
    assert allowance.left.tolist() == [0]


def test_whole_multiples_use_what_fair_shares_leave_over() -> None:
    allowance = Allowance(limits([0, 1], np.zeros((1, 1, 2), dtype=int), [10.0]), 2)
    granted = allowance.grant(0, np.array([0, 1]), np.array([10.0, 10.0]), np.full(2, 10.0))
    assert sorted(granted.tolist()) == [0, 10]


def test_an_item_stays_within_its_own_limit_and_that_of_its_group() -> None:
    own, group = [[0, -1]], [[1, 1]]
    allowance = Allowance(limits([0, 1], [own, group], [5.0, 8.0]), 2)
    granted = allowance.grant(0, np.array([0, 1]), np.array([10.0, 10.0]), np.zeros(2))
    assert granted[0] <= 5
    assert granted.sum() == pytest.approx(8)


def test_what_if_leaves_the_others_what_they_have() -> None:
    plan = plan_of(Sources.of([0, 1]), 2, 10.0, limits([0, 1], np.zeros((1, PERIODS, 2), dtype=int), [60.0]))
    demand = plan.inputs.demand.copy()
    demand[:, 1] = 100.0
    tried = what_if(plan, nodes=np.array([1]), inputs=replace(plan.inputs, demand=demand))
    assert tried.receipts.sum() == pytest.approx(60 - plan.receipts[:, 0].sum())


def test_closed_weeks_give_groups_calendars_of_their_own() -> None:
    calendar, opened = closed_calendars(
        np.array([0, 0, 0]),
        np.ones((1, 3), dtype=bool),
        group=np.array([-1, 0, 1]),
        closed=np.array([[False, True, False], [False, False, False]]),
    )
    assert calendar.tolist() == [0, 1, 0]
    assert opened.tolist() == [[True] * 3, [True, False, True]]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3),
    st.lists(st.sampled_from([-1, 0, 1]), min_size=3, max_size=3),
    st.lists(st.floats(0, 1e6), min_size=2, max_size=2),
    st.sampled_from([0.0, 1.0, 25.0]),
)
def test_never_more_than_wanted_or_left(wanted: list[float], pool: list[int], left: list[float], step: float) -> None:
    allowance = Allowance(limits([0, 1, 2], [[pool]], left), 3)
    asked = np.array(wanted) if step == 0 else np.ceil(np.array(wanted) / step) * step
    granted = allowance.grant(0, np.arange(3), asked, np.full(3, step))
    assert (granted <= asked + 1e-6).all()
    assert (granted >= 0).all()
    assert (allowance.left >= -1e-6).all()
    assert (granted[np.array(pool) == -1] == asked[np.array(pool) == -1]).all()
