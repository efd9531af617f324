"""What stands in for components that run short, worked out by hand and as rules that always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.supply_plan.engine import SupplyInputs, SupplyPlan, by_node, supply_plan
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from analytics.supply_plan.substitution import Substitutes, substituted

MADE, COMPONENT, SUBSTITUTE = 0, 1, 2
MAKING, BUYING, BUYING_OTHER, STANDING_IN = 0, 1, 2, 3


def network(*, factor: float = 1.0, lead_time: int = 3, other_lead_time: int = 4, periods: int = 6) -> SupplyNetwork:
    """One of a product takes two of a component, for which another may stand in."""
    sources = Sources.of(
        [MADE, COMPONENT, SUBSTITUTE, COMPONENT],
        lead_time=[0, lead_time, other_lead_time, 0],
        share=[1.0, 1.0, 1.0, 0.0],
    )
    arcs = Arcs.of([MAKING, STANDING_IN], [COMPONENT, SUBSTITUTE], [2.0, factor])
    return SupplyNetwork(3, sources, arcs, np.ones((1, periods), dtype=bool))


ALLOWED = Substitutes(np.array([STANDING_IN]), np.array([0]), np.array([0]))


def inputs(demand: list[float], stock: list[float], safety: float = 0.0) -> SupplyInputs:
    wanted = np.zeros((len(demand), 3))
    wanted[:, MADE] = demand
    kept = np.zeros_like(wanted)
    kept[:, SUBSTITUTE] = safety
    return SupplyInputs.of(wanted, stock=np.array(stock), safety=kept)


def plans(net: SupplyNetwork, known: SupplyInputs) -> tuple[SupplyPlan, np.ndarray, SupplyPlan]:
    """The plan without, what stands in, and the plan with it."""
    before = supply_plan(net, known)
    taken = substituted(before, ALLOWED)
    with_it = SupplyInputs.of(
        known.demand,
        stock=known.stock,
        receipts=known.receipts + by_node(net, taken),
        safety=known.safety,
        releases=taken,
    )
    return before, taken, supply_plan(net, with_it)


def test_free_stock_of_the_substitute_stands_in_where_the_component_is_short() -> None:
    # 10 a week take 20 of the component; there are 25, new ones come in week 3: 15 and 20 are missing in weeks 1, 2.
    before, taken, after = plans(network(), inputs([10, 10, 10, 10, 0, 0], [0, 25, 100]))
    assert before.stock[:3, COMPONENT].tolist() == [5, -15, -35]
    assert taken[:, STANDING_IN].tolist() == [0, 15, 20, 0, 0, 0]
    assert not taken[:, [MAKING, BUYING, BUYING_OTHER]].any()
    assert (after.stock[:, COMPONENT] >= 0).all()
    assert after.stock[:3, SUBSTITUTE].tolist() == [100, 85, 65]


def test_a_factor_takes_more_of_the_substitute() -> None:
    _before, taken, after = plans(network(factor=2.0), inputs([10, 10, 0, 0, 0, 0], [0, 25, 100]))
    assert taken[1, STANDING_IN] == 15
    assert after.stock[1, SUBSTITUTE] == 70


def test_no_more_than_is_free_and_its_safety_stock_stays() -> None:
    known = inputs([10, 10, 10, 10, 0, 0], [0, 25, 20], safety=8)
    _before, taken, after = plans(network(), known)
    assert taken[:3, STANDING_IN].tolist() == [0, 12, 0]
    assert after.stock[:4, SUBSTITUTE].min() == 8
    assert after.stock[2, COMPONENT] == -23


def test_what_is_needed_of_the_substitute_until_new_ones_come_is_not_free() -> None:
    known = inputs([10, 10, 0, 0, 0, 0], [0, 25, 20])
    known.demand[3, SUBSTITUTE] = 14
    _before, taken, _after = plans(network(), known)
    assert taken[1, STANDING_IN] == 6
    late = inputs([10, 10, 0, 0, 0, 0], [0, 25, 20])
    late.demand[5, SUBSTITUTE] = 14
    assert plans(network(), late)[1][1, STANDING_IN] == 15


def test_only_recipes_that_allow_it() -> None:
    none = Substitutes(np.array([STANDING_IN]), np.empty(0, dtype=int), np.empty(0, dtype=int))
    before = supply_plan(network(), inputs([10, 10, 10, 0, 0, 0], [0, 25, 100]))
    assert not substituted(before, none).any()
    assert not substituted(before, Substitutes(*(np.empty(0, dtype=int),) * 3)).any()


def test_nothing_stands_in_while_there_is_enough() -> None:
    before, taken, after = plans(network(), inputs([10, 10, 10, 10, 10, 10], [0, 60, 100]))
    assert not taken.any()
    assert after.stock == pytest.approx(before.stock)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=6, max_size=6),
    st.tuples(st.integers(0, 80), st.integers(0, 80)),
    st.floats(0.5, 3),
    st.integers(0, 4),
    st.integers(0, 15),
)
def test_it_only_ever_helps(
    demand: list[float], stock: tuple[int, int], factor: float, lead_time: int, safety: int
) -> None:
    net = network(factor=factor, lead_time=lead_time)
    before, taken, after = plans(net, inputs(demand, [0, *stock], safety=safety))
    short_before, short_after = (np.maximum(-plan.stock[:, COMPONENT], 0) for plan in (before, after))
    assert (short_after <= short_before + 1e-6).all()
    assert (after.stock[:, SUBSTITUTE] >= -1e-6).all()
    assert taken[:, STANDING_IN].sum() * factor <= stock[1] + by_node(net, after.receipts)[:, SUBSTITUTE].sum() + 1e-6
    change = np.diff(after.stock[:, SUBSTITUTE], prepend=stock[1])
    flows = after.planned[:, SUBSTITUTE] - after.dependent[:, SUBSTITUTE]
    assert change == pytest.approx(flows)
