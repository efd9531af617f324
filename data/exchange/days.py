"""Days and times by one declared format, inside the years a plan can be about."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from data.exchange.problems import BadValue

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

DATE_FORMATS = (
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "DD.MM.YYYY",
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "YYYYMMDD",
    "DD MMM YYYY",
    "DD-MMM-YYYY",
)
DEFAULT_DATE_FORMAT = DATE_FORMATS[0]


def _pattern(name: str) -> re.Pattern[str]:
    digits = "{2}" if name == "YYYYMMDD" else "{1,2}"
    tokens = {
        "YYYY": "(?P<year>[0-9]{4})",
        "MMM": "(?P<name>[A-Za-z]{3})",
        "MM": f"(?P<month>[0-9]{digits})",
        "DD": f"(?P<day>[0-9]{digits})",
    }
    return re.compile(re.sub("YYYY|MMM|MM|DD|[.]", lambda token: tokens.get(token[0], re.escape(token[0])), name))


_PATTERNS = {name: _pattern(name) for name in DATE_FORMATS}
_TIME = re.compile(
    r"(?:T| +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6})0*)?)?(?: ?(?P<half>[AaPp])[Mm])?"
)
_ZONE = re.compile(r".*[0-9](Z|z| ?UTC| ?GMT|[+-][0-9]{2}:?[0-9]{2})")


def parse_moment(text: str, date_format: str) -> datetime:
    """The day, and the time of day when one is written; raises BadValue with what to do instead."""
    match = _PATTERNS[date_format].match(text)
    if match is None:
        raise _diagnosis(text, date_format)
    day = _day(match)
    rest = text[match.end() :]
    return datetime.combine(day, _time(rest, text, date_format) if rest else time())


def parse_day(text: str, date_format: str) -> date:
    """The day; a time of midnight, as spreadsheets add it, says nothing and is dropped."""
    moment = parse_moment(text, date_format)
    if moment.time() != time():
        raise BadValue("time_of_day", "has a time of day where only a day is kept.", "Remove the time.")
    return moment.date()


def _day(match: re.Match[str]) -> date:
    parts = match.groupdict()
    try:
        month = MONTHS.index(parts["name"].lower()) + 1 if "name" in parts else int(parts["month"])
        day = date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        raise BadValue("no_such_day", "is a day the calendar does not have.", "Correct the date.") from None
    if not EARLIEST <= day <= LATEST:
        raise BadValue(
            "day_out_of_range",
            f"lies outside the years {EARLIEST.year} to {LATEST.year}.",
            "Correct the year.",
        )
    return day


def _time(rest: str, text: str, date_format: str) -> time:
    match = _TIME.fullmatch(rest)
    if match is None:
        raise _diagnosis(text, date_format)
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise BadValue("no_such_time", "is a time the clock does not have.", "Correct the time.")
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    try:
        return time(
            hour, int(match["minute"]), int(match["second"] or 0), int((match["fraction"] or "0").ljust(6, "0"))
        )
    except ValueError:
        raise BadValue("no_such_time", "is a time the clock does not have.", "Correct the time.") from None


def _diagnosis(text: str, date_format: str) -> BadValue:
    declared = f"Write dates as {date_format}, or choose another date format for the file."
    if _ZONE.fullmatch(text):
        return BadValue("time_zone", "carries a time zone.", "Convert it to local time and remove the zone.")
    if re.fullmatch("[0-9]{5}([.,][0-9]+)?", text):
        return BadValue(
            "serial_date", "is a spreadsheet's own day number.", "Format the column as a date and save again."
        )
    if re.fullmatch(r"[0-9]{1,2}([/.-])([0-9]{1,2}|[A-Za-z]{3})\1[0-9]{2}( .*)?", text):
        return BadValue("short_year", "has a year of two digits.", "Write the year with four digits.")
    return BadValue("date_format", f"is not a date of the form {date_format}.", declared)
