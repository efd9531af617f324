"""Splits of totals: worked examples, and what holds for any total, weights and held parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from analytics.demand_split import LARGEST, BelowHeld, Split, split, split_weights
from analytics.errors import AnalyticsError

FREE = float("nan")


def of_one(
    total: float, weights: list[float], held: list[float] | None = None, whole: ArrayLike = True
) -> tuple[list[float], bool]:
    """One group in one period."""
    children = len(weights)
    found = split(
        np.array([[float(total)]]),
        group=np.zeros(children, dtype=np.int64),
        weights=np.array(weights, dtype=float).reshape(children, 1),
        held=np.array(held or [FREE] * children, dtype=float).reshape(children, 1),
        whole=np.broadcast_to(np.asarray(whole, dtype=bool), (children,)),
    )
    return found.quantity[:, 0].tolist(), bool(found.fallback[0, 0])


class TestExamples:
    def test_in_proportion(self) -> None:
        assert of_one(300, [1, 2, 3]) == ([50, 100, 150], False)

    def test_the_largest_remainder_gets_what_is_left(self) -> None:
        # Quotas 52.38, 33.33 and 14.29 of 100: one unit is left.
        assert of_one(100, [11, 7, 3])[0] == [53, 33, 14]

    def test_of_equal_remainders_the_first_wins(self) -> None:
        assert of_one(100, [1, 1, 1])[0] == [34, 33, 33]

    def test_goods_with_decimals_are_split_to_the_fourth(self) -> None:
        assert of_one(1, [1, 1, 1], whole=False)[0] == [0.3334, 0.3333, 0.3333]
        assert of_one(100, [1, 1, 1], whole=[True, True, False])[0] == [33.3334, 33.3333, 33.3333]

    def test_a_total_that_is_not_whole_stays_exact(self) -> None:
        assert of_one(100.5, [1, 1])[0] == [50.25, 50.25]

    def test_slow_movers_are_not_rounded_away(self) -> None:
        assert of_one(7, [1] * 10)[0] == [0.7] * 10

    def test_what_weighs_nothing_gets_nothing(self) -> None:
        assert of_one(10, [1, 0, 4])[0] == [2, 0, 8]

    def test_held_parts_keep_theirs(self) -> None:
        assert of_one(200, [6, 4, 5], [60, FREE, FREE])[0] == [60, 62, 78]
        assert of_one(100, [1, 1, 1], [0, 0.25, FREE])[0] == [0, 0.25, 99.75]

    def test_weights_of_nothing_become_equal(self) -> None:
        assert of_one(9, [0, 0, 0]) == ([3, 3, 3], True)
        assert of_one(9, [5, 0, 0], [5, FREE, FREE]) == ([5, 2, 2], True)
        assert of_one(0, [0, 0]) == ([0, 0], False)

    def test_nothing_is_left_of_zero(self) -> None:
        assert of_one(0, [3, 5])[0] == [0, 0]

    def test_groups_and_periods_are_split_each_by_itself(self) -> None:
        found = split(
            np.array([[10.0, 20.0], [100.0, 0.0]]),
            group=np.array([1, 0, 1, 0]),
            weights=np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [1.0, 1.0]]),
            held=np.full((4, 2), FREE),
            whole=np.ones(4, dtype=bool),
        )
        assert found.quantity.tolist() == [[25, 0], [5, 15], [75, 0], [5, 5]]

    def test_the_largest_total_is_exact(self) -> None:
        assert sum(of_one(LARGEST, [1, 1, 1])[0]) == LARGEST


class TestRefusals:
    def test_below_what_is_held(self) -> None:
        with pytest.raises(BelowHeld) as refused:
            of_one(99, [1, 1], [100, FREE])
        assert (refused.value.group, refused.value.period, refused.value.held) == (0, 0, 100)

    def test_all_held(self) -> None:
        with pytest.raises(BelowHeld):
            of_one(101, [1, 1], [60, 40])
        assert of_one(100, [1, 1], [60, 40])[0] == [60, 40]

    @pytest.mark.parametrize("total", [-1, float("nan"), float("inf"), LARGEST * 2], ids=repr)
    def test_no_total(self, total: float) -> None:
        with pytest.raises(AnalyticsError):
            of_one(total, [1, 1])

    @pytest.mark.parametrize("weight", [-1, float("nan")], ids=repr)
    def test_no_weight(self, weight: float) -> None:
        with pytest.raises(AnalyticsError):
            of_one(10, [1, weight])


class TestWeights:
    def test_rules(self) -> None:
        forecast, history = np.array([[4.0, 6.0], [-1.0, 2.0]]), np.array([30.0, -2.0])
        assert split_weights("forecast", forecast=forecast, history=history).tolist() == [[4, 6], [0, 2]]
        assert split_weights("history", forecast=forecast, history=history).tolist() == [[30, 30], [0, 0]]
        assert split_weights("equal", forecast=forecast, history=history).tolist() == [[1, 1], [1, 1]]
        with pytest.raises(AnalyticsError, match="forecast, history, equal"):
            split_weights("odd", forecast=forecast, history=history)


# Ten-thousandths, so that sums can be compared exactly.
AMOUNTS = st.integers(0, 10**9) | st.integers(0, 10**5).map(lambda whole: whole * 10_000)
CHILDREN = st.lists(
    st.tuples(st.integers(0, 1000), st.none() | st.integers(0, 10**6), st.booleans()), min_size=1, max_size=12
)


def drawn(total: int, children: list[tuple[int, int | None, bool]]) -> tuple[Split, list[float]] | None:
    """The split, and what is held; None where there is no room."""
    held = [FREE if kept is None else kept / 10_000 for _weight, kept, _whole in children]
    left = total - sum(kept or 0 for _weight, kept, _whole in children)
    if left < 0 or (left and all(kept is not None for _weight, kept, _whole in children)):
        return None
    found = split(
        np.array([[total / 10_000]]),
        group=np.zeros(len(children), dtype=np.int64),
        weights=np.array([[float(weight)] for weight, _kept, _whole in children]),
        held=np.array(held)[:, None],
        whole=np.array([whole for _weight, _kept, whole in children]),
    )
    return found, held


def scaled(found: Split) -> list[int]:
    return [round(quantity * 10_000) for quantity in found.quantity[:, 0]]


@given(total=AMOUNTS, children=CHILDREN)
def test_parts_add_up_exactly_and_held_ones_are_untouched(
    total: int, children: list[tuple[int, int | None, bool]]
) -> None:
    done = drawn(total, children)
    if done is None:
        return
    found, held = done
    assert sum(scaled(found)) == total
    assert (found.quantity >= 0).all()
    kept = ~np.isnan(held)
    assert found.quantity[kept, 0].tolist() == np.array(held)[kept].tolist()


@given(total=AMOUNTS, children=CHILDREN)
def test_who_weighs_more_gets_no_less(total: int, children: list[tuple[int, int | None, bool]]) -> None:
    done = drawn(total, children)
    if done is None or done[0].fallback.any():
        return
    parts = [
        (weight, part) for (weight, kept, _whole), part in zip(children, scaled(done[0]), strict=True) if kept is None
    ]
    for weight, part in parts:
        assert all(part >= other for lighter, other in parts if lighter < weight)
        assert part == 0 or weight > 0


@given(total=AMOUNTS, children=CHILDREN, random=st.randoms(use_true_random=False))
def test_the_order_of_the_children_decides_ties_only(
    total: int, children: list[tuple[int, int | None, bool]], random: object
) -> None:
    shuffled = children.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = drawn(total, children), drawn(total, shuffled)
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    by_weight = [
        sorted(zip([(weight, kept or -1) for weight, kept, _whole in order], scaled(found[0]), strict=True))
        for order, found in ((children, one), (shuffled, other))
    ]
    assert by_weight[0] == by_weight[1]


@given(total=st.integers(1, 10**6), weights=st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_whole_goods_stay_whole_when_each_gets_one(total: int, weights: list[int]) -> None:
    parts, _fallback = of_one(total, [float(weight) for weight in weights])
    quotas = [total * weight / sum(weights) for weight in weights]
    if min(quotas) >= 1:
        assert all(part == int(part) for part in parts)
    assert all(abs(part - quota) < 1 for part, quota in zip(parts, quotas, strict=True))
