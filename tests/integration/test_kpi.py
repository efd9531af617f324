"""The headline figures against numbers reckoned by hand on a few rows."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest
from rows import Rows, colleague

from core.errors import NotAllowed
from core.permissions import Permission, Role
from services import home, home_cards, kpi, sales

PLANNER = colleague()


@pytest.fixture
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", "2026-03-10")
    made = Rows()
    made.place()
    made.channel()
    made.product("A", unit_cost=4, unit_price=10)
    made.product("B", unit_cost=2.5, unit_price=5)
    return made


def test_without_rows_there_are_no_figures(rows: Rows) -> None:
    assert kpi.revenue_to_date(PLANNER) is None
    assert kpi.accuracy_by_month(PLANNER) is None
    assert kpi.customer_otif(PLANNER) is None
    assert math.isnan(kpi.target_days_of_supply(PLANNER))
    assert home.revenue_series(PLANNER, by="week").periods == []


class TestRevenue:
    def test_a_part_month_is_set_against_the_same_days(self, rows: Rows) -> None:
        rows.sell("2025-02-10", "A", 1, 7)
        rows.sell("2025-03-01", "A", 10, 100)
        rows.sell("2025-03-05", "A", 10, 900)  # after the last day with data this year
        rows.sell("2025-03-31", "A", 10, 1000)
        rows.sell("2026-03-01", "A", 12, 120)
        rows.sell("2026-03-04", "B", 12, 60)
        found = kpi.revenue_to_date(PLANNER)
        assert found is not None
        assert (found.revenue, found.revenue_last_year) == (180, 100)
        assert found.change == pytest.approx(0.8)
        assert (found.end, found.end_last_year) == (date(2026, 3, 4), date(2025, 3, 4))

    def test_returns_are_taken_off_and_the_future_does_not_count(self, rows: Rows) -> None:
        rows.sell("2026-03-01", "A", 12, 120)
        rows.sell("2026-03-02", "A", -2, -20)
        rows.sell("2026-03-11", "A", 99, 990)
        found = kpi.revenue_to_date(PLANNER)
        assert found is not None
        assert (found.revenue, found.end) == (100, date(2026, 3, 2))

    def test_a_leap_day_is_set_against_all_of_last_years_february(
        self, rows: Rows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TANDEM_TODAY", "2024-02-29")
        rows.sell("2023-01-15", "A", 1, 1)
        rows.sell("2023-02-28", "A", 1, 10)
        rows.sell("2023-03-01", "A", 1, 500)
        rows.sell("2024-02-28", "A", 1, 7)
        rows.sell("2024-02-29", "A", 1, 5)
        found = kpi.revenue_to_date(PLANNER)
        assert found is not None
        assert (found.revenue, found.revenue_last_year) == (12, 10)
        assert found.end_last_year == date(2023, 2, 28)

    def test_the_31st_is_set_against_the_31st(self, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TANDEM_TODAY", "2026-03-31")
        rows.sell("2025-03-01", "A", 1, 1)
        rows.sell("2025-03-31", "A", 1, 10)
        rows.sell("2026-03-31", "A", 1, 22)
        found = kpi.revenue_to_date(PLANNER)
        assert found is not None
        assert (found.revenue, found.revenue_last_year, found.change) == (22, 11, 1)

    def test_a_year_before_that_the_data_do_not_reach_is_unknown(self, rows: Rows) -> None:
        rows.sell("2025-03-02", "A", 1, 10)
        rows.sell("2026-03-03", "A", 1, 20)
        found = kpi.revenue_to_date(PLANNER)
        assert found is not None
        assert found.revenue == 20
        assert math.isnan(found.revenue_last_year)
        assert math.isnan(found.change)

    def test_old_data_are_measured_in_their_own_month(self, rows: Rows) -> None:
        rows.sell("2024-11-20", "A", 1, 10)
        rows.sell("2025-11-12", "A", 1, 30)
        found = kpi.revenue_to_date(PLANNER)
        assert found is not None
        assert (found.start, found.end, found.revenue) == (date(2025, 11, 1), date(2025, 11, 12), 30)

    def test_new_rows_count_as_soon_as_their_version_is_known(self, rows: Rows) -> None:
        rows.sell("2026-03-01", "A", 1, 10)
        assert kpi.revenue_to_date(PLANNER).revenue == 10  # type: ignore[union-attr]
        rows.sell("2026-03-02", "A", 1, 5)
        rows.bump("demand")
        assert kpi.revenue_to_date(PLANNER).revenue == 15  # type: ignore[union-attr]

    def test_the_list_behind_the_card_adds_up_to_it(self, rows: Rows) -> None:
        rows.sell("2025-01-01", "A", 1, 1)
        rows.sell("2025-03-01", "A", 1, 40)
        rows.sell("2025-03-04", "B", 1, 10)
        rows.sell("2026-03-01", "A", 1, 44)
        rows.sell("2026-03-04", "B", 1, 26)
        card, by = kpi.revenue_to_date(PLANNER), {"start": "", "end": "", "search": ""}
        assert card is not None
        for key in sales.LISTED_BY:
            found = sales.sales(PLANNER, sales.sales_filters(PLANNER, by=key, **by))
            assert (found.revenue, found.revenue_last_year) == (card.revenue, card.revenue_last_year) == (70, 50)
            assert found.change == pytest.approx(card.change)


class TestAccuracy:
    def sold_in_january(self, rows: Rows) -> None:
        rows.sell("2026-01-05", "A", 600, 1)
        rows.sell("2026-01-31", "A", 400, 1)
        rows.sell("2026-01-20", "B", 10, 1)

    def test_the_published_oracle(self, rows: Rows) -> None:
        self.sold_in_january(rows)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 950, ("B", "2026-01-01"): 25})
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert trend.latest is not None
        assert trend.latest.accuracy == pytest.approx(1 - 0.064356, abs=1e-6)
        assert trend.latest.bias == pytest.approx(-0.034653, abs=1e-6)
        assert (trend.latest.month, trend.latest.series) == (date(2026, 1, 1), 2)

    def test_only_the_newest_finished_monthly_run_before_the_month_counts(self, rows: Rows) -> None:
        self.sold_in_january(rows)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 500, ("B", "2026-01-01"): 10})  # replaced for A
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 900, ("A", "2026-02-01"): 1})
        rows.forecast("2025-12-01", {("A", "2026-01-01"): 1})  # lag 2
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 2}, state="failed")
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 3}, frequency="week")
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert [month.month for month in trend.months] == [date(2026, 1, 1)]
        assert trend.months[0].wmape == pytest.approx(100 / 1010)

    def test_what_had_no_forecast_is_counted_not_judged(self, rows: Rows) -> None:
        self.sold_in_january(rows)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 900})
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert trend.months[0].wmape == pytest.approx(0.1)
        assert (trend.months[0].series, trend.months[0].sold_without_forecast) == (1, 1)

    def test_what_did_not_sell_counts_as_over_forecast(self, rows: Rows) -> None:
        rows.sell("2026-01-31", "A", 100, 1)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 100, ("B", "2026-01-01"): 30})
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert (trend.months[0].wmape, trend.months[0].bias) == (pytest.approx(0.3), pytest.approx(0.3))

    @pytest.mark.parametrize(("last_day", "whole"), [("2026-01-30", False), ("2026-01-31", True), ("2026-02-01", True)])
    def test_a_part_month_is_not_judged(self, rows: Rows, last_day: str, whole: bool) -> None:
        rows.sell("2026-01-10", "A", 100, 1)
        rows.sell(last_day, "B", 1, 1)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 100})
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert (trend.latest is not None) is whole
        assert trend.last_whole_month == (date(2026, 1, 1) if whole else date(2025, 12, 1))

    def test_change_needs_the_month_before(self, rows: Rows) -> None:
        for day in ("2025-11-15", "2025-12-15", "2026-01-31"):
            rows.sell(day, "A", 100, 1)
        rows.forecast("2026-01-01", {("A", "2026-01-01"): 90})
        rows.forecast("2025-11-01", {("A", "2025-11-01"): 100})
        assert math.isnan(kpi.accuracy_by_month(PLANNER).change)  # type: ignore[union-attr]
        rows.forecast("2025-12-01", {("A", "2025-12-01"): 80})
        rows.bump("forecast")
        assert kpi.accuracy_by_month(PLANNER).change == pytest.approx(0.1)  # type: ignore[union-attr]

    def test_no_more_than_twelve_months(self, rows: Rows) -> None:
        rows.sell("2026-03-01", "A", 1, 1)
        for month in range(14):
            first = date(2025 + month // 12, month % 12 + 1, 1).isoformat()
            rows.forecast(first, {("A", first): 5})
        trend = kpi.accuracy_by_month(PLANNER)
        assert trend is not None
        assert [trend.months[0].month, trend.months[-1].month] == [date(2025, 3, 1), date(2026, 2, 1)]


class TestOtif:
    @pytest.mark.parametrize(("late_is_short", "rate"), [(True, 0.90), (False, 0.85)])
    def test_the_trap_of_multiplying(self, rows: Rows, late_is_short: bool, rate: float) -> None:
        """20 lines, 1 late, 2 short: 90 % when the late one is short too, else 85 %; never 85.5 %."""
        for number in range(20):
            late = number == 0
            short = number in ((0, 1) if late_is_short else (1, 2))
            rows.order_line("2026-03-01", "2026-03-03" if late else "2026-03-01", 9 if short else 10)
        found = kpi.customer_otif(PLANNER)
        assert found is not None
        assert (found.rate, found.lines_due) == (pytest.approx(rate), 20)
        assert (found.on_time_rate, found.in_full_rate) == (pytest.approx(0.95), pytest.approx(0.90))

    def test_an_open_line_past_its_date_is_due_and_a_cancelled_one_is_not(self, rows: Rows) -> None:
        rows.order_line("2026-03-05", "2026-03-05", 10)
        rows.order_line("2026-03-04", None, 0, status="open")
        rows.order_line("2026-03-04", None, 0, status="cancelled")
        rows.order_line("2026-03-20", None, 0, status="open")  # not due yet
        found = kpi.customer_otif(PLANNER)
        assert found is not None
        assert (found.rate, found.lines_due, found.end) == (0.5, 2, date(2026, 3, 5))

    def test_the_window_and_the_one_before_it(self, rows: Rows) -> None:
        rows.order_line("2026-03-05", "2026-03-05", 10)
        rows.order_line("2026-02-04", "2026-02-04", 10)  # first day of the window
        rows.order_line("2026-02-03", "2026-02-09", 10)  # late, the last day of the window before
        rows.order_line("2026-01-05", "2026-01-05", 10)  # its first day
        rows.order_line("2026-01-04", "2026-01-09", 10)  # before both
        found = kpi.customer_otif(PLANNER)
        assert found is not None
        assert (found.start, found.rate, found.lines_due, found.rate_before) == (date(2026, 2, 4), 1.0, 2, 0.5)

    def test_tolerances_are_settings(self, rows: Rows) -> None:
        rows.order_line("2026-03-01", "2026-03-03", 10)
        rows.order_line("2026-03-01", "2026-03-01", 9)
        rows.order_line("2026-03-05", "2026-03-05", 10)
        assert kpi.customer_otif(PLANNER).rate == pytest.approx(1 / 3)  # type: ignore[union-attr]
        rows.setting("otif.late_tolerance_days", 2)
        rows.setting("otif.quantity_tolerance", 0.1)
        found = kpi.customer_otif(PLANNER)
        assert found is not None
        assert (found.rate, found.lines_due) == (1.0, 2)  # with two days' grace the last line is not due yet


class TestStock:
    def test_cards_from_hand_made_stock(self, rows: Rows) -> None:
        """A: 30 at 4, sells 5 a day; B: none left, sells 2 a day. Lead time 10 days, nothing on order."""
        rows.policy("A")
        rows.policy("B", daily_demand=2.0)
        rows.stock("A", 30)
        rows.stock("A", 1000, expires="2026-03-10")  # the day of expiry sells nothing
        cards = {card.anchor: card for card in home_cards.cards(PLANNER)}
        assert cards["inventory-value"].exact == "RM 120.00"
        assert cards["days-of-supply"].exact == "4.8 days"  # 120 / (5 x 4 + 2 x 2.5)
        # A: 10 days x 5 - 30 = 20 short at 10; B: 10 x 2 = 20 short at 5
        assert (cards["items-at-risk"].value, cards["items-at-risk"].comparison) == ("2", "RM 300 at stake")
        # half an order and the safety stock: (20 + 30) x 4 + (20 + 30) x 2.5, over 25 a day
        assert kpi.target_days_of_supply(PLANNER) == pytest.approx(325 / 25)

    def test_unknown_demand_is_no_endless_supply(self, rows: Rows) -> None:
        rows.stock("A", 30)
        card = next(card for card in home_cards.cards(PLANNER) if card.anchor == "days-of-supply")
        assert (card.value, card.href) == ("–", "/inventory/positions")
        assert "Recalculate" in card.note


class TestRevenueSeries:
    def test_whole_weeks_over_the_same_weekdays(self, rows: Rows) -> None:
        """2026-03-10 is a Tuesday: the week that began on the 9th is not over."""
        rows.sell("2025-01-01", "A", 1, 1)
        rows.sell("2025-03-03", "A", 1, 50)  # the Monday 364 days before 2026-03-02
        rows.sell("2026-03-02", "A", 1, 40)
        rows.sell("2026-03-08", "A", 1, 5)
        rows.sell("2026-03-10", "A", 1, 900)
        found = home.revenue_series(PLANNER, by="week")
        assert (found.periods[-1], found.revenue[-1], found.last_year[-1]) == (date(2026, 3, 2), 45, 50)
        assert len(found.periods) == home.CHART_WEEKS

    def test_days_before_the_data_begin_are_unknown_not_zero(self, rows: Rows) -> None:
        rows.sell("2025-03-05", "A", 1, 3)
        rows.sell("2026-03-01", "A", 1, 10)
        rows.sell("2026-03-10", "A", 1, 20)
        found = home.revenue_series(PLANNER, by="day")
        last_year = dict(zip(found.periods, found.last_year, strict=True))
        assert last_year[date(2026, 3, 4)] == 3  # 364 days before: 2025-03-05
        assert last_year[date(2026, 3, 3)] is None
        assert last_year[date(2026, 3, 10)] == 0
        assert dict(zip(found.periods, found.revenue, strict=True))[date(2026, 3, 9)] == 0


@pytest.mark.parametrize(
    ("missing", "ask"),
    [
        (Permission.DEMAND_READ, kpi.revenue_to_date),
        (Permission.DEMAND_READ, kpi.customer_otif),
        (Permission.FORECAST_READ, kpi.accuracy_by_month),
        (Permission.INVENTORY_READ, kpi.target_days_of_supply),
    ],
)
def test_each_figure_asks_for_its_right(rows: Rows, missing: Permission, ask: object) -> None:
    with pytest.raises(NotAllowed):
        ask(colleague(without=missing))  # type: ignore[operator]


def test_an_administrator_sees_the_cards_of_its_own_work(rows: Rows) -> None:
    anchors = [card.anchor for card in home_cards.cards(colleague(Role.ADMIN))]
    assert anchors == ["active-accounts", "failed-jobs"]
