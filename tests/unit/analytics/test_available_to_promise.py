"""Available to promise: the tables of the textbooks, lots that expire, channels, and what must always hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.available_to_promise import (
    Available,
    Supply,
    available_to_promise,
    channel_limits,
    earliest_week,
    partial_quantities,
)
from analytics.errors import AnalyticsError


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def plain(stock: float, receipts: Sequence[float], orders: Sequence[float]) -> Available:
    return available_to_promise(Supply.of(column(*receipts), stock=stock), column(*orders))


def rows(values: np.ndarray) -> list[float]:
    return [round(float(value), 6) for value in values[:, 0]]


class TestTextbooks:
    def test_stevenson_industrial_pumps(self) -> None:
        # Operations Management, master scheduling: 64 on hand, lots of 70.
        found = plain(64, [0, 0, 70, 0, 70, 0, 70, 70], [33, 20, 10, 4, 2, 0, 0, 0])
        assert rows(found.discrete) == [11, 0, 56, 0, 68, 0, 70, 70]

    def test_krajewski_ladder_back_chair(self) -> None:
        found = plain(55, [0, 150, 0, 0, 0, 0, 150, 0], [38, 27, 24, 8, 0, 0, 0, 0])
        assert rows(found.discrete) == [17, 91, 0, 0, 0, 0, 150, 0]
        assert rows(found.cumulative) == [17, 108, 108, 108, 108, 108, 258, 258]

    def test_vollmann_lots_of_thirty(self) -> None:
        orders = [5, 3, 2, *[0] * 9]
        found = plain(20, [0, 0, 0, 30, 0, 0, 0, 30, 0, 30, 0, 30], orders)
        assert rows(found.discrete) == [10, 0, 0, 30, 0, 0, 0, 30, 0, 30, 0, 30]

    def test_look_ahead_takes_back_what_a_later_week_lacks(self) -> None:
        # 40 are due in the last week and 30 of them come: ten of the first week are theirs.
        found = plain(20, [0, 0, 30], [0, 0, 40])
        assert rows(found.discrete) == [10, 0, 0]
        assert rows(found.cumulative) == [10, 10, 10]

    def test_what_is_promised_too_often_leaves_nothing_and_is_owed(self) -> None:
        found = plain(10, [0, 20, 0], [25, 10, 0])
        assert rows(found.discrete) == [0, 0, 0]
        assert rows(found.owed) == [15, 5, 5]

    def test_a_late_commitment_is_served_by_the_next_receipt(self) -> None:
        found = plain(0, [0, 20], [15, 0])
        assert rows(found.served) == [0, 15]
        assert rows(found.owed) == [15, 0]
        assert rows(found.discrete) == [0, 5]


class TestLots:
    def test_a_lot_can_not_be_promised_beyond_its_last_week(self) -> None:
        supply = Supply(np.array([30.0]), column(0, 0, 0), column(0, 20, 0), np.array([np.inf]))
        found = available_to_promise(supply, column(0, 0, 0))
        assert rows(found.on_week) == [30, 30, 10]
        assert rows(found.cumulative) == [30, 30, 30]

    def test_commitments_take_the_lot_that_expires_first(self) -> None:
        supply = Supply(np.array([30.0]), column(0, 0, 0), column(0, 20, 0), np.array([np.inf]))
        found = available_to_promise(supply, column(15, 0, 5))
        assert rows(found.on_week) == [10, 10, 5]

    def test_a_receipt_is_good_for_its_shelf_life(self) -> None:
        supply = Supply(np.array([0.0]), column(0, 12, 0, 0), np.zeros((4, 1)), np.array([2.0]))
        found = available_to_promise(supply, np.zeros((4, 1)))
        assert rows(found.on_week) == [0, 12, 12, 0]


class TestPromise:
    def test_the_first_week_with_all_of_it(self) -> None:
        found = plain(20, [0, 0, 30], [0, 5, 0])
        weeks = [
            int(earliest_week(found, quantity=np.array([quantity]), week=np.array([week]))[0])
            for quantity, week in ((15, 0), (15, 1), (16, 0), (45, 0), (46, 0), (0, 2))
        ]
        assert weeks == [0, 1, 2, 2, 3, 2]

    def test_in_parts_as_early_as_can_be(self) -> None:
        found = plain(20, [0, 0, 30], [0, 5, 0])
        assert rows(partial_quantities(found, quantity=np.array([40]), week=np.array([0]))) == [15, 0, 25]
        assert rows(partial_quantities(found, quantity=np.array([10]), week=np.array([1]))) == [0, 10, 0]


class TestChannels:
    shares = np.array([[0.5, 0.3, 0.0]])

    def test_own_share_first_then_what_is_nobodys(self) -> None:
        found = plain(100, [0], [0])
        committed = np.zeros((1, 1, 3))
        assert channel_limits(found, shares=self.shares, committed=committed)[0, 0] == pytest.approx([70, 50, 20])

    def test_who_took_from_the_pool_leaves_less_in_it(self) -> None:
        found = plain(100, [0], [60])
        limits = channel_limits(found, shares=self.shares, committed=np.array([[[60.0, 0, 0]]]))
        assert limits[0, 0] == pytest.approx([10, 40, 10])

    def test_a_share_of_more_than_all_is_refused(self) -> None:
        with pytest.raises(AnalyticsError, match="shares"):
            channel_limits(plain(1, [0], [0]), shares=np.array([[0.6, 0.5]]), committed=np.zeros((1, 1, 2)))


class TestEdges:
    def test_no_items(self) -> None:
        found = available_to_promise(Supply.of(np.zeros((3, 0))), np.zeros((3, 0)))
        assert found.discrete.shape == (3, 0)

    def test_one_week_of_nothing(self) -> None:
        assert rows(plain(0, [0], [0]).cumulative) == [0]

    @pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
    def test_what_is_no_quantity_is_refused(self, bad: float) -> None:
        with pytest.raises(AnalyticsError):
            plain(1, [0, 0], [0, bad])
        with pytest.raises(AnalyticsError):
            plain(bad, [0, 0], [0, 0])

    def test_shapes_that_do_not_fit_are_refused(self) -> None:
        with pytest.raises(AnalyticsError):
            available_to_promise(Supply.of(np.zeros((3, 2))), np.zeros((2, 2)))
        with pytest.raises(AnalyticsError):
            available_to_promise(Supply.of(np.zeros((0, 1))), np.zeros((0, 1)))


WEEKS = 5
Case = tuple[int, list[int], list[int], list[int], float]
amounts = st.lists(st.integers(0, 12), min_size=WEEKS, max_size=WEEKS)
cases = st.tuples(
    st.integers(0, 30), amounts, amounts, st.lists(st.integers(0, 8), min_size=WEEKS, max_size=WEEKS),
    st.sampled_from([1.0, 2.0, 3.0, np.inf]),
)  # fmt: skip


def of_case(
    stock: int, receipts: list[int], orders: list[int], expiring: list[int], good_for: float
) -> tuple[Supply, np.ndarray]:
    lots = column(*expiring)
    return Supply(np.array([stock + lots.sum()]), column(*receipts), lots, np.array([good_for])), column(*orders)


def most(supply: Supply, served: np.ndarray, wanted: np.ndarray) -> float:
    """The most units that can be served in the wanted weeks on top of ``served``, by linear programming."""
    weeks = len(served)
    lots = [(0, week, float(supply.expiring[week, 0])) for week in range(weeks)]
    lots.append((0, weeks - 1, float(supply.stock[0] - supply.expiring.sum())))
    last = [int(min(week + supply.good_for[0] - 1, weeks - 1)) for week in range(weeks)]
    lots += [(week, last[week], float(supply.receipts[week, 0])) for week in range(weeks)]
    pairs = [(lot, week) for lot, (first, end, _) in enumerate(lots) for week in range(first, end + 1)]
    per_lot = np.array([[float(lot == own) for own, _week in pairs] for lot in range(len(lots))])
    per_week = np.array([[float(week == own) for _lot, own in pairs] for week in range(weeks)])
    fixed = [week for week in range(weeks) if not wanted[week]]
    free = [week for week in range(weeks) if wanted[week]]
    limits, size = [*per_lot, *-per_week[free]], [lot[2] for lot in lots]
    found = linprog(
        -per_week[free].sum(axis=0), A_ub=np.array(limits), b_ub=[*size, *(-served[free, 0])],
        A_eq=per_week[fixed] if fixed else None, b_eq=served[fixed, 0] if fixed else None,
    )  # fmt: skip
    assert found.success
    return float(-found.fun - served[free, 0].sum())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cases, st.integers(0, WEEKS - 1))
def test_it_is_the_most_that_a_linear_programme_finds(case: Case, week: int) -> None:
    supply, committed = of_case(*case)
    found = available_to_promise(supply, committed)
    only, until = np.arange(WEEKS) == week, np.arange(WEEKS) <= week
    assert found.on_week[week, 0] == pytest.approx(most(supply, found.served, only), abs=1e-6)
    assert found.cumulative[week, 0] == pytest.approx(most(supply, found.served, until), abs=1e-6)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cases, st.lists(st.tuples(st.integers(0, WEEKS - 1), st.integers(1, 25)), max_size=6))
def test_promises_never_exceed_supply_nor_make_an_earlier_one_late(case: Case, asked: list[tuple[int, int]]) -> None:
    supply, committed = of_case(*case)
    before = available_to_promise(supply, committed)
    promised = committed.copy()
    for week, quantity in asked:
        found = available_to_promise(supply, promised)
        parts = partial_quantities(found, quantity=np.array([quantity]), week=np.array([week]))
        assert parts.sum() <= quantity + 1e-9
        promised = promised + parts
    after = available_to_promise(supply, promised)
    assert after.owed == pytest.approx(before.owed, abs=1e-5)
    arrived = supply.stock + np.cumsum(supply.receipts, axis=0)
    assert (np.cumsum(after.served, axis=0) <= arrived + 1e-6).all()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cases, st.integers(0, WEEKS - 1), st.integers(1, 20), st.integers(0, WEEKS - 1), st.integers(1, 30))
def test_more_supply_is_never_a_later_date(case: Case, when: int, more: int, week: int, quantity: int) -> None:
    supply, committed = of_case(*case)
    receipts = supply.receipts.copy()
    receipts[when] += more
    richer = Supply(supply.stock, receipts, supply.expiring, supply.good_for)
    asked = {"quantity": np.array([quantity]), "week": np.array([week])}
    before, after = (earliest_week(available_to_promise(known, committed), **asked)[0] for known in (supply, richer))
    assert after <= before


@settings(max_examples=100, deadline=None, derandomize=True)
@given(cases, st.lists(st.tuples(st.integers(0, 2), st.integers(0, WEEKS - 1)), max_size=8))
def test_channels_together_get_no_more_than_there_is(case: Case, asked: list[tuple[int, int]]) -> None:
    supply, _orders = of_case(*case)
    shares = np.array([[0.5, 0.3, 0.0]])
    committed = np.zeros((WEEKS, 1, 3))
    for channel, week in asked:
        found = available_to_promise(supply, committed.sum(axis=2))
        limits = channel_limits(found, shares=shares, committed=committed)
        committed[week, 0, channel] += min(limits[week, 0, channel], found.on_week[week, 0])
    assert available_to_promise(supply, committed.sum(axis=2)).owed.max(initial=0) <= 1e-5


def test_items_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(4)
    weeks, items = 6, 9
    expiring = rng.integers(0, 9, (weeks, items)).astype(float)
    supply = Supply(
        expiring.sum(axis=0) + 5, rng.integers(0, 9, (weeks, items)).astype(float), expiring,
        rng.choice([1.0, 3.0, np.inf], items),
    )  # fmt: skip
    committed = rng.integers(0, 12, (weeks, items)).astype(float)
    together = available_to_promise(supply, committed)
    for item in range(items):
        own = slice(item, item + 1)
        alone = available_to_promise(
            Supply(supply.stock[own], supply.receipts[:, own], expiring[:, own], supply.good_for[own]),
            committed[:, own],
        )
        assert together.on_week[:, own] == pytest.approx(alone.on_week)
