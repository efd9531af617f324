"""A workbook holds typed cells, runs nothing, and comes back as it went out."""

import itertools
import subprocess
import sys
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from data.exchange import workbook_output
from data.exchange.dialect import OWN_DIALECT
from data.exchange.opening import examine
from data.exchange.tables import detection_of, opened_table
from data.exchange.values import moment_parser, parse_boolean
from data.exchange.workbook_cells import EPOCH_1900, moment_reader
from data.exchange.workbook_output import write_workbook

HEADER = ("text", "number", "day", "moment", "flag")
ROW = ("00123", Decimal("1.5"), date(2026, 1, 31), datetime.fromisoformat("2026-01-31T08:30"), True)


def written(path, rows, header=HEADER, title="Sales"):
    write_workbook(path, [(title, header, rows)])
    return path


def read(path, dialect=OWN_DIALECT):
    with opened_table(examine(path), dialect) as table:
        rows = list(table)
    assert not [problem for _, _, problems in rows for problem in problems]
    return [cells for _, cells, _ in rows]


def test_cells_are_typed_and_the_header_is_fixed(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx", [ROW])).active
    assert [cell.value for cell in sheet[2]] == [
        "00123",
        1.5,
        datetime.fromisoformat("2026-01-31"),
        datetime.fromisoformat("2026-01-31T08:30"),
        "yes",
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d", "d", "s"]
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E2")
    assert all(cell.font.bold for cell in sheet[1])
    assert 8 <= sheet.column_dimensions["A"].width <= 60


@pytest.mark.parametrize(
    "text", ["=A1", "=1+1", "+1+1", "@SUM(A1)", "#N/A", "#REF!", "'=x", "\t=1", "=cmd|' /C calc'!A0"]
)
def test_no_text_becomes_a_formula_or_an_error(tmp_path, text):
    path = written(tmp_path / "a.xlsx", [(text,)], header=("=name",))
    for row in openpyxl.load_workbook(path).active.iter_rows():
        assert [cell.data_type for cell in row] == ["s"]
        assert not row[0].value.startswith(("=", "+", "@", "\t"))
    assert read(path) == [[text]]


def test_number_a_spreadsheet_would_round_is_kept_as_text(tmp_path):
    numbers = [Decimal("123456789.123456789123"), 2**60, 0.1 + 0.2, Decimal("1E+5"), 1e-9, 1e21, -0.5, 10**15]
    path = written(tmp_path / "a.xlsx", [(number,) for number in numbers], header=("n",))
    assert [Decimal(cells[0]) for cells in read(path)] == [Decimal(str(number)) for number in numbers]
    kinds = [row[0].data_type for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]
    assert kinds == ["s", "s", *["n"] * 6]


MOMENTS = st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2100-12-31"))
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("'=+-@\t\r\n\x00 1.,＝_x00Df\ufffe\ud800"), st.characters(codec=None, exclude_categories=())
    ),
    max_size=30,
)
CELLS = {
    "text": TEXTS,
    "code": st.from_regex(r"[=+@'A-Z0-9_-]{1,12}", fullmatch=True),
    "decimal": st.decimals(-(10**17), 10**17, places=6),
    "float": st.floats(-1e15, 1e15),
    "integer": st.integers(-(10**18), 10**18),
    "day": st.dates(date(1890, 1, 1), date(2100, 12, 31)),
    "moment": MOMENTS,
    "boolean": st.booleans(),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*(st.none() | cells for cells in CELLS.values())), max_size=8))
def test_what_is_written_is_read_back(tmp_path, rows):
    path = tmp_path / "a.xlsx"
    write_workbook(path, [("Round trip", (*CELLS, "end"), [(*row, "end") for row in rows])])
    with opened_table(examine(path), OWN_DIALECT) as table:
        found = [[str(cell) for cell in cells[:-1]] for _, cells, _ in table]
    assert len(found) == len(rows)
    for cells, row in zip(found, rows, strict=True):
        for name, cell, value in zip(CELLS, cells, row, strict=True):
            assert_same(name, cell, value)


def assert_same(name, cell, value):
    if value is None:
        assert cell == ""
    elif name in ("text", "code"):
        assert cell == value
    elif name in ("decimal", "float", "integer"):
        assert "e" not in cell.lower()
        assert Decimal(cell) == Decimal(repr(value) if isinstance(value, float) else value)
    elif name == "boolean":
        assert parse_boolean(cell) is value
    elif name == "day":
        assert cell == value.isoformat()
    else:
        assert moment_parser(OWN_DIALECT)(cell) == value


@settings(max_examples=300, deadline=None)
@given(moment=MOMENTS)
@example(moment=datetime.fromisoformat("2026-11-21T23:59:59.999999"))
@example(moment=datetime.fromisoformat("2100-12-31T00:00:00.000001"))
def test_no_microsecond_is_lost(moment):
    book = openpyxl.Workbook(write_only=True)
    cell = workbook_output._moment(book.create_sheet(), moment)
    serial = cell.value if hasattr(cell, "value") else str((cell - EPOCH_1900.date()).days)
    assert moment_parser(OWN_DIALECT)(moment_reader(EPOCH_1900)(serial)) == moment


def test_own_workbook_needs_no_question(tmp_path):
    path = written(tmp_path / "a.xlsx", [ROW] * 3)
    assert detection_of(examine(path)).questions() == ()


def test_several_sheets(tmp_path):
    write_workbook(tmp_path / "a.xlsx", [("Items: A/B", ("a",), [("1",)]), ("x" * 40, ("b",), []), ("Empty", (), [])])
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["Items- A-B", "x" * 31, "Empty"]
    assert examine(tmp_path / "a.xlsx").sheets == ("Items- A-B", "x" * 31)


def test_what_no_workbook_holds_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_output, "MOST_ROWS", 2)
    with pytest.raises(InvalidInput, match="at most 2 rows"):
        written(tmp_path / "a.xlsx", itertools.repeat(ROW, 3))
    for cell in (float("nan"), "x" * 32_768):
        with pytest.raises(ValueError, match="cannot be exported"):
            written(tmp_path / "a.xlsx", [(cell,)], header=("a",))


FLAT = """
import resource, sys
from pathlib import Path
from data.exchange.workbook_cells import EPOCH_1900, moment_reader
from data.exchange.workbook_output import write_workbook
write_workbook(Path(sys.argv[1]), [("a", ("a", "b"), ((str(n), n) for n in range(int(sys.argv[2]))))])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak_kilobytes(rows):
        root = Path(workbook_output.__file__).parents[2]
        command = [sys.executable, "-c", FLAT, tmp_path / "a.xlsx", str(rows)]
        return int(subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout)

    assert peak_kilobytes(60_000) < peak_kilobytes(1000) + 8_000


def test_a_write_that_fails_leaves_no_temporary_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with pytest.raises(ValueError, match="finite"):
        write_workbook(tmp_path / "a.xlsx", [("First", HEADER, [ROW]), ("Second", ("number",), [(Decimal("NaN"),)])])
    assert list((tmp_path / "temporary").iterdir()) == []
