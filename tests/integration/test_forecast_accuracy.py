"""Forecast accuracy against figures reckoned by hand on a few rows: lived, tested, compared, narrowed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rows import Rows, colleague
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed
from core.permissions import Permission
from data.db import owner_engine
from services import accuracy_filters, forecast_accuracy, kpi
from services.accuracy_filters import AccuracyFilters, Cell

PLANNER = colleague()


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """A and B are sauces sold at KL, C a snack; prices 10, 5 and, for want of one, the cost 2."""
    monkeypatch.setenv("TANDEM_TODAY", "2026-04-10")
    made = Rows()
    made.place("KL")
    made.place("PG")
    made.channel()
    made.product("A", unit_price=10, unit_cost=4, category="Sauces", family="Soy")
    made.product("B", unit_price=5, unit_cost=2, category="Sauces", family="Chilli")
    made.product("C", unit_cost=2, category="Snacks", family="Chips")
    return made


def asked(**query: str) -> AccuracyFilters:
    return accuracy_filters.accuracy_filters(PLANNER, query)


def total(**query: str) -> dict[str, Any]:
    found = forecast_accuracy.overview(PLANNER, asked(**query))
    assert found is not None
    return found.total


def table(**query: str) -> dict[str, dict[str, Any]]:
    return {row["label"]: row for row in forecast_accuracy.accuracy_table(PLANNER, asked(**query)).rows}


def approve(run_id: int) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("update forecast_run set approved_at = now() where id = :id"), {"id": run_id})


def three_months(rows: Rows) -> None:
    """January 1000 of A and 10 of B; February 100 of A; March 100 of A and 20 of C; all of March is known."""
    rows.sell("2025-01-06", "A", 5, 50)
    rows.sell("2026-01-05", "A", 1000, 10_000)
    rows.sell("2026-01-06", "B", 10, 50)
    rows.sell("2026-02-05", "A", 100, 1000)
    rows.sell("2026-03-05", "A", 100, 1000)
    rows.sell("2026-03-31", "C", 20, 60)


class TestLived:
    def test_without_any_run_there_is_nothing(self, rows: Rows) -> None:
        assert forecast_accuracy.overview(PLANNER, asked()) is None
        assert forecast_accuracy.accuracy_table(PLANNER, asked()).total == 0
        assert forecast_accuracy.run_history(PLANNER, asked(view="history")) == []

    def test_the_published_oracle_is_also_what_home_says(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 950, ("B", "2026-01-01"): 25})
        found = total(start="2026-01-01", end="2026-01-01")
        assert found["wmape"] == pytest.approx(0.064356, abs=1e-6)
        assert found["bias"] == pytest.approx(-0.034653, abs=1e-6)
        assert (found["pairs"], found["series"], found["demand"]) == (2, 2, 1010)
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert found["wmape"] == pytest.approx(trend.months[0].wmape)

    def test_each_lag_has_its_own_snapshot(self, rows: Rows) -> None:
        """March as it was forecast in January (120) and in February (105): lag 3 is 20 % off, lag 2 5 %."""
        three_months(rows)
        rows.forecast("2026-01-01", {("A", "2026-03-01"): 120})
        rows.forecast("2026-02-01", {("A", "2026-03-01"): 105})
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 100})
        found = {label: row["wmape"] for label, row in table(by="lag").items()}
        assert found == pytest.approx({"1": 0, "2": 0.05, "3": 0.2})
        assert total(lag="2")["wmape"] == pytest.approx(0.05)

    def test_triangle_holds_every_period_and_lag(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-02-01", {("A", "2026-02-01"): 90, ("A", "2026-03-01"): 110})
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 100})
        found = forecast_accuracy.overview(PLANNER, asked())
        assert found is not None
        cells = {(cell["label"], cell["lag"]): cell["wmape"] for cell in found.triangle}
        assert cells == pytest.approx({("2026-02", 1): 0.1, ("2026-03", 1): 0.0, ("2026-03", 2): 0.1})
        assert [(row["label"], row["wmape"]) for row in found.by_period] == [("2026-02", 0.1), ("2026-03", 0)]

    def test_only_the_newest_finished_run_of_a_date_counts_unless_one_is_named(self, rows: Rows) -> None:
        three_months(rows)
        older = rows.forecast("2026-02-01", {("A", "2026-02-01"): 50})
        rows.forecast("2026-02-01", {("A", "2026-02-01"): 90})
        rows.forecast("2026-02-01", {("A", "2026-02-01"): 1}, state="failed")
        rows.forecast("2026-02-02", {("A", "2026-02-02"): 1}, frequency="week")
        assert total()["wmape"] == pytest.approx(0.1)
        assert total(run=str(older))["wmape"] == pytest.approx(0.5)

    def test_weeks_are_measured_apart(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-02-02", {("A", "2026-02-02"): 80, ("A", "2026-02-09"): 7}, frequency="week")
        found = table(frequency="week", by="period")
        assert {label: (row["demand"], row["wmape"]) for label, row in found.items()} == {
            "2026-02-02": (100, pytest.approx(0.2))
        }
        assert total(frequency="week", lag="2")["demand"] == 0

    def test_a_period_that_is_not_over_is_not_judged(self, rows: Rows) -> None:
        rows.sell("2026-03-05", "A", 100, 1000)
        rows.sell("2026-04-09", "A", 100, 1000)
        rows.forecast("2026-04-01", {("A", "2026-04-01"): 300})
        assert forecast_accuracy.overview(PLANNER, asked()) is None
        assert asked().end is None

    def test_errors_net_out_within_the_level_only(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 990, ("B", "2026-01-01"): 20})
        wanted = {"start": "2026-01-01", "end": "2026-01-01"}
        assert total(**wanted)["wmape"] == pytest.approx(20 / 1010)
        assert total(**wanted, level="category")["wmape"] == 0
        assert total(**wanted, level="family")["wmape"] == pytest.approx(20 / 1010)

    @pytest.mark.parametrize(
        ("by", "labels"),
        [
            ("category", {"Sauces", "Snacks"}),
            ("family", {"Soy", "Chilli", "Chips"}),
            ("product", {"A", "B", "C"}),
            ("location", {"KL"}),
            ("item", {"A", "B", "C"}),
            ("demand_class", {"Smooth", "Lumpy"}),
            ("method", {"Theta", "Croston"}),
            ("period", {"2026-01", "2026-03"}),
        ],
    )
    def test_listed_by_anything_the_parts_make_the_whole(self, rows: Rows, by: str, labels: set[str]) -> None:
        three_months(rows)
        run = rows.forecast("2026-01-01", {("A", "2026-01-01"): 900, ("B", "2026-01-01"): 14})
        rows.judged(run, "A")
        rows.judged(run, "B", method="croston", demand_class="lumpy")
        later = rows.forecast("2026-03-01", {("A", "2026-03-01"): 130, ("C", "2026-03-01"): 25})
        rows.judged(later, "A")
        rows.judged(later, "C", method="croston", demand_class="lumpy")
        found, whole = table(by=by), total()
        assert set(found) == labels
        for name in ("pairs", "demand", "missed_money"):
            assert sum(row[name] for row in found.values()) == pytest.approx(whole[name])
        missed = sum(row["wmape"] * row["demand"] for row in found.values())
        assert missed == pytest.approx(whole["wmape"] * whole["demand"]) == 100 + 4 + 30 + 5

    def test_money_is_error_times_price(self, rows: Rows) -> None:
        """A misses 30 at 10, C 5 at its cost of 2; weighted with money A is nearly all."""
        three_months(rows)
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 130, ("C", "2026-03-01"): 25})
        found = forecast_accuracy.series_table(PLANNER, asked())
        assert [(row["label"], row["missed_money"]) for row in found.rows] == [("A", 300), ("C", 10)]
        assert [row["cumulative_share"] for row in found.rows] == pytest.approx([300 / 310, 1])
        assert total(weight="money")["wmape"] == pytest.approx(310 / 1040)
        assert total(weight="money")["demand"] == 1040

    def test_what_a_unit_brought_is_its_price_where_the_run_knows_it(self, rows: Rows) -> None:
        three_months(rows)
        run = rows.forecast("2026-03-01", {("A", "2026-03-01"): 130})
        rows.judged(run, "A", volume=100, value=800)
        assert forecast_accuracy.series_table(PLANNER, asked()).rows[0]["missed_money"] == pytest.approx(30 * 8)

    def test_what_sold_without_a_forecast_is_left_out_and_counted(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 130})
        found = forecast_accuracy.overview(PLANNER, asked())
        assert found is not None
        assert (found.total["pairs"], found.sold_without_forecast) == (1, 1)

    def test_beside_seasonal_naive_and_the_approved_run(self, rows: Rows) -> None:
        """March: own 110, approved 130, a year before 80 of 100. February has no approved forecast."""
        three_months(rows)
        rows.sell("2025-03-10", "A", 80, 800)
        approve(rows.forecast("2026-03-01", {("A", "2026-03-01"): 130}))
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 110})
        rows.forecast("2026-02-01", {("A", "2026-02-01"): 100})
        march = table(by="period")["2026-03"]
        assert [march[name] for name in ("wmape", "naive_wmape", "approved_wmape")] == pytest.approx([0.1, 0.2, 0.3])
        assert [march[name] for name in ("vs_naive_wmape", "vs_approved_wmape")] == pytest.approx([-0.1, -0.2])
        whole = total()
        assert (whole["wmape"], whole["approved_pairs"]) == (pytest.approx(0.05), 1)
        assert whole["vs_approved_wmape"] == pytest.approx(-0.2)

    def test_a_cell_of_the_triangle_lists_its_series(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-01-01", {("A", "2026-02-01"): 70, ("A", "2026-03-01"): 10})
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 130, ("C", "2026-03-01"): 25})
        found = forecast_accuracy.series_table(PLANNER, asked(), cell=Cell(date(2026, 2, 1), 2))
        assert [(row["label"], row["wmape"], row["pairs"]) for row in found.rows] == [("A", pytest.approx(0.3), 1)]

    def test_lists_are_sorted_and_paged_by_the_server(self, rows: Rows) -> None:
        three_months(rows)
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 130, ("C", "2026-03-01"): 25})

        def labels(*sort: tuple[str, bool], first: int = 0, limit: int = 9) -> list[str]:
            page = forecast_accuracy.series_table(PLANNER, asked(), sort=sort, first=first, limit=limit)
            assert page.total == 2
            return [row["label"] for row in page.rows]

        assert labels(("wmape", False)) == ["C", "A"]
        assert labels(("label", True), limit=1) == ["C"]
        assert labels(("drop table", True), first=1) == ["C"]

    def test_new_data_and_new_approvals_are_seen(self, rows: Rows) -> None:
        three_months(rows)
        run = rows.forecast("2026-03-01", {("A", "2026-03-01"): 110})
        assert total()["wmape"] == pytest.approx(0.1)
        rows.sell("2026-03-06", "A", 10, 100)
        rows.bump("demand")
        assert total()["wmape"] == 0
        approve(run)
        assert total()["approved_pairs"] == 1

    def test_a_forecast_older_than_the_data_is_not_judged(self, rows: Rows) -> None:
        """The sales of January were taken back after the forecast was made."""
        rows.sell("2026-02-02", "A", 100, 1000)
        rows.sell("2026-03-31", "A", 100, 1000)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 5, ("A", "2026-02-01"): 90, ("B", "2026-03-01"): 8})
        assert set(table(by="period", lag="1")) == set()
        assert table(by="period", lag="2")["2026-02"]["wmape"] == pytest.approx(0.1)
        assert table(by="item", lag="3")["B"]["bias"] is None


class TestDrift:
    def months(self, rows: Rows) -> None:
        """A is under-forecast six months running, B hits or misses either way."""
        rows.sell("2024-01-02", "A", 1, 1)
        for month in range(6):
            first = date(2025 + (9 + month) // 12, (9 + month) % 12 + 1, 1).isoformat()
            rows.sell(first, "A", 100, 1)
            rows.sell(first, "B", 100, 1)
            rows.forecast(first, {("A", first): 80, ("B", first): 95 if month % 2 else 105})
        rows.sell("2026-04-01", "A", 1, 1)

    def test_series_that_miss_on_one_side_are_listed(self, rows: Rows) -> None:
        self.months(rows)
        found = forecast_accuracy.drifting_series(PLANNER, asked(), view="lived")
        assert [(row["label"], row["tracking_signal"]) for row in found.rows] == [("A", 6)]
        assert found.rows[0]["missed_money"] == pytest.approx(6 * 20 * 10)

    def test_signals_of_a_run_are_listed_with_the_money_of_a_year(self, rows: Rows) -> None:
        run = rows.forecast("2026-03-01", {})
        rows.judged(run, "A", tracking_signal=-5.0, wmape=0.2)
        rows.judged(run, "B", tracking_signal=3.9)
        rows.judged(run, "C")
        found = forecast_accuracy.drifting_series(PLANNER, asked(), view="tested")
        assert [(row["label"], row["missed_money"]) for row in found.rows] == [("A", pytest.approx(0.2 * 120 * 10))]
        tested = total(view="tested")
        assert (tested["alarms"], tested["signals"]) == (1, 2)


class TestTested:
    def test_errors_are_weighted_with_the_demand_they_were_made_on(self, rows: Rows) -> None:
        run = rows.forecast("2026-03-01", {})
        rows.judged(run, "A", judged_volume=300, wmape=0.1, bias=0.05, mase=0.5, rmsse=0.6, coverage=0.9)
        rows.judged(run, "B", judged_volume=100, wmape=0.5, bias=-0.1, mase=1.5, rmsse=1.0, coverage=0.7)
        rows.judged(run, "C", judged_volume=0, wmape=None, bias=None, naive_wmape=None, naive_bias=None)
        found = total(view="tested")
        assert (found["series"], found["pairs"], found["demand"]) == (3, 2, 400)
        assert found["wmape"] == pytest.approx((0.1 * 300 + 0.5 * 100) / 400)
        assert found["bias"] == pytest.approx((0.05 * 300 - 0.1 * 100) / 400)
        assert [found[name] for name in ("mase", "rmsse", "coverage")] == pytest.approx([1.0, 0.8, 0.8])
        assert found["vs_naive_wmape"] == pytest.approx(0.2 - 0.2)
        in_money = total(view="tested", weight="money")
        assert in_money["wmape"] == pytest.approx((0.1 * 3000 + 0.5 * 500) / 3500)

    def test_what_the_engine_did_not_measure_is_unknown(self, rows: Rows) -> None:
        rows.judged(rows.forecast("2026-03-01", {}), "A")
        found = total(view="tested")
        assert [found[name] for name in ("mase", "rmsse", "coverage", "alarms")] == [None] * 4

    def test_the_newest_run_beside_the_newest_other_that_was_approved(self, rows: Rows) -> None:
        first, second, third = (rows.forecast("2026-03-01", {}) for _number in range(3))
        for run, error in ((first, 0.4), (second, 0.3), (third, 0.1)):
            rows.judged(run, "A", wmape=error)
        rows.judged(third, "B", wmape=0.9)
        for run in (first, second, third):
            approve(run)
        found = forecast_accuracy.overview(PLANNER, asked(view="tested"))
        assert found is not None
        assert (found.run, found.baseline, found.total["approved_pairs"]) == (third, second, 1)
        assert found.total["approved_wmape"] == pytest.approx(0.3)
        assert found.total["vs_approved_wmape"] == pytest.approx(-0.2)
        older = forecast_accuracy.overview(PLANNER, asked(view="tested", run=str(first)))
        assert older is not None
        assert (older.run, older.baseline) == (first, third)

    @pytest.mark.parametrize("by", ["category", "family", "product", "location", "item", "demand_class", "method"])
    def test_listed_by_anything_the_parts_make_the_whole(self, rows: Rows, by: str) -> None:
        run = rows.forecast("2026-03-01", {})
        rows.judged(run, "A", judged_volume=300)
        rows.judged(run, "A", place="PG", wmape=0.3, method="ses")
        rows.judged(run, "B", wmape=0.5, demand_class="lumpy")
        page = forecast_accuracy.accuracy_table(PLANNER, asked(view="tested", by=by))
        whole = total(view="tested")
        assert sum(row["wmape"] * row["demand"] for row in page.rows) == pytest.approx(whole["wmape"] * whole["demand"])
        assert [row["missed_money"] for row in page.rows] == sorted(
            (row["missed_money"] for row in page.rows), reverse=True
        )

    def test_a_combination_is_listed_under_the_method_that_weighs_most(self, rows: Rows) -> None:
        three_months(rows)
        run = rows.forecast("2026-03-01", {("A", "2026-03-01"): 110, ("C", "2026-03-01"): 20})
        rows.judged(run, "A", method="theta+ses+holt_winters")
        rows.judged(run, "C", method="ses+theta")
        for view in ("lived", "tested"):
            assert set(table(view=view, by="method")) == {"Theta", "SES"}
            assert set(table(view=view, by="item", method="theta")) == {"A"}
        assert accuracy_filters.methods_and_classes(PLANNER, "month") == (["ses", "theta"], ["smooth"])

    def test_filters_narrow_both_lists_and_figures(self, rows: Rows) -> None:
        run = rows.forecast("2026-03-01", {})
        rows.judged(run, "A")
        rows.judged(run, "B", wmape=0.5, method="ses", demand_class="lumpy")
        assert total(view="tested", method="ses")["wmape"] == pytest.approx(0.5)
        assert set(table(view="tested", by="item", demand_class="smooth")) == {"A"}
        assert forecast_accuracy.overview(PLANNER, asked(view="tested", method="prophet")) is None

    def test_history_has_each_run_in_all_and_by_method(self, rows: Rows) -> None:
        for methods in (("theta", "ses"), ("theta", "theta")):
            run = rows.forecast("2026-03-01", {})
            for product, method in zip("AB", methods, strict=True):
                rows.judged(run, product, method=method)
        found = [
            (row["run"], row["label"], row["share"])
            for row in forecast_accuracy.run_history(PLANNER, asked(view="history"))
        ]
        assert found == [
            ("2026-03 #1", "All series", 1),
            ("2026-03 #1", "SES", 0.5),
            ("2026-03 #1", "Theta", 0.5),
            ("2026-03 #2", "All series", 1),
            ("2026-03 #2", "Theta", 1),
        ]


class TestFilters:
    def test_what_is_not_said_is_the_usual(self, rows: Rows) -> None:
        three_months(rows)
        for month in ("2025-01-01", "2026-01-01", "2026-02-01"):
            rows.forecast(month, {("A", month): 1})
        found = asked()
        assert (found.view, found.frequency, found.by, found.level, found.lag) == (
            "lived",
            "month",
            "category",
            "item",
            1,
        )
        assert (found.start, found.end) == (date(2025, 1, 1), date(2026, 3, 1))
        assert asked(start="2026-02-14").start == date(2026, 2, 1)

    def test_a_run_of_other_periods_is_no_choice(self, rows: Rows) -> None:
        run = rows.forecast("2026-02-02", {}, frequency="week")
        assert asked(run=str(run)).run == 0
        assert asked(run=str(run), frequency="week").run == run

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ({"view": "secret"}, "“secret” is not among the choices: lived, tested, history"),
            ({"frequency": "day"}, "“day” is not among"),
            ({"view": "tested", "by": "lag"}, "“lag” is not among"),
            ({"level": "x" * 200}, "“x"),
            ({"lag": "soon"}, "Lag: enter a whole number"),
            ({"run": "1; drop table"}, "Run: enter a whole number"),
            ({"start": "yesterday"}, "From: enter a date"),
            ({"start": "2026-03-01", "end": "2026-01-01"}, "From 2026-03-01 to 2026-01-01 is no period"),
            ({"start": "1900-01-01"}, "at most 24 months"),
        ],
    )
    def test_what_makes_no_sense_is_explained(self, rows: Rows, query: dict[str, str], message: str) -> None:
        three_months(rows)
        rows.forecast("2026-03-01", {("A", "2026-03-01"): 1})
        with pytest.raises(InvalidInput, match=message):
            asked(**query)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (("2026-03-15", "2"), Cell(date(2026, 3, 1), 2)),
            (("", "2"), None),
            (("2026-03-01", "99"), None),
            (("2026-03-01", "x"), None),
        ],
    )
    def test_a_cell_is_taken_from_the_address(self, rows: Rows, query: tuple[str, str], found: Cell | None) -> None:
        assert accuracy_filters.accuracy_cell(*query, asked()) == found
        assert accuracy_filters.accuracy_cell(*query, replace(asked(), view="tested")) is None


@pytest.mark.parametrize(
    "ask",
    [
        forecast_accuracy.overview,
        forecast_accuracy.accuracy_table,
        forecast_accuracy.series_table,
        lambda viewer, filters: forecast_accuracy.drifting_series(viewer, filters, view="lived"),
        forecast_accuracy.run_history,
        lambda viewer, _filters: accuracy_filters.accuracy_filters(viewer, {}),
        lambda viewer, _filters: accuracy_filters.choices_of(viewer, "month"),
        lambda viewer, _filters: accuracy_filters.methods_and_classes(viewer, "month"),
    ],
    ids=["overview", "table", "series", "drift", "history", "filters", "choices", "methods"],
)
def test_each_asks_for_the_right_to_read_forecasts(rows: Rows, ask: Callable[..., object]) -> None:
    with pytest.raises(NotAllowed):
        ask(colleague(without=Permission.FORECAST_READ), asked())


def test_nothing_is_not_a_number_in_an_answer(rows: Rows) -> None:
    """What goes to a browser is None where it is unknown."""
    three_months(rows)
    rows.forecast("2026-03-01", {("B", "2026-03-01"): 5})
    found = total()
    assert not [name for name, value in found.items() if isinstance(value, float) and not math.isfinite(value)]
