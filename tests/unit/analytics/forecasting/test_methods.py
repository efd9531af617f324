"""Single methods against published numbers, sums by hand and statsmodels."""

import numpy as np
import pytest
from panels import panel_of, seasonal, young
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analytics.forecasting.adjustment import adjusted
from analytics.forecasting.aggregation import Aggregation, adida
from analytics.forecasting.autoregression import Autoregression
from analytics.forecasting.croston import Croston, sba
from analytics.forecasting.damped_trend import DampedTrend, holt
from analytics.forecasting.exponential_smoothing import ExponentialSmoothing
from analytics.forecasting.holt_winters import HoltWinters
from analytics.forecasting.moving_average import MovingAverage
from analytics.forecasting.recursions import smoothed_levels
from analytics.forecasting.sarima import Sarima
from analytics.forecasting.sarimax import Sarimax
from analytics.forecasting.seasonal_level import SeasonalLevel
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.forecasting.simple_smoothing import SimpleSmoothing
from analytics.forecasting.theta import Theta, optimised_theta
from analytics.forecasting.tsb import Tsb

CROSTON = [0, 0, 5, 0, 0, 3, 0, 0, 0, 7, 0, 0, 4, 0, 0]
# A period with returns keeps a series on its own scale: logs would bend a line.
LINE = np.concatenate([[-1.0], 100 + 4 * np.arange(1, 40.0)])


# Sporadic demand


def test_croston_and_its_correction_give_the_glossary_s_numbers() -> None:
    panel = panel_of(CROSTON)
    assert Croston().forecast(panel, horizon_periods=2).mean[:, 0] == pytest.approx([1.591586] * 2, abs=5e-7)
    assert sba().forecast(panel, horizon_periods=1).mean[0, 0] == pytest.approx(1.512006, abs=5e-7)


def test_croston_s_fitted_rate_is_the_one_before_the_period() -> None:
    fitted = Croston().forecast(panel_of(CROSTON), horizon_periods=1).fitted[:, 0]
    assert fitted[:3].tolist() == [0, 0, 0]
    assert fitted[3:6] == pytest.approx([5 / 3] * 3)
    assert fitted[6] == pytest.approx(4.8 / 3)


def test_croston_learns_the_interval_only_from_waits_it_has_seen() -> None:
    trimmed = panel_of([5, 0, 0, 3, 0, 0, 6, 0, 0])
    assert Croston(alpha=1.0).forecast(trimmed, horizon_periods=1).mean[0, 0] == pytest.approx(6 / 3)
    once = panel_of([8, 0, 0, 0])
    assert Croston().forecast(once, horizon_periods=1).mean[0, 0] == pytest.approx(8 / 4)


def test_tsb_by_hand() -> None:
    """Sizes 4 and 8, sold in two of four periods: it begins with 6 and 0.5."""
    paths = Tsb(size_alpha=0.5, probability_alpha=0.2).forecast(panel_of([0, 4, 0, 8]), horizon_periods=2)
    chance = [0.5, 0.4, 0.52, 0.416]
    assert paths.fitted[:, 0] == pytest.approx([chance[0] * 6, chance[1] * 6, chance[2] * 5, chance[3] * 5])
    assert paths.mean[:, 0] == pytest.approx([(0.416 + 0.2 * 0.584) * 6.5] * 2)


def test_a_series_that_ended_fades_with_tsb_and_not_with_croston() -> None:
    ended = panel_of(np.where(np.arange(60) < 30, 5.0, 0.0))
    assert Tsb().forecast(ended, horizon_periods=1).mean[0, 0] < 0.05
    assert Croston().forecast(ended, horizon_periods=1).mean[0, 0] == pytest.approx(5.0)


def test_aggregation_smooths_sums_of_blocks_that_end_with_the_last_period() -> None:
    """Blocks of three from the end: 6, 9, 3; the first two periods belong to none."""
    panel = panel_of([99, 99, 1, 2, 3, 4, 5, 0, 0, 0, 3])
    blocks = np.array([[6.0], [9.0], [3.0]])
    grid = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
    expected = smoothed_levels(blocks, begins=np.array([0]), alphas=grid).level[0] / 3
    assert adida(block_periods=3).forecast(panel, horizon_periods=2).mean[:, 0] == pytest.approx([expected] * 2)


def test_aggregation_of_several_lengths_is_the_mean_of_each() -> None:
    panel = panel_of(CROSTON)
    single = [adida(block_periods=block).forecast(panel, horizon_periods=1).mean for block in (1, 2, 3)]
    several = Aggregation(block_periods=(1, 2, 3)).forecast(panel, horizon_periods=1).mean
    np.testing.assert_allclose(several, np.mean(single, axis=0))


