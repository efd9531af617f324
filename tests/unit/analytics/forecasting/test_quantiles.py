"""Quantiles: as wide as the misses were, never crossing, around the mean, never below what demand can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from panels import panel_of

from analytics.forecasting.panel import Panel
from analytics.forecasting.quantiles import Misses, quantiles

EIGHTY = (0.1, 0.9)
LEVEL = 1000.0


def around(
    mean: np.ndarray, *, errors: np.ndarray, panel: Panel, probabilities: tuple[float, ...] = EIGHTY
) -> np.ndarray:
    """Quantiles where the level was forecast at all origins and missed by these errors."""
    forecast = np.full_like(errors, LEVEL)
    misses = Misses(forecast + errors, forecast)
    return quantiles(mean, misses=misses, panel=panel, probabilities=probabilities)


def noisy(scale: np.ndarray, *, seed: int, steps: int = 6, origins: int = 3) -> tuple[np.ndarray, Panel]:
    """Errors at the origins and a history, white noise of the given scale."""
    rng = np.random.default_rng(seed)
    errors = scale * rng.standard_normal((origins, steps, len(scale)))
    return errors, panel_of(*(LEVEL + scale * rng.standard_normal((36, len(scale)))).T)


def width(found: np.ndarray) -> np.ndarray:
    return np.asarray(found[-1] - found[0])


def test_four_of_five_future_values_fall_inside() -> None:
    scale = np.random.default_rng(1).uniform(5, 100, 400)
    errors, panel = noisy(scale, seed=2)
    mean = np.full((6, 400), LEVEL)
    lower, upper = around(mean, errors=errors, panel=panel)
    future = mean + scale * np.random.default_rng(3).standard_normal(mean.shape)
    assert ((lower <= future) & (future <= upper)).mean() == pytest.approx(0.8, abs=0.04)
    assert (future < lower).mean() == pytest.approx(0.1, abs=0.03)


def test_a_series_that_missed_by_more_has_a_wider_band() -> None:
    errors, panel = noisy(np.repeat([5.0, 50.0], 20), seed=4)
    found = width(around(np.full((6, 40), LEVEL), errors=errors, panel=panel)).mean(axis=0)
    assert found[20:].min() > 2 * found[:20].max()


def test_bands_widen_with_the_step_as_the_misses_did() -> None:
    rng = np.random.default_rng(5)
    errors = 10 * np.cumsum(rng.standard_normal((3, 12, 300)), axis=1)
    panel = panel_of(*(LEVEL + 10 * np.cumsum(rng.standard_normal((36, 300)), axis=0)).T)
    found = width(around(np.full((12, 300), LEVEL), errors=errors, panel=panel)).mean(axis=1)
    assert (np.diff(found) > 0).all()
    assert found[11] / found[0] == pytest.approx(np.sqrt(12), rel=0.25)


def test_steps_that_were_never_judged_go_on_along_the_line() -> None:
    rng = np.random.default_rng(6)
    errors = 10 * np.cumsum(rng.standard_normal((3, 12, 300)), axis=1)
    errors[:, 6:] = np.nan
    panel = panel_of(*(LEVEL + 10 * np.cumsum(rng.standard_normal((36, 300)), axis=0)).T)
    found = width(around(np.full((12, 300), LEVEL), errors=errors, panel=panel)).mean(axis=1)
    assert found[11] / found[0] == pytest.approx(np.sqrt(12), rel=0.25)


def test_one_lucky_series_borrows_from_the_others() -> None:
    errors, panel = noisy(np.full(60, 20.0), seed=7)
    errors[:, :, 0] = 0.0
    found = width(around(np.full((6, 60), LEVEL), errors=errors, panel=panel))[0]
    assert 0.25 * found[1:].mean() < found[0] < found[1:].mean()


def test_misses_to_one_side_make_a_band_to_that_side() -> None:
    errors, panel = noisy(np.full(60, 20.0), seed=8)
    lower, upper = around(np.full((6, 60), LEVEL), errors=np.abs(errors), panel=panel)
    assert (upper - LEVEL).mean() > 20
    assert lower == pytest.approx(np.full((6, 60), LEVEL), rel=0.01)


def test_less_history_and_fewer_origins_make_it_wider() -> None:
    errors, panel = noisy(np.full(80, 20.0), seed=9)
    mean = np.full((6, 80), LEVEL)
    known = width(around(mean, errors=errors, panel=panel)).mean()
    unjudged = errors.copy()
    unjudged[1:, :, :10] = np.nan
    assert width(around(mean, errors=unjudged, panel=panel))[:, :10].mean() > known
    short = panel.recent(periods=6)
    assert width(around(mean, errors=errors, panel=short)).mean() > 1.05 * known


def test_with_nothing_to_learn_from_the_band_is_normal_and_as_wide_as_the_changes() -> None:
    panel = panel_of([100, 110, 100, 110, 100, 110])
    nothing = np.empty((0, 2, 1))
    mean = np.full((2, 1), 105.0)
    half, upper = quantiles(mean, misses=Misses(nothing, nothing), panel=panel, probabilities=(0.5, 0.9))
    assert half[0, 0] == 105
    widest = 1.25 * 1.3  # no origin, half a season
    assert 105 * np.exp(1.28 * np.log(1.1)) < upper[0, 0] < 105 * np.exp(1.2816 * widest * np.log(1.1))


def steady(*others: np.ndarray) -> tuple[np.ndarray, Panel]:
    """Nothing was ever missed; the first series always sells five, the second never anything."""
    columns = [np.full(36, 5.0), np.zeros(36), *others]
    return np.zeros((3, 3, len(columns))), panel_of(*columns)


def test_demand_that_never_changed_and_was_never_missed_has_nearly_no_band() -> None:
    errors, panel = steady()
    lower, upper = around(np.tile([5.0, 0.0], (3, 1)), errors=errors, panel=panel)
    assert lower[:, 0] == pytest.approx(np.full(3, 5), rel=0.02)
    assert upper[:, 0] == pytest.approx(np.full(3, 5), rel=0.02)
    assert upper[:, 1].max() == 0


def test_a_steady_series_beside_large_ones_has_a_band_of_its_own_size() -> None:
    """What others change counts by their size: once in units, a series of five was told to reach 1e130."""
    rng = np.random.default_rng(12)
    large = [np.where(np.arange(36) == 7, 0.0, 1e6 * rng.gamma(9, 1 / 9, 36)) for _series in range(8)]
    errors, panel = steady(*large)
    errors[:, :, 2:] = 3e5 * rng.standard_normal((3, 3, 8))
    mean = np.tile([5.0, 0.0, *[1e6] * 8], (3, 1))
    upper = around(mean, errors=errors, panel=panel)[-1]
    assert 5 < upper[:, 0].max() < 10
    assert upper[:, 1].max() == 0


def test_no_band_is_wider_than_the_largest_error_that_counts() -> None:
    """Sure of themselves at two origins, out of all bounds at the third."""
    errors, panel = noisy(np.full(60, 1.0), seed=14)
    errors[0] = 50 * LEVEL
    upper = around(np.full((6, 60), LEVEL), errors=errors, panel=panel)[-1]
    assert upper == pytest.approx(np.full((6, 60), LEVEL * np.exp(3)))


def test_where_nearly_all_was_right_one_miss_does_not_spread() -> None:
    errors, panel = noisy(np.full(60, 20.0), seed=13)
    errors[:] = 0.0
    errors[0, 0, 0] = 50.0
    found = width(around(np.full((6, 60), LEVEL), errors=errors, panel=panel))
    assert np.isfinite(found).all()
    assert found[:, 1:].max() < 20


def test_quantiles_of_sums_are_narrower_than_sums_of_quantiles() -> None:
    """Misses of single periods cancel: the band of a lead time is what stock needs."""
    errors, panel = noisy(np.full(200, 30.0), seed=10)
    forecast = np.full_like(errors, LEVEL)
    misses = Misses(forecast + errors, forecast)
    mean = np.full((6, 200), LEVEL)
    single = quantiles(mean, misses=misses, panel=panel, probabilities=EIGHTY)
    summed = quantiles(np.cumsum(mean, axis=0), misses=misses.cumulative(), panel=panel, probabilities=EIGHTY)
    share = width(summed)[-1] / width(single).sum(axis=0)
    assert share.max() < 1
    assert share.mean() < 0.7


def test_sums_end_where_a_quantity_is_not_known() -> None:
    actual = np.array([[[1.0], [np.nan], [3.0]]])
    summed = Misses(actual, np.ones((1, 3, 1))).cumulative()
    np.testing.assert_array_equal(summed.actual[0, :, 0], [1, np.nan, np.nan])
    np.testing.assert_array_equal(summed.forecast[0, :, 0], [1, 2, 3])


def test_only_where_returns_went_below_zero_a_band_does() -> None:
    rng = np.random.default_rng(11)
    errors = 20 * rng.standard_normal((3, 6, 40))
    low = 2.0 + rng.poisson(3, (36, 40)) * 1.0
    low[5] = np.where(np.arange(40) < 20, 0.0, -4.0)
    misses = Misses(5 + errors, np.full_like(errors, 5.0))
    lower = quantiles(np.full((6, 40), 5.0), misses=misses, panel=panel_of(*low.T), probabilities=EIGHTY)[0]
    assert lower[:, :20].min() == 0
    assert lower[:, 20:].min() == -4


SIZES = st.one_of(st.just(0.0), st.floats(0.001, 1e9))
ACTUALS = st.one_of(st.just(np.nan), SIZES)
LEVELS = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


@settings(max_examples=40)
@given(
    arrays(np.float64, (2, 3), elements=SIZES),
    arrays(np.float64, (2, 2, 3), elements=ACTUALS),
    arrays(np.float64, (2, 2, 3), elements=ACTUALS),
    arrays(np.float64, (4, 3), elements=SIZES),
)
def test_quantiles_ascend_around_the_mean_and_never_fall_below_zero(
    mean: np.ndarray, actual: np.ndarray, forecast: np.ndarray, history: np.ndarray
) -> None:
    misses = Misses(actual, forecast)
    found = quantiles(mean, misses=misses, panel=panel_of(*history.T), probabilities=LEVELS)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found[2] <= mean).all()
    assert (mean <= found[4]).all()
