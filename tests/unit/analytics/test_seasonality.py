"""Seasonality: the statistic of scipy, false alarms, seasons found, edges."""

import numpy as np
import pytest
from scipy import stats

from analytics.decomposition import classical_decomposition
from analytics.errors import AnalyticsError
from analytics.seasonality import seasonality

WAVE = np.sin(2 * np.pi * np.arange(60) / 12)[:, None]


def test_the_statistic_is_that_of_kruskal_and_wallis() -> None:
    values = np.random.default_rng(4).poisson(3, (48, 1)).astype(float)
    parts = classical_decomposition(values[:, 0], season_periods=12)
    detrended = np.round(values[:, 0] - parts.trend, 9)
    phases = [detrended[phase::12][~np.isnan(detrended[phase::12])] for phase in range(12)]
    found = seasonality(values, season_periods=12)
    assert found.p_value[0] == pytest.approx(stats.kruskal(*phases).pvalue)


def test_noise_is_taken_for_a_season_no_oftener_than_stated() -> None:
    noise = np.random.default_rng(5).normal(100, 15, (60, 2000))
    assert seasonality(noise, season_periods=12).significant.mean() == pytest.approx(0.045, abs=0.015)
    rare = seasonality(noise, season_periods=12, significance=0.01)
    assert rare.significant.mean() <= 0.015


def test_a_season_is_found_through_trend_and_noise() -> None:
    random = np.random.default_rng(6)
    trend = np.arange(60)[:, None] * random.uniform(-1, 4, 300)
    seasonal = seasonality(200 + trend + 30 * WAVE + random.normal(0, 15, (60, 300)), season_periods=12)
    assert seasonal.significant.mean() > 0.99
    assert seasonal.strength.mean() > 0.6
    only_trend = seasonality(200 + trend + random.normal(0, 15, (60, 300)), season_periods=12)
    assert only_trend.significant.mean() < 0.08
    assert only_trend.strength.mean() < seasonal.strength.mean()


def test_a_pure_wave_is_all_season_and_a_level_none() -> None:
    found = seasonality(np.hstack([10 + WAVE, np.full((60, 1), 7.7), np.zeros((60, 1))]), season_periods=12)
    assert found.strength.tolist() == pytest.approx([1, 0, 0])
    assert found.significant.tolist() == [True, False, False]
    assert found.p_value[1:].tolist() == [1, 1]


def test_odd_seasons() -> None:
    week = np.tile([10, 2, 3, 5, 4, 20, 30], 8)[:, None] + np.random.default_rng(7).normal(0, 1, (56, 1))
    assert seasonality(week, season_periods=7).significant.all()


def test_a_late_start_is_judged_by_what_there_is() -> None:
    values = np.hstack([10 + WAVE, 10 + WAVE, 10 + WAVE])
    values[:20, 1] = np.nan
    values[:30, 2] = np.nan
    found = seasonality(values, season_periods=12)
    assert found.significant.tolist() == [True, True, False]
    assert np.isnan([found.p_value[2], found.strength[2]]).all()


@pytest.mark.parametrize("shape", [(35, 2), (0, 2), (60, 0)], ids=str)
def test_too_little_to_tell(shape: tuple[int, int]) -> None:
    found = seasonality(np.ones(shape), season_periods=12)
    assert found.significant.tolist() == [False] * shape[1]
    assert np.isnan(found.p_value).all()


def test_bad_questions_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="periods x series"):
        seasonality(np.ones(60), season_periods=12)
    with pytest.raises(AnalyticsError, match="two periods"):
        seasonality(np.ones((60, 1)), season_periods=1)
