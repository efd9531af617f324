"""First expired, first out, by hand and against taking units one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.fefo_picks import fefo_picks


def wanted(*rows: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["item", "quantity"])


def lots(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["item", "quantity", "days_left"])


def picks(want: pd.DataFrame, stock: pd.DataFrame, least_days: float = 1) -> list[tuple[int, int, float]]:
    return [tuple(row) for row in fefo_picks(want, lots=stock, least_days=least_days).itertuples(index=False)]


def test_the_lot_that_expires_first_goes_first() -> None:
    stock = lots(("A", 5, 90), ("A", 4, 10), ("A", 7, np.inf))
    assert picks(wanted(("A", 11)), stock) == [(0, 1, 4), (0, 0, 5), (0, 2, 2)]


def test_lines_share_what_there_is_in_their_order() -> None:
    stock = lots(("A", 4, 10), ("A", 4, 20), ("B", 1, 5))
    assert picks(wanted(("A", 3), ("B", 2), ("A", 9)), stock) == [(0, 0, 3), (1, 2, 1), (2, 0, 1), (2, 1, 4)]


@pytest.mark.parametrize(("least", "left"), [(10, [1, 2]), (11, [2]), (21, [])])
def test_too_little_shelf_life_is_left_alone(least: int, left: list[int]) -> None:
    stock = lots(("A", 1, 0), ("A", 1, 10), ("A", 1, 20))
    assert [lot for _line, lot, _quantity in picks(wanted(("A", 9)), stock, least)] == left


def test_nothing_wanted_nothing_there_and_no_figures() -> None:
    assert picks(wanted(), lots(("A", 1, 9))) == []
    assert picks(wanted(("A", 1)), lots()) == []
    assert picks(wanted(("A", np.nan), ("A", 0), ("A", -3)), lots(("A", 1, 9))) == []
    assert picks(wanted(("A", 2)), lots(("A", np.nan, 9), ("A", 1, np.nan))) == [(0, 1, 1)]
    with pytest.raises(AnalyticsError):
        fefo_picks(pd.DataFrame({"item": []}), lots=lots(), least_days=0)


ITEMS = st.sampled_from("AB")


@given(
    st.lists(st.tuples(ITEMS, st.integers(0, 9)), max_size=6),
    st.lists(st.tuples(ITEMS, st.integers(0, 9), st.integers(-2, 6)), max_size=8),
    st.integers(0, 4),
)
def test_as_taking_units_one_by_one(
    want: list[tuple[str, float]], stock: list[tuple[str, float, float]], least: int
) -> None:
    left = [quantity for _item, quantity, _days in stock]
    order = sorted(range(len(stock)), key=lambda lot: stock[lot][2])
    taken: dict[tuple[int, int], float] = {}
    for line, (item, quantity) in enumerate(want):
        for _unit in range(int(quantity)):
            lot = next((n for n in order if stock[n][0] == item and stock[n][2] >= least and left[n] > 0), None)
            if lot is not None:
                left[lot] -= 1
                taken[line, lot] = taken.get((line, lot), 0) + 1
    found = picks(wanted(*want), lots(*stock), least)
    assert {(line, lot): quantity for line, lot, quantity in found} == taken
