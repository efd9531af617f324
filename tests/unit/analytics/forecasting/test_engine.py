"""From a panel to a complete forecast: every series, every edge, with reasons, and stoppable."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest
from panels import panel_of, seasonal, sporadic, steady, with_values, without_series, young

from analytics.accuracy import bias, mase, rmsse, wmape
from analytics.errors import AnalyticsError
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.engine import forecast_figures, forecast_panel
from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.request import Request
from analytics.forecasting.result import CHOICES, ForecastResult
from analytics.forecasting.seasonal_naive import SeasonalNaive

HORIZON = 6
BAND = ["q0.1", "q0.5", "q0.9"]
PARTS = ["level", "trend", "season", "event"]


def of(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column as horizon x series."""
    return frame[column].to_numpy().reshape(frame["unique_id"].nunique(), -1).T


@pytest.fixture(scope="module")
def mixed() -> Panel:
    return panel_of(*seasonal(8, periods=60), *sporadic(4, periods=60), young([4.0, 5, 4, 6, 5], periods=60))


@pytest.fixture(scope="module")
def result(mixed: Panel) -> ForecastResult:
    return forecast_panel(mixed, horizon_periods=HORIZON)


# What is handed back


def test_every_series_has_every_step_in_order(result: ForecastResult, mixed: Panel) -> None:
    ahead = list(pd.date_range("2025-01-01", periods=HORIZON, freq="MS"))
    for frame, columns in (
        (result.values, ["mean", *BAND]),
        (result.cumulative, ["mean", *BAND]),
        (result.components, PARTS),
    ):
        assert frame.columns.tolist() == ["unique_id", "ds", *columns]
        assert frame["unique_id"].tolist() == [name for name in mixed.ids for _step in ahead]
        assert frame["ds"].tolist() == ahead * len(mixed.ids)
    assert result.choices.columns.tolist() == list(CHOICES)
    assert result.choices["unique_id"].tolist() == list(mixed.ids)
    assert result.failures.columns.tolist() == ["unique_id", "method", "reason"]
    assert result.failures.empty


def test_quantiles_ascend_around_the_mean_and_demand_is_never_negative(result: ForecastResult) -> None:
    for frame in (result.values, result.cumulative):
        assert (frame["q0.1"] >= 0).all()
        assert (np.diff(frame[BAND], axis=1) >= 0).all()
        assert (frame["q0.1"] <= frame["mean"]).all()
        assert (frame["mean"] <= frame["q0.9"]).all()
        assert (frame["q0.1"] < frame["q0.9"]).all()


def test_the_quantiles_are_those_asked_for(mixed: Panel) -> None:
    found = forecast_panel(mixed, horizon_periods=2, quantiles=(0.05, 0.5, 0.995))
    assert found.values.columns.tolist() == ["unique_id", "ds", "mean", "q0.05", "q0.5", "q0.995"]
    assert 0 < found.choices["coverage"].max() <= 1


def test_cumulative_demand_adds_up_and_is_surer_than_its_periods(result: ForecastResult) -> None:
    summed = np.cumsum(of(result.values, "mean"), axis=0)
    np.testing.assert_allclose(of(result.cumulative, "mean"), summed)
    single = np.cumsum(of(result.values, "q0.9") - of(result.values, "q0.1"), axis=0)
    together = of(result.cumulative, "q0.9") - of(result.cumulative, "q0.1")
    assert (together[-1] < single[-1]).all()


def test_components_add_up_to_the_mean(result: ForecastResult) -> None:
    np.testing.assert_allclose(result.components[PARTS].sum(axis=1), result.values["mean"], rtol=1e-9)
    assert np.ptp(of(result.components, "season")[:, :8], axis=0).min() > 0
    assert not result.components["event"].any()


def test_the_fitted_path_covers_the_observed_history(result: ForecastResult, mixed: Panel) -> None:
    fitted = result.fitted
    assert fitted.columns.tolist() == ["unique_id", "ds", "y", "fitted"]
    assert fitted["y"].tolist() == mixed.values.T[~np.isnan(mixed.values.T)].tolist()
    assert fitted["fitted"].notna().mean() > 0.9
    assert np.isfinite(fitted["fitted"].dropna()).all()


