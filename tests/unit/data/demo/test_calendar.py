"""The feasts at their published dates, and the days around today."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from core.errors import UserError
from data.demo import calendar as feasts
from data.demo.calendar import demo_calendar
from data.demo.rules import CATEGORIES, CHANNELS, CLOSED_SPANS, FEAST_WINDOWS


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        (feasts.RAMADAN_STARTS, ["2022-04-03", "2023-03-23", "2024-03-12", "2025-03-02", "2026-02-19"]),
        (feasts.HARI_RAYA_PUASA, ["2022-05-02", "2023-04-22", "2024-04-10", "2025-03-31", "2026-03-21"]),
        (feasts.HARI_RAYA_HAJI, ["2022-07-10", "2023-06-29", "2024-06-17", "2025-06-07", "2026-05-27"]),
        (feasts.CHINESE_NEW_YEAR, ["2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"]),
        (feasts.DEEPAVALI, ["2022-10-24", "2023-11-12", "2024-10-31", "2025-10-20", "2026-11-08"]),
    ],
)
def test_feasts_are_on_their_published_dates(dates: tuple[date, ...], published: list[str]) -> None:
    assert {date.fromisoformat(text) for text in published} <= set(dates)


def test_fasting_takes_a_moon_month_and_haji_comes_seventy_days_after_puasa() -> None:
    for start, puasa, haji in zip(
        feasts.RAMADAN_STARTS, feasts.HARI_RAYA_PUASA, feasts.HARI_RAYA_HAJI, strict=True
    ):  # fmt: skip
        assert (puasa - start).days in (28, 29, 30)
        assert 67 <= (haji - puasa).days <= 70


@pytest.mark.parametrize("dates", [feasts.RAMADAN_STARTS, feasts.HARI_RAYA_PUASA, feasts.HARI_RAYA_HAJI])
def test_moon_years_have_354_or_355_days(dates: tuple[date, ...]) -> None:
    for before, after in pairwise(dates):
        assert 353 <= (after - before).days <= 356


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [(feasts.CHINESE_NEW_YEAR, (1, 21), (2, 21)), (feasts.DEEPAVALI, (10, 13), (11, 15))],
)
def test_chinese_new_year_and_deepavali_keep_their_season(
    dates: tuple[date, ...], first: tuple[int, int], last: tuple[int, int]
) -> None:
    for day in dates:
        assert date(day.year, *first) <= day <= date(day.year, *last)


def test_history_ends_yesterday() -> None:
    calendar = demo_calendar(date(2026, 6, 17), history=400, horizon=10)
    assert calendar.day(399) == date(2026, 6, 16)
    assert calendar.index(date(2026, 6, 17)) == 400
    assert str(calendar.days[-1]) == "2026-06-26"
    assert calendar.weekdays[400] == 2
    assert calendar.days_of_year[calendar.index(date(2026, 1, 1))] == 1


def test_spans_end_where_the_calendar_does() -> None:
    calendar = demo_calendar(date(2026, 6, 17), history=20, horizon=10)
    assert calendar.span(date(2020, 1, 1), date(2026, 5, 29)) == slice(0, 2)
    assert calendar.span(date(2026, 6, 26), date(2030, 1, 1)) == slice(29, 30)
    assert calendar.span(date(2020, 1, 1), date(2020, 2, 1)) == slice(0, 0)


@pytest.mark.parametrize("today", [date(2021, 6, 1), date(2035, 12, 1)])
def test_days_whose_feasts_are_unknown_are_refused(today: date) -> None:
    with pytest.raises(UserError, match="TANDEM_TODAY"):
        demo_calendar(today, history=400, horizon=150)


def test_every_window_has_a_factor_for_every_category() -> None:
    for window in FEAST_WINDOWS:
        assert all(window.factor(category) > 0 for category in CATEGORIES)
        assert all(first <= last for first, last in window.spans)
    assert all(last - first <= timedelta(days=1) for first, last in CLOSED_SPANS)


def test_weekdays_mean_one_over_the_week_and_channels_share_all() -> None:
    for channel in CHANNELS:
        assert sum(channel.weekdays) == pytest.approx(7)
    assert sum(channel.share for channel in CHANNELS) == pytest.approx(1)
