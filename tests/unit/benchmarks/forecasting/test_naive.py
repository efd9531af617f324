"""Naive2 as in the M4 competition, and the means that new items are compared with."""

import numpy as np
import pytest
from statsmodels.tsa.seasonal import seasonal_decompose

from benchmarks.forecasting.naive import class_mean, naive2, own_mean

MONTHS = np.arange(60)
SEASONAL = 100 + 0.2 * MONTHS + 30 * np.sin(2 * np.pi * MONTHS / 12) + np.random.default_rng(7).normal(0, 2, 60)


def ahead(history: np.ndarray, *, season_periods: int = 12) -> np.ndarray:
    return naive2(history[:, None], horizon_periods=14, season_periods=season_periods)[:, 0]


@pytest.mark.parametrize(("season_periods", "model"), [(12, "multiplicative"), (7, "additive")])
def test_effects_are_those_of_the_classical_decomposition(season_periods: int, model: str) -> None:
    periods = np.arange(84)
    wave = 50 + 30 * np.sin(2 * np.pi * periods / season_periods)
    history = wave + np.random.default_rng(3).normal(0, 2, 84) - (40 if model == "additive" else 0)
    effects = seasonal_decompose(history, model=model, period=season_periods).seasonal
    if model == "multiplicative":
        expected = history[-1] / effects[-1] * np.resize(effects, 100)[84:98]
    else:
        expected = history[-1] - effects[-1] + np.resize(effects[:season_periods], 98)[84:]
    assert ahead(history, season_periods=season_periods) == pytest.approx(expected)


def test_last_value_without_a_season() -> None:
    noise = np.random.default_rng(1).normal(100, 5, 60)
    assert ahead(noise) == pytest.approx(np.full(14, noise[-1]))
    assert ahead(SEASONAL, season_periods=1) == pytest.approx(np.full(14, SEASONAL[-1]))
    assert ahead(np.full(60, 3.0)) == pytest.approx(np.full(14, 3.0))


def test_less_than_three_seasons_are_none() -> None:
    yearly = np.where(MONTHS % 12 == 5, 100.0, 0.0)
    assert np.ptp(ahead(yearly[:36])) > 50
    assert ahead(yearly[:35]).tolist() == [0] * 14


def test_demand_is_not_forecast_below_zero() -> None:
    yearly = np.where(MONTHS % 12 == 11, 100.0, 0.0)
    yearly[-1] = 0
    assert ahead(yearly).min() == 0
    assert ahead(yearly - 1).min() < -50


def test_gaps_repeat_the_last_known_value() -> None:
    gappy = SEASONAL.copy()
    gappy[-3:] = np.nan
    repeated = np.where(np.isnan(gappy), SEASONAL[-4], gappy)
    assert ahead(np.concatenate([[np.nan] * 5, gappy])) == pytest.approx(ahead(repeated))


def test_means_of_new_items() -> None:
    history = np.array([[np.nan, 1.0], [4.0, 3.0]])
    assert class_mean(history, horizon_periods=2).tolist() == [[8 / 3] * 2] * 2
    assert own_mean(history, horizon_periods=2).tolist() == [[4.0, 2.0]] * 2