def test_each_class_is_served_from_its_own_pool(result: ForecastResult) -> None:
    choices = result.choices
    assert choices["demand_class"].iloc[:8].isin(["smooth", "erratic"]).all()
    assert choices["demand_class"].iloc[8:12].isin(["intermittent", "lumpy"]).all()
    assert choices["demand_class"].iloc[12] == "smooth"
    offered = choices["candidates"].map(lambda rows: {row["method"] for row in rows})
    assert {"theta", "damped_trend", "seasonal_naive"} <= offered.iloc[0]
    assert {"tsb", "aggregation", "seasonal_naive"} <= offered.iloc[8]
    assert "holt_winters" not in offered.iloc[8]


def test_the_reason_can_be_read_from_the_row(result: ForecastResult) -> None:
    for row in result.choices.itertuples():
        weights = {item["method"]: item["weight"] for item in row.candidates}
        named = row.method.split("+")
        assert sum(weights.values()) == pytest.approx(1)
        assert [weights[name] for name in named] == sorted((weights[name] for name in named), reverse=True)
        assert max(weights, key=lambda name: weights[name]) == named[0]
        scores = [item["score"] for item in row.candidates if np.isfinite(item["score"])]
        assert scores == sorted(scores)
        assert row.origins == (3 if row.unique_id != "s12" else 0), "five periods are too few to hold some out"
        assert {"method", "weight", "score", "wmape", "bias", "mase", "rmsse", "origins"} == set(row.candidates[0])


def test_the_benchmark_is_seasonal_naive_at_the_rolling_origins(result: ForecastResult, mixed: Panel) -> None:
    held_out = [item["held_out"] for item in result.choices["candidates"].iloc[0][0]["origins"]]
    assert held_out == [6, 9, 12]
    actual, forecast = [], []
    for back in held_out:
        past = mixed.before(held_out_periods=back)
        forecast.append(SeasonalNaive().forecast(past, horizon_periods=HORIZON).mean)
        actual.append(mixed.values[len(past.periods) :][:HORIZON])
    came, naive = np.concatenate(actual), np.concatenate(forecast)
    training = mixed.before(held_out_periods=12).values
    for column in range(12):
        row = result.choices.iloc[column]
        pair = came[:, column], naive[:, column]
        assert row["benchmark_wmape"] == pytest.approx(wmape(*pair))
        assert row["benchmark_bias"] == pytest.approx(bias(*pair))
        assert row["benchmark_mase"] == pytest.approx(mase(*pair, training=training[:, column], season_periods=12))
        assert row["benchmark_rmsse"] == pytest.approx(rmsse(*pair, training=training[:, column]))


# How good it is


@pytest.mark.parametrize(
    ("columns", "season"),
    [(seasonal(300, periods=78, seed=21), 12), (seasonal(300, periods=156, season=52, seed=22), 52)],
    ids=["months", "weeks"],
)
def test_four_of_five_quantities_to_come_lie_in_the_band(columns: list[np.ndarray], season: int) -> None:
    panel = panel_of(*columns, season=season)
    found = forecast_panel(panel.before(held_out_periods=HORIZON), horizon_periods=HORIZON)
    came = panel.values[-HORIZON:]
    inside = (of(found.values, "q0.1") <= came) & (came <= of(found.values, "q0.9"))
    assert 0.75 <= inside.mean() <= 0.85
    assert found.choices["wmape"].mean() < 0.85 * found.choices["benchmark_wmape"].mean()


def test_the_rate_of_sporadic_demand_is_kept() -> None:
    panel = panel_of(*sporadic(100, periods=66, seed=5))
    found = forecast_panel(panel.before(held_out_periods=HORIZON), horizon_periods=HORIZON)
    assert of(found.values, "mean").mean() == pytest.approx(0.3 * 4.5, rel=0.05)


