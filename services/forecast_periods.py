"""Months and ISO weeks as dates of their first day: which is the last whole one, how far history reaches."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.forecasting.panel import Frequency

FREQUENCIES: tuple[Frequency, ...] = ("month", "week")
# What is older says little about the next season: five years, and of weeks the four that the methods look at.
HISTORY_PERIODS: dict[Frequency, int] = {"month": 60, "week": 208}
# A period whose first days have no sale, because nobody works then, is whole all the same.
CLOSED_DAYS: dict[Frequency, int] = {"month": 3, "week": 1}


def period_of(day: date, *, frequency: Frequency) -> date:
    """The first day of the period a day is in.

    Inputs: a day; frequency: "month" or "week" (from Monday).
    Returns: the first of the month, or the Monday.
    Raises: nothing.
    Source: ISO 8601.
    """
    return day.replace(day=1) if frequency == "month" else day - timedelta(days=day.weekday())


def first_open_period(data_until: date, *, frequency: Frequency) -> date:
    """The period after the last whole one: the first that is still to come, wholly or in part.

    Inputs: the last day with data; frequency.
    Returns: its first day.
    Raises: nothing.
    Source: ours; a part period would look like a collapse of demand.
    """
    return period_of(data_until + timedelta(days=1), frequency=frequency)


def shifted(period: date, count: int, *, frequency: Frequency) -> date:
    """The period so many after (or, negative, before) a period.

    Inputs: first day of a period; count; frequency.
    Returns: first day of the other one.
    Raises: OverflowError and ValueError outside the calendar.
    Source: the calendar.
    """
    if frequency == "week":
        return period + timedelta(weeks=count)
    months = period.year * 12 + period.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def history_start(first_day: date, *, first_period: date, frequency: Frequency) -> date:
    """Where the history that a forecast uses begins: not in a part period, and not too long ago.

    Inputs: the first day with data; the first period to forecast; frequency.
    Returns: first day of a period; not before ``first_period`` when there is no whole period.
    Raises: nothing.
    Source: ours.
    """
    begin = period_of(first_day, frequency=frequency)
    if (first_day - begin).days > CLOSED_DAYS[frequency]:
        begin = shifted(begin, 1, frequency=frequency)
    return max(begin, shifted(first_period, -HISTORY_PERIODS[frequency], frequency=frequency))
