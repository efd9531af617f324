"""The rows of a file of series in order of series and period, every pair once, on the calendar the file keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from data.exchange.problems import BadValue, shown
from data.exchange.series_calendar import Calendar, Days, IntArray
from data.exchange.series_file import PERIOD, SERIES, FloatArray, SeriesFile


@dataclass(frozen=True, slots=True, eq=False)
class SeriesRows:
    """One entry a row: series holds positions in ids, which ascend; periods are numbers of a Calendar.

    numbers has an array for each column, with NaN for what is not known.
    """

    ids: tuple[str, ...]
    series: IntArray
    periods: IntArray
    numbers: Mapping[str, FloatArray]


def read_rows(file: SeriesFile, calendar: Calendar, *, numbers: Collection[str]) -> SeriesRows:
    """The rows with these number columns. Raises InvalidInput with file, row, column, value and remedy."""
    frame = file.frame(numbers)
    with file.named():
        ids, series = _series(file, frame[SERIES])
        periods = calendar.numbers(_days(file, calendar, frame[PERIOD]))
        order = _order(file, series, periods)
    columns = {name: frame[name].to_numpy()[order] for name in numbers}
    return SeriesRows(ids, series[order], periods[order], columns)


def _series(file: SeriesFile, cells: pd.Series) -> tuple[tuple[str, ...], IntArray]:
    codes, names = pd.factorize(cells.to_numpy())
    if "" in names:
        empty = BadValue("empty", "is empty, but needed in every row.", "Fill the cell, or delete the row.")
        raise file.refusal(int((names[codes] == "").argmax()), SERIES, empty)
    ascending = np.argsort(names)
    position = np.empty(len(names), dtype=np.int64)
    position[ascending] = np.arange(len(names))
    return tuple(names[ascending]), position[codes]


def _days(file: SeriesFile, calendar: Calendar, cells: pd.Series) -> Days:
    codes, texts = pd.factorize(cells.to_numpy())
    days = np.zeros(len(texts), dtype="datetime64[D]")
    for code, text in enumerate(texts):
        try:
            days[code] = calendar.day(text)
        except BadValue as problem:
            # Codes ascend in order of appearance: this is the first wrong date of the file.
            raise file.refusal(int((codes == code).argmax()), PERIOD, problem) from problem
    return np.asarray(days[codes])


def _order(file: SeriesFile, series: IntArray, periods: IntArray) -> IntArray | slice:
    """How to sort the rows; most files are sorted already."""
    key = series * (np.ptp(periods) + 1) + (periods - periods.min())
    if (key[1:] > key[:-1]).all():
        return slice(None)
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    if again.size:
        pair = int(again[order[again + 1].argmin()])
        raise _twice(file, int(order[pair]), int(order[pair + 1]))
    return order


def _twice(file: SeriesFile, first: int, second: int) -> InvalidInput:
    line, cells = file.record(first)
    message = f"is there twice for the series “{shown(cells[file.header.index(SERIES)])}”, first in row {line}."
    return file.refusal(second, PERIOD, BadValue("twice", message, "Keep one of the two rows, or add them up."))
