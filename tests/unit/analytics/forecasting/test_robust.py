"""Robust levels, seasons and scales: right on clean series, unmoved by wild values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.forecasting.robust import median_known, running_median, scale, seasonal_effects, window_sums

NAN = np.nan
PERIODS = np.arange(60)[:, None]
WAVE = np.sin(2 * np.pi * PERIODS / 12)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


@given(arrays(np.float64, (7, 3), elements=st.one_of(st.just(NAN), st.floats(-1e6, 1e6))))
def test_medians_of_what_is_known(values: np.ndarray) -> None:
    expected = [np.median(part[~np.isnan(part)]) if (~np.isnan(part)).any() else NAN for part in values.T]
    np.testing.assert_allclose(median_known(values, axis=0), expected)


def test_a_median_of_nothing_is_unknown() -> None:
    assert np.isnan(median_known(np.empty((0, 2)), axis=0)).tolist() == [True, True]


def test_running_medians_pass_over_a_spike_and_follow_a_step() -> None:
    values = column(1, 1, 1, 90, 1, 1, 1, 1, 7, 7, 7, 7, 7, 7)
    np.testing.assert_array_equal(running_median(values, neighbours=3)[:, 0], [1] * 8 + [7] * 6)


def test_a_window_that_knows_little_takes_the_median_of_the_series() -> None:
    values = column(5, NAN, NAN, NAN, NAN, 5, NAN, NAN, NAN, 8, 8, 8, 8)
    assert running_median(values, neighbours=3)[0, 0] == 8


def test_sums_of_windows_end_with_the_series() -> None:
    values = column(1, 2, 4, 8)
    np.testing.assert_array_equal(window_sums(values, before=1, after=1)[:, 0], [1, 3, 6, 12])
    np.testing.assert_array_equal(window_sums(values, before=0, after=2)[:, 0], [3, 6, 12, 8])
    np.testing.assert_array_equal(window_sums(values, before=-1, after=3)[:, 0], [6, 12, 8, 0])


def test_scale_is_the_standard_deviation_of_clean_noise_and_hardly_more_with_outliers() -> None:
    noise = 5 * np.random.default_rng(1).normal(size=(60, 400))
    assert scale(noise).mean() == pytest.approx(5, rel=0.05)
    noise[7] = 1000
    assert scale(noise).mean() == pytest.approx(5, rel=0.15)


def test_scale_of_a_series_that_hardly_moves_sees_the_one_move() -> None:
    assert 0 < scale(np.eye(20, 1))[0] < 0.1
    assert scale(np.zeros((20, 1)))[0] == 0
    assert scale(np.full((20, 1), NAN))[0] == 0


def test_a_season_is_found_whatever_a_few_outliers_and_a_step_say() -> None:
    values = 50 + 10 * WAVE + np.random.default_rng(2).normal(size=(60, 50))
    values[17] += 100
    values[30:] += 15
    season = seasonal_effects(values, season_periods=12)
    np.testing.assert_allclose(season.effects.mean(axis=1), 10 * WAVE[:, 0], atol=2.5)
    assert (season.freedom > 10).all()


def test_one_wild_value_makes_no_season() -> None:
    values = np.full((40, 1), 5.0)
    values[16] = 1e6
    np.testing.assert_allclose(seasonal_effects(values, season_periods=12).effects, 0)


def test_noise_has_next_to_no_season() -> None:
    noise = np.random.default_rng(3).normal(size=(60, 200))
    assert np.abs(seasonal_effects(noise, season_periods=12).effects).mean() < 0.2


def test_two_cycles_have_the_season_they_agree_on() -> None:
    values = 50 + 10 * WAVE[:24]
    spiked = values.copy()
    spiked[5] += 200
    effects = seasonal_effects(spiked, season_periods=12).effects
    assert abs(effects[17, 0] - 10 * WAVE[17, 0]) < 10


@pytest.mark.parametrize(
    ("values", "season"),
    [(50 + WAVE[:23], 12), (WAVE, 1), (np.full((30, 2), NAN), 12), (np.empty((0, 2)), 12), (np.ones((40, 1)), 12)],
    ids=["less than two seasons", "no season", "unknown", "no periods", "constant"],
)
def test_without_a_season_there_are_no_effects(values: np.ndarray, season: int) -> None:
    result = seasonal_effects(values, season_periods=season)
    np.testing.assert_array_equal(result.effects, np.zeros_like(values))
    np.testing.assert_array_equal(result.freedom, np.zeros(values.shape[1]))