# Averages and repetition


def test_a_moving_average_takes_the_last_periods_as_they_are() -> None:
    paths = MovingAverage(window_periods=3, season=None).forecast(
        panel_of([9, 1, 2, 3, 4], young([5, 7], periods=5)), horizon_periods=2
    )
    assert paths.mean.tolist() == [[3, 6], [3, 6]]
    np.testing.assert_allclose(paths.fitted[:, 0], [np.nan, 9, 5, 4, 2])
    np.testing.assert_allclose(paths.fitted[:, 1], [np.nan] * 4 + [5])


def test_a_moving_average_keeps_the_season_around_its_level() -> None:
    year = 100 + 30 * np.sin(2 * np.pi * np.arange(12) / 12)
    mean = MovingAverage().forecast(panel_of(np.tile(year, 4)), horizon_periods=12).mean[:, 0]
    np.testing.assert_allclose(mean, year, rtol=1e-6)


def test_seasonal_naive_repeats_the_last_season_or_the_last_value() -> None:
    year = np.arange(1.0, 13.0)
    panel = panel_of(np.tile(year, 2), young(np.arange(6.0), periods=24), np.full(24, np.nan))
    mean = SeasonalNaive().forecast(panel, horizon_periods=14).mean
    assert mean[:, 0].tolist() == [*year, 1, 2]
    assert mean[:, 1].tolist() == [5.0] * 14
    assert mean[:, 2].tolist() == [0.0] * 14


def test_seasonal_naive_of_a_panel_shorter_than_a_season_is_naive() -> None:
    paths = SeasonalNaive().forecast(panel_of([1, 2, 3], season=52), horizon_periods=2)
    assert paths.mean[:, 0].tolist() == [3, 3]
    assert paths.fitted[1:, 0].tolist() == [1, 2]


def test_the_seasonal_level_is_last_year_times_what_has_changed() -> None:
    year = 50 + 10 * np.arange(12.0)
    paths = SeasonalLevel().forecast(panel_of(np.concatenate([year, 1.5 * year])), horizon_periods=12)
    np.testing.assert_allclose(paths.mean[:, 0], 1.5 * 1.5 * year)
    np.testing.assert_allclose(paths.fitted[12:, 0], year)


# Levels and trends on what season and drivers leave


def test_simple_smoothing_of_a_series_without_season_is_its_level() -> None:
    values = np.random.default_rng(1).gamma(4.0, 25.0, 20)
    found = smoothed_levels(np.log(values)[:, None], begins=np.array([0]))
    mean = SimpleSmoothing().forecast(panel_of(values), horizon_periods=3).mean[:, 0]
    np.testing.assert_allclose(mean, np.exp(found.level[0]))


