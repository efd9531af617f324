"""Cells stay the text they were; whatever is wrong has a row number and does not spoil its neighbours."""

import gzip
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from data.exchange import reader
from data.exchange.dialect import Dialect
from data.exchange.problems import HeaderRefused
from data.exchange.reader import LONGEST_CELL, MOST_BROKEN_QUOTES, TextTable


def read(text, **dialect):
    table = TextTable(io.StringIO(text, newline=""), Dialect(**dialect))
    return table, list(table)


def good(rows):
    return [(line, cells) for line, cells, problems in rows if not problems]


def faults(rows):
    return {line: [problem.rule for problem in problems] for line, _, problems in rows if problems}


def test_text_stays_text():
    kept = ["NA", "00123", "null", "None", "1E5", "TRUE", " x ", "1_000", "=1+1", "", "ünï"]
    _, rows = read("a,b\n" + "".join(f"{cell},z\n" for cell in kept))
    assert [cells[0] for _, cells in good(rows)] == kept


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_an_editor(end):
    text = end.join(["a,b", "1,2", "", '"x', 'y",3', "4,5", "6,7"])
    table, rows = read(text)
    assert good(rows) == [(2, ["1", "2"]), (4, [f"x{end}y", "3"]), (6, ["4", "5"]), (7, ["6", "7"])]
    assert table.blank_rows == 1


def test_rows_without_text_are_counted_not_taken():
    table, rows = read("a,b\n,\n1,2\n\n,,,\n")
    assert good(rows) == [(3, ["1", "2"])]
    assert not faults(rows)
    assert table.blank_rows == 3


def test_ragged_rows_are_named_and_never_shifted():
    _, rows = read("a,b\n1\n1,2\n1,2,3\n1,2,\n")
    assert good(rows) == [(3, ["1", "2"])]
    assert faults(rows) == {2: ["ragged_row"], 4: ["ragged_row"], 5: ["ragged_row"]}
    assert "3 cells where the column names are 2" in str(rows[2][2][0])


def test_open_quote_costs_its_own_row_only():
    _, rows = read('a,b\n1,2\n"12 pipe,3\n4,5\n6,7\n')
    assert good(rows) == [(2, ["1", "2"]), (4, ["4", "5"]), (5, ["6", "7"])]
    assert faults(rows) == {3: ["broken_quote"]}


def test_open_quote_that_another_quote_closes_is_noticed_by_the_width():
    _, rows = read('a,b\n"12 pipe,3\n4,5\n"13 pipe",5\n6,7\n')
    assert good(rows) == [(3, ["4", "5"]), (4, ["13 pipe", "5"]), (5, ["6", "7"])]
    assert faults(rows) == {2: ["broken_quote"]}


def test_text_behind_a_closing_quote():
    _, rows = read('a,b\n"12" pipe,3\n12" pipe,3\n"12"" pipe",3\n')
    assert good(rows) == [(3, ['12" pipe', "3"]), (4, ['12" pipe', "3"])]
    assert faults(rows) == {2: ["broken_quote"]}


def test_a_file_of_broken_quotes_ends_the_reading():
    with pytest.raises(InvalidInput, match="broken quotes"):
        read("a,b\n" + '"x,1\n' * (MOST_BROKEN_QUOTES + 2))


def test_long_cells():
    _, rows = read(f"a,b\n{'x' * (LONGEST_CELL - 10)},1\n{'y' * (LONGEST_CELL + 10)},2\nz,3\n")
    assert [line for line, _ in good(rows)] == [2, 4]
    assert faults(rows) == {3: ["cell_too_long"]}


@pytest.mark.parametrize(
    ("character", "rule"),
    [
        ("\x00", "hidden_nul"),
        ("\x07", "hidden_control"),
        ("\x1b", "hidden_control"),
        ("\x85", "hidden_control"),
        ("\u202e", "hidden_direction"),
        ("\u2066", "hidden_direction"),
        ("\u200b", "hidden_zero_width"),
        ("\ufeff", "hidden_zero_width"),
        ("\u00ad", "hidden_zero_width"),
        ("\ufffe", "hidden_not_a_character"),
    ],
)
def test_hidden_characters_are_refused_by_name(character, rule):
    _, rows = read(f"a,b\n1,2\nx{character}y,2\n3,4\n")
    assert faults(rows) == {3: [rule]}
    problem = rows[1][2][0]
    assert problem.column == "a"
    assert f"U+{ord(character):04X}" in problem.message
    assert problem.value.isprintable()
    with pytest.raises(HeaderRefused) as refusal:
        read(f"a,x{character}y\n1,2\n")
    assert [problem.rule for problem in refusal.value.problems] == [rule]


