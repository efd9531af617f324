"""What every forecaster promises, checked on all of them alike."""

import numpy as np
import pytest
from panels import panel_of, seasonal, sporadic, with_values, without_series, young

from analytics.forecasting.contract import Forecaster, Paths, without_short
from analytics.forecasting.exponential_smoothing import ExponentialSmoothing
from analytics.forecasting.panel import Panel
from analytics.forecasting.pools import method_registry
from analytics.forecasting.sarima import Sarima
from analytics.forecasting.sarimax import Sarimax
from analytics.forecasting.theta import Theta
from analytics.forecasting.without_drivers import WithoutDrivers

HORIZON = 6
FITTED_ONE_BY_ONE = (Sarima(), Sarimax(), ExponentialSmoothing())
METHODS = (*method_registry().values(), *FITTED_ONE_BY_ONE, WithoutDrivers(Theta()))
# The season of a long year leans on what all series show of it, so these know their neighbours.
POOLED = {"damped_trend_phases", "autoregression_phases"}
WITHOUT_FIT = {"aggregation", "adida"}  # blocks have no fitted path

each_method = pytest.mark.parametrize("method", METHODS, ids=[method.name for method in METHODS])


def tolerance(method: Forecaster) -> float:
    """A likelihood is maximised only so far."""
    return 1e-3 if method in FITTED_ONE_BY_ONE else 1e-8


def months(periods: int = 60) -> Panel:
    """Seasonal and positive; counts with zeros; trending; young; intermittent."""
    rng = np.random.default_rng(4)
    counts = rng.poisson(2.0, periods).astype(np.float64)
    counts[0] = 3.0
    trending = 50 + 2 * np.arange(periods) + 5 * rng.standard_normal(periods)
    late = young([21.0, 20, 22, 20, 21], periods=periods)
    return panel_of(*seasonal(1, periods=periods), counts, trending, late, *sporadic(1, periods=periods))


def weeks(periods: int = 120) -> Panel:
    late = young(np.random.default_rng(5).poisson(6.0, 40), periods=periods)
    return panel_of(*seasonal(2, periods=periods, season=52), late, *sporadic(1, periods=periods), season=52)


def days(periods: int = 90) -> Panel:
    return panel_of(*seasonal(2, periods=periods, season=7), *sporadic(1, periods=periods), season=7)


CALENDARS = {"months": months(), "weeks": weeks(), "days": days()}
each_calendar = pytest.mark.parametrize("panel", CALENDARS.values(), ids=list(CALENDARS))


def periods_needed(method: Forecaster, panel: Panel) -> float:
    """What a method needs beside its minimum: a season, and what stands before it."""
    season = panel.season_periods
    if method.name == "holt_winters":
        return 2 * season if season <= 24 else np.inf
    if method.name == "sarima" and season != 12:
        return np.inf
    of_season = {"seasonal_level": season + 8, "theta_recent": 4 * season}
    return max(method.minimum_periods, of_season.get(method.name, 0))


@each_method
@each_calendar
def test_paths_have_the_panel_s_shape_and_the_panel_stays_as_it_was(method: Forecaster, panel: Panel) -> None:
    before = panel.values.copy()
    paths = method.forecast(panel, horizon_periods=HORIZON)
    assert paths.fitted.shape == panel.values.shape
    assert paths.mean.shape == (HORIZON, len(panel.ids))
    assert np.isnan(paths.fitted[np.isnan(panel.values)]).all()
    assert not paths.failures
    np.testing.assert_array_equal(panel.values, before)


@each_method
@each_calendar
def test_a_column_is_done_exactly_when_it_is_long_enough(method: Forecaster, panel: Panel) -> None:
    done = np.isfinite(method.forecast(panel, horizon_periods=HORIZON).mean)
    enough = panel.lengths() >= periods_needed(method, panel)
    np.testing.assert_array_equal(done, np.broadcast_to(enough, done.shape))


@each_method
def test_the_minimum_history_suffices_and_one_period_less_does_not(method: Forecaster) -> None:
    panel = months().columns(np.array([0, 1]))
    needed = int(periods_needed(method, panel))
    assert np.isfinite(method.forecast(panel.recent(periods=max(needed, 1)), horizon_periods=HORIZON).mean).all()
    if needed > 1:
        short = panel.recent(periods=needed - 1)
        assert np.isnan(method.forecast(short, horizon_periods=HORIZON).mean).all()


@each_method
def test_twice_the_same_question_gives_the_same_answer(method: Forecaster) -> None:
    first, second = (method.forecast(months(), horizon_periods=HORIZON) for _ in range(2))
    np.testing.assert_array_equal(first.mean, second.mean)
    np.testing.assert_array_equal(first.fitted, second.fitted)


def alone(panel: Panel) -> list[Forecaster]:
    return [method for method in METHODS if method.name not in POOLED or panel.season_periods != 52]


@pytest.mark.parametrize(
    ("panel", "method"),
    [
        pytest.param(panel, method, id=f"{name}-{method.name}")
        for name, panel in CALENDARS.items()
        for method in alone(panel)
    ],
)
def test_a_series_does_not_depend_on_its_neighbours(method: Forecaster, panel: Panel) -> None:
    together = method.forecast(panel, horizon_periods=HORIZON)
    close = tolerance(method)
    for column in range(len(panel.ids)):
        single = method.forecast(panel.columns(np.array([column])), horizon_periods=HORIZON)
        np.testing.assert_allclose(single.mean[:, 0], together.mean[:, column], rtol=close)
        np.testing.assert_allclose(single.fitted[:, 0], together.fitted[:, column], rtol=close, atol=close)