def test_theta_is_half_the_line_and_half_a_smoothed_level() -> None:
    """Assimakopoulos and Nikolopoulos with the level of statsmodels."""
    values = LINE + np.where(LINE > 0, 20 * np.random.default_rng(3).standard_normal(40), 0)
    panel = panel_of(values)
    scaled = adjusted(panel, horizon_periods=5, season="none")
    time = np.arange(45)
    slope, start = np.polyfit(time[:40], scaled.values[:, 0], 1)
    line = start + slope * time
    bent = 2 * scaled.values[:, 0] - line[:40]
    alpha = smoothed_levels(bent[:, None], begins=np.array([0])).alpha[0]
    model = SimpleExpSmoothing(bent, initialization_method="known", initial_level=bent[:4].mean())
    level = model.fit(smoothing_level=alpha, optimized=False).forecast(1)[0]
    expected = (line[40:] + level) / 2 * scaled.scale.unit[0]
    found = Theta(season="none").forecast(panel, horizon_periods=5).mean[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_theta_continues_half_the_trend() -> None:
    steps = np.diff(Theta().forecast(panel_of(LINE[:20]), horizon_periods=5).mean[:, 0])
    slope = np.polyfit(np.arange(20), LINE[:20], 1)[0]
    assert steps == pytest.approx([slope / 2] * 4)


def test_optimised_theta_follows_a_straight_line_further_than_the_classical_one() -> None:
    panel = panel_of(LINE)
    steps = [
        np.diff(method.forecast(panel, horizon_periods=2).mean[:, 0])[0] for method in (Theta(), optimised_theta())
    ]
    assert 2 <= steps[0] < steps[1] <= 4.1


def test_recent_theta_does_not_know_what_lies_before_its_window() -> None:
    last = seasonal(1, periods=48)[0]
    old = np.concatenate([np.full(24, 1e6), last])
    recent = Theta(window_seasons=4)
    np.testing.assert_allclose(
        recent.forecast(panel_of(old), horizon_periods=6).mean, recent.forecast(panel_of(last), horizon_periods=6).mean
    )


def test_holt_goes_on_where_the_damped_trend_flattens() -> None:
    panel = panel_of(LINE)
    linear, damped = (method.forecast(panel, horizon_periods=24).mean[:, 0] for method in (holt(), DampedTrend()))
    assert np.diff(linear) == pytest.approx(np.full(23, np.diff(linear)[0]))
    assert np.diff(linear)[0] == pytest.approx(4, rel=0.1)
    assert np.diff(damped)[-1] < np.diff(damped)[0]


def test_holt_winters_follows_a_season_that_changes() -> None:
    """The peak moves from June to September in the middle of ten years."""
    time = np.arange(120)
    moved = np.where(time % 12 == np.where(time < 60, 5, 8), 200.0, 100.0)
    panel = panel_of(moved).before(held_out_periods=12)
    changing, fixed = (
        np.abs(method.forecast(panel, horizon_periods=12).mean[:, 0] - moved[-12:]).mean()
        for method in (HoltWinters(), SimpleSmoothing())
    )
    assert changing < fixed / 3


def test_autoregression_is_the_ridge_regression_of_each_series() -> None:
    changes = np.random.default_rng(7).normal(0, 0.1, 60)
    for period in range(1, 60):
        changes[period] -= 0.6 * changes[period - 1]
    logs = 3 + np.cumsum(changes)
    panel = panel_of(np.exp(logs))
    response, lags = np.diff(logs), 2
    terms = np.column_stack([response[lags - lag : len(response) - lag] for lag in range(1, lags + 1)])
    target = response[lags:]
    penalty = 4.0 * (target**2).mean() * np.eye(lags)
    weights = np.linalg.solve(terms.T @ terms + penalty, terms.T @ target)
    first = weights @ response[-1 : -lags - 1 : -1]
    second = weights @ np.array([first, response[-1]])
    expected = np.exp(logs[-1] + np.cumsum([first, second]))
    found = Autoregression(lags=lags, season="none").forecast(panel, horizon_periods=2)
    np.testing.assert_allclose(found.mean[:, 0], expected, rtol=1e-9)
    assert weights[0] == pytest.approx(-0.6, abs=0.2)


def test_an_unstable_autoregression_does_not_run_away() -> None:
    panel = panel_of(np.exp(1.3 ** np.arange(20.0) / 10))
    mean = Autoregression(lags=2, season="none").forecast(panel, horizon_periods=12).mean[:, 0]
    assert (np.abs(np.diff(np.log(mean))) <= 1 + 1e-9).all()


# Fitted series by series


def test_ets_finds_the_damped_trend_and_the_season_that_are_there() -> None:
    time = np.arange(84)
    rng = np.random.default_rng(6)
    growing = np.exp(3 + 0.02 * time + 0.2 * np.sin(2 * np.pi * time / 12) + 0.01 * rng.standard_normal(84))
    panel = panel_of(growing)
    paths = ExponentialSmoothing().forecast(panel.before(held_out_periods=12), horizon_periods=12)
    np.testing.assert_allclose(paths.mean[:, 0], growing[-12:], rtol=0.1)


def test_sarima_is_the_airline_model_of_statsmodels() -> None:
    rng = np.random.default_rng(8)
    time = np.arange(96)
    logs = np.cumsum(0.05 * rng.standard_normal(96)) + 0.3 * np.sin(2 * np.pi * time / 12) + 5
    ours = Sarima().forecast(panel_of(np.exp(logs)), horizon_periods=12).mean[:, 0]
    model = SARIMAX(logs, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
    reference = np.exp(model.fit(disp=False, maxiter=200).forecast(12))
    np.testing.assert_allclose(ours, reference, rtol=0.02)


def test_sarimax_reverts_to_the_mean_of_noise_and_stays_where_a_walk_is() -> None:
    rng = np.random.default_rng(9)
    noise = 1000 * np.exp(0.1 * rng.standard_normal(60))
    walk = 1000 * np.exp(np.cumsum(0.1 * rng.standard_normal(60)))
    mean = Sarimax().forecast(panel_of(noise, walk), horizon_periods=24).mean
    assert mean[-12:, 0].mean() == pytest.approx(noise.mean(), rel=0.02)
    assert mean[-1, 1] == pytest.approx(walk[-1], rel=0.15)
