"""Measures of the competitions against published numbers and their edges."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.forecasting.measures import mase, rmsse, scores, smape, spl

Array = NDArray[np.float64]

# Australian beer production by quarters, 1992-2007, and the ten quarters after (fpp3, section 5.8).
BEER = [
    [443, 410, 420, 532, 433, 421, 410, 512, 449, 381, 423, 531, 426, 408, 416, 520, 409, 398, 398, 507, 432, 398],
    [406, 526, 428, 397, 403, 517, 435, 383, 424, 521, 421, 402, 414, 500, 451, 380, 416, 492, 428, 408, 406, 506],
    [435, 380, 421, 490, 435, 390, 412, 454, 416, 403, 408, 482, 438, 386, 405, 491, 427, 383, 394, 473],
]
TRAINING = np.concatenate(BEER).astype(float)
LATER = np.array([420, 390, 410, 488, 415, 398, 419, 488, 414, 374], dtype=float)
PUBLISHED = {
    "mean": (np.full(10, TRAINING.mean()), 2.44),
    "naive": (np.full(10, 473.0), 4.01),
    "seasonal naive": (np.resize(TRAINING[-4:], 10), 0.937),
    "drift": (473 + 30 / 63 * np.arange(1, 11), 4.12),
}


def column(*values: float) -> Array:
    return np.array(values, dtype=float)[:, None]


@pytest.mark.parametrize("method", PUBLISHED)
def test_published_mase(method: str) -> None:
    forecast, published = PUBLISHED[method]
    found = mase(LATER[:, None], forecast[:, None], history=TRAINING[:, None], season_periods=4)
    assert found == pytest.approx([published], abs=0.005)


def test_smape_is_between_0_and_200_and_nothing_forecast_of_nothing_is_no_error() -> None:
    assert smape(column(100, 100), column(110, 110)) == pytest.approx([200 * 10 / 210])
    assert smape(column(5), column(0)) == pytest.approx([200])
    assert smape(column(0, 4), column(0, 4)) == pytest.approx([0])


def test_rmsse_counts_from_the_first_sale() -> None:
    sold = column(2, 4, 1)
    found = rmsse(column(3, 3), column(1, 5), history=sold)
    assert found == pytest.approx([np.sqrt(4 / ((2**2 + 3**2) / 2))])
    assert rmsse(column(3, 3), column(1, 5), history=np.vstack([np.zeros((6, 1)), sold])) == found
    assert rmsse(column(3, 3), column(1, 5), history=np.vstack([np.full((6, 1), np.nan), sold])) == found


def test_pinball_loss_of_the_band() -> None:
    below, inside = column(5), column(20)
    lower, upper = column(10), column(30)
    history = column(1, 3, 1)
    assert spl(below, lower, upper, history=history) == pytest.approx([(0.9 * 5 + 0.1 * 25) / 2 / 2])
    assert spl(inside, lower, upper, history=history) == pytest.approx([(0.1 * 10 + 0.1 * 10) / 2 / 2])


def test_what_is_not_known_is_not_judged() -> None:
    history = column(1, 2, np.nan, 4, 6)
    assert mase(column(5, np.nan), column(8, 100), history=history, season_periods=1) == pytest.approx([3 / 1.5])
    assert smape(column(100, np.nan), column(110, 0)) == pytest.approx([200 * 10 / 210])


def test_a_series_without_a_scale_is_left_out() -> None:
    history = np.column_stack([column(7, 7, 7), column(1, 2, 3)])
    found = mase(np.full((1, 2), 5.0), np.full((1, 2), 6.0), history=history, season_periods=1)
    assert found == pytest.approx([np.nan, 1], nan_ok=True)


def of_naive2(forecast: Array) -> float:
    history, actual = np.column_stack([TRAINING, TRAINING[::-1]]), np.column_stack([LATER, LATER + 10])
    naive2 = np.full((10, 2), 473.0)
    return scores(actual, forecast, history=history, naive2=naive2, season_periods=4).owa


def test_owa_of_naive2_is_one_and_of_the_truth_zero() -> None:
    assert of_naive2(np.full((10, 2), 473.0)) == pytest.approx(1)
    assert of_naive2(np.column_stack([LATER, LATER + 10])) == pytest.approx(0)


def test_bias_is_positive_when_too_much_is_forecast() -> None:
    actual = np.column_stack([column(10, 20), column(30, np.nan)])
    forecast = np.column_stack([column(15, 20), column(40, 99)])
    band = (forecast - 12, forecast - 1)
    history = np.tile(column(1, 2, 4), 2)
    found = scores(actual, forecast, history=history, naive2=forecast, season_periods=1, band=band)
    assert (found.series, found.bias, found.wape) == (2, pytest.approx(15 / 60), pytest.approx(15 / 60))
    assert found.cover80 == pytest.approx(2 / 3)


def test_a_forecast_that_is_not_there_is_no_forecast() -> None:
    with pytest.raises(ValueError, match="without a forecast"):
        scores(column(1, 2), column(1, np.nan), history=column(1, 2), naive2=column(1, 1), season_periods=1)
