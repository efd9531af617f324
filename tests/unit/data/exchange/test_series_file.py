"""A file of series is read as what it says, and what is wrong with it is told by row, column and value."""

import gzip

import numpy as np
import pytest
from workbooks import workbook_bytes

from core.errors import InvalidInput
from data.exchange.series_file import SeriesFile

HEADER = "unique_id,ds,y\n"


@pytest.fixture
def opened(tmp_path):
    def open_file(content, name="history.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return SeriesFile(path)

    return open_file


def cells(file, numbers=("y",)):
    frame = file.frame(numbers)
    return [list(row) for row in frame.itertuples(index=False)]


def refusal(read):
    with pytest.raises(InvalidInput) as refused:
        read()
    return refused.value.message


ROW = ["007", "2024-01-01", 5.0]
SPELLINGS = {
    "plain": HEADER + "007,2024-01-01,5\n",
    "no_last_line_end": HEADER + "007,2024-01-01,5",
    "windows_lines": "unique_id,ds,y\r\n007,2024-01-01,5\r\n",
    "old_mac_lines": "unique_id,ds,y\r007,2024-01-01,5\r",
    "byte_order_mark": "\ufeff" + HEADER + "007,2024-01-01,5\n",
    "utf16": ("\ufeff" + HEADER + "007,2024-01-01,5\n").encode("utf-16-le"),
    "quoted": '"unique_id","ds","y"\n"007","2024-01-01","5"\n',
    "semicolons": "unique_id;ds;y\n007;2024-01-01;5.0\n",
    "tabs": "unique_id\tds\ty\n007\t2024-01-01\t5\n",
    "blank_lines": "\n" + HEADER + "\n007,2024-01-01,5\n\n",
    "padded_names": "unique_id , ds , y\n007,2024-01-01, 5 \n",
    "other_order": "y,unique_id,ds\n5,007,2024-01-01\n",
    "other_columns": "product,unique_id,ds,y\nMee goreng,007,2024-01-01,5\n",
    "exponent": HEADER + "007,2024-01-01,5e0\n",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_same_row_in_many_spellings(opened, spelling):
    file = opened(SPELLINGS[spelling])
    assert cells(file)[0] == ROW if spelling != "other_order" else cells(file)[0] == [5.0, *ROW[:2]]


def test_compressed_by_content_not_by_name(opened):
    assert cells(opened(gzip.compress(SPELLINGS["plain"].encode()), "history.txt")) == [ROW]


@pytest.mark.parametrize(
    "name", ["NA", "nan", "null", "1.0", "1e5", "-", "a,b", 'the "best"', "北京", "two\nlines", " x", '5" pipe']
)
def test_ids_stay_the_texts_they_are(opened, name):
    bare = name if name == '5" pipe' else '"' + name.replace('"', '""') + '"'
    assert cells(opened(HEADER + f"{bare},2024-01-01,1\nB,2024-01-01,2\n"))[0][0] == name


@pytest.mark.parametrize("text", ["", "NaN", "nan", "NA", "null"])
def test_a_number_can_be_unknown(opened, text):
    assert np.isnan(cells(opened(HEADER + f"A,2024-01-01,{text}\n"))[0][2])


def test_numbers_of_all_sizes(opened):
    file = opened(HEADER + "A,2024-01-01,1e12\nA,2024-02-01,-3.5\nA,2024-03-01,0\nA,2024-04-01,1E-7\n")
    assert file.frame(["y"])["y"].tolist() == [1e12, -3.5, 0.0, 1e-7]


WRONG_CELLS = {
    "text": ("many", "is not a number. (many) Write a number"),
    "thousands": ('"1,000"', "(1,000) Write it as 1234.5"),
    "decimal_comma": ('"1,5"', "(1,5) Write it as 1234.5"),
    "underscore": ("1_000", "has an underscore. (1_000) Remove"),
    "truth": ("True", "is not a number. (True)"),
    "other_digits": ("٣", "Write it with the digits 0 to 9"),
    "currency": ("RM5", "has a unit or currency. (RM5)"),
    "infinite": ("inf", "is not a finite number. (inf)"),
    "too_large": ("1e999", "is not a finite number. (1e999)"),
    "spreadsheet_error": ("#N/A", "(#N/A) Write a number, or nothing where none is needed."),
    "blank": ("  ", "is not a number."),
}


@pytest.mark.parametrize("case", WRONG_CELLS)
def test_what_is_no_number_is_told_with_its_place(opened, case):
    cell, told = WRONG_CELLS[case]
    file = opened(HEADER + f"A,2024-01-01,1\n\nA,2024-02-01,2\nA,2024-03-01,{cell}\nA,2024-04-01,{cell}\n")
    message = refusal(lambda: file.frame(["y"]))
    assert message.startswith("history.csv: Row 5, column “y”: ")
    assert told in message


def test_the_first_wrong_cell_of_all_columns_is_told(opened):
    file = opened("unique_id,ds,y,price\nA,2024-01-01,1,2\nA,2024-02-01,1,low\nA,2024-03-01,none,2\n")
    assert "Row 3, column “price”: is not a number. (low)" in refusal(lambda: file.frame(["y", "price"]))


def test_columns_that_are_not_asked_for_may_hold_anything(opened):
    file = opened("unique_id,ds,y,note\nA,2024-01-01,1,sold out\nA,2024-02-01,2,\n")
    assert file.frame(["y"])["y"].tolist() == [1.0, 2.0]


UNEVEN = {
    "short": (HEADER + "A,2024-01-01,1\nA,2024-02-01\n", "Row 3: has 2 cells where the column names are 3."),
    "long": (HEADER + "A,2024-01-01,1\nA,2024-02-01,1,9\n", "Row 3: has 4 cells where the column names are 3."),
    "first_long": (HEADER + "A,2024-01-01,1,9\nA,2024-02-01,1\n", "Row 2: has 4 cells"),
    "one_more_one_less": (HEADER + "A,2024-01-01,1,9\nA,2024-02-01\n", "Row 2: has 4 cells"),
    "quoted_short": (HEADER + '"A,B",2024-01-01,1\n"A,B,C",2024-02-01\n', "Row 3: has 2 cells"),
    "open_quote": (HEADER + 'A,2024-01-01,1\n"A,2024-02-01,1\n', "Row 3: has a quote that is not closed"),
    "nul": (HEADER + "A\0B,2024-01-01,1\n", "Row 2, column “unique_id”: holds a NUL character"),
    "blanks_only": (HEADER + "A,2024-01-01,1\n   \n", "Row 3: has 1 cells"),
}


@pytest.mark.parametrize("case", UNEVEN)
def test_rows_of_another_width_are_told(opened, case):
    content, told = UNEVEN[case]
    file = opened(content)
    assert told in refusal(lambda: file.frame(["y"]))


NO_TABLES = {
    "empty": (b"", "is empty"),
    "header_only": (HEADER.encode(), "has no rows below its column names"),
    "binary": (bytes(range(256)) * 20, "binary data"),
    "workbook": (workbook_bytes({"Sales": [["unique_id", "ds", "y"], ["A", "2024-01-01", 1]]}), "is a workbook"),
    "bad_gzip": (b"\x1f\x8b\x08\x00 this is no gzip", "damaged or cut off"),
    "cut_gzip": (gzip.compress(b"A,2024-01-01,1\n" * 999)[:40], "damaged or cut off"),
    "latin1": ("unique_id,ds,y\nCaf\xe9,2024-01-01,1\n").encode("latin-1"),
}
NO_TABLES["latin1"] = (NO_TABLES["latin1"], "not UTF-8")
NO_TABLES["no_value_column"] = (
    b"unique_id,ds,qty\nA,2024-01-01,1\n",
    "The column “y” is missing; the row of names has unique_id, ds, qty.",
)
NO_TABLES["no_names"] = (b"A,2024-01-01,1\n", "The column “unique_id” is missing")
NO_TABLES["same_name_twice"] = (b"unique_id,ds,y,y\nA,2024-01-01,1,1\n", "names columns 3 and 4 alike")
NO_TABLES["row_numbers"] = (b",unique_id,ds,y\n0,A,2024-01-01,1\n", "names no column 1")


@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_file_of_series_is_refused_by_name(opened, case):
    content, told = NO_TABLES[case]
    message = refusal(lambda: opened(content, "sales.csv").frame(["y"]))
    assert message.startswith("sales.csv: ")
    assert told in message
