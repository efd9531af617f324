"""The rows of a file once more, each with what is wrong with it, to be corrected and brought in again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from data.exchange.reader import TableRow

# It stands first: a row with too many cells keeps all of them behind it. No field is ever called so.
ERROR_COLUMN = "Import error"


def own_columns(header: Sequence[str]) -> tuple[str, ...]:
    """The columns of a file without the one that an error file has beside them."""
    return tuple(name for name in header if name != ERROR_COLUMN)


def rows_with_errors(
    table: Iterable[TableRow], header: Sequence[str], errors: Iterable[tuple[int, str]], *, all_rows: bool
) -> Iterator[list[str]]:
    """Rows with an error, or all of them, the error before their cells; both come in the order of the lines.

    A file that is an error file itself loses the old errors.
    """
    old = header.index(ERROR_COLUMN) if ERROR_COLUMN in header else None
    waiting = iter(errors)
    error_line, error = next(waiting, (None, ""))
    for line, cells, _problems in table:
        while error_line is not None and error_line < line:
            error_line, error = next(waiting, (None, ""))
        told = error if error_line == line else ""
        if told or all_rows:
            own = [str(cell) for place, cell in enumerate(cells) if place != old]
            yield [told, *own]
