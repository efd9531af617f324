"""Files under way are whole, fail before their first piece, and leave nothing behind."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from data.exchange.export import Cell
from services.outgoing import CHUNK_BYTES, Format, Made, archive, outgoing, table, through_a_file


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class Held:
    """Rows that hold something until they are let go of."""

    def __init__(self) -> None:
        self.released = False

    def rows(self, count: int) -> Iterator[list[int]]:
        try:
            yield from ([number] for number in range(count))
        finally:
            self.released = True


def made_of(held: Held, count: int = 5000) -> Made:
    return table(Format.CSV, "Rows", ["number"], held.rows(count))


def test_a_csv_file_comes_piece_by_piece() -> None:
    with outgoing("list", Format.CSV, made_of(Held(), 2500)) as found:
        pieces = list(found.chunks)
    assert (found.file_name, found.media_type) == ("list.csv", "text/csv")
    assert len(pieces) == 3
    assert b"".join(pieces).count(b"\r\n") == 2501


def test_a_workbook_has_typed_cells_and_a_header_that_stays(temporary: Path) -> None:
    cells: list[list[Cell]] = [["00123", date(2026, 3, 2), 2.5], ["=1+1", None, 3]]
    made = table(Format.XLSX, "Sales", ["code", "day", "quantity"], cells)
    with outgoing("sales", Format.XLSX, made) as found:
        sheet = load_workbook(io.BytesIO(b"".join(found.chunks)))["Sales"]
    assert sheet.freeze_panes == "A2"
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert (rows[0][0], str(rows[0][1]), rows[0][2]) == ("00123", "2026-03-02 00:00:00", 2.5)
    assert rows[1] == ("'=1+1", None, 3)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("read", [0, 1, 2])
def test_whoever_leaves_early_lets_go_of_everything(read: int) -> None:
    held = Held()
    with outgoing("list", Format.CSV, made_of(held)) as found:
        for _piece in range(read):
            next(found.chunks)
        assert not held.released
    assert held.released
    assert list(found.chunks) == []


def zeros(path: Path) -> None:
    path.write_bytes(bytes(3 * CHUNK_BYTES))


@pytest.mark.parametrize("read", [0, 1])
def test_a_temporary_file_is_gone_whoever_leaves_early(temporary: Path, read: int) -> None:
    with outgoing("list", Format.ZIP, through_a_file(zeros)) as found:
        assert len(list(temporary.iterdir())) == 1
        for _piece in range(read):
            next(found.chunks)
    assert list(temporary.iterdir()) == []


def test_what_goes_wrong_before_the_first_piece_is_an_error(temporary: Path) -> None:
    def broken() -> Iterator[list[int]]:
        raise ValueError("no rows")
        yield []

    for kind in (Format.CSV, Format.XLSX):
        with pytest.raises(ValueError, match="no rows"):
            outgoing("list", kind, table(kind, "Rows", ["number"], broken()))
    assert list(temporary.glob("tandem-*")) == []


def test_an_archive_closes_its_files_when_one_fails(temporary: Path) -> None:
    first, second = Held(), Held()

    def files() -> Generator[tuple[str, Made], None, None]:
        yield "one.csv", made_of(first)
        yield "two.csv", table(Format.CSV, "Rows", ["number"], ([float("nan")] for _row in second.rows(2)))

    with pytest.raises(ValueError, match="not a finite number"):
        outgoing("all", Format.ZIP, archive(files()))
    assert first.released
    assert second.released
    assert list(temporary.iterdir()) == []


def test_an_archive_holds_every_file() -> None:
    files = ((f"{name}.csv", made_of(Held(), count)) for name, count in (("one", 1), ("none", 0)))
    with outgoing("all", Format.ZIP, archive(files)) as found:
        packed = ZipFile(io.BytesIO(b"".join(found.chunks)))
    assert packed.read("one.csv") == "\ufeffnumber\r\n0\r\n".encode()
    assert packed.read("none.csv") == "\ufeffnumber\r\n".encode()
