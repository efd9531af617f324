"""Single methods against published numbers and against statsmodels' own recursions."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analytics.forecasting.croston import Croston, sba
from analytics.forecasting.exponential_smoothing import ExponentialSmoothing
from analytics.forecasting.panel import Panel
from analytics.forecasting.per_series import fit_each
from analytics.forecasting.sarima import Sarima
from analytics.forecasting.seasonal_adjustment import seasonally_adjusted
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.forecasting.simple_smoothing import smooth
from analytics.forecasting.theta import Theta
from analytics.inputs import FloatArray

CROSTON = [0, 0, 5, 0, 0, 3, 0, 0, 0, 7, 0, 0, 4, 0, 0]
SALES = [94764, 103900, 167777, 291264, 318568, 239092, 220916, 216408, 197992, 177392, 166972, 178884, 136664]
LEVELS = [94764, 97505, 118586, 170390, 214843, 222118, 221757, 220153, 213504, 202671, 191961, 188038, 172626]


def panel_of(*columns: object, season: int = 12) -> Panel:
    values = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    start, freq = ("2019-12-30", "W-MON") if season == 52 else ("2020-01-01", "MS")
    periods = pd.date_range(start, periods=len(values), freq=freq)
    return Panel(tuple(str(position) for position in range(len(columns))), periods, values, season)


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


def test_simple_smoothing_gives_the_glossary_s_levels() -> None:
    smoothed = smooth(np.array(SALES, dtype=float)[:, None], alphas=np.array([0.3]), start_periods=1)
    assert smoothed.level[0] == pytest.approx(LEVELS[-1], abs=0.5)
    assert smoothed.fitted[1:, 0] == pytest.approx(LEVELS[:-1], abs=0.5)


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.9])
def test_simple_smoothing_runs_the_recursion_of_statsmodels(alpha: float) -> None:
    series = np.random.default_rng(1).gamma(4.0, 25.0, 40)
    model = SimpleExpSmoothing(series, initialization_method="known", initial_level=series[:4].mean())
    expected = model.fit(smoothing_level=alpha, optimized=False)
    smoothed = smooth(series[:, None], alphas=np.array([alpha]))
    assert smoothed.level[0] == pytest.approx(expected.forecast(1)[0], rel=1e-9)
    assert smoothed.fitted[:, 0] == pytest.approx(expected.fittedvalues, rel=1e-9)


def test_simple_smoothing_follows_a_drifting_level_and_averages_noise() -> None:
    rng = np.random.default_rng(2)
    drifting, noise = np.cumsum(rng.standard_normal(300)), rng.standard_normal(300)
    alpha = smooth(np.column_stack([drifting, noise])).alpha
    assert alpha[0] > 0.8
    assert alpha[1] < 0.1


def test_seasonal_naive_repeats_the_last_season_or_the_last_value() -> None:
    year = np.arange(1.0, 13.0)
    panel = panel_of(np.tile(year, 2), np.concatenate([np.full(18, np.nan), np.arange(6.0)]), np.full(24, np.nan))
    mean = SeasonalNaive().forecast(panel, horizon_periods=14).mean
    assert mean[:, 0].tolist() == [*year, 1, 2]
    assert mean[:, 1].tolist() == [5.0] * 14
    assert mean[:, 2].tolist() == [0.0] * 14


def test_seasonal_naive_of_a_panel_shorter_than_a_season_is_naive() -> None:
    paths = SeasonalNaive().forecast(panel_of([1, 2, 3], season=52), horizon_periods=2)
    assert paths.mean[:, 0].tolist() == [3, 3]
    assert paths.fitted[1:, 0].tolist() == [1, 2]


def test_theta_continues_half_the_trend() -> None:
    line = 100 + 4 * np.arange(20.0)
    line[0] = -1.0  # keeps the series on its own scale: logs would bend the line
    steps = np.diff(Theta().forecast(panel_of(line), horizon_periods=5).mean[:, 0])
    slope = np.polyfit(np.arange(20), line, 1)[0]
    assert steps == pytest.approx([slope / 2] * 4)


def test_a_known_season_is_found_whatever_its_length() -> None:
    time = np.arange(60)
    monthly = np.exp(4 + 0.3 * np.sin(2 * np.pi * time / 12))
    weekly = np.exp(4 + 0.3 * np.sin(2 * np.pi * 7 * np.arange(220) / 365.25))
    daily = np.exp(4 + 0.3 * np.sin(2 * np.pi * time / 7))
    for panel in (panel_of(monthly), panel_of(weekly, season=52), panel_of(daily, season=7)):
        adjusted = seasonally_adjusted(panel, horizon_periods=8)
        assert np.ptp(adjusted.values) < 0.15
        assert np.ptp(adjusted.seasonal) == pytest.approx(0.6, rel=0.1)


def test_noise_has_hardly_any_season() -> None:
    noise = np.exp(0.2 * np.random.default_rng(3).standard_normal((60, 200)))
    effects = seasonally_adjusted(panel_of(*noise.T), horizon_periods=12).seasonal
    raw = np.log(noise).reshape(5, 12, 200).mean(axis=0)
    assert effects.std() < 0.5 * raw.std()


def test_a_season_needs_two_full_cycles() -> None:
    seasonal = 100 + 50.0 * np.sin(2 * np.pi * np.arange(24) / 12)
    assert seasonally_adjusted(panel_of(seasonal), horizon_periods=1).seasonal.any()
    assert not seasonally_adjusted(panel_of(seasonal[:23]), horizon_periods=1).seasonal.any()


def test_positive_series_are_modelled_in_logs_and_come_back() -> None:
    panel = panel_of([1, 2, 3, 4], [1, 0, 3, 4])
    adjusted = seasonally_adjusted(panel, horizon_periods=1)
    assert adjusted.logged.tolist() == [True, False]
    fitted, mean = adjusted.restore(adjusted.values, adjusted.values[-1:])
    np.testing.assert_allclose(fitted, panel.values, atol=1e-12)
    np.testing.assert_allclose(mean[0], [4, 4])


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


def test_a_fit_that_fails_leaves_its_column_empty_and_says_why() -> None:
    def fit(history: FloatArray, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
        if history[0] < 0:
            raise ValueError("no likelihood")
        return history, np.full(len(effects) - len(history), np.inf if history[-1] > 1 else 0.0)

    panel = panel_of([1, 2, 3, 4], [4, 0, 2, 1], [0, 0, 3, 9], [5, 5, 5, 5])
    paths = fit_each(panel, horizon_periods=2, minimum_periods=1, fit=fit)
    assert paths.failures == {0: "ValueError: no likelihood", 2: "the fit gave no finite forecast"}
    assert np.isnan(paths.mean[:, [0, 2]]).all()
    assert paths.mean[:, 3] == pytest.approx([5, 5])
