"""Drift: both signals against their published values, and how often they are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.accuracy import bias, tracking_signal
from analytics.errors import AnalyticsError
from analytics.forecasting.drift import BOTH, NO_ALARM, SMOOTHED_SIGNAL, TRACKING_SIGNAL, drift

NOISE = 100 + 10 * np.random.default_rng(3).normal(size=(12, 4000))


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def alarms(actual: np.ndarray, **parameters: float) -> np.ndarray:
    ids = [str(series) for series in range(actual.shape[1])]
    return drift(actual, np.full_like(actual, 100.0), ids=ids, **parameters)["alarm"].to_numpy()


def test_published_tracking_signals() -> None:
    actual = np.array([[8, 1546], [11, 1490], [12, 1596], [14, 1645]], dtype=float)
    forecast = np.array([[10, 1496], [10, 1396], [10, 1695], [10, 1745]], dtype=float)
    frame = drift(actual, forecast, ids=["a", "b"])
    assert frame["unique_id"].tolist() == ["a", "b"]
    assert frame["tracking_signal"][0] == pytest.approx(2.2222, abs=5e-5)
    longer = drift(column(1546, 1490, 1596, 1645, 1695), column(1496, 1396, 1695, 1745, 1795), ids=["b"])
    assert longer["tracking_signal"][0] == pytest.approx(-1.7494, abs=5e-5)


def test_smoothed_signal_is_the_recursion_of_trigg() -> None:
    errors = [5.0, -2.0, 4.0, 4.0, 1.0, 6.0]
    smoothed_error = smoothed_size = 0.0
    for error in errors:
        smoothed_error += 0.1 * (error - smoothed_error)
        smoothed_size += 0.1 * (abs(error) - smoothed_size)
    frame = drift(column(*errors) + 50, np.full((6, 1), 50.0), ids=["a"], smoothing=0.1)
    assert frame["smoothed_signal"][0] == pytest.approx(smoothed_error / smoothed_size)


def test_signs_say_which_way_it_went() -> None:
    frame = drift(np.array([[12.0, 8.0]] * 6), np.full((6, 2), 10.0), ids=["under", "over"])
    assert frame["tracking_signal"].tolist() == [6, -6]
    assert frame["smoothed_signal"].tolist() == pytest.approx([1, -1])
    assert frame["bias"].tolist() == pytest.approx([-2 / 12, 2 / 8])
    assert frame["alarm"].tolist() == [BOTH, BOTH]


def test_noise_seldom_raises_both_alarms_and_a_lasting_bias_nearly_always() -> None:
    """Measured on 4,000 series of 12 periods."""
    quiet, biased = alarms(NOISE), alarms(NOISE + 10)
    assert (quiet == BOTH).mean() < 0.08
    assert np.isin(quiet, [TRACKING_SIGNAL, BOTH]).mean() < 0.4
    assert (biased == BOTH).mean() > 0.8


def test_an_old_bias_is_forgotten_by_the_smoothed_signal_only() -> None:
    errors = np.concatenate([np.full(8, 10.0), np.tile([-10.0, 10.0], 12)])
    assert alarms(100 + errors[:, None]).tolist() == [TRACKING_SIGNAL]


def test_a_bias_that_began_lately_is_seen_by_the_smoothed_signal_first() -> None:
    errors = np.concatenate([np.full(10, -10.0), np.full(14, 10.0)])
    assert alarms(100 + errors[:, None]).tolist() == [SMOOTHED_SIGNAL]


def test_limits_are_parameters() -> None:
    errors = 100 + column(10, 10, 10, -5)
    assert alarms(errors).tolist() == [NO_ALARM]
    assert alarms(errors, tracking_limit=2.0).tolist() == [TRACKING_SIGNAL]
    assert alarms(errors, smoothed_limit=0.3).tolist() == [SMOOTHED_SIGNAL]


def test_four_misses_on_one_side_may_be_chance() -> None:
    assert alarms(np.full((4, 1), 110.0)).tolist() == [NO_ALARM]
    assert alarms(np.full((5, 1), 110.0)).tolist() != [NO_ALARM]


def test_periods_that_are_not_judged_leave_no_trace() -> None:
    actual, forecast = column(np.nan, 8, 11, np.nan, 12, 14, 9), column(10, 10, 10, 10, 10, 10, np.nan)
    frame, plain = drift(actual, forecast, ids=["a"]), drift(column(8, 11, 12, 14), np.full((4, 1), 10.0), ids=["a"])
    assert frame.equals(plain)


@pytest.mark.parametrize(
    "actual",
    [np.empty((0, 2)), np.full((1, 2), 100.0), np.full((3, 2), np.nan), np.full((4, 2), np.inf)],
    ids=["no periods", "never missed", "unknown", "infinite"],
)
def test_without_errors_there_is_no_signal_and_no_alarm(actual: np.ndarray) -> None:
    frame = drift(actual, np.full_like(actual, 100.0), ids=["a", "b"])
    assert frame[["tracking_signal", "smoothed_signal"]].isna().all(axis=None)
    assert frame["alarm"].tolist() == [NO_ALARM, NO_ALARM]


def test_absurd_magnitudes_do_not_warn() -> None:
    extreme = column(1e308, 1e308, 5e-324, 1e308)
    assert len(drift(extreme, -extreme, ids=["a"])) == 1


def test_bias_without_demand_is_undefined() -> None:
    frame = drift(np.zeros((6, 1)), np.ones((6, 1)), ids=["a"])
    assert frame["bias"].isna().all()
    assert frame["alarm"].tolist() == [BOTH]


def test_no_series_no_rows() -> None:
    frame = drift(np.empty((5, 0)), np.empty((5, 0)), ids=[])
    assert frame.columns.tolist() == ["unique_id", "tracking_signal", "smoothed_signal", "bias", "alarm"]
    assert frame.empty


@pytest.mark.parametrize(
    "arguments",
    [
        {"forecast": np.ones((3, 2))},
        {"ids": ["a", "b"]},
        {"smoothing": 0.0},
        {"smoothing": 1.0},
        {"tracking_limit": 0.0},
        {"smoothed_limit": np.nan},
    ],
    ids=["shapes", "ids", "no smoothing", "no memory", "no limit", "missing limit"],
)
def test_what_cannot_be_judged_is_refused(arguments: dict[str, object]) -> None:
    usual: dict[str, object] = {"actual": np.ones((3, 1)), "forecast": np.ones((3, 1)), "ids": ["a"]}
    with pytest.raises(AnalyticsError):
        drift(**{**usual, **arguments})  # type: ignore[arg-type]


QUANTITIES = st.floats(0, 1e6)


@given(arrays(np.float64, (9, 3), elements=QUANTITIES), arrays(np.float64, (9, 3), elements=QUANTITIES))
def test_every_series_is_judged_as_if_alone(actual: np.ndarray, forecast: np.ndarray) -> None:
    frame = drift(actual, forecast, ids=["a", "b", "c"])
    for series in range(3):
        pair = actual[:, series], forecast[:, series]
        np.testing.assert_allclose(frame["tracking_signal"][series], tracking_signal(*pair)[-1])
        np.testing.assert_allclose(frame["bias"][series], bias(*pair), atol=1e-9)
    assert not (frame["smoothed_signal"].abs() > 1 + 1e-9).any()
