"""Capable to promise: what binds, worked out by hand, and what must always hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.capable_to_promise import LEAD_TIME, NO_SOURCE, RECEIPT, RESOURCE, Capable, capable_to_promise
from analytics.errors import AnalyticsError
from analytics.supply_plan.capacity import Routings
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork

WEEKS = 8
TEA, BOTTLE, SYRUP, SUGAR = range(4)


def routings(*rows: tuple[int, int, float, float]) -> Routings:
    """Source, resource, set-up hours, hours a unit."""
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return Routings(
        np.array(columns[0], dtype=np.int64), np.array(columns[1], dtype=np.int64), np.array(columns[2], dtype=float),
        np.array(columns[3], dtype=float),
    )  # fmt: skip


def tea(**terms: Any) -> SupplyNetwork:
    """Tea of a bottle and a half of syrup, which is of two of sugar; bottles take two weeks, sugar three."""
    values = {"lead_time": [1, 2, 0, 3], "minimum": 0, "multiple": 0, **terms}
    return SupplyNetwork(
        4,
        Sources.of([TEA, BOTTLE, SYRUP, SUGAR], **values),
        Arcs.of([TEA, TEA, SYRUP], [BOTTLE, SYRUP, SUGAR], [1, 0.5, 2]),
        np.ones((1, WEEKS), dtype=bool),
    )


def free(**nodes: list[float] | float) -> np.ndarray:
    result = np.zeros((WEEKS, 4))
    for name, values in nodes.items():
        place = {"bottle": BOTTLE, "syrup": SYRUP, "sugar": SUGAR}[name]
        result[:, place] = np.resize(values, WEEKS) if isinstance(values, (int, float)) else values
    return result


def capable(quantity: float = 100, *, network: SupplyNetwork | None = None, **given: Any) -> Capable:
    known = {"free": free(), "hours": np.zeros((WEEKS, 0)), "routings": routings(), **given}
    return capable_to_promise(network or tea(), node=TEA, quantity=quantity, **known)


def test_with_everything_there_only_the_lead_time_counts() -> None:
    found = capable(free=free(bottle=100, syrup=50))
    assert (found.week, found.release, found.binds.kind, found.binds.node) == (1, 0, LEAD_TIME, TEA)


def test_a_component_that_has_to_be_bought_is_waited_for() -> None:
    found = capable(free=free(syrup=50))
    assert (found.week, found.release, found.binds.kind, found.binds.node) == (3, 2, LEAD_TIME, BOTTLE)


def test_through_the_semi_finished_good_down_to_its_sugar() -> None:
    found = capable(free=free(bottle=100))
    assert (found.week, found.binds.kind, found.binds.node) == (4, LEAD_TIME, SUGAR)


def test_only_what_is_not_free_is_made_of_the_component() -> None:
    found = capable(free=free(bottle=100, syrup=20, sugar=60))
    assert found.week == 1


def test_a_planned_receipt_that_nobody_has_may_be_sooner_than_a_new_order() -> None:
    found = capable(free=free(syrup=50, bottle=[0, 100, 100, 100, 100, 100, 100, 100]))
    assert (found.week, found.binds.kind, found.binds.node) == (2, RECEIPT, BOTTLE)


def test_a_resource_without_free_hours_is_waited_for() -> None:
    # 1 + 100 x 0.1 = 11 hours: 4 in the first week, none, 4, then enough.
    hours = np.array([4, 0, 4, 10, 40, 40, 40, 40.0])[:, None]
    found = capable(free=free(bottle=100, syrup=50), hours=hours, routings=routings((TEA, 0, 1, 0.1)))
    assert (found.week, found.release, found.binds.kind, found.binds.resource) == (4, 3, RESOURCE, 0)


def test_hours_are_taken_once() -> None:
    # Syrup and tea share a kettle of ten hours a week; each takes ten.
    hours = np.full((WEEKS, 1), 10.0)
    both = routings((TEA, 0, 0, 0.1), (SYRUP, 0, 0, 0.2))
    alone = capable(free=free(bottle=100, syrup=50, sugar=100), hours=hours, routings=both)
    found = capable(free=free(bottle=100, sugar=100), hours=hours, routings=both)
    assert (alone.week, found.week, found.binds.kind) == (1, 2, RESOURCE)


def test_lot_sizes_are_kept() -> None:
    network = tea(minimum=[150, 0, 0, 0], multiple=[100, 0, 0, 0])
    found = capable(network=network, free=free(bottle=199, syrup=100))
    assert found.quantity == 200
    assert found.binds.node == BOTTLE


def test_what_can_not_be_got_is_never_there() -> None:
    network = SupplyNetwork(2, Sources.of([0], 1), Arcs.of([0], [1]), np.ones((1, WEEKS), dtype=bool))
    found = capable_to_promise(
        network, node=0, quantity=1, free=np.zeros((WEEKS, 2)), hours=np.zeros((WEEKS, 0)), routings=routings()
    )
    assert (found.week, found.binds.kind, found.binds.node) == (WEEKS, NO_SOURCE, 1)


def test_closed_weeks_are_passed_over() -> None:
    weeks = np.ones((1, WEEKS), dtype=bool)
    weeks[0, 1:3] = False
    network = SupplyNetwork(1, Sources.of([0], 1), Arcs.of(), weeks)
    found = capable_to_promise(
        network, node=0, quantity=1, free=np.zeros((WEEKS, 1)), hours=np.zeros((WEEKS, 0)), routings=routings()
    )
    assert found.week == 3


@pytest.mark.parametrize("quantity", [0.0, -1.0, np.nan, np.inf])
def test_a_quantity_that_is_none_is_refused(quantity: float) -> None:
    with pytest.raises(AnalyticsError):
        capable(quantity)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AnalyticsError):
        capable(free=np.zeros((WEEKS, 2)))


stocks = st.lists(st.integers(0, 120), min_size=3, max_size=3)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(stocks, stocks, st.integers(1, 150), st.lists(st.integers(0, 15), min_size=WEEKS, max_size=WEEKS))
def test_more_components_or_hours_and_less_wanted_are_never_later(
    known: list[int], more: list[int], quantity: int, week_hours: list[int]
) -> None:
    def week(stock: list[int], wanted: float, extra: float) -> int:
        hours = np.array(week_hours, dtype=float)[:, None] + extra
        names = dict(zip(("bottle", "syrup", "sugar"), map(float, stock), strict=True))
        return capable(wanted, free=free(**names), hours=hours, routings=routings((TEA, 0, 1, 0.1))).week

    base = week(known, quantity, 0)
    assert week([one + two for one, two in zip(known, more, strict=True)], quantity, 0) <= base
    assert week(known, quantity, 5) <= base
    assert week(known, quantity + 10, 0) >= base
