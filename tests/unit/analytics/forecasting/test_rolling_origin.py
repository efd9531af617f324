"""Earlier dates as tests of a method: where they lie, and that nothing later is seen."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from panels import panel_of, seasonal, sporadic, with_values, young

from analytics.forecasting.contract import Paths
from analytics.forecasting.panel import Panel
from analytics.forecasting.pools import method_registry
from analytics.forecasting.rolling_origin import OriginPlan, origin_plan, rolling_origin, typical_length

PLAN = OriginPlan((3, 6, 9), 3)


@dataclass(frozen=True)
class Last:
    """Forecasts the last value it knows, and complains about a second column."""

    name: str = "last"
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        mean = np.repeat(panel.values[-1:], horizon_periods, axis=0)
        failures = {1: "does not like it"} if len(panel.ids) > 1 else {}
        return Paths(np.full_like(panel.values, np.nan), mean, failures)


@pytest.mark.parametrize(
    ("length", "season", "horizon", "expected"),
    [
        (36, 12, 3, (3, 4, 5)),
        (36, 12, 12, (8, 12)),
        (96, 12, 12, (12, 18, 24)),
        (25, 12, 12, (1,)),
        (24, 12, 12, (8, 12)),
        (150, 52, 8, (8, 12, 16)),
        (5, 12, 12, (1, 2)),
        (2, 12, 12, ()),
        (0, 12, 12, ()),
    ],
)
def test_months_keep_two_seasons_and_all_others_half_of_their_history(
    length: int, season: int, horizon: int, expected: tuple[int, ...]
) -> None:
    plan = origin_plan(length, horizon_periods=horizon, season_periods=season, origins=3)
    assert plan == OriginPlan(expected, horizon)


@given(st.integers(0, 2000), st.integers(1, 400), st.sampled_from([1, 7, 12, 52, 365]), st.integers(0, 6))
def test_every_plan_leaves_its_series_a_history(length: int, horizon: int, season: int, origins: int) -> None:
    plan = origin_plan(length, horizon_periods=horizon, season_periods=season, origins=origins)
    held_out = plan.held_out_periods
    assert len(held_out) <= origins
    assert list(held_out) == sorted(set(held_out))
    assert plan.steps == horizon
    if held_out:
        assert 1 <= held_out[0] <= horizon
        assert length - held_out[-1] >= max(2, length // 2)
        assert length <= 24 or season != 12 or length - held_out[-1] >= 24


@pytest.mark.parametrize("length", range(3, 2001, 37))
def test_whatever_has_a_history_is_judged(length: int) -> None:
    for season in (7, 12, 52):
        assert origin_plan(length, horizon_periods=6, season_periods=season, origins=3).held_out_periods


def test_several_series_go_by_the_one_in_the_middle() -> None:
    assert typical_length(np.array([3, 50, 48])) == 48


def test_actuals_and_forecasts_stand_side_by_side() -> None:
    panel = panel_of(np.arange(20.0))
    backtest = rolling_origin(panel, observed=panel.values, methods=[Last()], plan=PLAN)
    assert backtest.actual[:, :, 0].tolist() == [[17, 18, 19], [14, 15, 16], [11, 12, 13]]
    assert backtest.forecast[0, :, :, 0].tolist() == [[16] * 3, [13] * 3, [10] * 3]


def test_near_origins_are_judged_on_the_steps_that_have_come() -> None:
    panel = panel_of(np.arange(20.0))
    backtest = rolling_origin(panel, observed=panel.values, methods=[Last()], plan=OriginPlan((2, 4), 4))
    np.testing.assert_array_equal(backtest.actual[:, :, 0], [[18, 19, np.nan, np.nan], [16, 17, 18, 19]])


def test_what_is_not_known_is_not_judged() -> None:
    """A period of silence, and a series with less than two periods before the origin."""
    panel = panel_of(np.arange(20.0), young(np.arange(1.0, 5), periods=20))
    observed = np.where(np.arange(20)[:, None] == 18, np.nan, panel.values)
    actual = rolling_origin(panel, observed=observed, methods=[Last()], plan=OriginPlan((2, 3), 3)).actual
    np.testing.assert_array_equal(actual[0, :, 0], [np.nan, 19, np.nan])
    np.testing.assert_array_equal(actual[0, :, 1], [np.nan, 4, np.nan])
    assert np.isnan(actual[1, :, 1]).all()


def test_a_failure_is_named_once() -> None:
    panel = panel_of(*np.arange(60.0).reshape(3, 20))
    backtest = rolling_origin(panel, observed=panel.values, methods=[Last()], plan=PLAN)
    assert [(failure.unique_id, failure.method) for failure in backtest.failures] == [("s1", "last")]
    assert np.isfinite(backtest.forecast).all()


@pytest.mark.parametrize("season", [12, 52, 7])
def test_no_method_sees_beyond_its_origin(season: int) -> None:
    """Everything after the second origin is poisoned: what was forecast there and before does not change."""
    panel = panel_of(
        *seasonal(3, periods=130, season=season),
        *sporadic(2, periods=130),
        young([5.0] * 30, periods=130),
        season=season,
    )
    poisoned = panel.values.copy()
    poisoned[-6:] = 1e9
    methods = list(method_registry().values())
    before, after = (
        rolling_origin(with_values(panel, values), observed=values, methods=methods, plan=PLAN).forecast
        for values in (panel.values, poisoned)
    )
    np.testing.assert_array_equal(before[:, 1:], after[:, 1:])
    assert not np.array_equal(before[:, 0], after[:, 0])


def test_plans_of_promotions_are_known_at_an_origin_but_not_what_they_did() -> None:
    promotion = (np.random.default_rng(2).random((1, 66, 4)) < 0.2).astype(float)
    promotion[0, 54:57] = [[1] * 4, [0] * 4, [0] * 4]
    sales = np.exp(4 + 0.05 * np.random.default_rng(3).standard_normal((60, 4)) + 0.7 * promotion[0, :60])
    panel = panel_of(*sales.T, design=promotion - promotion[:, :60].mean(axis=1, keepdims=True))
    poisoned = np.concatenate([sales[:-6], np.full((6, 4), 1e9)])
    methods = [method_registry()["theta"]]
    before, after = (
        rolling_origin(with_values(panel, values), observed=values, methods=methods, plan=PLAN).forecast[0]
        for values in (sales, poisoned)
    )
    np.testing.assert_array_equal(before[1:], after[1:])
    assert before[1, 0] / before[1, 1:] == pytest.approx(np.full((2, 4), 2), rel=0.25)


def test_judged_forecasts_are_kept_within_reason_like_real_ones() -> None:
    panel = panel_of(np.array([5.0] * 10 + [90.0] + [5.0] * 3))

    @dataclass(frozen=True)
    class Wild(Last):
        def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
            path = np.array([[-9.0], [1e9], [7.0]])
            return Paths(np.full_like(panel.values, np.nan), path)

    backtest = rolling_origin(panel, observed=panel.values, methods=[Wild()], plan=OriginPlan((3,), 3))
    assert backtest.forecast[0, 0, :, 0].tolist() == [0, 270, 7]
