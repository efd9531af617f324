"""Earlier dates as tests of a method: where they lie, and that nothing later is seen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.forecasting.contract import Paths
from analytics.forecasting.engine import default_methods
from analytics.forecasting.panel import Panel
from analytics.forecasting.rolling_origin import OriginPlan, origin_plan, rolling_origin
from analytics.forecasting.seasonal_naive import SeasonalNaive

PLAN = OriginPlan((3, 6, 9), 3)


def panel_of(values: np.ndarray) -> Panel:
    periods = pd.date_range("2020-01-01", periods=len(values), freq="MS")
    return Panel(tuple(f"s{column}" for column in range(values.shape[1])), periods, values, 12)


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
    ("length", "horizon", "expected"),
    [
        (36, 3, OriginPlan((3, 6, 9), 3)),
        (36, 12, OriginPlan((6, 9, 12), 6)),
        (96, 12, OriginPlan((12, 24, 36), 12)),
        (25, 12, OriginPlan((1,), 1)),
        (5, 12, OriginPlan((1, 2), 1)),
        (3, 12, OriginPlan((), 0)),
    ],
)
def test_months_keep_two_seasons_of_history_where_they_can(length: int, horizon: int, expected: OriginPlan) -> None:
    assert origin_plan(length, horizon_periods=horizon, season_periods=12, origins=3) == expected


@given(st.integers(0, 400), st.integers(1, 60), st.sampled_from([1, 12, 52]), st.integers(0, 5))
def test_every_plan_fits_into_its_series(length: int, horizon: int, season: int, origins: int) -> None:
    plan = origin_plan(length, horizon_periods=horizon, season_periods=season, origins=origins)
    assert len(plan.held_out_periods) <= origins
    assert list(plan.held_out_periods) == sorted(set(plan.held_out_periods))
    if plan.held_out_periods:
        assert 1 <= plan.steps <= min(horizon, plan.held_out_periods[0])
        assert length - plan.held_out_periods[-1] >= max(3, length // 2)


def test_actuals_and_forecasts_stand_side_by_side() -> None:
    backtest = rolling_origin(
        panel_of(np.arange(20.0)[:, None]), methods=[Last()], plan=PLAN, asked=np.ones((1, 1), dtype=bool)
    )
    assert backtest.actual[:, :, 0].tolist() == [[17, 18, 19], [14, 15, 16], [11, 12, 13]]
    assert backtest.forecast[0, :, :, 0].tolist() == [[16] * 3, [13] * 3, [10] * 3]


def test_only_asked_series_are_tried_and_a_failure_is_named_once() -> None:
    values = np.arange(60.0).reshape(20, 3)
    asked = np.array([[True, False, True], [True, True, True]])
    backtest = rolling_origin(panel_of(values), methods=[Last(), SeasonalNaive()], plan=PLAN, asked=asked)
    assert np.isnan(backtest.forecast[0, :, :, 1]).all()
    assert np.isfinite(backtest.forecast[0][:, :, [0, 2]]).all()
    assert [(failure.unique_id, failure.reason) for failure in backtest.failures] == [("s2", "does not like it")]


def test_no_method_sees_beyond_its_origin() -> None:
    rng = np.random.default_rng(0)
    values = rng.gamma(5.0, 20.0, (48, 2))
    other = values.copy()
    other[-6:] = 1e6
    methods = default_methods()
    asked = np.ones((len(methods), 2), dtype=bool)
    plan = OriginPlan((3, 6, 9), 3)
    before, after = (rolling_origin(panel_of(y), methods=methods, plan=plan, asked=asked) for y in (values, other))
    np.testing.assert_array_equal(before.forecast[:, 1:], after.forecast[:, 1:])
    assert not np.array_equal(before.forecast[:, 0], after.forecast[:, 0])


def test_judged_forecasts_are_kept_within_reason_like_real_ones() -> None:
    values = np.array([5.0] * 10 + [-9.0] + [5.0] * 3)[:, None]
    backtest = rolling_origin(
        panel_of(values), methods=[Last()], plan=OriginPlan((3,), 3), asked=np.ones((1, 1), dtype=bool)
    )
    assert backtest.forecast[0, 0, :, 0].tolist() == [0, 0, 0]
