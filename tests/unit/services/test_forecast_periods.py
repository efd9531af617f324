"""Which periods are whole."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.forecasting.panel import Frequency
from services.forecast_periods import first_open_period, history_start, shifted


@pytest.mark.parametrize(
    ("data_until", "month", "week"),
    [
        (date(2026, 2, 28), date(2026, 3, 1), date(2026, 2, 23)),
        (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2)),
        (date(2024, 2, 28), date(2024, 2, 1), date(2024, 2, 26)),
        (date(2025, 12, 31), date(2026, 1, 1), date(2025, 12, 29)),
        (date(2027, 1, 3), date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_first_open_period_follows_the_last_whole_one(data_until: date, month: date, week: date) -> None:
    assert first_open_period(data_until, frequency="month") == month
    assert first_open_period(data_until, frequency="week") == week


@pytest.mark.parametrize(
    ("frequency", "count", "expected"),
    [("month", 2, date(2026, 1, 1)), ("month", -11, date(2024, 12, 1)), ("week", 9, date(2026, 1, 3))],
)
def test_periods_are_shifted_over_the_year(frequency: Frequency, count: int, expected: date) -> None:
    assert shifted(date(2025, 11, 1), count, frequency=frequency) == expected


@pytest.mark.parametrize(
    ("first_day", "month", "week"),
    [
        (date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 1)),
        (date(2024, 1, 2), date(2024, 1, 1), date(2024, 1, 1)),
        (date(2024, 1, 3), date(2024, 1, 1), date(2024, 1, 8)),
        (date(2024, 1, 5), date(2024, 2, 1), date(2024, 1, 8)),
    ],
)
def test_history_begins_with_the_first_whole_period(first_day: date, month: date, week: date) -> None:
    ahead = date(2026, 3, 1)
    assert history_start(first_day, first_period=ahead, frequency="month") == month
    assert history_start(first_day, first_period=ahead, frequency="week") == week


def test_history_is_bounded() -> None:
    begin = date(1999, 1, 1)
    assert history_start(begin, first_period=date(2026, 3, 1), frequency="month") == date(2021, 3, 1)
    assert history_start(begin, first_period=date(2026, 3, 2), frequency="week") == date(2022, 3, 7)
