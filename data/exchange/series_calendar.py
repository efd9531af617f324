"""The calendar a file of series keeps: months by their first day, weeks by one weekday, or days; plain dates only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from data.exchange.days import DEFAULT_DATE_FORMAT, parse_day
from data.exchange.problems import BadValue

Days = NDArray[np.datetime64]
IntArray = NDArray[np.int64]

WEEKDAYS = {
    "MON": "Monday",
    "TUE": "Tuesday",
    "WED": "Wednesday",
    "THU": "Thursday",
    "FRI": "Friday",
    "SAT": "Saturday",
    "SUN": "Sunday",
}
FREQUENCIES = ("MS", *(f"W-{weekday}" for weekday in WEEKDAYS), "D")
# Dates of test series reach far back; nothing a company keeps lies outside.
FIRST_YEAR, LAST_YEAR = 1700, 2200

_EPOCH_MONDAY = np.datetime64("1969-12-29", "D")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods as whole numbers one apart, so that the next period is always one more."""

    frequency: str

    def __post_init__(self) -> None:
        if self.frequency not in FREQUENCIES:
            raise InvalidInput(f"“{self.frequency}” is no frequency. Choose one of: {', '.join(FREQUENCIES)}.")

    def numbers(self, days: Days) -> IntArray:
        """The period each day lies in."""
        if self.frequency == "MS":
            return days.astype("datetime64[M]").astype(np.int64)
        return (days - self._first).astype(np.int64) // self._length

    def days(self, numbers: IntArray) -> Days:
        """The day that names each period."""
        if self.frequency == "MS":
            return numbers.astype("datetime64[M]").astype("datetime64[D]")
        return self._first + numbers * np.timedelta64(self._length, "D")

    def day(self, text: str) -> date:
        """The day a cell writes, which names a period; raises BadValue with what to do instead."""
        found = parse_plain_day(text)
        if self.frequency == "MS" and found.day != 1:
            raise self._misplaced("the first day of a month")
        if self.frequency.startswith("W") and found.weekday() != self._weekday:
            raise self._misplaced(f"a {list(WEEKDAYS.values())[self._weekday]}")
        return found

    def _misplaced(self, expected: str) -> BadValue:
        remedy = "Correct the date, or choose the frequency that the file keeps."
        return BadValue("misplaced", f"is not {expected}, as {self.frequency} asks.", remedy)

    @property
    def _weekday(self) -> int:
        return list(WEEKDAYS).index(self.frequency[2:])

    @property
    def _length(self) -> int:
        return 1 if self.frequency == "D" else 7

    @property
    def _first(self) -> np.datetime64:
        return _EPOCH_MONDAY + np.timedelta64(0 if self.frequency == "D" else self._weekday, "D")


def parse_plain_day(text: str) -> date:
    """The day a cell writes; midnight says nothing and is dropped. Raises BadValue with what to do instead."""
    written = text.strip()
    if not written:
        raise BadValue("empty", "is empty, but needed in every row.", "Fill the cell, or delete the row.")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return _in_another_form(written)
    if moment.tzinfo is not None:
        raise BadValue("time_zone", "carries a time zone.", "Write the plain date: YYYY-MM-DD.")
    if moment.time() != time():
        raise BadValue(
            "time_of_day", "has a time of day where only a day is kept.", "Write the plain date: YYYY-MM-DD."
        )
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadValue("day_out_of_range", f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}.", "Correct the year.")
    return moment.date()


def _in_another_form(text: str) -> date:
    try:
        return parse_day(text, DEFAULT_DATE_FORMAT)
    except BadValue as problem:
        if problem.rule not in ("date_format", "day_out_of_range"):
            raise
        # The importer offers other formats and keeps to narrower years.
        remedy = f"Write dates as {DEFAULT_DATE_FORMAT}."
        raise BadValue("date_format", f"is not a date of the form {DEFAULT_DATE_FORMAT}.", remedy) from problem
