"""Forecast error measures against published numbers, their invariants and their edges."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.accuracy import bias, mae, mape, mase, mean_error, rmse, rmsse, tracking_signal, wmape
from analytics.errors import AnalyticsError

ACTUAL, FORECAST = [1000.0, 10.0], [950.0, 25.0]
TEST_ACTUAL, TEST_FORECAST = [2.0, 0.0, 4.0, 1.0, 1.0], [2.0] * 5
TRAINING = [4.0, 0.0, 1.0, 3.0, 2.0]
QUANTITIES = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=30)


def scaled(actual: list[float], forecast: list[float]) -> float:
    return mase(actual, forecast, training=TRAINING, season_periods=1)


def root_scaled(actual: list[float], forecast: list[float]) -> float:
    return rmsse(actual, forecast, training=TRAINING)


SCALARS: list[Callable[[list[float], list[float]], float]] = [
    wmape,
    bias,
    mean_error,
    mae,
    rmse,
    scaled,
    root_scaled,
    lambda a, f: mape(a, f).value,
]


def test_published_percentages() -> None:
    assert mape(ACTUAL, FORECAST).value == pytest.approx(0.775)
    assert wmape(ACTUAL, FORECAST) == pytest.approx(0.064356, abs=5e-7)
    assert bias(ACTUAL, FORECAST) == pytest.approx(-0.034653, abs=5e-7)


def test_published_scale_dependent_errors() -> None:
    assert mean_error(TEST_ACTUAL, TEST_FORECAST) == pytest.approx(-0.4)
    assert mae(TEST_ACTUAL, TEST_FORECAST) == pytest.approx(1.2)
    assert rmse(TEST_ACTUAL, TEST_FORECAST) == pytest.approx(1.41421, abs=5e-6)


def test_published_scaled_errors() -> None:
    assert scaled(TEST_ACTUAL, TEST_FORECAST) == pytest.approx(0.6)
    assert root_scaled(TEST_ACTUAL, TEST_FORECAST) == pytest.approx(0.603023, abs=5e-7)


def test_published_tracking_signals() -> None:
    running = tracking_signal([8, 11, 12, 14], [10] * 4)
    assert running == pytest.approx([-1, -0.6667, 0.6, 2.2222], abs=5e-5)
    signal = tracking_signal([1546, 1490, 1596, 1645, 1695], [1496, 1396, 1695, 1745, 1795])
    assert signal[-1] == pytest.approx(-1.7494, abs=5e-5)


def test_lags_of_a_snapshot() -> None:
    assert wmape([100], [120]) == pytest.approx(0.20)
    assert wmape([100], [105]) == pytest.approx(0.05)


def test_mase_uses_the_season_of_the_training_data() -> None:
    assert mase([5], [3], training=[1, 10, 2, 12], season_periods=2) == pytest.approx(2 / 1.5)


def test_mape_leaves_zero_demand_out_and_counts_it() -> None:
    result = mape([0, 10, 0, 20], [5, 11, 0, 18])
    assert (result.value, result.periods_used, result.periods_excluded) == (pytest.approx(0.1), 2, 2)


def test_bias_is_positive_when_too_much_was_forecast() -> None:
    assert bias([10, 10], [12, 12]) > 0 > mean_error([10, 10], [12, 12])


@pytest.mark.parametrize("measure", SCALARS)
@pytest.mark.parametrize(
    ("actual", "forecast"),
    [([], []), ([np.nan, 1.0], [1.0, 1.0]), ([1.0, 1.0], [1.0, np.nan]), ([np.inf], [np.inf])],
    ids=["empty", "missing actual", "missing forecast", "infinite"],
)
def test_undefined_is_nan_without_warnings(
    measure: Callable[[list[float], list[float]], float], actual: list[float], forecast: list[float]
) -> None:
    assert math.isnan(measure(actual, forecast))


def test_all_zero_demand() -> None:
    zeros = [0.0, 0.0]
    assert math.isnan(wmape(zeros, [1, 1]))
    assert math.isnan(bias(zeros, [1, 1]))
    assert math.isnan(mape(zeros, [1, 1]).value)
    assert mae(zeros, [1, 1]) == 1


@pytest.mark.parametrize("measure", SCALARS)
def test_absurd_magnitudes_do_not_warn(measure: Callable[[list[float], list[float]], float]) -> None:
    assert measure([1e308, 1e308, 5e-324], [-1e308, -1e308, 1e6]) is not None
    assert tracking_signal([1e308, 1e308, 5e-324], [-1e308, -1e308, 1e6]).size == 3


def test_net_returns_have_no_percentage() -> None:
    assert math.isnan(wmape([-5, 2], [0, 0]))


@pytest.mark.parametrize("training", [[], [3.0], [7.0, 7.0, 7.0], [1.0, np.nan, 2.0]])
def test_unusable_training_gives_nan(training: list[float]) -> None:
    assert math.isnan(mase([1], [2], training=training, season_periods=1))
    assert math.isnan(rmsse([1], [2], training=training))


def test_tracking_signal_is_nan_until_the_first_error() -> None:
    assert np.isnan(tracking_signal([5, 5], [5, 5])).all()
    assert tracking_signal([], []).size == 0
    assert tracking_signal([5, 6], [5, 5])[1] == pytest.approx(2)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="2 periods, forecast has 1"):
        wmape([1, 2], [1])
    with pytest.raises(AnalyticsError, match="one-dimensional"):
        mae([[1.0]], [1.0])
    with pytest.raises(AnalyticsError, match="season_periods"):
        mase([1], [1], training=[1, 2], season_periods=0)


@given(QUANTITIES)
def test_a_perfect_forecast_has_no_error(pairs: list[tuple[float, float]]) -> None:
    actual = [a for a, _ in pairs]
    assert mae(actual, actual) == rmse(actual, actual) == mean_error(actual, actual) == 0
    assert mape(actual, actual).periods_excluded == actual.count(0)


@given(QUANTITIES)
def test_order_of_the_measures(pairs: list[tuple[float, float]]) -> None:
    actual, forecast = [a for a, _ in pairs], [f for _, f in pairs]
    assert abs(mean_error(actual, forecast)) <= mae(actual, forecast) * (1 + 1e-9) + 1e-9
    assert mae(actual, forecast) <= rmse(actual, forecast) * (1 + 1e-9) + 1e-9
    if sum(actual) > 1:
        assert abs(bias(actual, forecast)) <= wmape(actual, forecast) * (1 + 1e-9) + 1e-9


@given(QUANTITIES, st.floats(0.01, 100))
def test_percentages_do_not_depend_on_the_unit(pairs: list[tuple[float, float]], factor: float) -> None:
    actual, forecast = np.array(pairs).T
    if actual.sum() > 1:
        assert wmape(actual * factor, forecast * factor) == pytest.approx(wmape(actual, forecast), rel=1e-6)


@given(QUANTITIES)
def test_tracking_signal_never_exceeds_the_periods_so_far(pairs: list[tuple[float, float]]) -> None:
    actual, forecast = np.array(pairs).T
    signal = tracking_signal(actual, forecast)
    known = ~np.isnan(signal)
    assert (np.abs(signal) <= np.arange(1, signal.size + 1) * (1 + 1e-9))[known].all()
