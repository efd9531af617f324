"""The rows of a file of series as one panel for the engine: every series ends in the last row, at its own last period.

Series of one file may end at different dates: products were given up, or the dates are made up. The engine counts
periods back from the end and asks no calendar, so all can be forecast together and learn from each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.forecasting.drivers import Drivers
from analytics.forecasting.panel import IntArray, Panel
from analytics.inputs import FloatArray
from core.errors import InvalidInput
from core.i18n import _
from data.exchange.series_calendar import Calendar
from data.exchange.series_rows import SeriesRows

Gaps = Literal["zero", "missing"]

VALUE = "y"
# Older history does not change a forecast; one series of ancient start must not blow up the array of all.
MOST_PERIODS = {"M": 600, "W": 2600, "D": 3650}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What the files say. future has the planned drivers under the history's positions of series; driver columns
    stand in both."""

    history: SeriesRows
    future: SeriesRows | None
    drivers: tuple[str, ...]
    calendar: Calendar
    gaps: Gaps
    horizon_periods: int


def origins(rows: Rows) -> IntArray:
    """The last period of every series; its forecast starts with the next.

    Inputs: rows: the files.
    Returns: period numbers, one a series of the history.
    Raises: nothing.
    Source: house convention. Where an absent row is a missing one, so it is at the end: a series that stops at most a
        horizon before the file's end is forecast from there, unless the future file speaks of the time between.
    """
    history = rows.history
    own = np.asarray(history.periods[np.bincount(history.series).cumsum() - 1])
    if rows.gaps == "zero":
        return own
    common = own.max()
    missing = common - own <= rows.horizon_periods
    if rows.future is not None:
        planned = rows.future.series[rows.future.periods <= common]
        periods = rows.future.periods[rows.future.periods <= common]
        missing[planned[periods > own[planned]]] = False
    return np.asarray(np.where(missing, common, own))


def panel(rows: Rows, ends: IntArray, *, season_periods: int) -> Panel:
    """The history, right aligned; its calendar is that of the series that ends last.

    Inputs: rows: the files; ends: origins(); season_periods: periods in a season.
    Returns: Panel of all series; absent periods are zero or NaN, as gaps says.
    Raises: InvalidInput for a series without any value.
    Source: house convention.
    """
    lengths = ends - _first_known(rows.history) + 1
    periods = min(int(lengths.max()), MOST_PERIODS[rows.calendar.frequency[0]])
    before = np.arange(periods)[:, None] < periods - lengths
    values = np.where(before, np.nan, 0.0 if rows.gaps == "zero" else np.nan)
    _place(rows.history, VALUE, ends - periods + 1, onto=values)
    last = pd.Timestamp(rows.calendar.days(ends.max(keepdims=True))[0])
    dates = pd.date_range(end=last, periods=periods, freq=rows.calendar.frequency, unit="us")
    behind = ends.max() - ends
    return Panel(rows.history.ids, dates, values, season_periods, behind=behind if behind.any() else None)


def drivers(rows: Rows, ends: IntArray, *, periods: int) -> Drivers | None:
    """The drivers over history and horizon, aligned as the panel is; what the history says of a period counts.

    Inputs: rows: the files; ends: origins(); periods: rows of the panel.
    Returns: Drivers, None where none are planned.
    Raises: InvalidInput, with gaps as zero, for a driver that is not known for every period of the horizon.
    Source: house convention.
    """
    if rows.future is None or not rows.drivers:
        return None
    values = np.full((len(rows.drivers), periods + rows.horizon_periods, len(ends)), np.nan)
    for name, onto in zip(rows.drivers, values, strict=True):
        _place(rows.future, name, ends - periods + 1, onto=onto)
        _place(rows.history, name, ends - periods + 1, onto=onto)
    if rows.gaps == "zero":
        _require_plan(rows, ends, values[:, periods:])
    return Drivers(rows.drivers, values)


def _first_known(history: SeriesRows) -> IntArray:
    known = ~np.isnan(history.numbers[VALUE])
    count = np.bincount(history.series[known], minlength=len(history.ids))
    if not count.all():
        silent = history.ids[int((count == 0).argmax())]
        raise InvalidInput(
            _("The series “%(series)s” has no value in any row. Fill in column y, or remove the series.", series=silent)
        )
    return history.periods[known][count.cumsum() - count]


def _place(rows: SeriesRows, column: str, starts: IntArray, *, onto: FloatArray) -> None:
    """Write a column onto an array of periods x series that begins at these periods; what lies outside is left out."""
    step = rows.periods - starts[rows.series]
    inside = (step >= 0) & (step < len(onto))
    onto[step[inside], rows.series[inside]] = rows.numbers[column][inside]


def _require_plan(rows: Rows, ends: IntArray, ahead: FloatArray) -> None:
    unknown = np.isnan(ahead).transpose(2, 1, 0)
    if not unknown.any():
        return
    series, step, driver = np.unravel_index(int(unknown.argmax()), unknown.shape)
    raise InvalidInput(
        _(
            "The future file has no “%(driver)s” of the series “%(series)s” on %(day)s. Give a row with every driver "
            "for each of the %(horizon)s periods after the series' last one.",
            driver=rows.drivers[int(driver)],
            series=rows.history.ids[int(series)],
            day=str(rows.calendar.days(ends[[series]] + step + 1)[0]),
            horizon=rows.horizon_periods,
        )
    )
