"""Nervousness of plans: the textbook figure and its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.plan_stability import changed_share, nervousness


def test_a_plan_that_changed_by_fifteen_per_cent() -> None:
    assert nervousness([120, 90], [100, 100]) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("now", "before"), [([], []), ([5.0], [0.0]), ([1.0], [math.nan])], ids=["no-cells", "nothing-planned", "missing"]
)
def test_what_can_not_be_told(now: list[float], before: list[float]) -> None:
    assert math.isnan(nervousness(now, before))


def test_plans_of_different_cells_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="shape"):
        nervousness([1, 2], [1])


@given(st.lists(st.floats(min_value=0.1, max_value=1e6), min_size=1, max_size=20))
def test_the_same_plan_is_calm_and_a_plan_thrown_away_is_not(plan: list[float]) -> None:
    assert nervousness(plan, plan) == 0
    assert nervousness(np.zeros(len(plan)), plan) == pytest.approx(1)


def test_shares_of_sums() -> None:
    assert changed_share([30, 5], [200, 0]).tolist() == pytest.approx([0.15, math.nan], nan_ok=True)