def test_only_methods_asked_for_have_a_share(mixed: Panel) -> None:
    tsb = forecast_panel(mixed, horizon_periods=2, methods=("tsb",)).choices
    assert set(tsb["method"]) == {"tsb"}
    unknown = forecast_panel(mixed, horizon_periods=2, methods=("crystal_ball",)).choices
    assert unknown["method"].tolist() == forecast_panel(mixed, horizon_periods=2).choices["method"].tolist()


def test_without_origins_all_methods_count_alike_and_nothing_is_claimed(mixed: Panel) -> None:
    found = forecast_panel(mixed, horizon_periods=2, origins=0)
    weights = {item["weight"] for item in found.choices["candidates"].iloc[0] if item["weight"] > 0}
    assert np.ptp(list(weights)) < 1e-12
    assert found.choices[["origins", "steps"]].eq(0).all(axis=None)
    assert found.choices[["wmape", "coverage", "benchmark_wmape"]].isna().all(axis=None)
    assert np.isfinite(found.values[BAND]).all(axis=None)


def test_a_series_alone_is_judged_by_the_same_errors_as_in_company(result: ForecastResult, mixed: Panel) -> None:
    """What others did changes weights, not what the methods say."""
    alone = forecast_panel(mixed.columns(np.array([3])), horizon_periods=HORIZON)

    def errors(found: pd.Series) -> dict[str, float]:
        return {item["method"]: item["wmape"] for item in found["candidates"]}

    assert errors(alone.choices.iloc[0]) == pytest.approx(errors(result.choices.iloc[3]), nan_ok=True)
    together = result.values[result.values["unique_id"] == "s3"]
    assert alone.values["mean"].to_numpy() == pytest.approx(together["mean"].to_numpy(), rel=0.15)


def test_old_history_is_shown_but_not_used() -> None:
    (recent,) = seasonal(1, periods=120)
    whole = forecast_panel(panel_of(np.concatenate([np.full(60, 1e6), recent])), horizon_periods=HORIZON)
    cut = forecast_panel(panel_of(recent), horizon_periods=HORIZON)
    np.testing.assert_allclose(whole.values[BAND], cut.values[BAND], rtol=1e-9)
    assert len(whole.fitted) == 180
    assert whole.fitted["fitted"].iloc[:60].isna().all()


# Drivers, closures, silence


def promoted(series: int = 12, *, periods: int = 72) -> tuple[Panel, Drivers, np.ndarray]:
    """Demand that doubles with a promotion, what is planned, and what comes."""
    rng = np.random.default_rng(8)
    promotion = (rng.random((periods + HORIZON, series)) < 0.2).astype(float)
    sales = np.column_stack(steady(series, periods=periods + HORIZON, seed=8)) * 2**promotion
    return panel_of(*sales[:periods].T), Drivers(("promotion",), promotion[None]), sales[periods:]


def test_planned_promotions_are_expected() -> None:
    panel, drivers, came = promoted()
    plain = of(forecast_panel(panel, horizon_periods=HORIZON).values, "mean")
    result = forecast_panel(panel, horizon_periods=HORIZON, drivers=drivers)
    driven, event = of(result.values, "mean"), of(result.components, "event")
    assert np.abs(driven - came).mean() < 0.6 * np.abs(plain - came).mean()
    planned = drivers.values[0, -HORIZON:] == 1
    assert (event[planned].mean() - event[~planned].mean()) == pytest.approx(100, rel=0.3)
    np.testing.assert_allclose(result.components[PARTS].sum(axis=1), result.values["mean"], rtol=1e-9)


def test_drivers_that_say_nothing_change_nothing() -> None:
    panel, drivers, _came = promoted()
    constant = Drivers(drivers.names, np.ones_like(drivers.values))
    unknown = Drivers(drivers.names, np.full_like(drivers.values, np.nan))
    plain = forecast_panel(panel, horizon_periods=HORIZON).values
    for nothing in (constant, unknown, Drivers((), drivers.values[:0])):
        pd.testing.assert_frame_equal(forecast_panel(panel, horizon_periods=HORIZON, drivers=nothing).values, plain)


