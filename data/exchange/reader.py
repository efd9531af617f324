"""Reads a text table strictly, row by row: every cell stays the text it was, every fault gets its row number."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TextIO

from core.errors import InvalidInput
from data.exchange.dialect import Dialect
from data.exchange.formulas import restore
from data.exchange.problems import HeaderRefused, RowProblem, shown

TableRow = tuple[int, list[str], tuple[RowProblem, ...]]

LONGEST_CELL = 100_000
MOST_COLUMNS = 500
MOST_BROKEN_QUOTES = 1000
# The csv module keeps one limit for the whole process. It bounds a cell, and how many rows an open quote can swallow.
csv.field_size_limit(LONGEST_CELL)

# Joiners (U+200C, U+200D) are letters' business in several scripts and stay; codes refuse them on their own.
_HIDDEN = re.compile(
    "(?P<nul>\x00)"
    "|(?P<control>[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f])"
    "|(?P<direction>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    "|(?P<zero_width>[\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f])"
    "|(?P<not_a_character>[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff])"
)
_BLANKS = re.compile("[ \t\r\n\u00a0\u3000]+")
_HIDDEN_NAMES = {
    "nul": "a NUL character",
    "control": "a control character",
    "direction": "a character that turns the reading direction",
    "zero_width": "an invisible character",
    "not_a_character": "a code that is no character",
}


class Table(Protocol):
    """What validation reads from, whatever the format of the file."""

    header: tuple[str, ...]
    blank_rows: int

    def __iter__(self) -> Iterator[TableRow]: ...


class TextTable:
    """A CSV or TSV text as ``(line, cells, problems)``, to be walked once. Rows without any text are only counted.

    Raises HeaderRefused for column names that cannot be told apart, InvalidInput when there are none.
    """

    def __init__(self, text: TextIO, dialect: Dialect) -> None:
        self._text = text
        self._delimiter = dialect.delimiter
        self._line = 1
        self._taken: list[str] = []
        self._ahead: list[str] = []
        self._width: int | None = None
        self._broken_quotes = 0
        self._records = self._read()
        self.blank_rows = 0
        self.header = self._read_header(dialect.header_row)
        self._width = len(self.header)

    def __iter__(self) -> Iterator[TableRow]:
        width = self._width
        for line, cells, problem in self._records:
            joined = "".join(cells)
            if not joined:
                self.blank_rows += 1
            elif problem is not None:
                yield line, cells, (problem,)
            elif len(cells) == width and joined.isprintable() and "'" not in joined:
                yield line, cells, ()
            else:
                yield line, [restore(cell) for cell in cells], tuple(self._problems(line, cells, joined))

    def _problems(self, line: int, cells: list[str], joined: str) -> Iterator[RowProblem]:
        width = len(self.header)
        if len(cells) != width:
            yield RowProblem(
                line,
                None,
                "",
                "ragged_row",
                f"has {len(cells)} cells where the column names are {width}.",
                "Add or remove delimiters, or put quotes around text that holds one.",
            )
        elif not joined.isprintable() and _HIDDEN.search(joined):
            for name, cell in zip(self.header, cells, strict=True):
                yield from hidden_problems(line, name, cell)

    def _read_header(self, header_row: int) -> tuple[str, ...]:
        for _ in range(header_row - 1):
            next(self._text, "")
        self._line = max(header_row, 1)
        found = next(((line, cells, problem) for line, cells, problem in self._records if any(cells)), None)
        if found is None:
            raise InvalidInput("The file has no row of column names.")
        line, cells, problem = found
        if problem is not None:
            raise HeaderRefused((problem,))
        if header_row == 0:
            self._push_back(line, self._taken)
            self._records = self._read()
            cells = [f"Column {number}" for number in range(1, len(cells) + 1)]
        return column_names(line, cells)

    def _read(self) -> Iterator[tuple[int, list[str], RowProblem | None]]:
        """The records. A broken quote costs the line it starts on; the lines it swallowed are read again."""
        while True:
            try:
                for cells in csv.reader(self._lines(), delimiter=self._delimiter, strict=True):
                    line = self._line
                    if len(self._taken) > 1 and self._width is not None and len(cells) != self._width:
                        raise csv.Error("a record over several lines has the wrong width")
                    self._line += len(self._taken)
                    yield line, cells, None
                    self._taken.clear()
                return
            except csv.Error:
                line, first = self._line, self._taken[0]
                problem = self._quote_problem(line)
                self._push_back(line + 1, self._taken[1:])
                yield line, [first.rstrip("\r\n")], problem

    def _lines(self) -> Iterator[str]:
        """Physical lines: those put back, then the rest of the file."""
        taken = self._taken
        while self._ahead:
            taken.append(self._ahead.pop())
            yield taken[-1]
        for line in self._text:
            taken.append(line)
            yield line

    def _push_back(self, line: int, lines: Sequence[str]) -> None:
        self._ahead.extend(reversed(lines))
        self._taken.clear()
        self._line = line

    def _quote_problem(self, line: int) -> RowProblem:
        self._broken_quotes += 1
        if self._broken_quotes > MOST_BROKEN_QUOTES:
            raise InvalidInput(
                f"More than {MOST_BROKEN_QUOTES:,} rows have broken quotes. "
                "Check the delimiter, and that every quote inside a quoted cell is doubled."
            )
        if len(self._taken) == 1 and len(self._taken[0]) > LONGEST_CELL:
            message, remedy = f"has a cell of more than {LONGEST_CELL:,} characters.", "Shorten it."
            return RowProblem(line, None, shown(self._taken[0]), "cell_too_long", message, remedy)
        return RowProblem(
            line,
            None,
            shown(self._taken[0].rstrip("\r\n")),
            "broken_quote",
            "has a quote that is not closed, or text after a closing quote.",
            "Close the quote; double every quote that belongs to the text.",
        )


def column_names(line: int, cells: Iterable[str]) -> tuple[str, ...]:
    """The names as they are shown and matched; raises HeaderRefused when they cannot be told apart."""
    names = tuple(_column_name(cell) for cell in cells)
    problems = tuple(_header_problems(line, names))
    if problems:
        raise HeaderRefused(problems)
    return names


def hidden_problems(line: int, name: str, cell: str) -> Iterator[RowProblem]:
    """About the first character of the cell that nobody can see."""
    match = _HIDDEN.search(cell)
    if match and match.lastgroup:
        code = f"U+{ord(match.group()):04X}"
        message = f"holds {_HIDDEN_NAMES[match.lastgroup]} ({code})."
        yield RowProblem(
            line, name, shown(cell), f"hidden_{match.lastgroup}", message, "Type the text again without it."
        )


def _column_name(cell: str) -> str:
    # Spreadsheets break long names over lines and pad them with hard spaces.
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", restore(cell).removeprefix("\ufeff")).strip(" "))


def _header_problems(line: int, names: Sequence[str]) -> Iterator[RowProblem]:
    if len(names) > MOST_COLUMNS:
        message = f"names {len(names):,} columns; a table has at most {MOST_COLUMNS}."
        yield RowProblem(line, None, "", "too_many_columns", message, "Remove the columns that are not needed.")
        return
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if not name:
            message = f"names no column {number}."
            yield RowProblem(
                line, None, "", "empty_header", message, "Name the column, or delete it with its delimiter."
            )
        elif name.casefold() in seen:
            message = f"names columns {seen[name.casefold()]} and {number} alike."
            yield RowProblem(line, name, "", "duplicate_header", message, "Give each column a name of its own.")
        else:
            seen[name.casefold()] = number
            if not name.isprintable():
                yield from hidden_problems(line, shown(name), name)
