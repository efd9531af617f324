"""A file of series (unique_id, ds, numbers): strict, and a million rows in a fraction of a second.

The file is taken as a whole; only when it turns out to be wrong is it read again row by row, to say which row, which
column, which value and what to do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import InvalidInput
from data.exchange.archive import unwrapped
from data.exchange.dialect import DELIMITERS, OWN_DIALECT, Dialect
from data.exchange.encodings import UNICODE
from data.exchange.numerals import NumberStyle, parse_decimal
from data.exchange.opening import Source, examine
from data.exchange.problems import BadValue, FileRefused, RowProblem, shown
from data.exchange.reader import TextTable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SERIES, PERIOD = "unique_id", "ds"
KEYS = (SERIES, PERIOD)
# How programs write a number that is not known.
UNKNOWN = ["", "NaN", "nan", "NA", "null", "NULL"]
HEAD_BYTES = 1 << 18


class SeriesFile:
    """A CSV file of series, also as gzip or zip. Raises InvalidInput, which names the file, for anything else.

    texts are the columns to take as they stand; a file of items has others than one of series and periods.
    """

    def __init__(self, path: Path, *, texts: Collection[str] = KEYS) -> None:
        self.name, self._texts = path.name, texts
        with self.named():
            self._text = _utf8(examine(path))
            self._delimiter = _delimiter(self._text)
            self.header = self._table(self._text[:HEAD_BYTES]).header

    def frame(self, numbers: Collection[str]) -> pd.DataFrame:
        """The rows as they stand: keys as the texts they are, these columns as floats; others are not looked at."""
        with self.named():
            self._require(*self._texts, *numbers)
            if not _is_even(self._text, self._delimiter, columns=len(self.header)):
                self._refuse_first_problem()
            frame = self._numbers_read(numbers)
            if frame.empty:
                raise FileRefused("empty", "The file has no rows below its column names.")
            for name in numbers:
                self._require_finite(name, frame[name].to_numpy())
            return frame

    @contextmanager
    def named(self) -> Iterator[None]:
        """Puts the name of the file before what is wrong with it."""
        try:
            yield
        except InvalidInput as error:
            raise InvalidInput(f"{self.name}: {error.message}") from error

    def _table(self, text: bytes) -> TextTable:
        return TextTable(io.StringIO(text.decode(errors="replace"), newline=""), Dialect(self._delimiter))

    def _require(self, *columns: str) -> None:
        missing = [name for name in columns if name not in self.header]
        if missing:
            there = ", ".join(map(shown, self.header))
            raise InvalidInput(
                f"The column “{missing[0]}” is missing; the row of names has {there}. Name the columns just so."
            )

    def _refuse_first_problem(self) -> None:
        for _line, _cells, problems in self._table(self._text):
            if problems:
                raise InvalidInput(str(problems[0]))

    def _numbers_read(self, numbers: Collection[str]) -> pd.DataFrame:
        try:
            return self._parsed(dict.fromkeys(self._texts, "object") | dict.fromkeys(numbers, "float64"))
        except ValueError as error:
            raise self._wrong_number(numbers) or InvalidInput(f"The file cannot be read: {error}") from error

    def _require_finite(self, column: str, values: FloatArray) -> None:
        infinite = np.isinf(values)
        if infinite.any():
            problem = BadValue("not_finite", "is not a finite number.", "Correct it, or leave the cell empty.")
            raise self.refusal(int(infinite.argmax()), column, problem)

    def _parsed(self, types: Mapping[str, str]) -> pd.DataFrame:
        return pd.read_csv(
            io.BytesIO(self._text),
            sep=self._delimiter,
            header=0,
            names=list(self.header),
            usecols=list(types),
            index_col=False,
            dtype=types,
            keep_default_na=False,
            na_values={name: UNKNOWN for name in types if name not in self._texts},
        )

    def _wrong_number(self, columns: Collection[str]) -> InvalidInput | None:
        """About the first cell that is no number, found among the cells as texts."""
        texts = self._parsed(dict.fromkeys(columns, "str"))
        wrong = {name: texts[name].notna() & pd.to_numeric(texts[name], errors="coerce").isna() for name in columns}
        first = {name: int(cells.to_numpy().argmax()) for name, cells in wrong.items() if cells.any()}
        if not first:
            return None
        name = min(first, key=lambda column: first[column])
        return self.refusal(first[name], name, _number_problem(str(texts[name].iloc[first[name]])))

    def refusal(self, record: int, column: str, problem: BadValue) -> InvalidInput:
        """What is wrong with one cell of a record."""
        line, cells = self.record(record)
        value = shown(cells[self.header.index(column)])
        return InvalidInput(str(RowProblem(line, column, value, problem.rule, str(problem), problem.remedy)))

    def record(self, number: int) -> tuple[int, list[str]]:
        """The line on which a record below the column names starts, as an editor numbers it, and its cells."""
        reader = csv.reader(io.StringIO(self._text.decode(), newline=""), delimiter=self._delimiter)
        seen, line = -1, 1
        for cells in reader:
            if cells:
                if seen == number:
                    return line, cells
                seen += 1
            line = reader.line_num + 1
        raise IndexError(f"the file has no record {number}")


def _utf8(source: Source) -> bytes:
    if source.sheet:
        raise FileRefused("workbook", "The file is a workbook. Save the table as CSV UTF-8.")
    if not source.encoding_certain:
        raise FileRefused("encoding", "The file is not UTF-8 text. Save it as CSV UTF-8.")
    with unwrapped(source.path) as file:
        text = file.read()
    if source.encoding != UNICODE:
        text = text.decode(source.encoding).encode()
    return text.removeprefix("\ufeff".encode())


def _delimiter(text: bytes) -> str:
    """The sign that sets the name of the first column apart: the names are known, so nothing has to be guessed."""
    line = text[:HEAD_BYTES].lstrip().splitlines()[:1]
    for sign in DELIMITERS:
        if SERIES in map(str.strip, next(csv.reader([name.decode(errors="replace") for name in line], delimiter=sign))):
            return sign
    return OWN_DIALECT.delimiter


def _is_even(text: bytes, delimiter: str, *, columns: int) -> bool:
    """Whether every line has as many cells as there are names; seen by the places of the signs, without parsing.

    A quote inside a bare cell is taken for the start of a quoted one, so an unusual file may fail and still be sound.
    """
    if b"\0" in text:
        return False
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    signs = np.frombuffer(text if text.endswith(b"\n") else text + b"\n", dtype=np.uint8)
    separates, ends = signs == ord(delimiter), signs == ord("\n")
    if b'"' in text:
        bare = ~np.logical_xor.accumulate(signs == ord('"'))
        if not bare[-1]:
            return False
        separates, ends = separates & bare, ends & bare
    return _cells_fit(np.flatnonzero(separates), np.flatnonzero(ends), columns=columns)


def _cells_fit(separators: IntArray, line_ends: IntArray, *, columns: int) -> bool:
    starts = np.concatenate([[-1], line_ends[:-1]])
    filled = line_ends - starts > 1
    starts, line_ends = starts[filled], line_ends[filled]
    if len(separators) != len(line_ends) * (columns - 1):
        return False
    of_line = separators.reshape(len(line_ends), columns - 1)
    return bool((of_line[:, 0] > starts).all() and (of_line[:, -1] < line_ends).all())


def _number_problem(text: str) -> BadValue:
    style = NumberStyle()
    try:
        parse_decimal(text.strip(), style)
    except BadValue as problem:
        # The importer lets a person choose a style; here there is one.
        remedy = f"Write it as {style.example}." if problem.rule == "number_style" else problem.remedy
        return BadValue(problem.rule, str(problem), remedy)
    return BadValue("not_a_number", "is not a number.", f"Write a number such as {style.example}.")
