"""Cover through recipes: by hand, and against walking down one product after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.halal_roll_up import NONE, goes_into, rolled_up, users

# 0 sauce ← 1 base ← 2 sugar; 1 base ← 3 gelatine; 0 sauce ← 4 bottle; 5 tea ← 2 sugar
PARENT, COMPONENT = [0, 1, 1, 0, 5], [1, 2, 3, 4, 2]


def test_three_levels_by_hand() -> None:
    own = np.array([True, True, True, False, True, True])
    found = rolled_up(own, parent=PARENT, component=COMPONENT)
    assert found.covered.tolist() == [False, False, True, False, True, True]
    assert found.cause.tolist() == [3, 3, NONE, 3, NONE, NONE]


def test_an_item_that_breaks_itself_is_its_own_cause() -> None:
    own = np.array([False, True, False, True, True, True])
    found = rolled_up(own, parent=PARENT, component=COMPONENT)
    assert found.cause.tolist() == [0, 2, 2, NONE, NONE, 2]


def test_what_goes_into_what() -> None:
    wanted = np.array([True, False, False, False, False, False])
    assert goes_into(wanted, parent=PARENT, component=COMPONENT).tolist() == [True, True, True, True, True, False]
    finished = np.array([True, False, False, False, False, True])
    assert users([2, 3, 5], wanted=finished, parent=PARENT, component=COMPONENT).tolist() == [2, 1, 1]


def test_nothing_at_all() -> None:
    found = rolled_up([], parent=[], component=[])
    assert (found.covered.size, found.cause.size) == (0, 0)
    assert goes_into([], parent=[], component=[]).size == 0
    assert users([], wanted=[], parent=[], component=[]).size == 0


def test_cycles_and_strangers_are_refused() -> None:
    with pytest.raises(AnalyticsError):
        rolled_up([True, True], parent=[0, 1], component=[1, 0])
    with pytest.raises(AnalyticsError):
        users([7], wanted=[True], parent=[], component=[])


@st.composite
def recipes(draw: st.DrawFn) -> tuple[list[bool], list[int], list[int]]:
    own = draw(st.lists(st.booleans(), min_size=1, max_size=12))
    pairs = st.tuples(st.integers(0, len(own) - 1), st.integers(0, len(own) - 1))
    lines = [(a, b) for a, b in draw(st.lists(pairs, max_size=25, unique=True)) if a < b]
    return own, [a for a, _b in lines], [b for _a, b in lines]


@given(recipes())
def test_as_walking_down_one_after_the_other(case: tuple[list[bool], list[int], list[int]]) -> None:
    own, parent, component = case

    def below(item: int) -> set[int]:
        found = {item}
        for above, under in zip(parent, component, strict=True):
            if above == item:
                found |= below(under)
        return found

    found = rolled_up(own, parent=parent, component=component)
    sets = [below(item) for item in range(len(own))]
    assert found.covered.tolist() == [all(own[part] for part in parts) for parts in sets]
    for item, parts in enumerate(sets):
        cause = int(found.cause[item])
        assert (cause == NONE) == found.covered[item]
        assert cause == NONE or (cause in parts and not own[cause])
        assert own[item] or cause == item
    counts = users(np.arange(len(own)), wanted=own, parent=parent, component=component)
    assert counts.tolist() == [
        sum(1 for above in range(len(own)) if own[above] and item in sets[above]) for item in range(len(own))
    ]
