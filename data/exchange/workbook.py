"""Reads the sheets of an XLSX workbook row by row, in flat memory, believing neither its names nor its dimensions.

The library we write workbooks with cannot read a formula and its result in one pass and builds a tree of each row;
this reader does one pass over the XML and takes from it only what a table has.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from data.exchange.archive import DEFAULT_LIMITS, Limits, Package, opened_package
from data.exchange.contents import CONTENT_TYPES, refuse_other_package
from data.exchange.problems import FileRefused
from data.exchange.workbook_cells import (
    EPOCH_1900,
    EPOCH_1904,
    boolean_text,
    duration_text,
    error_text,
    iso_text,
    moment_reader,
    number_text,
    uncalculated,
    unescaped,
)
from data.exchange.workbook_xml import Attributes, damaged, local, stream, tree

SheetRow = tuple[int, list[str]]
Reader = Callable[[str], str]

MOST_ROWS = 1 << 20
MOST_SHEET_COLUMNS = 1 << 14
MOST_CELLS = 50_000_000
MOST_STRINGS = 2_000_000
MOST_STRING_CHARACTERS = 64_000_000
MOST_STYLES = 1 << 16

_RELATION_ID = re.compile(r"\{.*/relationships\}id")
# Formats that have a number only. The gaps are those of East Asian editions.
_DAY_FORMATS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_DURATION_FORMAT = 46
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_DURATION = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet that a person who opens the workbook sees."""

    name: str
    part: str


class Workbook:
    """The visible worksheets of a workbook, their rows as text (see workbook_cells)."""

    def __init__(self, package: Package) -> None:
        self._package = package
        refuse_other_package(package.names)
        if b"macroEnabled" in _content(package, CONTENT_TYPES):
            raise FileRefused(
                "macros", "The workbook is of the kind that holds macros. Save it as a plain XLSX workbook."
            )
        part = next((target for kind, target in self._related("").values() if kind == "officeDocument"), "")
        root = tree(self._open(part))
        related = self._related(part)
        properties = next((element for element in root if local(element.tag) == "workbookPr"), None)
        is_1904 = properties is not None and properties.get("date1904", "0") in ("1", "true", "on")
        self._read_moment = moment_reader(EPOCH_1904 if is_1904 else EPOCH_1900)
        self._single = {kind: target for kind, target in related.values() if kind in ("sharedStrings", "styles")}
        self.sheets = tuple(
            Sheet(element.get("name", ""), target)
            for element in root.iter()
            if local(element.tag) == "sheet" and element.get("state", "visible") == "visible"
            for kind, target in [related.get(_relation_of(element.attrib), ("", ""))]
            if kind == "worksheet"
        )

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """The rows that hold anything, each with the number the spreadsheet gives it; cells from column A on."""
        rows = _Rows(self._strings, self._styles)
        for _ in stream(self._open(sheet.part), rows.start, rows.end, rows.text):
            yield from rows.taken()

    def has_rows(self, sheet: Sheet) -> bool:
        """Whether any cell of the sheet holds anything."""
        return next(self.rows(sheet), None) is not None

    def count_rows(self, sheet: Sheet) -> int:
        """About how many rows the sheet holds, by the ends of their elements; all its bytes are read and checked."""
        with self._open(sheet.part) as part:
            count, tail = 0, b""
            while chunk := part.read(1 << 20):
                count += (tail + chunk).count(b"row>")
                tail = chunk[-3:]
        return count

    def _open(self, part: str) -> BinaryIO:
        if part not in self._package.names:
            raise damaged()
        return self._package.open(part)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The kind and place of the parts that a part refers to, by the id it uses for them."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        return {
            element.get("Id", ""): (
                element.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/"),
            )
            for element in tree(self._open(place))
        }

    @cached_property
    def _strings(self) -> list[str]:
        part = self._single.get("sharedStrings")
        if part not in self._package.names:
            return []
        strings = _Strings()
        for _ in stream(self._open(part), strings.start, strings.end, strings.text):
            pass
        return strings.found

    @cached_property
    def _styles(self) -> list[Reader]:
        """What a number is read by, for each style of cell."""
        part = self._single.get("styles")
        if part not in self._package.names:
            return [number_text]
        styles = _Styles(self._read_moment)
        for _ in stream(self._open(part), styles.start, styles.end, lambda _: None):
            pass
        return styles.readers or [number_text]


@contextmanager
def opened_workbook(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Workbook]:
    """The workbook that the file is or wraps; raises FileRefused for anything else."""
    with opened_package(path, limits) as package:
        yield Workbook(package)


