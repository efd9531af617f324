"""A combination with given weights: the weighted mean of its members, and what happens where one has no answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.fixed_combination import FixedCombination
from analytics.forecasting.holt_winters import HoltWinters
from analytics.forecasting.moving_average import MovingAverage
from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.seasonal_naive import SeasonalNaive

NAIVE, AVERAGE = SeasonalNaive(), MovingAverage(window_periods=3, season=None)


def panel(values: list[float]) -> Panel:
    periods = pd.date_range("2024-01-01", periods=len(values), freq="MS")
    frame = pd.DataFrame({"unique_id": "a", "ds": periods, "y": values})
    return to_panel(frame, frequency="month", end=date(periods[-1].year, periods[-1].month, 1))


def test_members_count_by_their_weights() -> None:
    found = FixedCombination([NAIVE, AVERAGE], [1, 3]).forecast(panel([10.0, 20.0, 30.0, 40.0]), horizon_periods=2)
    # The last value is 40, the mean of the last three 30.
    assert found.mean[:, 0] == pytest.approx([0.25 * 40 + 0.75 * 30] * 2)


def test_a_member_alone_is_itself() -> None:
    history = panel([float(value) for value in range(1, 31)])
    own, alone = (
        method.forecast(history, horizon_periods=3) for method in (AVERAGE, FixedCombination([AVERAGE], [0.2]))
    )
    assert alone.mean == pytest.approx(own.mean)
    assert alone.fitted == pytest.approx(own.fitted, nan_ok=True)


def test_where_one_has_no_forecast_the_others_stand_for_it() -> None:
    short = panel([5.0, 6.0, 7.0])
    combination = FixedCombination([HoltWinters(), NAIVE], [0.9, 0.1])
    assert combination.forecast(short, horizon_periods=1).mean[:, 0] == pytest.approx([7.0])
    assert combination.minimum_periods == 0


def test_without_any_forecast_there_is_none() -> None:
    found = FixedCombination([HoltWinters()], [1.0]).forecast(panel([5.0]), horizon_periods=2)
    assert np.isnan(found.mean).all()
