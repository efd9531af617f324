"""Policies learn from a replay of the last part of the history how uncertain demand is."""

import numpy as np
import pandas as pd
import pytest

from analytics.calibrated_policy import calibrated_policies
from analytics.forecasting.panel import Panel

TERMS = {
    "lead_time_mean": 2.0,
    "lead_time_sd": 0.0,
    "review_period": 1.0,
    "unit_cost": 1.0,
    "order_cost": np.nan,
    "holding_rate": 0.2,
    "moq": np.nan,
    "lot_multiple": np.nan,
    "shelf_life": np.nan,
    "service_measure": "fill",
    "service_target": 0.95,
}


def found(values, **changed):
    count = values.shape[1]
    ids = tuple(f"item {place}" for place in range(count))
    panel = Panel(ids, pd.date_range("2024-01-01", periods=len(values), freq="W-MON"), values, 52)
    terms = pd.DataFrame(TERMS | changed, index=pd.RangeIndex(count))
    return calibrated_policies(panel, items=terms, periods_per_year=52.0)


def test_a_steady_level_is_taken_to_be_certain():
    steady = np.random.default_rng(0).poisson(20.0, (80, 60)).astype(float)
    assert found(steady)["level_variance"].max() < 0.06


def test_levels_that_wander_are_taken_to_be_uncertain():
    rng = np.random.default_rng(0)
    walk = np.exp(np.cumsum(rng.normal(0, 0.35, (80, 60)), axis=0))
    wandering = rng.poisson(np.clip(20 * walk, 1, 2000)).astype(float)
    assert found(wandering)["level_variance"].median() > 0.1


def test_a_shelf_life_does_not_pass_for_uncertain_demand():
    steady = np.random.default_rng(0).poisson(20.0, (80, 60)).astype(float)
    assert found(steady, shelf_life=2.0)["level_variance"].max() < 0.06


def test_short_histories_get_the_forecasts_own_word():
    short = np.random.default_rng(0).poisson(20.0, (10, 3)).astype(float)
    policies = found(short)
    assert np.isfinite(policies.select_dtypes("number")).all(axis=None)
    assert policies["reorder_point"].min() > 40


def test_the_same_history_gives_the_same_policies():
    values = np.random.default_rng(0).poisson(2.0, (60, 20)).astype(float)
    pd.testing.assert_frame_equal(found(values), found(values))


def test_one_item_without_any_demand():
    policies = found(np.zeros((40, 1)))
    assert policies["policy"].tolist() == ["none"]
    assert policies["reorder_point"].item() == pytest.approx(0)
