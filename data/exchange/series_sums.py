"""Rows of any table summed into series: several rows of an item and day, any order, days or times of day.

The strict reader of series (series_file) is for files that are series already. This one is for whatever an analyst has:
transactions, days, weeks or months, with columns of any name.
"""

from __future__ import annotations

import math
import unicodedata
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from data.exchange.days import DEFAULT_DATE_FORMAT, parse_moment
from data.exchange.dialect import Dialect
from data.exchange.fields import Entity, Field, Kind, match_columns
from data.exchange.numerals import NumberStyle, parse_decimal
from data.exchange.problems import BadValue, RowProblem, shown
from data.exchange.reader import Table
from data.exchange.series_calendar import FIRST_YEAR, LAST_YEAR, WEEKDAYS, Calendar, Days, IntArray
from data.exchange.series_file import UNKNOWN, FloatArray
from data.exchange.series_rows import SeriesRows
from data.exchange.values import Parser

Bucket = Literal["day", "week", "month"]
Finding = Callable[[RowProblem], None]

VALUE = "y"
# The name of the one series of a file without a column of items.
WHOLE_FILE = "all"
LONGEST_ITEM = 200
REPORT_EVERY_ROWS = 5000
# A period that ends earlier than any of so many before it is not over yet.
COMPARED_PERIODS = 3
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

