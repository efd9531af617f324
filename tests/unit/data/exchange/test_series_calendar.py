"""Periods follow each other without gaps, across leap days, 53rd weeks and clock changes; dates are plain days."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exchange.problems import BadValue
from data.exchange.series_calendar import FREQUENCIES, Calendar, parse_plain_day

DAYS = st.dates(date(1700, 1, 1), date(2200, 12, 31))


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


@given(DAYS, st.sampled_from(FREQUENCIES))
def test_a_period_contains_its_day_and_is_named_by_its_first(day, frequency):
    calendar = Calendar(frequency)
    number = calendar.numbers(days(day))
    start, following = calendar.days(number)[0], calendar.days(number + 1)[0]
    assert start <= np.datetime64(day) < following
    assert calendar.numbers(days(start)) == number


@pytest.mark.parametrize(
    ("frequency", "first", "following"),
    [
        ("MS", "2024-02-01", "2024-03-01"),
        ("MS", "1969-12-01", "1970-01-01"),
        ("W-MON", "2020-12-28", "2021-01-04"),  # the 53rd week of 2020
        ("W-THU", "2026-12-31", "2027-01-07"),
        ("W-SUN", "2025-03-30", "2025-04-06"),  # clocks change in Europe
        ("D", "2024-02-28", "2024-02-29"),
        ("D", "2025-10-26", "2025-10-27"),
    ],
)
def test_the_next_period(frequency, first, following):
    calendar = Calendar(frequency)
    assert calendar.days(calendar.numbers(days(first)) + 1) == days(following)


@pytest.mark.parametrize(
    ("frequency", "text", "told"),
    [
        ("MS", "2024-02-02", "is not the first day of a month, as MS asks."),
        ("W-MON", "2024-02-06", "is not a Monday, as W-MON asks."),
        ("W-SAT", "2024-02-02", "is not a Saturday, as W-SAT asks."),
    ],
)
def test_days_off_the_calendar_are_refused(frequency, text, told):
    with pytest.raises(BadValue, match=told):
        Calendar(frequency).day(text)


@pytest.mark.parametrize(
    ("frequency", "text"), [("MS", "2024-02-01"), ("W-SUN", "2024-02-04"), ("W-THU", "2020-12-31"), ("D", "2024-02-29")]
)
def test_days_on_the_calendar_are_taken(frequency, text):
    assert Calendar(frequency).day(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text", ["2024-02-29", " 2024-02-29 ", "20240229", "2024-02-29 00:00:00", "2024-02-29T00:00:00.000", "2024-2-29"]
)
def test_a_day_in_the_spellings_of_programs(text):
    assert parse_plain_day(text) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("2024-02-30", "no_such_day"),
        ("29/02/2024", "date_format"),
        ("1985-2-9", "date_format"),
        ("45351", "serial_date"),
        ("29/02/24", "short_year"),
        ("yesterday", "date_format"),
        ("2024-02-29 13:00", "time_of_day"),
        ("2024-03-31T00:00:00+02:00", "time_zone"),
        ("2024-03-31 00:00:00Z", "time_zone"),
        ("0024-02-29", "day_out_of_range"),
    ],
)
def test_what_is_no_plain_day_is_refused_with_a_remedy(text, rule):
    with pytest.raises(BadValue) as refused:
        parse_plain_day(text)
    assert refused.value.rule == rule
    assert refused.value.remedy
