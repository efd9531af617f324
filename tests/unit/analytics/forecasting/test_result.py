"""Frames of a forecast: long, in the order of the panel and of time."""

import numpy as np
import pandas as pd
import pytest
from panels import panel_of, young

from analytics.forecasting.result import ahead_frame, failures_frame, fitted_frame, quantile_name
from analytics.forecasting.rolling_origin import Failure


@pytest.mark.parametrize(("probability", "name"), [(0.1, "q0.1"), (0.5, "q0.5"), (0.975, "q0.975")])
def test_a_quantile_is_named_by_its_probability(probability: float, name: str) -> None:
    assert quantile_name(probability) == name


def test_steps_of_a_series_stand_together() -> None:
    panel = panel_of(np.ones(12), np.ones(12), names=["b", "a"])
    frame = ahead_frame(panel, {"mean": np.array([[1.0, 10], [2, 20]]), "q0.9": np.array([[3.0, 30], [4, 40]])})
    assert frame["unique_id"].tolist() == ["b", "b", "a", "a"]
    assert frame["ds"].tolist() == [pd.Timestamp("2021-01-01"), pd.Timestamp("2021-02-01")] * 2
    assert frame["mean"].tolist() == [1, 2, 10, 20]
    assert frame["q0.9"].tolist() == [3, 4, 30, 40]


def test_only_known_periods_are_shown_beside_their_fit() -> None:
    panel = panel_of([1.0, np.nan, 3.0], young([5.0], periods=3))
    frame = fitted_frame(panel, fitted=np.array([[np.nan, 9], [8, 9], [7, 6]]))
    assert frame["unique_id"].tolist() == ["s0", "s0", "s1"]
    assert frame["ds"].tolist() == [pd.Timestamp(day) for day in ("2020-01-01", "2020-03-01", "2020-03-01")]
    assert frame["y"].tolist() == [1, 3, 5]
    np.testing.assert_array_equal(frame["fitted"], [np.nan, 7, 6])


def test_a_failure_at_several_origins_is_one() -> None:
    twice = Failure("a", "sarima", "no likelihood")
    frame = failures_frame([twice, twice, Failure("b", "sarima", "no likelihood")])
    assert frame["unique_id"].tolist() == ["a", "b"]
    assert failures_frame([]).columns.tolist() == ["unique_id", "method", "reason"]
