"""Files on their way out: a table, or an archive of several.

The pieces of a file are made while they are sent; its first piece is there already, so that an error is an answer and
not half a file. What needs the whole file first (workbooks, archives) is written to a temporary one. A file under way
may hold a session or a temporary file: whoever has it closes it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from zipfile import ZIP_DEFLATED, ZipFile

from data.exchange.export import Cell, csv_chunks
from data.exchange.workbook_output import write_workbook

CHUNK_BYTES = 1 << 16

Made = Generator[bytes, None, None]


class Format(StrEnum):
    """The kinds of file."""

    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"
    PDF = "pdf"
    EDI = "edi"


MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.ZIP: "application/zip",
    Format.PDF: "application/pdf",
    Format.EDI: "application/edifact",
}


class Pieces(Iterator[bytes]):
    """The pieces of a file, the first made at once; closed, what they hold is let go of."""

    def __init__(self, made: Made) -> None:
        self._made = made
        self._first: bytes | None = next(made)

    def __next__(self) -> bytes:
        if self._first is None:
            return next(self._made)
        first, self._first = self._first, None
        return first

    def close(self) -> None:
        self._first = None
        self._made.close()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file under way. ``rows`` counts, where that is of use, the rows of each table that went into it so far."""

    file_name: str
    media_type: str
    chunks: Pieces
    rows: Mapping[str, int] = field(default_factory=dict)

    def __enter__(self) -> Outgoing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.chunks.close()


def outgoing(stem: str, kind: Format, made: Made, rows: Mapping[str, int] | None = None) -> Outgoing:
    """A file under way.

    Inputs: its name without the ending, its kind, its pieces, and the counts that its maker keeps.
    Returns: Outgoing, its first piece made.
    Raises: what goes wrong before the first piece.
    Source: none; ours.
    """
    return Outgoing(f"{stem}.{kind}", MEDIA_TYPES[kind], Pieces(made), {} if rows is None else rows)


def table(kind: Format, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Made:
    """A table as CSV, or as a workbook of one sheet.

    Inputs: csv or xlsx, the title of the sheet, the names of the columns, the rows.
    Returns: the pieces of the file.
    Raises: InvalidInput for more rows than a sheet holds, once the pieces are asked for.
    Source: security.md F05.
    """
    if kind is Format.CSV:
        return csv_chunks(header, rows)
    return through_a_file(lambda path: write_workbook(path, [(title, header, rows)]))


def archive(files: Generator[tuple[str, Made], None, None]) -> Made:
    """Several files in one zip archive.

    Inputs: files: name and pieces of each, made one after the other.
    Returns: the pieces of the archive.
    Raises: what their makers raise.
    Source: none; ours.
    """

    def write(path: Path) -> None:
        with closing(files), ZipFile(path, "w", ZIP_DEFLATED) as packed:
            for name, made in files:
                with closing(made), packed.open(name, "w", force_zip64=True) as member:
                    member.writelines(made)

    return through_a_file(write)


def through_a_file(write: Callable[[Path], None]) -> Made:
    """A file that is written first and removed after its last piece.

    Inputs: write: makes the file at a path.
    Returns: the pieces of the file.
    Raises: what write raises.
    Source: none; ours.
    """
    with TemporaryDirectory(prefix="tandem-export-") as folder:
        path = Path(folder, "export")
        write(path)
        with path.open("rb") as file:
            while piece := file.read(CHUNK_BYTES):
                yield piece
