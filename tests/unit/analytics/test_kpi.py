"""Headline figures: published values, fair comparison of part months, edges."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.kpi import (
    days_of_supply,
    growth,
    inventory_turns,
    inventory_value,
    same_days_last_year,
    year_before,
)


def revenue(start: str, end: str, amount: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.date_range(start, end), "revenue": amount})


def test_published_days_of_supply_and_turns() -> None:
    days = days_of_supply(20, usage_per_day=0.5)
    assert days[0] == 40
    assert inventory_turns(365, average_inventory=days)[0] == 9.125


def test_supply_and_turns_edges() -> None:
    days = days_of_supply([5, 0, 5, np.nan, 5], usage_per_day=[0, 0, np.nan, 1, -1])
    assert days == pytest.approx([np.inf, np.nan, np.nan, np.nan, np.nan], nan_ok=True)
    assert np.isnan(inventory_turns([100, 100], average_inventory=[0, np.nan])).all()
    assert days_of_supply([], usage_per_day=1).size == 0


def test_inventory_value_says_what_it_could_not_value() -> None:
    stock = pd.DataFrame({"on_hand": [10, 5, -4, 0, np.nan], "unit_cost": [2.0, np.nan, 3.0, np.nan, 1.0]})
    found = inventory_value(stock)
    assert (found.value, found.rows_without_cost) == (20, 1)
    assert inventory_value(stock.iloc[:0]).value == 0
    with pytest.raises(AnalyticsError, match="unit_cost"):
        inventory_value(stock[["on_hand"]])


def test_a_part_month_is_compared_with_the_same_days() -> None:
    daily = pd.concat([revenue("2025-01-01", "2025-12-31", 10), revenue("2026-01-01", "2026-05-11", 12)])
    found = same_days_last_year(daily, as_of=date(2026, 5, 11))
    assert (found.revenue, found.revenue_last_year) == (132, 110)
    assert found.change == pytest.approx(0.2)
    assert (found.start_last_year, found.end_last_year) == (date(2025, 5, 1), date(2025, 5, 11))


def test_both_sides_end_where_the_data_end() -> None:
    found = same_days_last_year(revenue("2025-01-01", "2026-05-06"), as_of=date(2026, 5, 11))
    assert (found.end, found.revenue, found.revenue_last_year) == (date(2026, 5, 6), 6, 6)


def test_data_after_the_day_asked_for_do_not_count() -> None:
    found = same_days_last_year(revenue("2025-01-01", "2026-12-31"), as_of=date(2026, 5, 11))
    assert (found.revenue, found.revenue_last_year) == (11, 11)


@pytest.mark.parametrize(
    ("as_of", "end", "days", "days_before"),
    [
        (date(2024, 2, 29), date(2023, 2, 28), 29, 28),
        (date(2025, 2, 28), date(2024, 2, 28), 28, 28),
    ],
)
def test_leap_years(as_of: date, end: date, days: int, days_before: int) -> None:
    found = same_days_last_year(revenue("2022-01-01", "2026-12-31"), as_of=as_of)
    assert (found.end_last_year, found.revenue, found.revenue_last_year) == (end, days, days_before)


def test_an_uncovered_year_before_is_unknown_not_zero() -> None:
    for start in ("2026-01-01", "2025-05-05"):
        found = same_days_last_year(revenue(start, "2026-05-11"), as_of=date(2026, 5, 11))
        assert found.revenue == 11
        assert np.isnan([found.revenue_last_year, found.change]).all()


def test_a_month_without_data_yet_is_unknown() -> None:
    found = same_days_last_year(revenue("2025-01-01", "2026-04-30"), as_of=date(2026, 5, 2))
    assert np.isnan([found.revenue, found.change]).all()
    assert found.revenue_last_year == 2
    empty = same_days_last_year(revenue("2025-01-01", "2025-01-01").iloc[:0], as_of=date(2026, 5, 2))
    assert np.isnan([empty.revenue, empty.revenue_last_year, empty.change]).all()


def test_several_rows_a_day_are_added_and_plain_dates_accepted() -> None:
    daily = pd.DataFrame({"day": [date(2025, 5, 1), date(2026, 5, 1), date(2026, 5, 1)], "revenue": [4.0, 3.0, 5.0]})
    assert same_days_last_year(daily, as_of=date(2026, 5, 1)).change == 1


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 28)),
        (date(2025, 12, 31), date(2024, 12, 31)),
        (date(2024, 3, 1), date(2023, 3, 1)),
    ],
)
def test_the_year_before_of_a_day(day: date, before: date) -> None:
    assert year_before(day) == before


def test_there_is_no_growth_from_nothing() -> None:
    found = growth([110, 10, 10, np.nan, 0], before=[100, 0, -5, 100, 100])
    assert found == pytest.approx([0.1, np.nan, np.nan, np.nan, -1], nan_ok=True)
