"""Bills of material: levels, requirements and cycles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.bom_explosion import effective_quantity, low_level_codes, path, total_requirements
from analytics.errors import AnalyticsError

# A table (0) of a top (1) and four legs (2); the top of planks (3) and glue (4); a leg of plank and glue.
TABLE = {"parent": [0, 0, 1, 1, 2, 2], "component": [1, 2, 3, 4, 3, 4]}
QUANTITY = [1, 4, 5, 0.2, 1, 0.05]


Bill = tuple[int, np.ndarray, np.ndarray, np.ndarray]


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """Lines that lead from smaller to larger numbers, then renumbered: no cycle, in no order."""
    items = draw(st.integers(2, 12))
    pairs = [(above, below) for above in range(items) for below in range(above + 1, items)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=30))
    number = np.array(draw(st.permutations(range(items))))
    quantity = draw(st.lists(st.floats(0.1, 4), min_size=len(chosen), max_size=len(chosen)))
    above, below = np.array(chosen).T
    return items, number[above], number[below], np.array(quantity)


def test_yield_and_scrap_by_hand() -> None:
    found = effective_quantity([2, 2, 2, np.nan, 1], scrap_share=[0, 0.1, 0.1, 0, 0], yield_share=[1, 1, 0.8, 1, 0])
    assert found == pytest.approx([2, 2.2, 2.75, np.nan, np.nan], nan_ok=True)


def test_a_part_lies_below_everything_it_goes_into() -> None:
    assert low_level_codes(TABLE["parent"], component=TABLE["component"], items=6).tolist() == [0, 1, 1, 2, 2, 0]
    used_twice = low_level_codes([0, 0, 1], component=[2, 1, 2], items=3)
    assert used_twice.tolist() == [0, 1, 2]


def test_requirements_of_ten_tables_by_hand() -> None:
    found = total_requirements([10, 0, 3, 0, 0], **TABLE, quantity=QUANTITY)
    assert found == pytest.approx([10, 10, 43, 93, 4.15])


def test_periods_stand_side_by_side() -> None:
    demand = np.array([[10, 0], [0, 1], [3, 0], [0, 0], [0, 2]])
    found = total_requirements(demand, **TABLE, quantity=QUANTITY)
    assert found[:, 0] == pytest.approx([10, 10, 43, 93, 4.15])
    assert found[:, 1] == pytest.approx([0, 1, 0, 5, 2.2])


@given(bills())
def test_unit_explosion_is_the_sum_of_the_powers_of_the_matrix(bill: Bill) -> None:
    items, above, below, quantity = bill
    matrix = np.zeros((items, items))
    matrix[below, above] = quantity
    powers = sum(np.linalg.matrix_power(matrix, step) for step in range(items))
    found = total_requirements(np.eye(items), parent=above, component=below, quantity=quantity)
    assert found == pytest.approx(powers)


@given(bills())
def test_levels_are_the_lowest_that_put_components_below(bill: Bill) -> None:
    items, above, below, _quantity = bill
    level = low_level_codes(above, component=below, items=items)
    assert (level[below] > level[above]).all()
    lowest = [max((level[up] + 1 for up in above[below == item]), default=0) for item in range(items)]
    assert level.tolist() == lowest


@given(bills(), st.data())
def test_a_line_back_up_is_a_cycle_and_every_step_of_its_name_is_a_line(bill: Bill, data: st.DataObject) -> None:
    items, above, below, _quantity = bill
    line = data.draw(st.integers(0, len(above) - 1))
    parent, component = [*above, below[line]], [*below, above[line]]
    with pytest.raises(AnalyticsError, match="made of itself: ") as refused:
        low_level_codes(parent, component=component, items=items)
    named = [int(name) for name in str(refused.value).removeprefix("made of itself: ").split(" → ")]
    assert named[0] == named[-1]
    assert set(pairwise(named)) <= set(zip(parent, component, strict=True))


def test_a_cycle_is_named() -> None:
    with pytest.raises(AnalyticsError, match=r"B → C → B|C → B → C"):
        low_level_codes([0, 1, 2, 2], component=[1, 2, 1, 3], items=4, names=list("ABCD"))
    with pytest.raises(AnalyticsError, match="1 → 1"):
        total_requirements([1.0, 1.0], parent=[0, 1], component=[1, 1], quantity=[1, 1])


def test_the_way_between_two_items() -> None:
    assert path(TABLE["parent"], component=TABLE["component"], items=5, start=0, end=4).tolist() in (
        [0, 1, 4],
        [0, 2, 4],
    )
    assert path([0, 1, 2], component=[1, 2, 0], items=3, start=0, end=0).tolist() == [0, 1, 2, 0]
    assert path([0], component=[1], items=2, start=1, end=0).size == 0


def test_nothing_and_nonsense() -> None:
    assert low_level_codes([], component=[], items=0).size == 0
    assert total_requirements([5.0], parent=[], component=[], quantity=[]).tolist() == [5]
    assert np.isnan(total_requirements([1.0, 0.0], parent=[0], component=[1], quantity=[np.nan])[1])
    for parent, component in (([0], [0, 1]), ([0], [2]), ([-1], [0])):
        with pytest.raises(AnalyticsError):
            low_level_codes(parent, component=component, items=2)
    with pytest.raises(AnalyticsError, match="lengths"):
        total_requirements([1.0, 1.0], parent=[0], component=[1], quantity=[1, 2])
