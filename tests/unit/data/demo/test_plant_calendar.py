"""The plant rests on public holidays and works before feasts."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from data.demo.company import DemoCompany
from data.demo.plant_calendar import make_resource_days


def day_of(company: DemoCompany, day: date) -> pd.DataFrame:
    days = company.frames["resource_day"]
    return days[days["day"] == day]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 8, 31), "National Day"),
        (date(2026, 3, 21), "Hari Raya Puasa"),
        (date(2026, 5, 27), "Hari Raya Haji"),
        (date(2026, 11, 8), "Deepavali"),
        (date(2026, 12, 11), "Birthday of The Sultan of Selangor"),
    ],
)
def test_all_lines_rest_on_holidays(company: DemoCompany, day: date, name: str) -> None:
    found = day_of(company, day)
    assert set(found["resource_id"]) == set(company.frames["resource"]["id"])
    assert set(found["hours"]) == {0.0}
    assert set(found["note"]) == {name}


def test_last_this_and_next_year_are_known(company: DemoCompany) -> None:
    today, days = company.basis.calendar.today, company.frames["resource_day"]
    assert {day.year for day in days["day"]} == {today.year - 1, today.year, today.year + 1}


def test_two_saturdays_before_a_feast_are_worked(company: DemoCompany) -> None:
    for day in (date(2026, 3, 14), date(2026, 2, 14), date(2026, 2, 7)):
        found = day_of(company, day)
        assert set(found["hours"]) == {8.0}
        assert found["note"].str.startswith("Overtime before").all()
    assert day_of(company, date(2026, 3, 7))["hours"].eq(0).all(), "a public holiday is no overtime"


def test_deepavali_of_years_that_the_almanac_has_a_moon_too_late() -> None:
    days = make_resource_days([1], today=date(2027, 6, 1)).set_index("day")
    assert days.loc[date(2028, 10, 17), "hours"] == 0
    assert date(2028, 11, 15) not in days.index
