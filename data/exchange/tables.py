"""One table from a file of any format: text or worksheet, wrapped or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from core.errors import InvalidInput
from data.exchange.days import DEFAULT_DATE_FORMAT
from data.exchange.detection import SAMPLE_ROWS, Detection, detect, detect_typed
from data.exchange.dialect import Dialect
from data.exchange.export import cell_text
from data.exchange.formulas import restore
from data.exchange.numerals import NumberStyle
from data.exchange.opening import Source, open_text
from data.exchange.problems import HeaderRefused, RowProblem, shown
from data.exchange.reader import LONGEST_CELL, MOST_COLUMNS, Table, TableRow, TextTable, column_names, hidden_problems
from data.exchange.workbook import SheetRow, opened_workbook
from data.exchange.workbook_cells import Fault, Figure

SAMPLE_CHARACTERS = 1 << 16


class SheetTable:
    """The rows of a worksheet as ``(row, cells, problems)``, to be walked once; rows are numbered as the sheet does.

    ``columns`` names those that matter: an error value in another column, a note beside the table, refuses no row.
    Raises HeaderRefused and InvalidInput as a TextTable does.
    """

    def __init__(self, rows: Iterable[SheetRow], dialect: Dialect, columns: Collection[str] | None = None) -> None:
        self._rows = iter(rows)
        self._dialect = dialect
        self._is_own = dialect.decimal == "." and dialect.date_format == DEFAULT_DATE_FORMAT
        self.blank_rows = 0
        self._first = 0
        self.header = self._read_header(dialect.header_row)
        self._matters = [columns is None or name in columns for name in self.header]

    def __iter__(self) -> Iterator[TableRow]:
        width, first = len(self.header), self._first
        for line, found in self._rows:
            cells = found[first:]
            cells.extend([""] * (width - len(cells)))
            joined = "".join(found)
            if self._is_own and len(joined) <= LONGEST_CELL and joined.isprintable() and "'" not in joined:
                is_plain = len(cells) == width and Fault not in map(type, cells) and not any(found[:first])
            else:
                is_plain = False
            if is_plain:
                yield line, cells, ()
            else:
                problems = tuple(self._problems(line, cells, found[:first]))
                yield line, [self._written(cell) for cell in cells], problems

    def _read_header(self, header_row: int) -> tuple[str, ...]:
        found = next((row for row in self._rows if row[0] >= header_row), None)
        if found is None:
            raise InvalidInput("The sheet has no row of column names.")
        line, cells = found
        if header_row == 0:
            self._rows = _again(found, self._rows)
            return column_names(line, [f"Column {number}" for number in range(1, len(cells) + 1)])
        # A table need not begin in column A.
        self._first = next(place for place, cell in enumerate(cells) if cell)
        names = cells[self._first :]
        faults = tuple(_fault(line, None, cell) for cell in names[:MOST_COLUMNS] if isinstance(cell, Fault))
        if faults:
            raise HeaderRefused(faults)
        return column_names(line, names)

    def _problems(self, line: int, cells: list[str], before: list[str]) -> Iterator[RowProblem]:
        outside = [cell for cell in (*before, *cells[len(self.header) :]) if cell]
        if outside:
            yield RowProblem(
                line,
                None,
                shown(outside[0]),
                "ragged_row",
                "has a cell outside the columns that have a name.",
                "Name its column, or empty the cell.",
            )
            return
        for name, cell, matters in zip(self.header, cells, self._matters, strict=True):
            if isinstance(cell, Fault):
                if matters:
                    yield _fault(line, name, cell)
            elif len(cell) > LONGEST_CELL:
                message = f"has a cell of more than {LONGEST_CELL:,} characters."
                yield RowProblem(line, name, shown(cell), "cell_too_long", message, "Shorten it.")
            elif not cell.isprintable():
                yield from hidden_problems(line, name, cell)

    def _written(self, cell: str) -> str:
        """The cell as the file's dialect writes it, so that typed and text cells are read alike."""
        if type(cell) is str:
            return restore(cell) if cell else cell
        if isinstance(cell, Fault) or self._is_own:
            return str(cell)
        if isinstance(cell, Figure):
            return cell.replace(".", self._dialect.decimal)
        return _moment_written(cell, self._dialect)


@contextmanager
def opened_table(source: Source, dialect: Dialect, columns: Collection[str] | None = None) -> Iterator[Table]:
    """The whole file as a table, to be walked once. ``columns``: see SheetTable."""
    if source.sheet:
        with _sheet_rows(source) as rows:
            yield SheetTable(rows, dialect, columns)
    else:
        with open_text(source) as text:
            yield TextTable(text, dialect)


def detection_of(
    source: Source,
    *,
    delimiter: str | None = None,
    header_row: int | None = None,
    numbers: NumberStyle | None = None,
    date_format: str | None = None,
) -> Detection:
    """The dialect that the beginning of the file suggests; what is given was chosen by a person."""
    if source.sheet:
        with _sheet_rows(source) as rows:
            sample = list(islice(rows, SAMPLE_ROWS))
        return detect_typed(sample, header_row=header_row, numbers=numbers, date_format=date_format)
    with open_text(source) as text:
        beginning = text.read(SAMPLE_CHARACTERS)
    whole = beginning[: beginning.rfind("\n") + 1] or beginning
    return detect(whole, delimiter=delimiter, header_row=header_row, numbers=numbers, date_format=date_format)


@contextmanager
def _sheet_rows(source: Source) -> Iterator[Iterator[SheetRow]]:
    with opened_workbook(source.path) as workbook:
        yield workbook.rows(next(sheet for sheet in workbook.sheets if sheet.name == source.sheet))


def _again(row: SheetRow, rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    yield row
    yield from rows


def _fault(line: int, name: str | None, cell: Fault) -> RowProblem:
    return RowProblem(line, name, shown(cell), cell.rule, cell.message, cell.remedy)


def _moment_written(cell: str, dialect: Dialect) -> str:
    try:
        return cell_text(datetime.fromisoformat(cell), dialect)
    except ValueError:  # a time of day alone
        return str(cell)