def test_letters_of_all_scripts_pass():
    cells = ["Çay", "茶", "தேநீர்", "شاي", "ชา", "नमक\u200dx", "☕", "a\u00a0b", "tab\tinside"]
    _, rows = read("a\n" + "".join(f'"{cell}"\n' for cell in cells))
    assert [row[0] for _, row in good(rows)] == cells


@pytest.mark.parametrize(
    ("header", "rules"),
    [
        ("a,b,a", ["duplicate_header"]),
        ("Qty,price,QTY ", ["duplicate_header"]),
        ("a,,c", ["empty_header"]),
        ("a,b,", ["empty_header"]),
        (",".join(f"c{number}" for number in range(10_000)), ["too_many_columns"]),
        ('a,"b', ["broken_quote"]),
    ],
)
def test_bad_headers_are_refused_with_their_row(header, rules):
    with pytest.raises(HeaderRefused) as refusal:
        read(f"\n{header}\n1,2,3\n")
    assert [problem.rule for problem in refusal.value.problems] == rules
    assert all(problem.row == 2 for problem in refusal.value.problems)
    assert "Row 2" in str(refusal.value)


def test_header_is_tidied_for_matching_only():
    table, _ = read('\ufeff Invoice\u00a0No ,"Unit\nprice"\n1,2\n')
    assert table.header == ("Invoice No", "Unit price")


def test_no_header_row_numbers_the_columns():
    table, rows = read('\n"A\nB",5\nC,6\n', header_row=0)
    assert table.header == ("Column 1", "Column 2")
    assert good(rows) == [(2, ["A\nB", "5"]), (4, ["C", "6"])]


def test_header_further_down():
    table, rows = read('Report "2026"\n\na;b\n1;2\n', delimiter=";", header_row=3)
    assert table.header == ("a", "b")
    assert good(rows) == [(4, ["1", "2"])]


@pytest.mark.parametrize("text", ["", "\n\n", ",,,\n"])
def test_nothing_to_read(text):
    with pytest.raises(InvalidInput, match="no row of column names"):
        read(text)


def test_marks_of_our_own_export_are_taken_off():
    _, rows = read("a,b\n'=1+1,'-5\n'+60 12,O'Neil\n")
    assert good(rows) == [(2, ["=1+1", "'-5"]), (3, ["+60 12", "O'Neil"])]


@given(st.text(alphabet=st.sampled_from("ab1,\"\n\r \x00\u200b'"), max_size=300), st.sampled_from([0, 1, 2]))
def test_every_line_of_any_text_is_accounted_for(body, header_row):
    text = "a,b\n" + body
    try:
        table, rows = read(text, header_row=header_row)
    except InvalidInput:
        return
    lines = [line for line, _, _ in rows]
    assert lines == sorted(set(lines))
    assert all(problems or len(cells) == len(table.header) for _, cells, problems in rows)


MEASURE = """
import gzip, sys, time
from data.exchange.opening import examine, open_text
from data.exchange.fields import match_columns, validated_rows
from data.exchange.reader import TextTable
from data.exchange.detection import detect
from data.exchange.transactions import TRANSACTIONS
from pathlib import Path
def peak():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
source = examine(Path(sys.argv[1]))
dialect = detect(source.sample).dialect()
rows = 0
with open_text(source) as text:
    table = TextTable(text, dialect)
    mapping = match_columns(table.header, TRANSACTIONS).mapping
    for row in validated_rows(table, TRANSACTIONS, mapping, dialect):
        assert not row[2], row
        rows += 1
        if rows == 20_000:
            before = peak()
print(rows, before, peak())
"""


def test_memory_stays_flat_over_many_rows(tmp_path):
    # VmHWM and not getrusage: a child's ru_maxrss starts at the peak of the process that made it.
    path = tmp_path / "many.csv.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
        for start in range(0, 300_000, 1000):
            file.write(
                "".join(
                    f"{start // 7},P{number * 7919 % 100_003},NAME {number},{number % 50},2026-01-{number % 28 + 1:02} "
                    f"{number % 24:02}:{number % 60:02},{number % 997}.{number % 100:02},{number % 40_000},Malaysia\n"
                    for number in range(start, start + 1000)
                )
            )
    root = Path(reader.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", MEASURE, path], cwd=root, capture_output=True, text=True, check=True)
    rows, early, peak = map(int, done.stdout.split())
    assert rows == 300_000
    assert peak - early < 20_000, f"grew from {early} kB to {peak} kB"
    assert peak < 120_000
