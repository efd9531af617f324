"""Lived accuracy: published figures, agreement with the single definitions, levels, rivals, edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analytics import accuracy
from analytics.errors import AnalyticsError
from analytics.forecasting.panel import Panel
from analytics.forecasting.seasonal_naive import SeasonalNaive
from analytics.lived_accuracy import accuracy_by, forecast_pairs


def panel(*series: list[float], season: int = 12) -> Panel:
    """Months from 2025-01, a list a series; NaN before one begins."""
    values = np.array(series, dtype=np.float64).T
    periods = pd.date_range("2025-01-01", periods=len(values), freq="MS")
    return Panel(tuple(str(place) for place in range(len(series))), periods, values, season)


def forecasts(*rows: tuple[int, str, int, float]) -> pd.DataFrame:
    """Series, month, lag and forecast; the band is that single figure."""
    found = pd.DataFrame(rows, columns=["series", "period", "lag", "forecast"])
    return found.assign(period=pd.to_datetime(found["period"]))


def pairs(actual: list[float], forecast: list[float], **columns: Any) -> pd.DataFrame:
    """Pairs of one series in time order, seasonal naive being 0 and the scales 1."""
    count = len(actual)
    made = pd.DataFrame({"series": [0] * count, "lag": [1] * count, "actual": actual, "forecast": forecast})
    made["period"] = pd.date_range("2026-01-01", periods=count, freq="MS") if count else pd.to_datetime([])
    return made.assign(**{"naive": 0.0, "change": 1.0, "step": 1.0, "inside": np.nan, **columns})


class TestPairs:
    def test_the_same_month_at_two_lags(self) -> None:
        """Snapshots of January and February for March, actual 100: 20 % at lag 2, 5 % at lag 1."""
        found = forecast_pairs(
            forecasts((0, "2025-03-01", 2, 120), (0, "2025-03-01", 1, 105)), history=panel([90, 110, 100])
        )
        table = accuracy_by(found.assign(inside=np.nan), by=["lag"])
        assert table["wmape"].to_dict() == pytest.approx({1: 0.05, 2: 0.20})

    @pytest.mark.parametrize("lag", [1, 2, 3, 5])
    @pytest.mark.parametrize("begins", [0, 3, 9])
    def test_naive_is_what_the_method_itself_would_have_said(self, lag: int, begins: int) -> None:
        """Also where a series is too young for a season, and beyond one season ahead."""
        rng = np.random.default_rng(lag * 10 + begins)
        values = rng.integers(0, 50, 14).astype(float)
        values[:begins] = np.nan
        history = panel(values.tolist(), season=4)
        target = 13
        found = forecast_pairs(forecasts((0, "2026-02-01", lag, 1)), history=history)
        paths = SeasonalNaive().forecast(history.before(held_out_periods=lag), horizon_periods=lag)
        assert found["naive"].tolist() == paths.mean[-1].tolist()
        assert found["actual"].tolist() == [values[target]]

    def test_scales_know_only_what_was_before_the_run(self) -> None:
        history = panel([4, 0, 1, 3, 2, 900, 0, 1], season=1)
        found = forecast_pairs(forecasts((0, "2025-08-01", 3, 1)), history=history)
        assert found["change"].tolist() == [2]
        assert found["step"].tolist() == pytest.approx([np.sqrt(5.5)])

    def test_scales_are_unknown_while_the_history_is_too_short(self) -> None:
        history = panel([np.nan, 5, 7], [1, 2, 3])
        found = forecast_pairs(forecasts((0, "2025-03-01", 1, 1), (1, "2025-01-01", 1, 1)), history=history)
        assert found[["change", "step"]].isna().all(axis=None)
        assert found["naive"].tolist() == [5, 0]

    def test_other_columns_stay_and_no_row_is_needed(self) -> None:
        found = forecast_pairs(forecasts((0, "2025-02-01", 1, 3)).assign(method="theta"), history=panel([1, 2]))
        assert found[["method", "actual", "naive"]].values.tolist() == [["theta", 2, 1]]
        assert forecast_pairs(forecasts(), history=panel([1, 2])).empty

    def test_what_can_not_be_judged_is_refused(self) -> None:
        with pytest.raises(AnalyticsError, match="does not hold every period"):
            forecast_pairs(forecasts((0, "2025-03-01", 1, 1)), history=panel([1, 2]))
        with pytest.raises(AnalyticsError, match="missing columns: lag"):
            forecast_pairs(forecasts().drop(columns="lag"), history=panel([1, 2]))


class TestPublishedFigures:
    def test_wmape_and_bias(self) -> None:
        table = accuracy_by(pairs([1000, 10], [950, 25]), by=[])
        assert table["wmape"].item() == pytest.approx(0.064356, abs=1e-6)
        assert table["bias"].item() == pytest.approx(-0.034653, abs=1e-6)

    def test_scaled_errors(self) -> None:
        """MASE 0.6 with the denominator 2, RMSSE 0.603023 with 5.5 (Hyndman & Koehler's and the M5 guide's example)."""
        found = pairs([2, 0, 4, 1, 1], [2] * 5, change=2.0, step=np.sqrt(5.5))
        table = accuracy_by(found, by=[])
        assert table["mase"].item() == pytest.approx(0.6)
        assert table["rmsse"].item() == pytest.approx(0.603023, abs=1e-6)

    def test_tracking_signal_period_by_period_and_in_the_end(self) -> None:
        found = pairs([8, 11, 12, 14], [10] * 4)
        assert_allclose(accuracy_by(found, by=["period"])["tracking_signal"], [-1, -2 / 3, 0.6, 20 / 9])
        assert accuracy_by(found[::-1], by=[])["tracking_signal"].item() == pytest.approx(20 / 9)
        assert accuracy_by(found, by=["series"])["tracking_signal"].item() == pytest.approx(20 / 9)


class TestLevels:
    def found(self) -> pd.DataFrame:
        """Two items of one family, one 10 over, one 10 under in the same month; another month hits."""
        both = pd.concat([pairs([100, 50], [110, 50]), pairs([100, 50], [90, 50], series=1)], ignore_index=True)
        return both.assign(family="Tea")

    @pytest.mark.parametrize(("level", "wmape"), [("series", 20 / 300), ("family", 0.0)])
    def test_errors_net_out_only_within_the_level(self, level: str, wmape: float) -> None:
        table = accuracy_by(self.found(), by=["family"], level=level)
        assert table["wmape"].tolist() == [wmape]
        assert table[["series", "pairs", "demand", "bias"]].values.tolist() == [[2, 4, 300, 0]]

    def test_scaled_errors_are_of_the_series_at_any_level(self) -> None:
        assert accuracy_by(self.found(), by=[], level="family")["mase"].item() == pytest.approx(5)

    def test_periods_never_net_out(self) -> None:
        found = pairs([100, 100], [110, 90])
        assert accuracy_by(found, by=[])["wmape"].item() == pytest.approx(0.1)

    def test_series_weigh_alike_in_their_mean_however_many_pairs_they_have(self) -> None:
        found = pd.concat([pairs([1, 1, 1], [2, 2, 2]), pairs([1], [4], series=1)])
        assert accuracy_by(found, by=[])["mase"].item() == pytest.approx((1 + 3) / 2)


class TestRivals:
    def test_seasonal_naive_and_the_difference(self) -> None:
        table = accuracy_by(pairs([100, 100], [110, 100], naive=[80.0, 100.0]), by=[])
        found = table[["wmape", "naive_wmape", "vs_naive_wmape", "naive_bias"]].iloc[0]
        assert found.tolist() == pytest.approx([0.05, 0.1, -0.05, -0.1])

    def test_the_approved_forecast_is_compared_where_there_is_one(self) -> None:
        """Own error 10 % and 50 %; approved only in the first period, 20 %: the difference is −10 pp there."""
        found = pairs([100, 100], [110, 150], approved=[120, np.nan], approved_inside=[0.0, np.nan])
        found["inside"] = [1.0, 1.0]
        table = accuracy_by(found, by=[]).iloc[0]
        assert table["approved_pairs"] == 1
        assert table[["wmape", "approved_wmape", "vs_approved_wmape"]].tolist() == pytest.approx([0.3, 0.2, -0.1])
        assert table[["coverage", "approved_coverage", "vs_approved_coverage"]].tolist() == [1, 0, 1]

    def test_without_approval_its_columns_are_unknown(self) -> None:
        table = accuracy_by(pairs([100], [110]), by=["series"])
        assert table["approved_pairs"].tolist() == [0]
        assert table.filter(regex="^(vs_)?approved_(wmape|mase)").isna().all(axis=None)


class TestEdges:
    @pytest.mark.parametrize("by", [[], ["lag"], ["period"], ["period", "lag"]])
    def test_no_pairs_no_rows(self, by: list[str]) -> None:
        assert accuracy_by(pairs([], []), by=by).empty

    def test_without_demand_shares_are_unknown_and_the_rest_is_known(self) -> None:
        table = accuracy_by(pairs([0, 0], [5, 0]), by=[]).iloc[0]
        assert table[["wmape", "bias"]].isna().all()
        assert table[["mase", "tracking_signal"]].tolist() == [2.5, -2]

    def test_returns_beyond_sales_are_no_demand(self) -> None:
        assert np.isnan(accuracy_by(pairs([-5], [5]), by=[])["wmape"].item())

    def test_a_forecast_that_always_hits(self) -> None:
        table = accuracy_by(pairs([5, 7], [5, 7], inside=1.0), by=[]).iloc[0]
        assert table[["wmape", "bias", "mase", "rmsse", "coverage"]].tolist() == [0, 0, 0, 0, 1]
        assert np.isnan(table["tracking_signal"])

    def test_a_scale_of_zero_leaves_the_series_out_of_the_mean(self) -> None:
        found = pd.concat([pairs([5], [7], change=0.0), pairs([5], [7], series=1)])
        assert accuracy_by(found, by=[])["mase"].item() == 2

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(AnalyticsError, match="missing columns: inside"):
            accuracy_by(pairs([1], [1]).drop(columns="inside"), by=[])


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 4))
def test_groups_have_the_figures_of_their_own_arrays(seed: int, periods: int, groups: int) -> None:
    """The definitions of analytics.accuracy, group by group."""
    rng = np.random.default_rng(seed)
    parts = [
        pairs(rng.integers(0, 9, periods).tolist(), rng.integers(0, 9, periods).tolist(), series=group)
        for group in range(groups)
    ]
    table = accuracy_by(pd.concat(parts).sample(frac=1, random_state=seed % 1000), by=["series"])
    for group, part in enumerate(parts):
        actual, forecast = part["actual"], part["forecast"]
        expected = {
            "wmape": accuracy.wmape(actual, forecast),
            "bias": accuracy.bias(actual, forecast),
            "mase": accuracy.mae(actual, forecast),
            "rmsse": accuracy.rmse(actual, forecast),
            "tracking_signal": accuracy.tracking_signal(actual, forecast)[-1],
        }
        assert_allclose(table.loc[group, list(expected)].to_numpy(float), list(expected.values()), atol=1e-12)
