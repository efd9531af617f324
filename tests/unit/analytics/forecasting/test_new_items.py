"""New items: on the course of their look-alikes, at the level of their own first periods, never on a trend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.errors import AnalyticsError
from analytics.forecasting.new_items import launch_forecast

PERIODS = 40
SHELF_FILL = np.concatenate([[3.0, 2.0], np.ones(PERIODS)])
SLOW_START = np.concatenate([[0.25, 0.5, 0.75], np.ones(PERIODS)])


def launched(course: np.ndarray, *, ages: np.ndarray, levels: np.ndarray, noise: float, seed: int = 0) -> np.ndarray:
    """Periods x series: demand since the launch around level x course, gamma noise of that variation."""
    values = np.full((PERIODS, len(ages)), np.nan)
    rng = np.random.default_rng(seed)
    for column, (age, level) in enumerate(zip(ages, levels, strict=True)):
        factors = rng.gamma(1 / noise**2, noise**2, age) if noise else np.ones(age)
        values[PERIODS - age :, column] = level * course[:age] * factors
    return values


def look_alikes(course: np.ndarray, *, count: int = 60, noise: float = 0.5, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return launched(
        course, ages=rng.integers(15, 36, count), levels=np.exp(rng.normal(3, 1, count)), noise=noise, seed=seed
    )


def forecast(values: np.ndarray, groups: list[str] | None = None, horizon: int = 8, **arguments: object) -> np.ndarray:
    return launch_forecast(
        values,
        groups=groups or ["one"] * values.shape[1],
        horizon_periods=horizon,
        launched_within_periods=10,
        **arguments,  # type: ignore[arg-type]
    )


def test_the_orders_that_filled_the_shelves_do_not_come_again() -> None:
    new = launched(SHELF_FILL, ages=np.array([2]), levels=np.array([10.0]), noise=0)
    path = forecast(np.hstack([look_alikes(SHELF_FILL), new]))[:, -1]
    np.testing.assert_allclose(path, 10, rtol=0.2)
    assert new[-2:, 0].mean() == 25


def test_a_slow_start_goes_on_as_that_of_the_look_alikes_did() -> None:
    new = launched(SLOW_START, ages=np.array([1]), levels=np.array([40.0]), noise=0)
    path = forecast(np.hstack([look_alikes(SLOW_START), new]))[:, -1]
    assert path[0] < path[1] < path[3]
    np.testing.assert_allclose(path[2:], 40, rtol=0.3)


def test_every_group_has_its_own_course() -> None:
    ages, levels = np.array([2, 2]), np.array([30.0, 30.0])
    new = np.hstack(
        [launched(course, ages=ages[:1], levels=levels[:1], noise=0) for course in (SHELF_FILL, SLOW_START)]
    )
    donors = [look_alikes(SHELF_FILL, seed=2), look_alikes(SLOW_START, seed=3)]
    path = forecast(np.hstack([*donors, new]), groups=["fill"] * 60 + ["slow"] * 60 + ["fill", "slow"])[:, -2:]
    np.testing.assert_allclose(path[2:], 30, rtol=0.35)


def test_growth_of_the_first_periods_is_not_extrapolated() -> None:
    new = np.full((PERIODS, 1), np.nan)
    new[-6:, 0] = [10, 20, 30, 40, 50, 60]
    path = forecast(np.hstack([look_alikes(np.ones(PERIODS)), new]))[:, -1]
    assert path.max() < 60
    np.testing.assert_allclose(path, path[0], rtol=0.25)


def test_levels_lean_to_the_group_the_less_the_more_is_known() -> None:
    donors = launched(np.ones(PERIODS), ages=np.full(30, 20), levels=np.full(30, 100.0), noise=0)
    young, old = np.full((PERIODS, 1), np.nan), np.full((PERIODS, 1), np.nan)
    young[-1:], old[-9:] = 10.0, 10.0
    path = forecast(np.hstack([donors, young, old]))[0, -2:]
    assert 10 < path[1] < path[0] < 20


def test_an_item_that_has_not_sold_yet_is_expected_to_be_usual_for_its_group() -> None:
    donors = launched(np.ones(PERIODS), ages=np.full(40, 20), levels=np.repeat([100.0, 4.0], 20), noise=0)
    path = forecast(np.hstack([donors, np.full((PERIODS, 1), np.nan)]), groups=["a"] * 20 + ["b"] * 20 + ["b"])
    np.testing.assert_allclose(path[:, -1], 4, rtol=0.6)


def test_a_picked_look_alike_sets_the_level_until_the_item_has_its_own() -> None:
    donors = launched(np.ones(PERIODS), ages=np.full(30, 20), levels=np.arange(1.0, 31), noise=0)
    unsold, sold = np.full((PERIODS, 1), np.nan), np.full((PERIODS, 1), np.nan)
    sold[-8:] = 5.0
    values = np.hstack([donors, unsold, sold])
    picked = forecast(values, analogues={30: 24, 31: 24})[0]
    assert picked[30] == pytest.approx(25)
    assert 5 < forecast(values)[0, 31] < picked[31] < 25


def test_an_item_that_never_sold_since_its_launch_is_expected_to_sell_next_to_nothing() -> None:
    new = np.full((PERIODS, 1), np.nan)
    new[-8:] = 0.0
    donors = launched(np.ones(PERIODS), ages=np.full(30, 20), levels=np.full(30, 100.0), noise=0)
    path = forecast(np.hstack([donors, new]))[:, -1]
    assert ((path > 0) & (path < 5)).all()


def test_launches_are_forecast_better_than_by_their_own_mean_or_the_mean_of_the_class() -> None:
    rng = np.random.default_rng(11)
    ages, levels = rng.integers(1, 9, 200), np.exp(rng.normal(3, 1, 200))
    course = SHELF_FILL
    new = launched(course, ages=ages, levels=levels, noise=0.7, seed=12)
    future = np.stack([levels * course[ages + step] for step in range(8)]) * rng.gamma(2, 0.5, (8, 200))
    path = forecast(np.hstack([look_alikes(course, noise=0.7), new]))[:, -200:]

    def error(other: np.ndarray) -> float:
        return float((np.sqrt(((future - other) ** 2).mean(axis=0)) / levels).mean())

    assert error(path) < 0.85 * error(np.nanmean(new, axis=0))
    assert error(path) < 0.5 * error(np.nanmean(new))
    assert abs((path - future).sum() / future.sum()) < 0.15


def test_only_new_items_are_answered() -> None:
    path = forecast(launched(np.ones(PERIODS), ages=np.array([10, 11, 40]), levels=np.ones(3), noise=0))
    assert np.isnan(path[:, 1:]).all()
    assert np.isfinite(path[:, 0]).all()


def test_without_look_alikes_the_own_level_is_all_there_is() -> None:
    new = np.full((PERIODS, 1), np.nan)
    new[-3:] = 7.0
    np.testing.assert_allclose(forecast(new)[:, 0], 7)


@pytest.mark.parametrize(
    "values",
    [np.full((5, 2), np.nan), np.zeros((5, 2)), np.empty((0, 2)), np.full((1, 2), 0.0), -np.ones((5, 2))],
    ids=["nothing known", "all zero", "no periods", "one period", "returns"],
)
def test_nothing_sold_anywhere_is_forecast_as_nothing(values: np.ndarray) -> None:
    np.testing.assert_array_equal(forecast(values), np.zeros((8, 2)))


def test_no_series_no_forecast() -> None:
    assert launch_forecast(np.empty((5, 0)), groups=[], horizon_periods=3, launched_within_periods=5).shape == (3, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": ["a"]}, "a group for each series"),
        ({"horizon_periods": 0}, "horizon of at least 1"),
        ({"values": np.ones(4)}, "periods x series"),
        ({"analogues": {0: 2}}, "column 2 of 2"),
        ({"analogues": {-1: 0}}, "column -1 of 2"),
        ({"analogues": {0: 1}}, "column 1 has no demand"),
    ],
    ids=["groups", "horizon", "shape", "unknown look-alike", "unknown item", "look-alike without demand"],
)
def test_what_is_no_launch_is_refused_by_name(arguments: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {
        "values": np.array([[1.0, 0], [1, 0]]),
        "groups": ["a", "a"],
        "horizon_periods": 2,
        "launched_within_periods": 5,
    }
    with pytest.raises(AnalyticsError, match=message):
        launch_forecast(**{**usual, **arguments})  # type: ignore[arg-type]


@settings(max_examples=60)
@given(
    arrays(np.float64, (12, 6), elements=st.floats(0, 1e9, allow_subnormal=False)),
    st.lists(st.integers(0, 12), min_size=6, max_size=6),
    st.lists(st.sampled_from("ab"), min_size=6, max_size=6),
)
def test_forecasts_are_finite_and_never_negative_and_have_no_unit(
    demand: np.ndarray, ages: list[int], groups: list[str]
) -> None:
    values = np.where(np.arange(12)[:, None] < 12 - np.array(ages), np.nan, demand)
    path = forecast(values, groups=groups)
    new = np.array(ages) <= 10
    assert np.isfinite(path[:, new]).all()
    assert (path[:, new] >= 0).all()
    np.testing.assert_allclose(forecast(8 * values, groups=groups)[:, new], 8 * path[:, new], rtol=1e-6)