SERIES_FIELDS = Entity(
    name="series",
    label="Series",
    help="Quantities by item and date.",
    fields=(
        Field(
            name="item",
            label="Item",
            kind=Kind.CODE,
            help="What is forecast: one series for each.",
            example="FG-1001",
            synonyms=(
                *("unique_id", "item_id", "product", "product_id", "product_code", "sku", "stockcode", "stock_code"),
                *("material", "material_no", "article", "article_no", "part", "part_no", "series", "series_id", "code"),
            ),
        ),
        Field(
            name="day",
            label="Date",
            kind=Kind.MOMENT,
            help="The day, or any day of the period.",
            example="2026-03-01",
            required=True,
            synonyms=(
                *("ds", "day", "period", "week", "month", "invoicedate", "invoice_date", "order_date", "posting_date"),
                *("booked_at", "booked_on", "timestamp", "datetime", "transaction_timestamp", "transaction_date"),
            ),
        ),
        Field(
            name="quantity",
            label="Quantity",
            kind=Kind.DECIMAL,
            help="What was sold or used; several rows are added up.",
            example="12",
            required=True,
            synonyms=("y", "qty", "units", "demand", "sales", "volume", "sold", "value", "amount", "quantity_sold"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class SeriesColumns:
    """The columns of a file that matter, by their names; without an item the whole file is one series."""

    item: str
    day: str
    quantity: str

    @property
    def named(self) -> list[str]:
        """Those that are chosen."""
        return [name for name in (self.item, self.day, self.quantity) if name]


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """One entry a good row, as the file had them: positions in ids, days, quantities (NaN where none is known).

    faulty tells of every id whether any of its rows was bad; rows counts all of them.
    """

    ids: tuple[str, ...]
    series: IntArray
    days: Days
    quantities: FloatArray
    faulty: frozenset[int]
    rows: int

    def has_transactions(self) -> bool:
        """Whether an item has several rows on a day."""
        pairs = self.series << 32 | (self.days.astype(np.int64) + EPOCH_ORDINAL)
        return len(np.unique(pairs)) < len(pairs)


def _nobody(_told: object) -> None:
    """Who does not want to hear."""


def proposed_columns(header: Sequence[str], rows: Sequence[Sequence[str]], dialect: Dialect) -> SeriesColumns:
    """What each column seems to hold: by its name, else by the cells of the first rows; empty where nothing fits."""
    named = match_columns(header, SERIES_FIELDS).mapping
    taken = set(named.values())
    cells = {name: [row[place] for row in rows if len(row) == len(header)] for place, name in enumerate(header)}
    free = [name for name in header if name not in taken]
    day = named.get("day") or next((name for name in free if _all_read(cells[name], day_reader(dialect))), "")
    numeric = [name for name in free if name != day and _all_read(cells[name], number_reader(dialect.numbers))]
    quantity = named.get("quantity") or (numeric[-1] if numeric else "")
    texts = [name for name in free if name not in (day, quantity, *numeric) and any(map(str.strip, cells[name]))]
    return SeriesColumns(named.get("item") or next(iter(texts), ""), day, quantity)


def read_entries(
    table: Table,
    columns: SeriesColumns,
    dialect: Dialect,
    *,
    found: Finding = _nobody,
    tell: Callable[[int], None] = _nobody,
    most_rows: int | None = None,
) -> Entries:
    """Walk the table once. Every fault of a row goes to ``found``; ``tell`` hears of the line from time to time."""
    reader = _RowReader(table.header, columns, dialect)
    series, ordinals, quantities = array("q"), array("q"), array("d")
    faulty: set[int] = set()
    rows = 0
    for line, cells, problems in islice(table, most_rows):
        rows += 1
        if rows % REPORT_EVERY_ROWS == 0:
            tell(line)
        entry = None if problems else reader.entry(cells)
        if entry is None:
            faulty.update(reader.items_of(cells))
            for problem in problems or reader.faults(line, cells):
                found(problem)
        else:
            series.append(entry[0])
            ordinals.append(entry[1])
            quantities.append(entry[2])
    return Entries(
        ids=tuple(reader.items.ids),
        series=np.frombuffer(series, dtype=np.int64),
        days=(np.frombuffer(ordinals, dtype=np.int64) - EPOCH_ORDINAL).astype("datetime64[D]"),
        quantities=np.frombuffer(quantities, dtype=np.float64),
        faulty=frozenset(faulty),
        rows=rows,
    )


def frequency_of(days: Days, bucket: Bucket) -> str:
    """The calendar of a bucket; weeks are named by the weekday that all rows share, by Monday when they share none."""
    if bucket == "day":
        return "D"
    if bucket == "month":
        return "MS"
    weekdays = np.unique((days.astype(np.int64) + 3) % 7)  # 1970-01-01 was a Thursday
    return f"W-{list(WEEKDAYS)[int(weekdays[0]) if len(weekdays) == 1 else 0]}"


def proposed_bucket(entries: Entries) -> Bucket:
    """How the rows are best summed: as they come when they are regular, by week when they are transactions."""
    different = np.unique(entries.days)
    months = different.astype("datetime64[M]")
    starts = different == months.astype("datetime64[D]")
    ends = (different + 1).astype("datetime64[M]") > months
    if len(different) > 1 and (starts.all() or ends.all()):
        return "month"
    weekly = len(different) > 1 and not (np.diff(different).astype(np.int64) % 7).any()
    return "week" if weekly or not len(different) or entries.has_transactions() else "day"


def partial_end(days: Days, calendar: Calendar) -> int | None:
    """The last period when it is not over: its rows end earlier in it than those of each of the periods before.

    A file that has one and the same day in each period is summed already, and its last period is whole.
    """
    different = np.unique(days)
    periods, first = np.unique(calendar.numbers(different), return_index=True)
    if len(periods) == len(different) or len(periods) < 2:
        return None
    lasts = different[np.append(first[1:], len(different)) - 1]
    missing = (calendar.days(periods + 1) - lasts).astype(np.int64)
    return int(periods[-1]) if missing[-1] > missing[-1 - COMPARED_PERIODS : -1].max() else None


def summed(entries: Entries, calendar: Calendar, *, kept: NDArray[np.bool_]) -> SeriesRows:
    """The kept entries added up by series and period, in their order; series without any known value are gone.

    A period whose rows all have no quantity is not known; otherwise such rows count nothing.
    """
    series, periods = entries.series[kept], calendar.numbers(entries.days[kept])
    quantities = entries.quantities[kept]
    first = int(periods.min(initial=0))
    span = int(periods.max(initial=0)) - first + 1
    order = np.argsort(np.array(entries.ids, dtype=object))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    keys, place = np.unique(rank[series] * span + (periods - first), return_inverse=True)
    known = ~np.isnan(quantities)
    sums = np.bincount(place, weights=np.where(known, quantities, 0.0), minlength=len(keys))
    sums[np.bincount(place, weights=known, minlength=len(keys)) == 0] = np.nan
    ranks = keys // span
    alive = np.bincount(ranks, weights=~np.isnan(sums), minlength=len(order)) > 0
    lives = alive[ranks]
    position = np.cumsum(alive) - 1
    ids = tuple(entries.ids[code] for code, lives_on in zip(order, alive, strict=True) if lives_on)
    return SeriesRows(ids, position[ranks[lives]], keys[lives] % span + first, {VALUE: sums[lives]})


def to_common_end(rows: SeriesRows) -> SeriesRows:
    """Every series reaches to the last period of the file: one that has no row there sold nothing."""
    ends = rows.periods[np.bincount(rows.series).cumsum() - 1]
    common = ends.max()
    short = np.flatnonzero(ends < common)
    series = np.concatenate([rows.series, short])
    periods = np.concatenate([rows.periods, np.full(len(short), common)])
    values = np.concatenate([rows.numbers[VALUE], np.zeros(len(short))])
    order = np.lexsort((periods, series))
    return SeriesRows(rows.ids, series[order], periods[order], {VALUE: values[order]})


def day_reader(dialect: Dialect) -> Callable[[str], int]:
    """Days as ordinals; a time of day is dropped. ISO dates may lie further back than a plan can be about."""

    def read(text: str) -> int:
        if dialect.date_format == DEFAULT_DATE_FORMAT:
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                return parse_moment(text, dialect.date_format).toordinal()
            if moment.tzinfo is None and FIRST_YEAR <= moment.year <= LAST_YEAR and text[4:5] == "-":
                return moment.toordinal()
        return parse_moment(text, dialect.date_format).toordinal()

    return read


def number_reader(style: NumberStyle) -> Callable[[str], float | None]:
    """Quantities; what programs write for a number that is not known is none."""

    def read(text: str) -> float | None:
        return None if text in UNKNOWN else float(parse_decimal(text, style))

    return read


class _Items(dict[str, int]):
    """``items[text]`` is the place of an item in ids; spellings that look alike are one item. Raises BadValue."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def __missing__(self, text: str) -> int:
        plain = unicodedata.normalize("NFC", text.strip())
        if not plain:
            raise BadValue("empty", "is empty, but needed in every row.", "Fill the cell, or delete the row.")
        if len(plain) > LONGEST_ITEM:
            raise BadValue("too_long", f"is longer than {LONGEST_ITEM} characters.", "Shorten it.")
        place = self.get(plain)
        if place is None:
            place = self[plain] = len(self.ids)
            self.ids.append(plain)
        self[text] = place
        return place


class _RowReader:
    """The columns that matter with their parsers, which remember what they read: columns repeat themselves."""

    def __init__(self, header: Sequence[str], columns: SeriesColumns, dialect: Dialect) -> None:
        self._header = header
        self._item = header.index(columns.item) if columns.item else None
        self._day, self._quantity = header.index(columns.day), header.index(columns.quantity)
        self._days = Parser(day_reader(dialect), required=True)
        self._numbers = Parser(number_reader(dialect.numbers), required=False)  # type: ignore[arg-type]
        self.items = _Items()

    def entry(self, cells: Sequence[str]) -> tuple[int, int, float] | None:
        """Place of the item, ordinal of the day and quantity; None when a cell is bad."""
        try:
            item = self.items[WHOLE_FILE if self._item is None else cells[self._item]]
            day, quantity = self._days[cells[self._day]], self._numbers[cells[self._quantity]]
        except BadValue:
            return None
        return item, cast(int, day), math.nan if quantity is None else cast(float, quantity)

    def items_of(self, cells: Sequence[str]) -> list[int]:
        """The series a bad row belongs to; none when even that can't be told."""
        if self._item is not None and len(cells) != len(self._header):
            return []
        try:
            return [self.items[WHOLE_FILE if self._item is None else cells[self._item]]]
        except BadValue:
            return []

    def faults(self, line: int, cells: Sequence[str]) -> Iterator[RowProblem]:
        """All findings of a row, not only the first."""
        readers: list[tuple[int | None, Callable[[str], object]]] = [
            (self._item, self.items.__getitem__),
            (self._day, self._days.__getitem__),
            (self._quantity, self._numbers.__getitem__),
        ]
        for column, read in readers:
            if column is not None:
                try:
                    read(cells[column])
                except BadValue as bad:
                    value = shown(cells[column])
                    yield RowProblem(line, self._header[column], value, bad.rule, str(bad), bad.remedy)


def _all_read(cells: Sequence[str], read: Callable[[str], object]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    try:
        for cell in filled:
            read(cell)
    except BadValue:
        return False
    return bool(filled)
