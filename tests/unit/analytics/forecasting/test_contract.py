"""What every forecaster promises, checked on all of them alike."""

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.contract import Forecaster
from analytics.forecasting.engine import default_methods
from analytics.forecasting.panel import Panel

HORIZON = 6
METHODS = default_methods()
each_method = pytest.mark.parametrize("method", METHODS, ids=[method.name for method in METHODS])


def panel_of(values: np.ndarray, *, season: int = 12) -> Panel:
    start, freq = ("2019-12-30", "W-MON") if season == 52 else ("2020-01-01", "MS")
    periods = pd.date_range(start, periods=len(values), freq=freq)
    return Panel(tuple(f"s{column}" for column in range(values.shape[1])), periods, values, season)


def months(periods: int = 48) -> Panel:
    """Seasonal and positive; flat with zeros; trending; young; intermittent."""
    rng = np.random.default_rng(4)
    time = np.arange(periods)
    seasonal = 100 * np.exp(0.3 * np.sin(2 * np.pi * time / 12) + 0.1 * rng.standard_normal(periods))
    counts = rng.poisson(2.0, periods).astype(float)
    trending = 50 + 2 * time + 5 * rng.standard_normal(periods)
    young = np.where(time < periods - 5, np.nan, 20.0 + time % 3)
    sporadic = np.where(rng.random(periods) < 0.3, rng.integers(1, 9, periods), 0).astype(float)
    counts[0] = sporadic[0] = 3.0
    return panel_of(np.column_stack([seasonal, counts, trending, young, sporadic]))


def weeks() -> Panel:
    rng = np.random.default_rng(5)
    time = np.arange(120)
    yearly = 100 * np.exp(0.4 * np.cos(2 * np.pi * time / 52.18) + 0.1 * rng.standard_normal(120))
    short = np.where(time < 80, np.nan, rng.poisson(6.0, 120)).astype(float)
    return panel_of(np.column_stack([yearly, short]), season=52)


@each_method
@pytest.mark.parametrize("panel", [months(), weeks()], ids=["months", "weeks"])
def test_paths_have_the_panel_s_shape_and_no_values_before_a_series_began(method: Forecaster, panel: Panel) -> None:
    paths = method.forecast(panel, horizon_periods=HORIZON)
    assert paths.fitted.shape == panel.values.shape
    assert paths.mean.shape == (HORIZON, len(panel.ids))
    assert np.isnan(paths.fitted[np.isnan(panel.values)]).all()
    assert not paths.failures


@each_method
def test_a_column_is_done_exactly_when_it_is_long_enough(method: Forecaster) -> None:
    panel = months()
    done = np.isfinite(method.forecast(panel, horizon_periods=HORIZON).mean)
    expected = np.broadcast_to(panel.lengths() >= method.minimum_periods, done.shape)
    np.testing.assert_array_equal(done, expected)


@each_method
def test_the_minimum_history_really_suffices(method: Forecaster) -> None:
    panel = months().recent(periods=max(method.minimum_periods, 1)).columns(np.array([0, 1]))
    assert np.isfinite(method.forecast(panel, horizon_periods=HORIZON).mean).all()


@each_method
def test_twice_the_same_question_gives_the_same_answer(method: Forecaster) -> None:
    first, second = (method.forecast(months(), horizon_periods=HORIZON) for _ in range(2))
    np.testing.assert_array_equal(first.mean, second.mean)
    np.testing.assert_array_equal(first.fitted, second.fitted)


@each_method
def test_a_series_does_not_depend_on_its_neighbours(method: Forecaster) -> None:
    panel = months()
    together = method.forecast(panel, horizon_periods=HORIZON)
    for column in range(len(panel.ids)):
        alone = method.forecast(panel.columns(np.array([column])), horizon_periods=HORIZON)
        np.testing.assert_allclose(alone.mean[:, 0], together.mean[:, column], rtol=1e-5)
        np.testing.assert_allclose(alone.fitted[:, 0], together.fitted[:, column], rtol=1e-5)


