"""Skewed demand over a lead time: gamma model and undershoot, checked by moments and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.lead_time_demand import (
    gamma_level,
    gamma_quantile,
    gamma_shortage,
    lead_time_demand_sd,
    undershoot,
)

MEANS, SPREADS = st.floats(0.01, 1e5), st.floats(0.01, 1e5)


def test_published_spread() -> None:
    assert lead_time_demand_sd(30, daily_demand_sd=3, lead_time_days=7, lead_time_sd_days=4)[0] == pytest.approx(
        120.2622, abs=5e-5
    )
    assert lead_time_demand_sd(2500, daily_demand_sd=500, lead_time_days=7, lead_time_sd_days=7)[0] == pytest.approx(
        17549.93, abs=5e-3
    )


def test_a_gamma_with_equal_mean_and_spread_is_exponential() -> None:
    assert gamma_quantile(0.9, mean=10, sd=10)[0] == pytest.approx(-10 * np.log(0.1))
    assert gamma_shortage(25, mean=10, sd=10)[0] == pytest.approx(10 * np.exp(-2.5))


def test_undershoot_of_exponential_and_constant_demand() -> None:
    mean, sd = undershoot([4, 4], daily_demand_sd=[4, 0])
    assert mean == pytest.approx([4, 2])
    assert sd == pytest.approx([4, 4 / np.sqrt(12)])
    assert undershoot(4, daily_demand_sd=0, review_days=7)[0][0] == pytest.approx(14)


def test_undershoot_of_simulated_gamma_demand() -> None:
    shape, scale = 0.25, 8.0
    steps = np.random.default_rng(7).gamma(shape, scale, size=(4000, 400)).cumsum(axis=1)
    crossing = np.argmax(steps > 300, axis=1)
    observed = np.take_along_axis(steps, crossing[:, None], axis=1)[:, 0] - 300
    mean, sd = undershoot(shape * scale, daily_demand_sd=np.sqrt(shape) * scale)
    assert observed.mean() == pytest.approx(mean[0], rel=0.06)
    assert observed.std() == pytest.approx(sd[0], rel=0.06)


@given(MEANS, SPREADS, st.floats(0.001, 0.95))
def test_level_leaves_the_shortage_asked_for(mean: float, sd: float, share: float) -> None:
    level = gamma_level(share * mean, mean=mean, sd=sd)
    assert gamma_shortage(level, mean=mean, sd=sd)[0] == pytest.approx(share * mean, rel=1e-6)


@given(MEANS, SPREADS, st.floats(0.01, 0.5), st.floats(0, 0.49))
def test_higher_probability_never_needs_less(mean: float, sd: float, low: float, more: float) -> None:
    first, second = gamma_quantile([low, low + more], mean=mean, sd=sd)
    assert 0 <= first <= second


def test_edges() -> None:
    gaps = {"mean": [0, 5, np.nan, 5, 5], "sd": [0, 0, 1, np.nan, -1]}
    assert gamma_quantile(0.9, **gaps) == pytest.approx([0, 5, np.nan, np.nan, np.nan], nan_ok=True)
    assert gamma_shortage(3, **gaps) == pytest.approx([0, 2, np.nan, np.nan, np.nan], nan_ok=True)
    assert gamma_level(3, **gaps) == pytest.approx([0, 2, np.nan, np.nan, np.nan], nan_ok=True)
    assert np.isnan(gamma_quantile([0, 1], mean=5, sd=2)).all()
    assert gamma_level(6, mean=5, sd=2)[0] == 0
    assert gamma_quantile([], mean=1, sd=1).size == 0