def test_closed_days_are_forecast_as_exactly_zero_and_are_no_lower_level() -> None:
    rows = np.arange(240 + 14)
    shut = (rows % 7 == 6) | (rows % 40 == 2)
    sales = np.where(shut[:240], 0.0, 50 + np.random.default_rng(3).normal(0, 3, 240))
    told = Drivers(("shut",), shut.astype(float)[None, :, None])
    found = forecast_panel(panel_of(sales, season=7), horizon_periods=14, drivers=told)
    closed = shut[240:]
    assert not found.values.loc[closed, ["mean", *BAND]].any(axis=None)
    assert found.values.loc[~closed, "mean"].to_numpy() == pytest.approx(np.full((~closed).sum(), 50), rel=0.05)
    assert found.choices["demand_class"].tolist() == ["smooth"]


def test_a_stock_out_is_not_taken_for_demand_of_zero() -> None:
    (whole,) = steady(1, periods=60)
    out = np.where((np.arange(60) >= 40) & (np.arange(60) < 52), 0.0, whole)
    found = forecast_panel(panel_of(whole, out), horizon_periods=HORIZON)
    mean = of(found.values, "mean").mean(axis=0)
    assert mean[1] == pytest.approx(mean[0], rel=0.1)
    assert found.choices["wmape"].iloc[1] < 0.5, "periods that could not sell are not judged"
    assert found.fitted.loc[found.fitted["unique_id"] == "s1", "y"].tolist() == out.tolist()


# Edges


