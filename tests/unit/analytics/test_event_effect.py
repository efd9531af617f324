"""What events add to a monthly forecast, what sister products lose, and that usual promotions are not counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.event_effect import EventRows, above_usual, monthly_effect, sister_losses

DAYS = np.array([30, 30])


def rows(*given: tuple[int, int, int, float], pull_forward: float = 0.0, cannibalisation: float = 0.0) -> EventRows:
    """Leaf, first and last day, uplift; each an event of its own."""
    leaf, first, last = (np.array([row[at] for row in given], dtype=np.int64) for at in range(3))
    return EventRows(
        event=np.arange(len(given)),
        leaf=leaf,
        first=first,
        last=last,
        uplift=np.array([row[3] for row in given], dtype=float),
        pull_forward=np.full(len(given), pull_forward),
        cannibalisation=np.full(len(given), cannibalisation),
    )


def test_a_share_of_the_days_of_the_month() -> None:
    assert monthly_effect(rows((0, 0, 14, 1.0)), DAYS, 2).tolist() == [[0.5, 0.0], [0.0, 0.0]]


def test_days_after_fall_into_the_next_month() -> None:
    found = monthly_effect(rows((0, 26, 29, 0.0), pull_forward=0.3), DAYS, 1)
    assert found[0] == pytest.approx([0.0, -0.3 * 7 / 30])


def test_events_that_overlap_multiply() -> None:
    found = monthly_effect(rows((0, 0, 29, 0.5), (0, 0, 29, 1.0)), DAYS, 1)
    assert found[0] == pytest.approx([2.0, 0.0])


def test_days_outside_the_plan_do_not_count() -> None:
    found = monthly_effect(rows((0, -20, 2, 1.0), (0, 57, 90, 1.0)), DAYS, 1)
    assert found[0] == pytest.approx([0.1, 0.1])


def test_a_leaf_that_is_none_is_refused() -> None:
    with pytest.raises(AnalyticsError):
        monthly_effect(rows((3, 0, 1, 1.0)), DAYS, 2)


def test_no_events_and_no_months() -> None:
    assert monthly_effect(rows(), DAYS, 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert monthly_effect(rows((0, 0, 1, 1.0)), DAYS[:0], 1).shape == (1, 0)


def test_without_usual_promotions_all_comes_on_top() -> None:
    clean, effect = np.array([[100.0, 100.0]]), np.array([[0.5, 0.0]])
    found = above_usual(clean, effect, np.zeros(1), np.zeros((1, 2)))
    assert found.tolist() == [[50.0, 0.0]]


def test_usual_promotions_move_into_their_months_and_add_nothing() -> None:
    clean, effect = np.full((1, 4), 100.0), np.array([[0.0, 0.0, 0.0, 0.4]])
    found = above_usual(clean, effect, np.array([0.1]), np.zeros((1, 4)))
    assert found.sum() == pytest.approx(0.0)
    assert found[0] == pytest.approx([-10.0, -10.0, -10.0, 30.0])


def test_only_what_exceeds_the_usual_is_added() -> None:
    clean, effect = np.full((1, 2), 100.0), np.array([[0.0, 1.0]])
    assert above_usual(clean, effect, np.array([0.1]), np.zeros((1, 2))).sum() == pytest.approx(80.0)


def test_events_without_a_figure_take_the_usual_first() -> None:
    clean, effect, silent = np.full((1, 2), 100.0), np.array([[0.0, 1.0]]), np.array([[0.2, 0.0]])
    assert above_usual(clean, effect, np.array([0.1]), silent).sum() == pytest.approx(100.0)


def test_nothing_planned_changes_nothing() -> None:
    clean, none = np.full((2, 3), 50.0), np.zeros((2, 3))
    assert (above_usual(clean, none, np.array([0.2, 0.0]), none) == 0).all()


@given(st.lists(st.floats(0, 3), min_size=3, max_size=3), st.floats(0, 0.5), st.floats(1, 1e5))
def test_no_unit_is_counted_twice(effect: list[float], usual: float, clean: float) -> None:
    units, shares = np.full((1, 3), clean), np.array([effect])
    found = above_usual(units, shares, np.array([usual]), np.zeros((1, 3)))
    events = (units * shares).sum()
    assert -1e-6 * clean <= found.sum() <= events + 1e-6 * clean
    last = int(np.flatnonzero(shares[0] > 1e-12)[-1]) if (shares > 1e-12).any() else -1
    assert found.sum() == pytest.approx(max(events - usual * clean * (last + 1), 0.0), abs=1e-6 * clean)


def test_sisters_lose_their_share_by_what_they_sell() -> None:
    clean = np.array([[100.0, 100.0], [30.0, 30.0], [10.0, 10.0], [500.0, 500.0]])
    found = sister_losses(rows((0, 0, 29, 1.0), cannibalisation=0.2), clean, DAYS, np.array([0, 0, 0, 1]))
    assert found[:, 0] == pytest.approx([0.0, 15.0, 5.0, 0.0])
    assert found[:, 1] == pytest.approx([0.0] * 4)


def test_leaves_of_the_same_event_take_nothing_from_each_other() -> None:
    both = rows((0, 0, 29, 1.0), (1, 0, 29, 1.0), cannibalisation=0.5)
    one = EventRows(np.zeros(2, dtype=np.int64), *(getattr(both, name) for name in EventRows.__slots__[1:]))
    found = sister_losses(one, np.full((2, 2), 10.0), DAYS, np.zeros(2, dtype=np.int64))
    assert (found == 0).all()


def test_no_sister_loses_more_than_it_sells() -> None:
    clean = np.array([[1000.0, 0.0], [1.0, 0.0]])
    found = sister_losses(rows((0, 0, 29, 5.0), cannibalisation=1.0), clean, DAYS, np.zeros(2, dtype=np.int64))
    assert found[1, 0] == 1.0
