"""Policies of one item on the same sampled futures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.inventory_policy import item_policies
from analytics.item_simulation import simulated_policies
from analytics.policy_simulation import Measured


@pytest.fixture(scope="module")
def history() -> FloatArray:
    return np.random.default_rng(7).poisson(20, 365).astype(float)


def policies(*targets: float, **values: float) -> pd.DataFrame:
    known = {
        "mean_daily_demand": 20.0, "daily_demand_sd": 5.0, "lead_time_days": 10.0, "cover_days": 14.0,
        "review_days": 7.0, "lead_time_sd_days": 2.0,
    }  # fmt: skip
    return item_policies(pd.DataFrame([{**known, **values, "service_level": target} for target in targets]))


def inside(measured: Measured) -> bool:
    return bool(((measured.low <= measured.mean) & (measured.mean <= measured.high)).all())


def test_the_same_policy_gives_the_same(history: FloatArray) -> None:
    found = simulated_policies(history, policies=policies(0.95, 0.95), seed=1)
    for measured in (found.fill_rate, found.cycle_service, found.mean_stock, found.orders):
        assert measured.mean[0] == measured.mean[1]
        assert inside(measured)
    again = simulated_policies(history, policies=policies(0.95, 0.95), seed=1)
    assert again.fill_rate.mean[0] == found.fill_rate.mean[0]


def test_more_safety_stock_serves_more(history: FloatArray) -> None:
    found = simulated_policies(history, policies=policies(0.6, 0.99), seed=1)
    assert found.fill_rate.mean[0] < found.fill_rate.mean[1]
    assert found.mean_stock.mean[0] < found.mean_stock.mean[1]


def test_steady_demand_is_missed_by_the_doubt_about_its_level_only() -> None:
    steady = policies(0.95, daily_demand_sd=0.0, lead_time_sd_days=0.0)
    found = simulated_policies(np.full(365, 20.0), policies=steady, seed=1)
    assert 0.9 < found.fill_rate.mean[0] < 1.0


def test_what_outlives_its_shelf_life_is_thrown_away(history: FloatArray) -> None:
    found = simulated_policies(history, policies=policies(0.95), shelf_life_days=12, seed=1)
    assert found.wasted.mean[0] > 0
    fresh = simulated_policies(history, policies=policies(0.95), shelf_life_days=4000, seed=1)
    assert fresh.wasted.mean[0] == 0


def test_without_demand_nothing_can_be_measured() -> None:
    idle = policies(0.95, mean_daily_demand=0.0, daily_demand_sd=0.0)
    found = simulated_policies(np.zeros(30), policies=idle, seed=1)
    assert np.isnan(found.fill_rate.mean[0])


def test_a_history_and_a_policy_are_needed(history: FloatArray) -> None:
    with pytest.raises(AnalyticsError):
        simulated_policies(np.zeros(0), policies=policies(0.95), seed=1)
    with pytest.raises(AnalyticsError):
        simulated_policies(history, policies=policies(0.95).iloc[:0], seed=1)