def edges(periods: int) -> dict[str, np.ndarray]:
    time = np.arange(periods)
    noise = np.random.default_rng(2).standard_normal(periods)
    return {
        "one observation": young([7.0], periods=periods),
        "two observations": young([7.0, 9.0], periods=periods),
        "five observations": young([7.0, 9.0, 8.0, 7.0, 9.0], periods=periods),
        "never observed": np.full(periods, np.nan),
        "one zero": young([0.0], periods=periods),
        "all zero": np.zeros(periods),
        "constant": np.full(periods, 5.0),
        "one spike": np.where(time == periods // 2, 1e12, 0.0),
        "a spike at the end": np.where(time == periods - 1, 1e12, 0.0),
        "ended": np.where(time < periods - 20, 100.0 + time % 3, 0.0),
        "returns only": np.full(periods, -3.0),
        "returns between": np.where(time % 4 == 0, -2.0, 10.0),
        "explosive": np.exp(20 * time / periods),
        "tiny": 1e-9 * (1 + time % 3),
        "huge": 1e12 * (1 + 0.1 * noise),
        "gaps": np.where(time % 7 == 3, np.nan, 50 + 3 * noise),
        "gap at the end": np.where(time > periods - 4, np.nan, 50 + 3 * noise),
        "long gap": np.where((time > 4) & (time < periods - 5), np.nan, 50 + 3 * noise),
    }


@pytest.mark.parametrize(("season", "periods"), [(12, 40), (52, 130), (7, 60)], ids=["months", "weeks", "days"])
def test_every_edge_gets_a_forecast_in_company_and_alone(season: int, periods: int) -> None:
    histories = edges(periods)
    everybody = panel_of(*histories.values(), names=list(histories), season=season)
    panels = [everybody, *(everybody.columns(np.array([column])) for column in range(len(histories)))]
    for panel in panels:
        found = forecast_panel(panel, horizon_periods=HORIZON)
        numbers = found.values[["mean", *BAND]].to_numpy()
        known = np.nan_to_num(panel.values)
        lowest, highest = np.repeat([known.min(axis=0), known.max(axis=0) * (1 + 1e-9)], HORIZON, axis=1)
        assert np.isfinite(numbers).all()
        assert (np.diff(numbers[:, 1:], axis=1) >= 0).all()
        assert (numbers[:, 1:].min(axis=1) >= np.minimum(lowest, 0)).all(), panel.ids
        assert (numbers[:, 0] <= 3 * np.maximum(highest, 0)).all(), panel.ids
        assert (numbers[:, 3] <= 100 * np.maximum(highest, 0)).all(), panel.ids
        parts = found.components[PARTS].to_numpy()
        largest = np.abs(parts).max(axis=1)
        assert (np.abs(parts.sum(axis=1) - numbers[:, 0]) <= 1e-9 * largest).all()
        assert not np.isinf(found.choices.select_dtypes(float)).any(axis=None)


def test_edges_with_drivers_of_every_kind_in_a_full_run() -> None:
    """Partly unknown prices, a weekday, money spent, flags, and one driver that nobody knows."""
    columns, rng = [*edges(60).values(), *seasonal(30, periods=60)], np.random.default_rng(6)
    shape = (60 + HORIZON, len(columns))
    prices = np.where(rng.random(shape) < 0.1, np.nan, 5 + rng.random(shape))
    spent = rng.gamma(1, 100, shape) * (rng.random(shape) < 0.3)
    kinds = [prices, rng.integers(0, 7, shape), spent, rng.random(shape) < 0.1, np.full(shape, np.nan)]
    drivers = Drivers(("price", "weekday", "spent", "promotion", "unknown"), np.stack(kinds).astype(float))
    found = forecast_panel(panel_of(*columns), horizon_periods=HORIZON, drivers=drivers, mode="full")
    numbers = found.values[["mean", *BAND]].to_numpy()
    assert np.isfinite(numbers).all()
    assert (np.diff(numbers[:, 1:], axis=1) >= 0).all()
    assert "global_boosting" in {item["method"] for item in found.choices["candidates"].iloc[-1]}


def test_edges_mean_what_they_say() -> None:
    histories = edges(40)
    result = forecast_panel(panel_of(*histories.values(), names=list(histories)), horizon_periods=HORIZON)
    mean = result.values.groupby("unique_id")["mean"].mean()
    assert mean["one observation"] == pytest.approx(7, rel=0.05)
    assert mean["constant"] == pytest.approx(5)
    assert mean["gaps"] == pytest.approx(50, rel=0.1)
    assert mean["gap at the end"] == pytest.approx(50, rel=0.1)
    assert mean["huge"] == pytest.approx(1e12, rel=0.1)
    assert mean[["never observed", "all zero", "one zero"]].tolist() == [0, 0, 0]
    assert mean["ended"] < 10
    lower = result.values.groupby("unique_id")["q0.1"].min()
    assert lower["returns only"] == pytest.approx(-3, rel=0.05)
    assert (lower.drop(["returns only", "returns between"]) >= 0).all()
    classes = result.choices.set_index("unique_id")["demand_class"]
    assert set(classes[["never observed", "all zero", "returns only"]]) == {"no demand"}


@pytest.mark.parametrize("periods", [1, 2, 3, 5])
@pytest.mark.parametrize("season", [12, 52, 7])
def test_a_panel_may_be_as_short_as_one_period(season: int, periods: int) -> None:
    columns = np.full((3, periods), 4.0), np.zeros((1, periods)), np.full((1, periods), np.nan)
    panel = panel_of(*np.concatenate(columns), season=season)
    for mode in ("fast", "full"):
        mean = of(forecast_panel(panel, horizon_periods=3, mode=mode).values, "mean")
        np.testing.assert_allclose(mean, np.tile([4.0, 4, 4, 0, 0], (3, 1)))


def test_forty_years_of_months() -> None:
    long = 100 + 10 * np.sin(2 * np.pi * np.arange(480) / 12) + np.random.default_rng(0).standard_normal(480)
    assert forecast_panel(panel_of(long), horizon_periods=3).choices["wmape"].iloc[0] < 0.03


def test_a_year_of_53_weeks() -> None:
    days = pd.date_range("2017-01-02", "2021-01-03", freq="W-MON")
    assert (days.isocalendar().week == 53).sum() == 1
    frame = pd.DataFrame({"unique_id": "w", "ds": days, "y": 100 + 40 * np.cos(2 * np.pi * days.day_of_year / 365.25)})
    found = forecast_panel(to_panel(frame, frequency="week", end=date(2021, 1, 3)), horizon_periods=8).values
    assert found["ds"].tolist() == list(pd.date_range("2021-01-04", periods=8, freq="W-MON"))
    expected = 100 + 40 * np.cos(2 * np.pi * found["ds"].dt.day_of_year / 365.25)
    np.testing.assert_allclose(found["mean"], expected, rtol=0.07)


@pytest.mark.parametrize("mode", ["fast", "full"])
def test_a_panel_without_series_gives_empty_frames(mode: str) -> None:
    found = forecast_panel(without_series(), horizon_periods=3, mode=mode)
    frames = (found.values, found.cumulative, found.fitted, found.components, found.choices, found.failures)
    assert [len(frame) for frame in frames] == [0] * 6
    assert found.choices.columns.tolist() == list(CHOICES)


def test_the_panel_is_not_touched(mixed: Panel) -> None:
    panel, drivers, _came = promoted()
    gaps = with_values(panel, np.where(np.arange(len(panel.values))[:, None] % 9 == 2, np.nan, panel.values))
    before, plans = gaps.values.copy(), drivers.values.copy()
    forecast_panel(gaps, horizon_periods=HORIZON, drivers=drivers)
    np.testing.assert_array_equal(gaps.values, before)
    np.testing.assert_array_equal(drivers.values, plans)


# A run


@dataclass
class Full:
    panel: Panel
    drivers: Drivers
    result: ForecastResult


@pytest.fixture(scope="module")
def full() -> Full:
    panel, drivers, _came = promoted(30)
    return Full(panel, drivers, forecast_panel(panel, horizon_periods=HORIZON, drivers=drivers, mode="full", seed=3))


def test_a_full_run_has_the_model_of_all_series_among_its_methods(full: Full) -> None:
    offered = full.result.choices["candidates"].map(lambda rows: {row["method"]: row["weight"] for row in rows})
    assert all("global_boosting" in weights for weights in offered)
    assert np.mean([weights["global_boosting"] for weights in offered]) > 0.05
    np.testing.assert_allclose(full.result.components[PARTS].sum(axis=1), full.result.values["mean"], rtol=1e-9)


def test_the_same_seed_gives_the_same_numbers(full: Full) -> None:
    again = forecast_panel(full.panel, horizon_periods=HORIZON, drivers=full.drivers, mode="full", seed=3)
    pd.testing.assert_frame_equal(again.values, full.result.values)
    pd.testing.assert_frame_equal(again.cumulative, full.result.cumulative)
    pd.testing.assert_frame_equal(again.choices, full.result.choices)


def test_figures_are_those_of_the_whole_result_however_many_work_on_it(mixed: Panel, result: ForecastResult) -> None:
    with ThreadPoolExecutor(2) as executor:
        for found in (
            forecast_figures(mixed, request=Request(HORIZON)),
            forecast_figures(mixed, request=Request(HORIZON), executor=executor),
        ):
            np.testing.assert_array_equal(found.mean, of(result.values, "mean"))
            np.testing.assert_array_equal(found.quantiles[2], of(result.values, "q0.9"))
            assert found.methods.tolist() == result.choices["method"].tolist()


def test_figures_of_nobody_are_empty() -> None:
    found = forecast_figures(without_series(), request=Request(3))
    assert (found.mean.shape, found.quantiles.shape, len(found.methods)) == ((3, 0), (3, 3, 0), 0)


def test_progress_counts_series_from_none_to_all(mixed: Panel) -> None:
    seen: list[tuple[int, int]] = []
    forecast_panel(mixed, horizon_periods=2, report=lambda *counts: seen.append(counts))
    done = [count for count, _total in seen]
    assert {total for _count, total in seen} == {13}
    assert (done[0], done[-1]) == (0, 13)
    assert done == sorted(set(done))


def test_a_report_that_raises_stops_the_run(mixed: Panel) -> None:
    class Cancelled(Exception):
        pass

    calls: list[int] = []

    def report(done: int, total: int) -> None:
        calls.append(done)
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        forecast_panel(mixed, horizon_periods=3, report=report)
    assert len(calls) == 2


@pytest.mark.parametrize("asked", [{"horizon_periods": 0}, {"origins": -1}, {"quantiles": (0.9, 0.1)}])
def test_impossible_questions_are_refused(mixed: Panel, asked: dict[str, object]) -> None:
    with pytest.raises(AnalyticsError):
        forecast_panel(mixed, **{"horizon_periods": 3, **asked})
