"""The forecast of every item's own window."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.forecasting.panel import Panel
from analytics.window_forecast import window_forecast


def weekly(values):
    ids = tuple(f"item {place}" for place in range(values.shape[1]))
    return Panel(ids, pd.date_range("2024-01-01", periods=len(values), freq="W-MON"), values, 52)


def test_level_and_error_of_independent_demand():
    panel = weekly(np.random.default_rng(0).poisson(25.0, (104, 60)).astype(float))
    found = window_forecast(panel, window_periods=np.full(60, 4.0))
    assert found.expected.mean() == pytest.approx(25, rel=0.03)
    assert np.median(found.sd) == pytest.approx(np.sqrt(4 * 25), rel=0.25)


def test_every_item_has_its_own_window():
    panel = weekly(np.random.default_rng(0).poisson(25.0, (104, 40)).astype(float))
    windows = np.where(np.arange(40) < 20, 1.0, 7.3)
    found = window_forecast(panel, window_periods=windows)
    assert found.periods.tolist() == [1] * 20 + [8] * 20
    assert np.median(found.sd[20:]) > 2 * np.median(found.sd[:20])


def test_a_window_of_nothing_is_refused():
    with pytest.raises(AnalyticsError):
        window_forecast(weekly(np.ones((20, 1))), window_periods=np.array([0.0]))
