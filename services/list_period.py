"""The days a list is narrowed to, as a browser asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.errors import InvalidInput
from core.i18n import _
from services.form_values import calendar_day

LONGEST_DAYS = 366
FIRST_YEAR = 1900


def list_period(start: object, end: object, *, last: date, first_of: Callable[[date], date]) -> tuple[date, date]:
    """First and last day of a list.

    Inputs: two texts, each may be empty; last: the day to end with when not told; first_of: the day to begin with,
        by the day it ends with.
    Returns: two days in order.
    Raises: InvalidInput for what is no day, or not 1 to 366 days since 1900.
    Source: security.md J06: no list of ten years at once.
    """
    end_day = calendar_day(end or last, name=_("To"))
    start_day = calendar_day(start, name=_("From")) if start else None
    if min(end_day, start_day or end_day).year < FIRST_YEAR:
        raise InvalidInput(_("Choose days since %(year)s.", year=FIRST_YEAR))
    begin = start_day or first_of(end_day)
    if not 0 <= (end_day - begin).days < LONGEST_DAYS:
        raise InvalidInput(_("Choose a period of 1 to %(count)s days.", count=LONGEST_DAYS))
    return begin, end_day
