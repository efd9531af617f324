"""The course of look-alikes: parts of the level they found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.launch_curve import launch_curve, steady_levels

RAMP = [20, 40, 60, 80, 100, 100] + [100] * 6


def test_one_look_alike_gives_its_own_course() -> None:
    found = launch_curve(np.array([RAMP], dtype=float), months=4)
    assert found is not None
    assert found.donors == 1
    for course in (found.median, found.low, found.high):
        assert course.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8])


def test_large_and_small_products_count_alike() -> None:
    ramp = np.array(RAMP, dtype=float)
    found = launch_curve(np.array([ramp, ramp * 100, ramp * 3]), months=2)
    assert found is not None
    assert found.median.tolist() == pytest.approx([0.2, 0.4])


def test_the_band_holds_four_of_five() -> None:
    parts = np.tile(np.full(12, 100.0), (11, 1))
    parts[:, 0] = np.arange(0, 110, 10)
    found = launch_curve(parts, months=1)
    assert found is not None
    assert (found.low[0], found.median[0], found.high[0]) == pytest.approx((0.1, 0.5, 0.9))


def test_who_found_no_level_yet_tells_nothing() -> None:
    young = np.array([RAMP], dtype=float)
    young[:, 7:] = np.nan
    assert np.isnan(steady_levels(young)).all()
    assert launch_curve(young, months=3) is None
    assert launch_curve(np.zeros((2, 12)), months=3) is None
    assert launch_curve(np.empty((0, 12)), months=3) is None


def test_months_that_nobody_has_reached_are_at_the_level() -> None:
    found = launch_curve(np.array([RAMP], dtype=float), months=14)
    assert found is not None
    assert found.median[12:].tolist() == [1, 1]


@given(st.lists(st.lists(st.floats(0, 1e6), min_size=12, max_size=12), min_size=1, max_size=8))
def test_the_median_stays_within_the_band(products: list[list[float]]) -> None:
    found = launch_curve(np.array(products), months=12)
    if found is not None:
        assert (found.low <= found.median + 1e-9).all()
        assert (found.median <= found.high + 1e-9).all()


def test_what_is_no_course_is_refused() -> None:
    with pytest.raises(AnalyticsError):
        launch_curve(np.array([RAMP], dtype=float), months=0)
    with pytest.raises(AnalyticsError):
        steady_levels(np.array([1.0]))
