"""Bands: as wide as the misses were, never crossing, never below zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.forecasting.quantiles import bands

LEVEL = 1000.0


def labels(series: int) -> np.ndarray:
    return np.full(series, "smooth")


def noisy(series: int, *, scale: np.ndarray, seed: int, steps: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Residuals at three origins and a history, white noise of the given scale."""
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal((3, steps, series)), LEVEL + scale * rng.standard_normal((24, series))


def test_four_of_five_future_values_fall_inside() -> None:
    scale = np.random.default_rng(1).uniform(5, 100, 400)
    residuals, history = noisy(400, scale=scale, seed=2)
    mean = np.full((6, 400), LEVEL)
    lower, upper = bands(mean, residuals=residuals, history=history, labels=labels(400))
    future = mean + scale * np.random.default_rng(3).standard_normal(mean.shape)
    assert ((lower <= future) & (future <= upper)).mean() == pytest.approx(0.8, abs=0.03)


def test_a_series_that_missed_by_more_has_a_wider_band() -> None:
    scale = np.repeat([5.0, 50.0], 20)
    residuals, history = noisy(40, scale=scale, seed=4)
    lower, upper = bands(np.full((6, 40), LEVEL), residuals=residuals, history=history, labels=labels(40))
    width = (upper - lower).mean(axis=0)
    assert width[20:].min() > 2 * width[:20].max()


def test_bands_widen_with_the_step_as_the_misses_did_and_go_on_beyond_them() -> None:
    rng = np.random.default_rng(5)
    residuals = np.cumsum(rng.standard_normal((3, 6, 300)), axis=1)
    history = LEVEL + np.cumsum(rng.standard_normal((30, 300)), axis=0)
    lower, upper = bands(
        np.full((12, 300), LEVEL), residuals=_padded(residuals, 12), history=history, labels=labels(300)
    )
    width = (upper - lower).mean(axis=1)
    assert (np.diff(width) > 0).all()
    assert width[11] / width[0] == pytest.approx(np.sqrt(12), rel=0.25)


def test_series_judged_on_few_steps_are_not_taken_for_exact_ones() -> None:
    rng = np.random.default_rng(6)
    residuals = np.cumsum(rng.standard_normal((3, 8, 200)), axis=1)
    residuals[:, 2:, 100:] = np.nan
    history = LEVEL + np.cumsum(rng.standard_normal((30, 200)), axis=0)
    lower, upper = bands(np.full((8, 200), LEVEL), residuals=residuals, history=history, labels=labels(200))
    width = (upper - lower).mean(axis=0)
    assert width[100:].mean() == pytest.approx(width[:100].mean(), rel=0.2)


def test_one_lucky_series_borrows_from_the_others() -> None:
    residuals, history = noisy(60, scale=np.full(60, 20.0), seed=7)
    residuals[:, :, 0] = 0.0
    lower, upper = bands(np.full((6, 60), LEVEL), residuals=residuals, history=history, labels=labels(60))
    assert (upper - lower)[0, 0] > 0.25 * (upper - lower)[0, 1:].mean()


def test_with_nothing_to_learn_from_the_band_is_that_of_the_exponential_distribution() -> None:
    lower, upper = bands(
        np.array([[10.0]]), residuals=np.empty((0, 1, 1)), history=np.array([[10.0]]), labels=labels(1)
    )
    assert lower[0, 0] == pytest.approx(-10 * np.log(0.9))
    assert upper[0, 0] == pytest.approx(-10 * np.log(0.1))


def test_demand_that_never_changed_and_was_never_missed_has_no_band() -> None:
    lower, upper = bands(
        np.full((3, 2), 7.0), residuals=np.zeros((3, 3, 2)), history=np.full((20, 2), 7.0), labels=labels(2)
    )
    assert lower.tolist() == upper.tolist() == [[7.0, 7.0]] * 3


SIZES = st.one_of(st.just(0.0), st.floats(0.001, 1e9))
MISSES = st.one_of(st.just(np.nan), SIZES, SIZES.map(lambda size: -size))


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, (4, 3), elements=SIZES),
    arrays(np.float64, (2, 4, 3), elements=MISSES),
    arrays(np.float64, (5, 3), elements=SIZES),
)
def test_bands_never_cross_and_never_fall_below_zero(
    mean: np.ndarray, residuals: np.ndarray, history: np.ndarray
) -> None:
    lower, upper = bands(mean, residuals=residuals, history=history, labels=np.array(["smooth", "lumpy", "smooth"]))
    assert (lower >= 0).all()
    assert (lower <= mean).all()
    assert (mean <= upper).all()
    assert np.isfinite(upper).all()


def _padded(residuals: np.ndarray, steps: int) -> np.ndarray:
    missing = steps - residuals.shape[1]
    return np.pad(residuals, ((0, 0), (0, missing), (0, 0)), constant_values=np.nan)
