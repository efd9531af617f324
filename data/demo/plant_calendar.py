"""The days on which the plant works other hours than usual: public holidays and overtime before the feasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
from holidays import country_holidays

from analytics.forecasting.holiday_dates import holiday_dates
from data.demo.calendar import CHINESE_NEW_YEAR, HARI_RAYA_PUASA

COUNTRY, STATE = "MY", "SGR"
# The library speaks of feasts as other countries do.
LOCAL_NAMES = {"Eid al-Fitr": "Hari Raya Puasa", "Eid al-Adha": "Hari Raya Haji", "Diwali": "Deepavali"}
OVERTIME_HOURS, OVERTIME_WEEKS = 8.0, 2
OVERTIME_BEFORE = {"Hari Raya Puasa": HARI_RAYA_PUASA, "Chinese New Year": CHINESE_NEW_YEAR}
SATURDAY = 5


def make_resource_days(resource_ids: list[int], *, today: date) -> pd.DataFrame:
    """Table resource_day, for all of last, this and next year."""
    years = range(today.year - 1, today.year + 2)
    shut = dict(_public_holidays(years))
    days = [(day, 0.0, name) for day, name in shut.items()]
    days += [(day, OVERTIME_HOURS, note) for day, note in _overtime(years) if day not in shut]
    calendar = pd.DataFrame(sorted(days), columns=["day", "hours", "note"])
    return pd.DataFrame({"resource_id": resource_ids}).merge(calendar, how="cross")


def _public_holidays(years: range) -> Iterator[tuple[date, str]]:
    """Day and name of the holidays of Selangor."""
    names = country_holidays(COUNTRY, subdiv=STATE, years=years, language="en_US")
    for day in holiday_dates(COUNTRY, STATE, years[0], years[-1]).holidays.tolist():
        name = names.get(day, "Public holiday")
        for foreign, local in LOCAL_NAMES.items():
            name = name.replace(foreign, local)
        yield day, name


def _overtime(years: range) -> Iterator[tuple[date, str]]:
    """The last Saturdays before a feast."""
    for name, feasts in OVERTIME_BEFORE.items():
        for feast in feasts:
            last = feast - timedelta(days=(feast.weekday() - SATURDAY) % 7 or 7)
            for week in range(OVERTIME_WEEKS):
                day = last - timedelta(weeks=week)
                if day.year in years:
                    yield day, f"Overtime before {name}"
