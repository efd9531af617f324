"""Writes rows as CSV that spreadsheets do not run and our reader gives back unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from data.exchange.dialect import OWN_DIALECT, Dialect
from data.exchange.formulas import neutralise

BATCH_ROWS = 1000
BYTE_ORDER_MARK = "\ufeff"

Cell = str | Decimal | int | float | date | datetime | bool | None


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], dialect: Dialect = OWN_DIALECT
) -> Generator[bytes, None, None]:
    """The file piece by piece, UTF-8 with the mark by which spreadsheets know it, the column names first."""
    buffer = io.StringIO(BYTE_ORDER_MARK, newline="")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow([neutralise(name) for name in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([cell_text(cell, dialect) for cell in row])
        if number % BATCH_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def cell_text(cell: Cell, dialect: Dialect = OWN_DIALECT) -> str:
    """A value as the file writes it; raises ValueError for what a file cannot give back."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralise(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return _moment(cell, dialect) if isinstance(cell, datetime) else _day(cell, dialect)
    return _number(cell, dialect)


def _number(number: Decimal | float, dialect: Dialect) -> str:
    # The repr of a float is the shortest text that reads back as the same float.
    exact = Decimal(float.__repr__(number)) if isinstance(number, float) else Decimal(number)
    if not exact.is_finite():
        raise ValueError(f"{number} cannot be exported: it is not a finite number")
    return format(exact, "f").replace(".", dialect.decimal)


def _moment(moment: datetime, dialect: Dialect) -> str:
    if moment.tzinfo is not None:
        raise ValueError("a moment with a time zone cannot be exported: convert it to local time first")
    if moment.time() == time():
        return _day(moment, dialect)
    return f"{_day(moment, dialect)} {moment.time().isoformat()}"


def _day(day: date, dialect: Dialect) -> str:
    parts = {"YYYY": f"{day.year:04}", "MMM": day.strftime("%b"), "MM": f"{day.month:02}", "DD": f"{day.day:02}"}
    text = dialect.date_format
    for token in ("YYYY", "MMM", "MM", "DD"):
        text = text.replace(token, parts[token])
    return text


def _taken(buffer: io.StringIO) -> bytes:
    taken = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return taken.encode()
