"""From a panel to a complete forecast: every series, every edge, with reasons, and stoppable."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.accuracy import bias, mase, wmape
from analytics.errors import AnalyticsError
from analytics.forecasting.contract import Paths
from analytics.forecasting.engine import ForecastResult, default_methods, forecast_panel
from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.forecasting.simple_smoothing import SimpleSmoothing

HORIZON = 6


def panel_of(*columns: np.ndarray, names: list[str] | None = None, season: int = 12) -> Panel:
    start, freq = ("2019-12-30", "W-MON") if season == 52 else ("2020-01-01", "MS")
    values = np.column_stack(columns).astype(float)
    periods = pd.date_range(start, periods=len(values), freq=freq)
    return Panel(tuple(names or [f"s{column}" for column in range(len(columns))]), periods, values, season)


def family(count: int, periods: int = 48) -> list[np.ndarray]:
    """Seasonal items with drifting levels."""
    rng = np.random.default_rng(11)
    time = np.arange(periods)
    season = 0.4 * np.sin(2 * np.pi * time / 12)
    return [
        np.exp(4 + season + np.cumsum(0.03 * rng.standard_normal(periods)) + 0.1 * rng.standard_normal(periods))
        for _ in range(count)
    ]


def lead(values: list[float], periods: int) -> np.ndarray:
    return np.concatenate([np.full(periods - len(values), np.nan), values])


@dataclass(frozen=True)
class Broken:
    """Fails on every series once the history is complete, and is unbeatable before."""

    full_length: int
    truth: float
    name: str = "broken"
    minimum_periods: int = 1

    def forecast(self, panel: Panel, *, horizon_periods: int) -> Paths:
        shape = (horizon_periods, len(panel.ids))
        if len(panel.periods) < self.full_length:
            return Paths(np.full_like(panel.values, np.nan), np.full(shape, self.truth))
        reasons = dict.fromkeys(range(len(panel.ids)), "ValueError: broken")
        return Paths(np.full_like(panel.values, np.nan), np.full(shape, np.nan), reasons)


@pytest.fixture(scope="module")
def seasonal_result() -> ForecastResult:
    rng = np.random.default_rng(12)
    sporadic = [np.where(rng.random(48) < 0.3, rng.integers(1, 9, 48), 0) for _ in range(4)]
    return forecast_panel(panel_of(*family(8), *sporadic), horizon_periods=HORIZON)


def test_every_series_has_every_step_in_order(seasonal_result: ForecastResult) -> None:
    values = seasonal_result.values
    assert values.columns.tolist() == ["unique_id", "ds", "q10", "q50", "q90"]
    assert values.groupby("unique_id", sort=False).size().tolist() == [HORIZON] * 12
    assert values["ds"].iloc[:HORIZON].tolist() == list(pd.date_range("2024-01-01", periods=HORIZON, freq="MS"))


def test_quantiles_never_cross_and_demand_is_never_negative(seasonal_result: ForecastResult) -> None:
    values = seasonal_result.values
    assert (values["q10"] >= 0).all()
    assert (values["q10"] <= values["q50"]).all()
    assert (values["q50"] <= values["q90"]).all()
    assert (values["q90"] > values["q10"]).all()


def test_each_class_is_served_from_its_own_pool(seasonal_result: ForecastResult) -> None:
    choices = seasonal_result.choices
    assert choices["demand_class"].iloc[:8].isin(["smooth", "erratic"]).all()
    assert choices["demand_class"].iloc[8:].isin(["intermittent", "lumpy"]).all()
    offered = choices["candidates"].map(lambda rows: {row["method"] for row in rows})
    assert {"ets", "sarimax", "theta", "seasonal_naive"} <= offered.iloc[0]
    assert offered.iloc[-1] == {"seasonal_naive", "ses", "croston", "sba"}


def test_the_season_is_forecast_better_than_by_repeating_it(seasonal_result: ForecastResult) -> None:
    smooth = seasonal_result.choices.iloc[:8]
    assert smooth["wmape"].mean() < 0.9 * smooth["benchmark_wmape"].mean()


def test_the_reason_can_be_read_from_the_row(seasonal_result: ForecastResult) -> None:
    row = seasonal_result.choices.iloc[0]
    best, *others = row["candidates"]
    assert best["method"] == row["method"]
    assert best["wmape"] == row["wmape"]
    assert [other["score"] for other in others] == sorted(other["score"] for other in others)
    assert (row["origins"], row["steps"]) == (3, HORIZON)


def test_errors_are_those_of_the_rolling_origins() -> None:
    series = np.array([10.0, 12, 9, 11, 10, 13, 9, 12, 10, 11, 14, 9])
    row = forecast_panel(panel_of(series), horizon_periods=2, methods=[SeasonalNaive()]).choices.iloc[0]
    held_out, steps = [2, 4, 6], 2
    actual = np.concatenate([series[len(series) - back :][:steps] for back in held_out])
    forecast = np.repeat([series[-back - 1] for back in held_out], steps)
    assert (row["origins"], row["steps"]) == (3, 2)
    assert row["wmape"] == pytest.approx(wmape(actual, forecast))
    assert row["bias"] == pytest.approx(bias(actual, forecast))
    assert row["benchmark_mase"] == pytest.approx(mase(actual, forecast, training=series[:6], season_periods=1))


def test_the_fitted_path_covers_the_observed_history(seasonal_result: ForecastResult) -> None:
    fitted = seasonal_result.fitted
    assert fitted.columns.tolist() == ["unique_id", "ds", "y", "fitted"]
    assert len(fitted) == 12 * 48
    judged = fitted.dropna()
    assert len(judged) > 0.7 * len(fitted)
    assert (judged["fitted"] >= 0).all()


def test_old_history_is_shown_but_not_used() -> None:
    old = np.concatenate([np.full(60, 1e6), family(1, 96)[0]])
    recent = forecast_panel(panel_of(old[60:]), horizon_periods=HORIZON)
    whole = forecast_panel(panel_of(old), horizon_periods=HORIZON)
    np.testing.assert_allclose(whole.values["q50"], recent.values["q50"], rtol=1e-6)
    assert len(whole.fitted) == 156
    assert whole.fitted["fitted"].iloc[:60].isna().all()


EDGES = {
    "one observation": lead([7.0], 40),
    "two observations": lead([7.0, 9.0], 40),
    "five observations": lead([7.0, 9.0, 8.0, 7.0, 9.0], 40),
    "never observed": np.full(40, np.nan),
    "all zero": np.zeros(40),
    "constant": np.full(40, 5.0),
    "one spike": np.where(np.arange(40) == 20, 1e12, 0.0),
    "ended": np.where(np.arange(40) < 25, 100.0 + np.arange(40) % 3, 0.0),
    "returns only": np.full(40, -3.0),
    "returns between": np.where(np.arange(40) % 4 == 0, -2.0, 10.0),
    "explosive": np.exp(np.arange(40.0) / 2),
    "tiny": np.full(40, 1e-9) * (1 + np.arange(40) % 3),
}


@pytest.mark.parametrize("season", [12, 52])
def test_every_edge_gets_a_finite_forecast_in_company_and_alone(season: int) -> None:
    together = forecast_panel(panel_of(*EDGES.values(), names=list(EDGES), season=season), horizon_periods=HORIZON)
    for name, column in EDGES.items():
        alone = forecast_panel(panel_of(column, names=[name], season=season), horizon_periods=HORIZON)
        for values in (alone.values, together.values[together.values["unique_id"] == name]):
            numbers = values[["q10", "q50", "q90"]].to_numpy()
            assert numbers.shape == (HORIZON, 3), name
            assert np.isfinite(numbers).all(), name
            assert (np.diff(numbers, axis=1) >= 0).all(), name
            assert numbers.min() >= 0, name


def test_edges_mean_what_they_say() -> None:
    result = forecast_panel(panel_of(*EDGES.values(), names=list(EDGES)), horizon_periods=HORIZON)
    middle = result.values.groupby("unique_id")["q50"].mean()
    assert middle["one observation"] == pytest.approx(7.0)
    assert middle["constant"] == pytest.approx(5.0)
    assert middle[["never observed", "all zero", "returns only"]].tolist() == [0, 0, 0]
    assert middle["ended"] < 5
    classes = result.choices.set_index("unique_id")["demand_class"]
    assert classes[["never observed", "all zero"]].tolist() == ["no demand", "no demand"]


def test_forty_years_of_months_and_a_week_53() -> None:
    long = 100 + 10 * np.sin(2 * np.pi * np.arange(480) / 12) + np.random.default_rng(0).standard_normal(480)
    frame = pd.DataFrame({"unique_id": "w", "ds": pd.date_range("2018-01-01", "2021-01-03", freq="W-MON"), "y": 4.0})
    weekly = forecast_panel(to_panel(frame, frequency="week", end=date(2021, 1, 3)), horizon_periods=3)
    assert forecast_panel(panel_of(long), horizon_periods=3).choices["wmape"].iloc[0] < 0.05
    assert weekly.values["ds"].tolist() == list(pd.date_range("2021-01-04", periods=3, freq="W-MON"))


def test_a_failing_favourite_is_replaced_by_the_next_best_and_named() -> None:
    series = np.full(20, 50.0) + np.random.default_rng(3).standard_normal(20)
    broken = Broken(full_length=20, truth=50.0)
    result = forecast_panel(panel_of(series), horizon_periods=2, methods=[broken, SimpleSmoothing(), SeasonalNaive()])
    row = result.choices.iloc[0]
    assert row["method"] == "ses"
    assert row["candidates"][0]["method"] == "broken"
    assert row["wmape"] == next(item["wmape"] for item in row["candidates"] if item["method"] == "ses")
    assert result.failures.to_dict("records") == [
        {"unique_id": "s0", "method": "broken", "reason": "ValueError: broken"}
    ]
    assert result.values["q50"].to_numpy() == pytest.approx([50, 50], rel=0.05)


def test_the_benchmark_is_always_among_the_candidates() -> None:
    result = forecast_panel(panel_of(*family(2)), horizon_periods=2, methods=[SimpleSmoothing()])
    assert {item["method"] for item in result.choices["candidates"].iloc[0]} == {"ses", "seasonal_naive"}


def test_without_origins_the_cautious_method_is_taken() -> None:
    result = forecast_panel(panel_of(*family(2)), horizon_periods=2, origins=0)
    assert result.choices["method"].tolist() == ["ses", "ses"]
    assert result.choices["origins"].tolist() == [0, 0]
    assert result.choices["wmape"].isna().all()


def test_the_same_run_twice_gives_the_same_frames() -> None:
    panel = panel_of(*family(3))
    first, second = (forecast_panel(panel, horizon_periods=3) for _ in range(2))
    pd.testing.assert_frame_equal(first.values, second.values)
    pd.testing.assert_frame_equal(first.choices, second.choices)


def test_progress_counts_series_from_none_to_all() -> None:
    seen: list[tuple[int, int]] = []
    quick = [SeasonalNaive(), SimpleSmoothing()]
    forecast_panel(panel_of(*family(70)), horizon_periods=3, methods=quick, report=lambda *counts: seen.append(counts))
    done = [count for count, _ in seen]
    assert {total for _, total in seen} == {70}
    assert (done[0], done[-1]) == (0, 70)
    assert done == sorted(done)
    assert len(done) > 5


def test_a_report_that_raises_stops_the_run() -> None:
    class Cancelled(Exception):
        pass

    calls: list[int] = []

    def report(done: int, total: int) -> None:
        calls.append(done)
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        forecast_panel(panel_of(*family(70)), horizon_periods=3, methods=[SimpleSmoothing()], report=report)
    assert len(calls) == 2


@pytest.mark.parametrize(("horizon", "origins"), [(0, 3), (-1, 3), (3, -1)])
def test_impossible_questions_are_refused(horizon: int, origins: int) -> None:
    with pytest.raises(AnalyticsError):
        forecast_panel(panel_of(*family(1)), horizon_periods=horizon, origins=origins)


def test_a_panel_without_series_gives_empty_frames() -> None:
    nobody = panel_of(np.ones(30)).columns(np.array([], dtype=int))
    result = forecast_panel(nobody, horizon_periods=3)
    assert len(result.values) == len(result.fitted) == len(result.choices) == len(result.failures) == 0
    assert "candidates" in result.choices.columns


def test_method_names_are_unique() -> None:
    names = [method.name for method in default_methods()]
    assert len(set(names)) == len(names)
