"""A workbook's rows are read as the spreadsheet shows and numbers them; a workbook made to do harm is refused."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import MAIN, OFFICE, raw_workbook, row_of, text_row, workbook_bytes

from data.exchange import workbook
from data.exchange.opening import examine
from data.exchange.problems import FileRefused
from data.exchange.workbook import opened_workbook
from data.exchange.workbook_cells import Fault

STRINGS = "<si><t>Kopi O</t></si><si><r><t>Chilli </t></r><r><t>sauce</t></r><rPh><t>kana</t></rPh></si><si/>"
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="dd&quot;d&quot;\\-mm"/><numFmt numFmtId="165" formatCode="[Red]0.0"/>'
    '<numFmt numFmtId="166" formatCode="[h]:mm"/><numFmt numFmtId="167" formatCode="0&quot; days&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf/></cellXfs>'
)


@pytest.fixture
def rows(tmp_path):
    def read(content):
        path = tmp_path / "upload"
        path.write_bytes(content)
        with opened_workbook(path) as book:
            return list(book.rows(book.sheets[0]))

    return read


@pytest.fixture
def refusal(tmp_path):
    def reason(content):
        path = tmp_path / "upload"
        path.write_bytes(content)
        with pytest.raises(FileRefused) as refused, opened_workbook(path) as book:
            list(book.rows(book.sheets[0]))
        return refused.value.reason

    return reason


CELLS = {
    '<c t="s"><v>0</v></c>': "Kopi O",
    '<c t="s"><v>1</v></c>': "Chilli sauce",
    '<c t="inlineStr"><is><t> 00123 </t></is></c>': " 00123 ",
    '<c t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c>': "ab",
    '<c t="str"><f>A1</f><v>text</v></c>': "text",
    "<c><v>123.0</v></c>": "123",
    "<c><f>1+1</f><v>2</v></c>": "2",
    '<c s="1"><v>46053</v></c>': "2026-01-31",
    '<c s="2"><v>46053.25</v></c>': "2026-01-31 06:00:00",
    '<c s="3"><v>46053</v></c>': "46053",
    '<c s="4"><v>1.5</v></c>': "36:00:00",
    '<c s="5"><v>3</v></c>': "3",
    '<c s="6"><v>0.25</v></c>': "0.25",
    '<c t="b"><v>1</v></c>': "yes",
    '<c t="b"><v>0</v></c>': "no",
    '<c t="d"><v>2026-01-31T00:00:00</v></c>': "2026-01-31",
    '<c t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>': "a\rb_x0041_",
}


@pytest.mark.parametrize("cell", CELLS)
def test_cell_is_the_text_it_shows(rows, cell):
    assert rows(raw_workbook(row_of(cell), strings=STRINGS, styles=STYLES)) == [(1, [CELLS[cell]])]


FAULTS = {
    '<c t="e"><v>#REF!</v></c>': ("#REF!", "cell_error"),
    '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>': ("#DIV/0!", "cell_error"),
    "<c><f>A1*2</f></c>": ("=…", "formula_without_value"),
    "<c><f>A1*2</f><v/></c>": ("=…", "formula_without_value"),
    "<c><v>INF</v></c>": ("INF", "not_a_number"),
    '<c s="1"><v>-1</v></c>': ("-1", "no_such_day"),
}


@pytest.mark.parametrize("cell", FAULTS)
def test_cell_without_a_value_says_why(rows, cell):
    ((_, (found,)),) = rows(raw_workbook(row_of(cell), styles=STYLES))
    assert isinstance(found, Fault)
    assert (str(found), found.rule) == FAULTS[cell]


def test_formula_that_gives_no_text_is_an_empty_cell(rows):
    assert rows(raw_workbook(row_of('<c t="str"><f>A2</f><v></v></c>', "<c><v>1</v></c>"))) == [(1, ["", "1"])]


def test_rows_and_columns_stand_where_the_sheet_puts_them(rows):
    found = rows(
        raw_workbook('<row r="3"><c r="B3"><v>1</v></c><c r="AA3"><v>2</v></c></row><row><c><v>3</v></c></row>')
    )
    assert found == [(3, ["", "1", *[""] * 24, "2"]), (4, ["3"])]


def test_cells_that_are_only_formatted_are_no_cells(rows):
    content = raw_workbook(row_of("<c><v>1</v></c>", "<c/>", "<c/>") + row_of("<c/>", number=2) + '<row r="3"/>')
    assert rows(content) == [(1, ["1"])]


def test_stored_dimension_is_not_believed(rows):
    sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>{text_row(1, "a", "b")}</sheetData></worksheet>'
    assert rows(raw_workbook(sheet=sheet)) == [(1, ["a", "b"])]


def test_names_with_a_prefix(rows):
    row = '<x:row r="1"><x:c><x:v>5</x:v></x:c></x:row>'
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{row}</x:sheetData></x:worksheet>'
    assert rows(raw_workbook(sheet=sheet)) == [(1, ["5"])]


def test_workbook_of_the_1904_system(rows):
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="Sales" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    content = raw_workbook(row_of('<c s="1"><v>44591</v></c>'), styles=STYLES, book=book)
    assert rows(content) == [(1, ["2026-01-31"])]


def test_sheets_that_nobody_sees_are_not_offered(tmp_path):
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Lists" sheetId="1" state="hidden" r:id="r1"/>'
        '<sheet name="Sales" sheetId="2" r:id="r1"/><sheet name="Chart" sheetId="3" r:id="r9"/></sheets></workbook>'
    )
    (tmp_path / "a").write_bytes(raw_workbook(row_of("<c><v>1</v></c>"), book=book))
    assert examine(tmp_path / "a").sheets == ("Sales",)


def test_first_sheet_with_rows_is_proposed_and_another_can_be_chosen(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(workbook_bytes({"Notes": [], "Sales": [["a"], ["1"], ["2"]], "Stock": [["b"], ["3"]]}))
    found = examine(path)
    assert (found.sheets, found.sheet, found.lines) == (("Sales", "Stock"), "Sales", 3)
    assert examine(path, sheet="Stock").lines == 2
    with pytest.raises(FileRefused, match="Choose “Sales”, “Stock”"):
        examine(path, sheet="Notes")


def test_workbook_without_rows(tmp_path):
    (tmp_path / "a").write_bytes(workbook_bytes({"Sales": []}))
    with pytest.raises(FileRefused) as refused:
        examine(tmp_path / "a")
    assert refused.value.reason == "empty"


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ONE = row_of("<c><v>1</v></c>")
MACRO_TYPES = '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
HARMFUL = {
    "billion laughs": (raw_workbook(ONE, prolog=LAUGHS), "xml_entities"),
    "external entity": (raw_workbook(ONE, prolog=EXTERNAL), "xml_entities"),
    "entities in the sheet": (
        raw_workbook(sheet=f"{LAUGHS}<worksheet><sheetData>&b;</sheetData></worksheet>"),
        "xml_entities",
    ),
    "entities in the texts": (
        raw_workbook(ONE, strings="", parts={"xl/sharedStrings.xml": f"{EXTERNAL}<sst><si><t>&a;</t></si></sst>"}),
        "xml_entities",
    ),
    "macros": (raw_workbook(ONE, parts={"xl/vbaProject.bin": b"x"}), "macros"),
    "macros under another name": (
        raw_workbook(ONE, parts={"[Content_Types].xml": MACRO_TYPES}),
        "macros",
    ),
    "macro sheet": (raw_workbook(ONE, parts={"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "binary workbook": (raw_workbook(ONE, parts={"xl/workbook.bin": b"x"}), "xlsb"),
    "document": (raw_workbook(ONE, parts={"word/document.xml": b"x"}), "document"),
    "a million columns": (raw_workbook(f"<row>{'<c/>' * 1_000_000}</row>"), "too_many_columns"),
    "far column": (raw_workbook('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "too_many_columns"),
    "a million styles": (raw_workbook(ONE, styles=f"<cellXfs>{'<xf/>' * 1_000_000}</cellXfs>"), "too_many_styles"),
    "row a million and more": (raw_workbook('<row r="1048577"><c><v>1</v></c></row>'), "corrupt_workbook"),
    "rows out of order": (raw_workbook(row_of(number=2) + row_of(number=1)), "corrupt_workbook"),
    "cells out of order": (raw_workbook(row_of('<c r="B1"/>', '<c r="A1"/>')), "corrupt_workbook"),
    "no such text": (raw_workbook(row_of('<c t="s"><v>5</v></c>'), strings=STRINGS), "corrupt_workbook"),
    "no such style": (raw_workbook(row_of('<c s="99"><v>5</v></c>'), styles=STYLES), "corrupt_workbook"),
    "column that is none": (raw_workbook(row_of('<c r="É1"><v>5</v></c>')), "corrupt_workbook"),
    "xml cut off": (raw_workbook(sheet="<worksheet><sheetData><row><c><v>1"), "corrupt_workbook"),
    "book that is no xml": (raw_workbook(ONE, book="workbook"), "corrupt_workbook"),
    "odd encoding": (raw_workbook(ONE, book='<?xml version="1.0" encoding="utf-7"?><workbook/>'), "corrupt_workbook"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_harmful_workbook_is_refused(refusal, case):
    content, reason = HARMFUL[case]
    assert refusal(content) == reason


@pytest.mark.parametrize(
    ("limit", "content"),
    [
        ("MOST_STRINGS", raw_workbook(ONE, strings="<si/>" * 11)),
        ("MOST_STRING_CHARACTERS", raw_workbook(ONE, strings=f"<si><t>{'x' * 11}</t></si>")),
        ("MOST_CELLS", raw_workbook(row_of(*["<c/>"] * 11))),
    ],
)
def test_more_than_is_held_in_memory_is_refused(refusal, monkeypatch, limit, content):
    monkeypatch.setattr(workbook, limit, 10)
    assert refusal(content) in ("too_many_texts", "too_many_cells")


WHOLE = raw_workbook(ONE + text_row(2, "a", "b"), strings=STRINGS, styles=STYLES)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255))
def test_flipped_byte_is_refused_or_harmless(tmp_path, place, value):
    damaged = bytearray(WHOLE)
    damaged[place] = value
    path = tmp_path / "upload"
    path.write_bytes(bytes(damaged))
    try:
        with opened_workbook(path) as book:
            found = [list(book.rows(sheet)) for sheet in book.sheets]
    except FileRefused:
        return
    assert found == [[(1, ["1"]), (2, ["a", "b"])]]


FLAT = """
import resource, sys
from pathlib import Path
from data.exchange.workbook import opened_workbook
with opened_workbook(Path(sys.argv[1])) as book:
    print(sum(1 for _ in book.rows(book.sheets[0])), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak_kilobytes(count):
        path = tmp_path / "upload"
        path.write_bytes(raw_workbook("".join(row_of("<c><v>1.5</v></c>" * 6, number=n) for n in range(1, count + 1))))
        command = [sys.executable, "-c", FLAT, path]
        root = Path(workbook.__file__).parents[2]
        rows, peak = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()
        assert int(rows) == count
        return int(peak)

    assert peak_kilobytes(40_000) < peak_kilobytes(1000) + 8_000