@each_method
@pytest.mark.parametrize("factor", [1e-3, 1e9])
def test_the_unit_of_demand_only_scales_the_forecast(method: Forecaster, factor: float) -> None:
    panel = months()
    scaled = panel_of(panel.values * factor)
    plain = method.forecast(panel, horizon_periods=HORIZON).mean
    np.testing.assert_allclose(method.forecast(scaled, horizon_periods=HORIZON).mean, plain * factor, rtol=1e-4)


@each_method
def test_empty_periods_before_a_series_change_nothing(method: Forecaster) -> None:
    panel = months()
    lead = panel_of(np.vstack([np.full((12, len(panel.ids)), np.nan), panel.values]))
    plain = method.forecast(panel, horizon_periods=HORIZON)
    shifted = method.forecast(lead, horizon_periods=HORIZON)
    np.testing.assert_allclose(shifted.mean, plain.mean, rtol=1e-6)
    np.testing.assert_allclose(shifted.fitted[12:], plain.fitted, rtol=1e-6)


@each_method
def test_a_longer_horizon_only_adds_steps(method: Forecaster) -> None:
    short = method.forecast(months(), horizon_periods=3).mean
    long = method.forecast(months(), horizon_periods=30).mean
    np.testing.assert_allclose(long[:3], short, rtol=1e-9)


@each_method
def test_what_comes_later_is_not_known_earlier(method: Forecaster) -> None:
    panel = months()
    changed = panel.values.copy()
    changed[-6:] *= 7
    as_it_was = method.forecast(panel.before(held_out_periods=6), horizon_periods=HORIZON)
    with_other_future = method.forecast(panel_of(changed).before(held_out_periods=6), horizon_periods=HORIZON)
    np.testing.assert_array_equal(as_it_was.mean, with_other_future.mean)
    np.testing.assert_array_equal(as_it_was.fitted, with_other_future.fitted)


@each_method
def test_fitted_values_are_one_step_forecasts_not_the_data(method: Forecaster) -> None:
    panel = months().columns(np.array([2]))
    paths = method.forecast(panel, horizon_periods=HORIZON)
    errors = (panel.values - paths.fitted)[np.isfinite(paths.fitted)]
    assert errors.size >= 30
    assert 0.5 < np.sqrt((errors**2).mean()) < 40


@each_method
@pytest.mark.parametrize(
    ("values", "expected"), [(np.full(40, 7.0), 7.0), (np.zeros(40), 0.0)], ids=["constant", "never sold"]
)
def test_demand_without_any_change_goes_on(method: Forecaster, values: np.ndarray, expected: float) -> None:
    mean = method.forecast(panel_of(values[:, None]), horizon_periods=HORIZON).mean
    factor = 0.95 if method.name == "sba" else 1.0
    np.testing.assert_allclose(mean, factor * expected, rtol=1e-6)


@each_method
@pytest.mark.parametrize("season", [12, 52])
def test_a_panel_without_series_gives_paths_without_series(method: Forecaster, season: int) -> None:
    paths = method.forecast(panel_of(np.empty((60, 0)), season=season), horizon_periods=HORIZON)
    assert paths.mean.shape == (HORIZON, 0)


@each_method
@pytest.mark.parametrize(
    "values",
    [
        np.where(np.arange(40) == 20, 1e12, 1.0),
        np.where(np.arange(40) % 2 == 0, 5.0, -2.0),
        np.exp(np.arange(40.0)),
        np.where(np.arange(40) < 20, 100.0, 0.0),
        100 + 50 * np.sin(2 * np.pi * np.arange(40) / 12),
    ],
    ids=["spike", "returns", "explosion", "ended", "pure season"],
)
def test_odd_histories_give_numbers_or_a_reason(method: Forecaster, values: np.ndarray) -> None:
    paths = method.forecast(panel_of(values[:, None]), horizon_periods=HORIZON)
    assert np.isfinite(paths.mean).all() or 0 in paths.failures


def test_weeks_are_left_alone_by_the_airline_model_only() -> None:
    silent = [
        method.name for method in METHODS if np.isnan(method.forecast(weeks(), horizon_periods=HORIZON).mean).all()
    ]
    assert silent == ["sarima"]