@each_method
@pytest.mark.parametrize("factor", [1e-3, 10.0, 1e9])
def test_the_unit_of_demand_only_scales_the_forecast(method: Forecaster, factor: float) -> None:
    panel = months()
    plain = method.forecast(panel, horizon_periods=HORIZON).mean
    scaled = method.forecast(with_values(panel, panel.values * factor), horizon_periods=HORIZON).mean
    np.testing.assert_allclose(scaled, plain * factor, rtol=tolerance(method))


@each_method
def test_empty_periods_before_a_series_change_nothing(method: Forecaster) -> None:
    panel = months()
    lead = panel_of(*np.vstack([np.full((12, len(panel.ids)), np.nan), panel.values]).T)
    plain = method.forecast(panel, horizon_periods=HORIZON)
    shifted = method.forecast(lead, horizon_periods=HORIZON)
    np.testing.assert_allclose(shifted.mean, plain.mean, rtol=tolerance(method))
    np.testing.assert_allclose(shifted.fitted[12:], plain.fitted, rtol=tolerance(method), atol=1e-6)


@each_method
@each_calendar
def test_a_longer_horizon_only_adds_steps(method: Forecaster, panel: Panel) -> None:
    short = method.forecast(panel, horizon_periods=3).mean
    long = method.forecast(panel, horizon_periods=30).mean
    assert len(long) == 30
    np.testing.assert_allclose(long[:3], short, rtol=1e-9)


@each_method
@each_calendar
def test_what_comes_later_is_not_known_earlier(method: Forecaster, panel: Panel) -> None:
    """The same question with everything after the origin poisoned, and with a panel that ends at the origin."""
    poisoned = panel.values.copy()
    poisoned[-HORIZON:] = 1e9
    ended = panel_of(*panel.values[:-HORIZON].T, season=panel.season_periods)
    truth = method.forecast(ended, horizon_periods=HORIZON)
    for asked in (panel, with_values(panel, poisoned)):
        found = method.forecast(asked.before(held_out_periods=HORIZON), horizon_periods=HORIZON)
        np.testing.assert_array_equal(found.mean, truth.mean)
        np.testing.assert_array_equal(found.fitted, truth.fitted)


@each_method
def test_fitted_values_are_one_step_forecasts_not_the_data(method: Forecaster) -> None:
    panel = months().columns(np.array([2]))
    paths = method.forecast(panel, horizon_periods=HORIZON)
    errors = (panel.values - paths.fitted)[np.isfinite(paths.fitted)]
    assert (errors.size >= 30) == (method.name not in WITHOUT_FIT)
    assert method.name in WITHOUT_FIT or np.sqrt((errors**2).mean()) > 2.5


@each_method
@pytest.mark.parametrize(
    ("values", "expected"), [(np.full(60, 7.0), 7.0), (np.zeros(60), 0.0)], ids=["constant", "never sold"]
)
def test_demand_without_any_change_goes_on(method: Forecaster, values: np.ndarray, expected: float) -> None:
    mean = method.forecast(panel_of(values), horizon_periods=HORIZON).mean
    factor = 0.95 if method.name == "sba" else 1.0
    np.testing.assert_allclose(mean, factor * expected, rtol=1e-9)


@each_method
@pytest.mark.parametrize("season", [12, 52, 7])
def test_a_panel_without_series_gives_paths_without_series(method: Forecaster, season: int) -> None:
    paths = method.forecast(without_series(periods=60, season=season), horizon_periods=HORIZON)
    assert paths.mean.shape == (HORIZON, 0)
    assert paths.fitted.shape == (60, 0)


@each_method
@pytest.mark.parametrize(
    "values",
    [
        np.where(np.arange(60) == 30, 1e12, 1.0),
        np.where(np.arange(60) % 2 == 0, 5.0, -2.0),
        np.exp(np.arange(60.0)),
        np.where(np.arange(60) < 30, 100.0, 0.0),
        100 + 50 * np.sin(2 * np.pi * np.arange(60) / 12),
    ],
    ids=["spike", "returns", "explosion", "ended", "pure season"],
)
def test_odd_histories_give_numbers_or_a_reason(method: Forecaster, values: np.ndarray) -> None:
    paths = method.forecast(panel_of(values), horizon_periods=HORIZON)
    assert np.isfinite(paths.mean).all() or 0 in paths.failures


@each_method
def test_a_name_and_a_need_say_what_it_is(method: Forecaster) -> None:
    assert method.name == method.name.lower().replace(" ", "_")
    assert method.minimum_periods >= 0


def test_names_are_unique() -> None:
    names = [method.name for method in METHODS]
    assert len(set(names)) == len(names)


def test_columns_of_short_series_are_emptied() -> None:
    panel = panel_of([1, 2, 3], [np.nan, 2, 3], [np.nan] * 3)
    paths = without_short(Paths(panel.values, np.ones((1, 3)), {0: "odd"}), panel, minimum_periods=3)
    np.testing.assert_array_equal(paths.mean, [[1, np.nan, np.nan]])
    assert np.isnan(paths.fitted[:, 1:]).all()
    assert paths.failures == {0: "odd"}
