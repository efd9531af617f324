"""Writes rows as an XLSX workbook: cells typed where a spreadsheet can hold the value, text where it would lose digits.

Texts are neutralised as in CSV, so a workbook saved as CSV by somebody else still runs nothing, and our reader gives
back every cell as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.errors import InvalidInput
from data.exchange.export import Cell, cell_text
from data.exchange.workbook_cells import EPOCH_1900, MICROSECONDS_A_DAY, escaped

Sheet = Any  # the library's types leave out half of what a sheet that is only written has
SheetContent = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]

MOST_ROWS = (1 << 20) - 1
LONGEST_TEXT = 32_767
LONGEST_TITLE = 31
MEASURED_ROWS = 100
NARROWEST, WIDEST = 8, 60
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
# Before this day Excel's own count of days is one off.
EARLIEST_TYPED_DAY = date(1900, 3, 1)
_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


def write_workbook(path: Path, sheets: Iterable[SheetContent]) -> None:
    """One sheet for each title, column names and rows, written as they come.

    Raises InvalidInput for more rows than a sheet holds, ValueError for what no file can give back.
    """
    book = Workbook(write_only=True)
    try:
        for title, header, rows in sheets:
            sheet = book.create_sheet(title.translate(_NOT_IN_A_TITLE)[:LONGEST_TITLE])
            with closing(sheet):
                _write_sheet(sheet, header, iter(rows))
        book.save(path)
    except BaseException:
        _remove_temporary_files(book)
        raise


def _remove_temporary_files(book: Workbook) -> None:
    """The library keeps the sheets of a workbook that is not saved until the process ends."""
    sheets: list[Sheet] = book.worksheets
    for sheet in sheets:
        writer = sheet._writer
        if writer is not None and Path(writer.out).exists():
            writer.cleanup()


def _write_sheet(sheet: Sheet, header: Sequence[str], rows: Iterator[Sequence[Cell]]) -> None:
    first = list(islice(rows, MEASURED_ROWS))
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_widths(header, first), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_bold(sheet, name) for name in header])
    count = 0
    for count, row in enumerate(chain(first, rows), 1):
        if count > MOST_ROWS:
            raise InvalidInput(f"A sheet holds at most {MOST_ROWS:,} rows. Export as CSV, or filter the rows.")
        sheet.append([_typed(sheet, cell) for cell in row])
    if header:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{count + 1}"


def _widths(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[int]:
    """In characters, with room for the button of the filter."""
    longest = [len(name) + 3 for name in header]
    for row in rows:
        longest = [max(width, len(cell_text(cell)) + 1) for width, cell in zip(longest, row, strict=False)]
    return [min(max(width, NARROWEST), WIDEST) for width in longest]


def _typed(sheet: Sheet, cell: Cell) -> Any:
    if cell is None:
        return None
    if isinstance(cell, (str, bool)):
        return _text(sheet, cell_text(cell))
    if isinstance(cell, date):
        return _moment(sheet, cell)
    return _number(sheet, cell)


def _text(sheet: Sheet, text: str) -> Any:
    kept = escaped(text)
    if len(kept) > LONGEST_TEXT:
        raise ValueError(f"a text of {len(kept):,} characters cannot be exported: a cell holds {LONGEST_TEXT:,}")
    return _cell(sheet, kept, "s") if kept in ERROR_CODES else kept


def _number(sheet: Sheet, number: Decimal | float) -> Any:
    """A number cell when a spreadsheet, which keeps floats, gives back just this number; else its digits as text."""
    digits = cell_text(number)
    exact, kept = Decimal(digits), float(digits)
    if Decimal(f"{kept:.16g}") == exact:  # as the library writes it
        return int(kept) if kept.is_integer() else kept
    if Decimal(repr(kept)) == exact:
        return _cell(sheet, repr(kept), "n")
    return digits


def _moment(sheet: Sheet, day: date) -> Any:
    digits = cell_text(day)
    if not isinstance(day, datetime):
        return day if day >= EARLIEST_TYPED_DAY else digits
    if day.date() < EARLIEST_TYPED_DAY:
        return digits
    if day.time() == time():
        return day.date()
    since = day - EPOCH_1900
    microseconds = Decimal((since - timedelta(days=since.days)) // timedelta(microseconds=1))
    # So many decimals that the reader sees a microsecond to be meant; the library would write fewer.
    cell = _cell(sheet, f"{since.days + microseconds / MICROSECONDS_A_DAY:.14f}", "n")
    cell.number_format = MOMENT_FORMAT
    return cell


def _bold(sheet: Sheet, name: str) -> Any:
    cell = _cell(sheet, escaped(cell_text(name)), "s")
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Sheet, text: str, data_type: str) -> Any:
    """A cell of this type whatever the library would take the text for."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = data_type
    return cell
