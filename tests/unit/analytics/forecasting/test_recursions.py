"""The array recursions against statsmodels with the same parameters, and the choice of a parameter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

from analytics.forecasting.recursions import damped_trends, seasonal_trends, smoothed_levels

SALES = [94764, 103900, 167777, 291264, 318568, 239092, 220916, 216408, 197992, 177392, 166972, 178884, 136664]
LEVELS = [94764, 97505, 118586, 170390, 214843, 222118, 221757, 220153, 213504, 202671, 191961, 188038, 172626]
SERIES = np.random.default_rng(1).gamma(4.0, 25.0, 60)
FROM_THE_FIRST = np.zeros(1, dtype=np.int64)
STEPS = 30


def test_levels_are_those_of_the_glossary() -> None:
    values = np.array(SALES, dtype=float)[:, None]
    found = smoothed_levels(values, begins=FROM_THE_FIRST, alphas=np.array([0.3]), start_periods=1)
    assert found.level[0] == pytest.approx(LEVELS[-1], abs=0.5)
    assert found.fitted[1:, 0] == pytest.approx(LEVELS[:-1], abs=0.5)


@pytest.mark.parametrize("start_periods", [1, 4])
@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.9, 1.0])
def test_simple_smoothing_is_that_of_statsmodels(alpha: float, start_periods: int) -> None:
    first = SERIES[:start_periods].mean()
    model = SimpleExpSmoothing(SERIES, initialization_method="known", initial_level=first)
    expected = model.fit(smoothing_level=alpha, optimized=False)
    found = smoothed_levels(
        SERIES[:, None], begins=FROM_THE_FIRST, alphas=np.array([alpha]), start_periods=start_periods
    )
    assert found.level[0] == pytest.approx(expected.forecast(1)[0], rel=1e-9)
    assert found.fitted[:, 0] == pytest.approx(expected.fittedvalues, rel=1e-9)


def first_line(values: np.ndarray) -> tuple[float, float]:
    """Level before the first period, and slope: by the first four and the first twelve periods."""
    slope = (values[11] - values[0]) / 11
    return float(values[:4].mean() - 2.5 * slope), float(slope)


@pytest.mark.parametrize(("alpha", "beta"), [(0.05, 0.03), (0.4, 0.2), (0.8, 0.4)])
@pytest.mark.parametrize("phi", [0.8, 0.97, 1.0])
def test_trends_are_those_of_statsmodels(alpha: float, beta: float, phi: float) -> None:
    level, slope = first_line(SERIES)
    damping = {"damping_trend": phi} if phi < 1 else {}
    model = Holt(SERIES, damped_trend=phi < 1, initialization_method="known", initial_level=level, initial_trend=slope)
    expected = model.fit(smoothing_level=alpha, smoothing_trend=beta, optimized=False, **damping)
    found = damped_trends(SERIES[:, None], begins=FROM_THE_FIRST, grid=np.array([[alpha, beta, phi]]))
    assert found.fitted[:, 0] == pytest.approx(expected.fittedvalues, rel=1e-9)
    assert found.ahead(horizon_periods=STEPS)[:, 0] == pytest.approx(expected.forecast(STEPS), rel=1e-9)


@pytest.mark.parametrize("periods", [60, 55])
@pytest.mark.parametrize(
    ("alpha", "beta", "phi", "gamma"), [(0.3, 0.1, 0.9, 0.2), (0.6, 0.0, 0.97, 0.4), (0.1, 0.1, 0.8, 0.05)]
)
def test_seasons_are_those_of_statsmodels(alpha: float, beta: float, phi: float, gamma: float, periods: int) -> None:
    """Also where the history does not end with a season."""
    season = 20 * np.sin(2 * np.pi * np.arange(12) / 12)
    values = SERIES[:periods] + np.resize(season, periods)
    model = ETSModel(
        values,
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="add",
        seasonal_periods=12,
        initialization_method="known",
        initial_level=(values - np.resize(season, periods))[:4].mean(),
        initial_trend=0.0,
        initial_seasonal=season,
    )
    expected = model.smooth([alpha, alpha * beta, gamma * (1 - alpha), phi])
    found = seasonal_trends(
        values[:, None],
        begins=FROM_THE_FIRST,
        seasons=season[:, None],
        grid=np.array([[alpha, beta, phi, gamma]]),
    )
    assert found.fitted[:, 0] == pytest.approx(expected.fittedvalues, rel=1e-9)
    assert found.ahead(horizon_periods=STEPS)[:, 0] == pytest.approx(expected.forecast(STEPS), rel=1e-9)


def test_every_series_begins_with_its_own_first_period() -> None:
    late = np.concatenate([np.full(20, np.nan), SERIES[:40]])
    both = smoothed_levels(np.column_stack([SERIES, late]), begins=np.array([0, 20]))
    alone = smoothed_levels(SERIES[:40, None], begins=FROM_THE_FIRST)
    assert both.level[1] == pytest.approx(alone.level[0])
    assert both.alpha[1] == alone.alpha[0]
    assert np.isnan(both.fitted[:20, 1]).all()
    assert both.fitted[20:, 1] == pytest.approx(alone.fitted[:, 0])


@pytest.mark.parametrize("at", [12, 40, 59])
def test_after_the_first_year_a_fitted_value_knows_nothing_of_its_period_or_later(at: int) -> None:
    """With given parameters: which of them fits best is known only at the end."""
    changed = SERIES.copy()
    changed[at:] = 1e9
    values, begins, grid = np.column_stack([SERIES, changed]), np.zeros(2, dtype=np.int64), np.array([[0.4, 0.2, 0.9]])
    levels = smoothed_levels(values, begins=begins, alphas=np.array([0.4])).fitted
    trends = damped_trends(values, begins=begins, grid=grid).fitted
    for fitted in (levels, trends):
        np.testing.assert_array_equal(fitted[: at + 1, 0], fitted[: at + 1, 1])


def test_a_drifting_level_is_followed_and_noise_averaged() -> None:
    rng = np.random.default_rng(2)
    drifting, noise = np.cumsum(rng.standard_normal(300)), rng.standard_normal(300)
    alpha = smoothed_levels(np.column_stack([drifting, noise]), begins=np.zeros(2, dtype=np.int64)).alpha
    assert alpha[0] > 0.8
    assert alpha[1] < 0.1


def test_histories_too_short_to_tell_are_averaged() -> None:
    found = smoothed_levels(np.array([[3.0], [5.0]]), begins=FROM_THE_FIRST)
    assert found.alpha[0] == 0.02
    assert found.level[0] == pytest.approx(4.0, abs=0.1)


def test_a_growing_series_goes_on_growing_by_less_and_less() -> None:
    line = 10 + 2 * np.arange(40.0)
    grid = np.array([[0.3, 0.15, 0.9]])
    steps = np.diff(damped_trends(line[:, None], begins=FROM_THE_FIRST, grid=grid).ahead(horizon_periods=12)[:, 0])
    assert (steps > 0).all()
    assert steps[1:] / steps[:-1] == pytest.approx([0.9] * 10)


def test_eight_periods_show_no_trend() -> None:
    grid = np.array([[0.3, 0.0, 1.0]])
    assert damped_trends(np.arange(8.0)[:, None], begins=FROM_THE_FIRST, grid=grid).slope[0] == 0


@given(arrays(np.float64, (20, 2), elements=st.floats(-1e6, 1e6)))
def test_a_level_lies_between_the_least_and_the_largest_quantity(values: np.ndarray) -> None:
    found = smoothed_levels(values, begins=np.zeros(2, dtype=np.int64))
    slack = 1e-6 + 1e-9 * np.abs(values).max()
    assert (found.level >= values.min(axis=0) - slack).all()
    assert (found.level <= values.max(axis=0) + slack).all()
