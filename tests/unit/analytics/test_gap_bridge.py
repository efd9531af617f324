"""The bridge of a revenue gap: textbook figures, exact sums, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analytics.errors import AnalyticsError
from analytics.gap_bridge import EFFECTS, bridge


def made(*sides: list[float]) -> dict[str, float]:
    found = bridge(*(np.array(side, dtype=float) for side in sides))
    return {name: found.total(name) for name in EFFECTS}


def test_textbook_example() -> None:
    # p0 = 10, 20; q0 = 50, 50; p1 = 11, 20; q1 = 70, 50
    assert made([50, 50], [500, 1000], [70, 50], [770, 1000]) == {"volume": 300, "mix": -100, "price": 70}


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (([], [], [], []), (0, 0, 0)),
        (([10], [100], [10], [120]), (0, 0, 20)),
        (([10], [100], [20], [200]), (100, 0, 0)),
        (([0], [0], [5], [50]), (50, 0, 0)),
        (([10, 0], [100, 0], [10, 10], [100, 300]), (100, 200, 0)),
        (([10, 10], [100, 200], [20, 0], [200, 0]), (0, -100, 0)),
        (([10, 10], [0, 0], [10, 10], [5, 5]), (0, 0, 10)),
    ],
    ids=["nothing", "dearer", "more", "all new", "new beside old", "one gone", "free before"],
)
def test_edges(sides: tuple[list[float], ...], expected: tuple[float, ...]) -> None:
    assert tuple(made(*sides).values()) == pytest.approx(expected)


amounts = st.floats(0, 1e7).map(lambda value: round(value, 2))


@given(st.lists(st.tuples(amounts, amounts, amounts, amounts), max_size=12))
def test_effects_add_up_for_each_item_and_in_all(items: list[tuple[float, float, float, float]]) -> None:
    sides = np.array(items, dtype=float).reshape(-1, 4).T
    found = bridge(*sides)
    added = found.before + found.volume + found.mix + found.price
    scale = 1 + np.abs(np.concatenate([found.volume, found.mix, found.price, found.after, [0.0]])).max()
    assert_allclose(added, found.after, atol=1e-9 * scale, rtol=0)
    assert abs(found.mix.sum() + found.volume.sum() + found.price.sum() - (sides[3] - sides[1]).sum()) <= 1e-8 * scale


def test_sides_of_other_items_are_refused() -> None:
    with pytest.raises(AnalyticsError):
        bridge(np.ones(2), np.ones(2), np.ones(3), np.ones(3))
