"""Sales of events beside those of ordinary days of the same weekday."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.event_sales import AFTER_DAYS, BASE_DAYS, event_sales, window_days


def sold(length: int, *, usual: float = 10.0, share: float = 1.5, dip: float = 0.8) -> np.ndarray:
    units = np.full(window_days(np.array([length])), usual)
    units[BASE_DAYS : BASE_DAYS + length] *= share
    units[BASE_DAYS + length : BASE_DAYS + length + AFTER_DAYS] *= dip
    return units[None, :]


def test_uplift_and_dip_of_a_level_series() -> None:
    units = sold(14)
    found = event_sales(units, np.ones(units.shape, dtype=bool), np.array([14]))
    assert (found.actual[0], found.usual[0]) == pytest.approx((210.0, 140.0))
    assert (found.actual_after[0], found.usual_after[0]) == pytest.approx((56.0, 70.0))
    assert found.weeks_sold[0] >= 8


def test_weekdays_are_compared_with_their_like() -> None:
    days = np.arange(window_days(np.array([3])))
    units = np.where((days - BASE_DAYS) % 7 == 0, 70.0, 0.0)[None, :]
    found = event_sales(units, np.ones(units.shape, dtype=bool), np.array([3]))
    assert (found.actual[0], found.usual[0]) == pytest.approx((70.0, 70.0))


def test_days_of_other_events_are_not_compared_with() -> None:
    units = sold(7)
    ordinary = np.ones(units.shape, dtype=bool)
    units[0, :7], ordinary[0, :7] = 1000.0, False
    assert event_sales(units, ordinary, np.array([7])).usual[0] == pytest.approx(70.0)


def test_without_ordinary_days_nothing_is_known() -> None:
    units = sold(7)
    assert np.isnan(event_sales(units, np.zeros(units.shape, dtype=bool), np.array([7])).usual[0])


def test_no_events() -> None:
    none = np.zeros((0, 0))
    assert event_sales(none, none.astype(bool), np.zeros(0, dtype=np.int64)).actual.shape == (0,)
    assert window_days(np.zeros(0, dtype=np.int64)) == 0


def test_shapes_must_fit() -> None:
    units = sold(7)
    with pytest.raises(AnalyticsError):
        event_sales(units, np.ones((1, 3), dtype=bool), np.array([7]))


@given(st.integers(1, 40), st.floats(0.1, 1e4), st.floats(0.0, 10.0))
def test_any_level_gives_its_own_share(length: int, usual: float, share: float) -> None:
    units = sold(length, usual=usual, share=share, dip=1.0)
    found = event_sales(units, np.ones(units.shape, dtype=bool), np.array([length]))
    assert found.actual[0] / found.usual[0] == pytest.approx(share)