class _Rows:
    """Gathers the rows of a worksheet from its XML."""

    def __init__(self, strings: list[str], styles: list[Reader]) -> None:
        self._strings, self._styles = strings, styles
        self._done: list[SheetRow] = []
        self._cells: list[str] = []
        self._places: dict[str, int] = {}
        self._row = self._seen = 0
        self._type = self._value = ""
        self._style = 0
        self._place = -1
        self._is_formula = self._has_value = self._takes_text = self._is_phonetic = False

    def taken(self) -> list[SheetRow]:
        """The rows that are complete by now."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._has_value = True
            self._takes_text = not self._is_phonetic
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._is_phonetic = True

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._takes_text = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "row" and any(self._cells):
            self._done.append((self._row, self._cells))

    def text(self, data: str) -> None:
        if self._takes_text:
            self._value += data

    def _start_row(self, attributes: Attributes) -> None:
        before = self._row
        self._row = _whole(attributes["r"]) if "r" in attributes else before + 1
        self._cells, self._place = [], -1
        if not before < self._row <= MOST_ROWS:
            raise damaged()

    def _start_cell(self, attributes: Attributes) -> None:
        self._seen += 1
        before = self._place
        reference = attributes.get("r")
        self._place = before + 1 if reference is None else self._column(reference.rstrip("0123456789"))
        self._type, self._style = attributes.get("t", "n"), _whole(attributes.get("s", "0"))
        self._value, self._is_formula, self._has_value = "", False, False
        if self._place >= MOST_SHEET_COLUMNS:
            raise FileRefused("too_many_columns", f"The sheet has more than {MOST_SHEET_COLUMNS:,} columns.")
        if self._place <= before:
            raise damaged()
        if self._seen > MOST_CELLS:
            raise FileRefused("too_many_cells", f"The sheet has more than {MOST_CELLS:,} cells. Split it.")

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell:
            self._cells.extend([""] * (self._place - len(self._cells)))
            self._cells.append(cell)

    def _cell(self) -> str:
        kind, value = self._type, self._value
        if self._is_formula and not (value or (self._has_value and kind == "str")):
            return uncalculated()
        if kind in ("inlineStr", "str"):
            return unescaped(value)
        if not value:
            return ""
        if kind == "n":
            return self._style_reader()(value)
        if kind == "s":
            return self._shared(value)
        return _TYPED.get(kind, error_text)(value)

    def _style_reader(self) -> Reader:
        try:
            return self._styles[self._style]
        except IndexError:
            raise damaged() from None

    def _shared(self, value: str) -> str:
        try:
            return self._strings[_whole(value)]
        except IndexError:
            raise damaged() from None

    def _column(self, letters: str) -> int:
        place = self._places.get(letters)
        if place is None:
            place = self._places[letters] = _column_place(letters)
        return place


class _Strings:
    """Gathers the texts that cells share, without their fonts and their readings in kana."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._characters = 0
        self._takes_text = self._is_phonetic = False

    def start(self, name: str, _: Attributes) -> None:
        if name == "t":
            self._takes_text = not self._is_phonetic
        elif name == "rPh":
            self._is_phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._takes_text = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self.found.append(unescaped("".join(self._parts)))
            self._parts.clear()
            if len(self.found) > MOST_STRINGS:
                raise _too_many_texts()

    def text(self, data: str) -> None:
        if self._takes_text:
            self._parts.append(data)
            self._characters += len(data)
            if self._characters > MOST_STRING_CHARACTERS:
                raise _too_many_texts()


class _Styles:
    """Gathers how each style of cell reads a number: as it is, as a moment or as a length of time."""

    def __init__(self, read_moment: Reader) -> None:
        self.readers: list[Reader] = []
        self._read_moment = read_moment
        self._own: dict[int, str] = {}
        self._is_of_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "cellXfs":
            self._is_of_cells = True
        elif name == "numFmt" and len(self._own) < MOST_STYLES:
            self._own[_whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif name == "xf" and self._is_of_cells:
            self.readers.append(self._reader(_whole(attributes.get("numFmtId", "0"))))
            if len(self.readers) > MOST_STYLES:
                raise FileRefused("too_many_styles", f"The workbook has more than {MOST_STYLES:,} styles of cells.")

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_of_cells = False

    def _reader(self, number: int) -> Reader:
        code = _LITERAL.sub("", self._own.get(number, ""))
        if number == _DURATION_FORMAT or _DURATION.search(code):
            return duration_text
        is_day = _DATE_LETTERS.search(_BRACKETED.sub("", code)) if code else number in _DAY_FORMATS
        return self._read_moment if is_day else number_text


_TYPED: dict[str, Reader] = {"b": boolean_text, "d": iso_text}


def _content(package: Package, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(1 << 20)


def _relation_of(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if _RELATION_ID.fullmatch(name)), "")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise damaged()
    return int(text)


def _column_place(letters: str) -> int:
    if not 1 <= len(letters) <= 3 or not re.fullmatch("[A-Z]+", letters):
        raise damaged()
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _too_many_texts() -> FileRefused:
    return FileRefused("too_many_texts", "The workbook holds more text than is read at once. Split it.")
