"""Holidays and feasts against the published dates that the demo company stands on."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.errors import AnalyticsError
from analytics.forecasting import holiday_dates as known
from analytics.forecasting.holiday_dates import HolidayDates, holiday_dates
from data.demo import calendar as published

LAST_PUBLISHED_YEAR = 2027
FEASTS = {
    known.RAMADAN: published.RAMADAN_STARTS,
    known.HARI_RAYA_PUASA: published.HARI_RAYA_PUASA,
    known.HARI_RAYA_HAJI: published.HARI_RAYA_HAJI,
    known.CHINESE_NEW_YEAR: published.CHINESE_NEW_YEAR,
    known.DEEPAVALI: published.DEEPAVALI,
}
STATES = (
    *("JHR", "KDH", "KTN", "MLK", "NSN", "PHG", "PNG", "PRK"),
    *("PLS", "SGR", "TRG", "SBH", "SWK", "KUL", "LBN", "PJY"),
)


def malaysia(state: str | None, first: int, last: int | None = None) -> HolidayDates:
    return holiday_dates("MY", state, first, last or first)


@pytest.mark.parametrize("feast", FEASTS)
def test_feasts_of_published_years_are_on_their_day(feast: str) -> None:
    expected = [day for day in FEASTS[feast] if day.year <= LAST_PUBLISHED_YEAR]
    assert malaysia(None, 2021, LAST_PUBLISHED_YEAR).feasts[feast].tolist() == expected


@pytest.mark.parametrize("feast", FEASTS)
def test_feasts_of_later_years_are_within_a_day_of_the_almanac(feast: str) -> None:
    """The moon of Islamic months is seen a day earlier or later than computed; the others are certain."""
    expected = [day for day in FEASTS[feast] if LAST_PUBLISHED_YEAR < day.year <= 2035]
    found = malaysia(None, LAST_PUBLISHED_YEAR + 1, 2035).feasts[feast].tolist()
    tolerance = 0 if feast in (known.CHINESE_NEW_YEAR, known.DEEPAVALI) else 1
    assert len(found) == len(expected)
    assert max(abs((ours - theirs).days) for ours, theirs in zip(found, expected, strict=True)) <= tolerance


def test_vesak_is_on_its_gazetted_day() -> None:
    expected = [date(2023, 5, 4), date(2024, 5, 22), date(2025, 5, 12), date(2026, 5, 31), date(2027, 5, 20)]
    assert malaysia(None, 2023, 2027).feasts[known.VESAK].tolist() == expected


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("1990-11-16", "1990-10-18"),
        ("1995-11-21", "1995-10-23"),
        ("2028-11-15", "2028-10-17"),
        ("2036-11-17", "2036-10-19"),
        ("2047-11-16", "2047-10-18"),
    ],
)
def test_deepavali_is_never_a_moon_too_late(wrong: str, right: str) -> None:
    dates = malaysia("SGR", int(right[:4]))
    assert dates.feasts[known.DEEPAVALI].astype(str).tolist() == [right]
    assert np.datetime64(right) in dates.holidays
    assert np.datetime64(wrong) not in dates.holidays


def test_two_hari_raya_in_one_year() -> None:
    feasts = malaysia(None, 2033).feasts
    assert [day.month for day in feasts[known.HARI_RAYA_PUASA].tolist()] == [1, 12]
    assert len(feasts[known.RAMADAN]) == 1


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_holidays(state: str) -> None:
    dates = malaysia(state, 2026)
    assert 20 <= len(dates.holidays) <= 25
    assert {date(2026, 3, 21), date(2026, 2, 17), date(2026, 8, 31)} <= set(dates.holidays.tolist())


def test_states_differ() -> None:
    deepavali, thaipusam = np.datetime64("2026-11-08"), np.datetime64("2026-02-01")
    assert deepavali in malaysia("SGR", 2026).holidays
    assert deepavali not in malaysia("SWK", 2026).holidays
    assert thaipusam in malaysia("PNG", 2026).holidays
    assert thaipusam not in malaysia("SBH", 2026).holidays


def test_a_holiday_on_a_day_of_rest_is_made_up_for() -> None:
    in_lieu = np.datetime64("2026-11-09")  # Deepavali is on a Sunday
    assert in_lieu in malaysia("SGR", 2026).holidays
    assert in_lieu not in malaysia("KDH", 2026).holidays


@pytest.mark.parametrize(("state", "weekend"), [("SGR", {5, 6}), ("KTN", {4, 5}), (None, {5, 6})])
def test_weekends_are_the_states_own(state: str | None, weekend: set[int]) -> None:
    assert {day.weekday() for day in malaysia(state, 2026).weekends.tolist()} == weekend


def test_a_country_without_a_name_for_the_fast_gets_its_shortest() -> None:
    feasts = holiday_dates("SG", None, 2026, 2026).feasts
    assert feasts[known.HARI_RAYA_PUASA].tolist() == [date(2026, 3, 21)]
    assert feasts[known.RAMADAN].tolist() == [date(2026, 3, 21) - timedelta(days=29)]
    assert feasts[known.CHINESE_NEW_YEAR].tolist() == [date(2026, 2, 17)]


def test_a_country_that_keeps_no_such_feast() -> None:
    assert dict(holiday_dates("GB", "ENG", 2026, 2026).feasts) == {}


@pytest.mark.parametrize(("country", "state", "problem"), [("MY", "BAVARIA", "SGR"), ("XX", None, "ISO code")])
def test_unknown_places_are_refused(country: str, state: str | None, problem: str) -> None:
    with pytest.raises(AnalyticsError, match=problem):
        holiday_dates(country, state, 2026, 2026)
