"""Limits of every forecast."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.forecasting.guards import lowest, within_reason

ANY = st.one_of(st.just(np.nan), st.floats(-1e12, 1e12))


def test_demand_is_between_nothing_and_three_times_the_most_ever() -> None:
    history = np.array([[1.0, 10.0], [np.nan, 20.0]])
    paths = np.array([[-5.0, 5.0], [99.0, np.inf], [2.0, np.nan]])
    np.testing.assert_array_equal(within_reason(paths, history=history), [[0, 5], [3, 60], [2, np.nan]])


def test_where_returns_went_below_zero_a_forecast_may_too() -> None:
    assert within_reason(np.array([[-9.0, -9.0]]), history=np.array([[-2.0, 4.0], [3.0, 5.0]])).tolist() == [[-2, 0]]


@given(arrays(np.float64, (4, 2), elements=ANY), arrays(np.float64, (3, 2), elements=ANY))
def test_nothing_known_stays_unknown_and_all_else_is_within(history: np.ndarray, paths: np.ndarray) -> None:
    found = within_reason(paths, history=history)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(paths))
    assert (lowest(history) <= 0).all()
    assert (np.nan_to_num(found) >= lowest(history)).all()


def test_a_series_without_history_is_zero() -> None:
    assert within_reason(np.array([[7.0]]), history=np.full((3, 1), np.nan)).tolist() == [[0.0]]
    assert within_reason(np.array([[7.0]]), history=np.empty((0, 1))).tolist() == [[0.0]]
