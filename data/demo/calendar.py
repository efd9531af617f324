"""The days of the demo company and the feasts that move through them.

Feasts up to 2027 are the dates published for Malaysia (Keeper of the Rulers' Seal, Cabinet Division); later
ones are the almanac's forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.i18n import _

Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]


def _dates(*texts: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)


RAMADAN_STARTS = _dates(
    "2021-04-13", "2022-04-03", "2023-03-23", "2024-03-12", "2025-03-02", "2026-02-19", "2027-02-08", "2028-01-28",
    "2029-01-16", "2030-01-06", "2030-12-26", "2031-12-15", "2032-12-04", "2033-11-23", "2034-11-12", "2035-11-02",
)  # fmt: skip
HARI_RAYA_PUASA = _dates(
    "2021-05-13", "2022-05-02", "2023-04-22", "2024-04-10", "2025-03-31", "2026-03-21", "2027-03-10", "2028-02-27",
    "2029-02-15", "2030-02-05", "2031-01-25", "2032-01-14", "2033-01-03", "2033-12-23", "2034-12-12", "2035-12-02",
)  # fmt: skip
HARI_RAYA_HAJI = _dates(
    "2021-07-20", "2022-07-10", "2023-06-29", "2024-06-17", "2025-06-07", "2026-05-27", "2027-05-17", "2028-05-05",
    "2029-04-24", "2030-04-14", "2031-04-03", "2032-03-22", "2033-03-12", "2034-03-01", "2035-02-18", "2036-02-08",
)  # fmt: skip
CHINESE_NEW_YEAR = _dates(
    "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
    "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28",
)  # fmt: skip
DEEPAVALI = _dates(
    "2021-11-04", "2022-10-24", "2023-11-12", "2024-10-31", "2025-10-20", "2026-11-08", "2027-10-28", "2028-10-17",
    "2029-11-05", "2030-10-26", "2031-11-14", "2032-11-02", "2033-10-22", "2034-11-10", "2035-10-30",
)  # fmt: skip
MALAYSIA = timezone(timedelta(hours=8))
FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2036, 1, 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """``history`` days up to yesterday and ``horizon`` days from ``today`` on."""

    today: date
    history: int
    horizon: int

    @property
    def start(self) -> date:
        return self.today - timedelta(days=self.history)

    @property
    def days(self) -> Days:
        """Every day, history first, as datetime64[D]."""
        return np.datetime64(self.start, "D") + np.arange(self.history + self.horizon)

    @property
    def weekdays(self) -> Ints:
        """Monday is 0."""
        weekdays: Ints = (np.arange(self.history + self.horizon) + self.start.weekday()) % 7
        return weekdays

    @property
    def days_of_year(self) -> Ints:
        days = self.days
        return np.asarray((days - days.astype("datetime64[Y]")).astype(np.int64) + 1)

    @property
    def years_from_start(self) -> NDArray[np.float64]:
        return np.arange(self.history + self.horizon) / 365.25

    def index(self, day: date) -> int:
        """The place of a day; negative before the start."""
        return (day - self.start).days

    def day(self, index: int) -> date:
        return self.start + timedelta(days=index)

    def span(self, first: date, last: date) -> slice:
        """The places of the days from first to last, as far as they are in the calendar."""
        end = self.history + self.horizon
        return slice(min(max(self.index(first), 0), end), min(max(self.index(last) + 1, 0), end))


def demo_calendar(today: date, *, history: int, horizon: int) -> Calendar:
    """The calendar of a demo company; refused where the dates of the feasts are not known."""
    calendar = Calendar(today=today, history=history, horizon=horizon)
    if calendar.start < FIRST_DAY or today + timedelta(days=horizon) > LAST_DAY:
        raise UserError(
            _(
                "The demo company knows the feasts from %(first)s to %(last)s only. Choose a day in between with "
                "TANDEM_TODAY.",
                first=FIRST_DAY.isoformat(),
                last=LAST_DAY.isoformat(),
            )
        )
    return calendar
