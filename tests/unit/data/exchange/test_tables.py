"""A workbook is one table like a text: typed and text cells read alike, doubts asked, faults told by row and column."""

import gzip
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from workbooks import raw_workbook, row_of, text_row, workbook_bytes, zip_bytes

from core.errors import InvalidInput
from data.exchange.dialect import OWN_DIALECT, Dialect
from data.exchange.fields import validated_rows
from data.exchange.numerals import NumberStyle
from data.exchange.opening import examine
from data.exchange.problems import HeaderRefused
from data.exchange.tables import detection_of, opened_table
from data.exchange.transactions import TRANSACTIONS

NAMES = ["Date", "SKU", "Qty"]
DAY = date(2026, 1, 31)


@pytest.fixture
def source(tmp_path):
    def store(content):
        path = tmp_path / "upload"
        path.write_bytes(workbook_bytes({"Sales": content}) if isinstance(content, list) else content)
        return examine(path)

    return store


@pytest.fixture
def rows(source):
    def read(content, dialect=OWN_DIALECT, columns=None):
        with opened_table(source(content), dialect, columns) as table:
            return table.header, list(table)

    return read


@pytest.mark.parametrize(
    "wrap", [bytes, gzip.compress, lambda content: zip_bytes({"a": content})], ids=["plain", "gzip", "zip"]
)
@pytest.mark.parametrize(
    "content",
    [b"Date,SKU,Qty\n2026-01-31,00123,5\n", workbook_bytes({"S": [NAMES, [DAY, "00123", 5]]})],
    ids=["text", "workbook"],
)
def test_table_is_the_same_however_it_comes(rows, content, wrap):
    assert rows(wrap(content)) == (tuple(NAMES), [(2, ["2026-01-31", "00123", "5"], ())])


def test_typed_cells_become_text_without_loss(rows):
    moment = datetime.combine(DAY, time(8, 30))
    cells = [DAY, moment, 0.1, 123.0, 1e5, 12345678, True, False, time(8, 30), "00123", None, timedelta(hours=30), "x"]
    header = [f"c{number}" for number in range(len(cells))]
    _, ((line, found, problems),) = rows([header, cells])
    assert (line, problems) == (2, ())
    assert found == [
        "2026-01-31", "2026-01-31 08:30:00", "0.1", "123", "100000", "12345678", "yes", "no", "08:30:00", "00123", "",
        "30:00:00", "x",
    ]  # fmt: skip


def test_typed_cells_follow_the_dialect_of_the_text_cells(rows):
    dialect = Dialect(";", ",", ".", "DD/MM/YYYY")
    content = [
        [*NAMES, "At"],
        [DAY, "A", 1234.5, time(8)],
        ["01/02/2026", "B", "1.234,5", datetime.combine(DAY, time(8))],
    ]
    _, found = rows(content, dialect)
    assert [cells for _, cells, _ in found] == [
        ["31/01/2026", "A", "1234,5", "08:00:00"],
        ["01/02/2026", "B", "1.234,5", "31/01/2026 08:00:00"],
    ]


def test_rows_are_numbered_as_in_the_sheet(rows):
    content = [["Sales 2026"], [], NAMES, [DAY, "A", 1], [], [None, None, None], [DAY, "B", 2]]
    header, found = rows(content, Dialect(header_row=3))
    assert header == tuple(NAMES)
    assert [line for line, _, _ in found] == [4, 7]


def test_table_may_begin_in_any_column_and_end_before_formatted_cells(rows):
    content = [[None, None, *NAMES, None], [None, None, DAY, "A", 1, None], [None, None, DAY, None, None]]
    header, found = rows(content)
    assert header == tuple(NAMES)
    assert [cells for _, cells, _ in found] == [["2026-01-31", "A", "1"], ["2026-01-31", "", ""]]


@pytest.mark.parametrize("row", [["note", DAY, "A", 1], [None, DAY, "A", 1, "note"]], ids=["before", "behind"])
def test_cell_outside_the_named_columns_is_told(rows, row):
    _, ((line, _, (problem,)),) = rows([[None, *NAMES], row])
    assert (line, problem.rule, problem.value) == (2, "ragged_row", "note")


def test_names_are_made_for_a_sheet_without(rows):
    header, found = rows([[DAY, "A", 1], [DAY, "B", 2]], Dialect(header_row=0))
    assert header == ("Column 1", "Column 2", "Column 3")
    assert [line for line, _, _ in found] == [1, 2]


ERROR_ROW = row_of('<c t="e"><v>#N/A</v></c>', "<c><f>A1</f></c>", '<c t="inlineStr"><is><t>x</t></is></c>', number=2)


def test_fault_names_row_column_value_and_remedy(rows):
    _, ((_, _, problems),) = rows(raw_workbook(text_row(1, *NAMES) + ERROR_ROW))
    assert [(problem.row, problem.column, problem.value, problem.rule) for problem in problems] == [
        (2, "Date", "#N/A", "cell_error"),
        (2, "SKU", "=…", "formula_without_value"),
    ]
    assert "Open the workbook, let it calculate" in problems[1].remedy


def test_fault_in_a_column_that_does_not_matter_refuses_no_row(rows):
    _, ((_, cells, problems),) = rows(raw_workbook(text_row(1, *NAMES) + ERROR_ROW), columns=["Qty"])
    assert (cells[2], problems) == ("x", ())


@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (["Date", "Qty", "qty"], "duplicate_header"),
        (["Date", None, "Qty"], "empty_header"),
        (["Date", "S\u200bKU"], "hidden_zero_width"),
        ([f"c{number}" for number in range(501)], "too_many_columns"),
    ],
)
def test_names_that_cannot_be_told_apart(rows, names, rule):
    with pytest.raises(HeaderRefused) as refused:
        rows([names, [1, 2, 3]])
    assert refused.value.problems[0].rule == rule


def test_error_among_the_names(rows):
    with pytest.raises(HeaderRefused, match="error of the spreadsheet"):
        rows(raw_workbook(row_of('<c t="e"><v>#REF!</v></c>') + text_row(2, "x")))


def test_sheet_without_the_row_of_names(rows):
    with pytest.raises(InvalidInput, match="no row of column names"):
        rows([NAMES], Dialect(header_row=5))


def test_hidden_character_in_a_text_cell(rows):
    _, ((_, _, (problem,)),) = rows([NAMES, [DAY, "A\u202eB", 1]])
    assert (problem.column, problem.rule) == ("SKU", "hidden_direction")


def test_cell_too_long(rows):
    _, ((_, _, (problem,)),) = rows(raw_workbook(text_row(1, *NAMES) + text_row(2, "a", "b", "x" * 100_001)))
    assert (problem.column, problem.rule) == ("Qty", "cell_too_long")


# Detection: only text cells leave anything open.


def asked(found):
    return [question.split(":")[0] for question in found.questions()]


def test_typed_cells_leave_no_question(source):
    assert detection_of(source([NAMES, *([DAY, "A", 1.5], [DAY, "B", 1234])])).dialect() == OWN_DIALECT


def test_text_cells_say_how_they_are_written(source):
    found = detection_of(source([NAMES, ["31/01/2026", "A", "1,5"], ["28/02/2026", "B", "1.234,5"]]))
    assert found.dialect() == Dialect(",", ",", ".", "DD/MM/YYYY")


def test_ambiguous_text_cells_are_asked(source):
    assert asked(detection_of(source([NAMES, ["03/04/2026", "A", "1,234"]]))) == ["Number style", "Date format"]


def test_typed_days_beside_text_days_are_asked_not_guessed(source):
    """03/04/2026 typed in an American spreadsheet became 4 March; 31/12/2026 stayed text."""
    found = detection_of(source([NAMES, *([date(2026, 3, 4), "A", 1],) * 40, ["31/12/2026", "B", 1]]))
    assert asked(found) == ["Date format"]
    assert found.date_format.choices == ("YYYY-MM-DD", "DD/MM/YYYY")
    assert set(found.date_format.evidence) >= {"2026-03-04", "31/12/2026"}


def test_typed_numbers_beside_decimal_commas_are_asked(source):
    found = detection_of(source([NAMES, [DAY, "A", 1.5], [DAY, "B", "2,5"]]))
    assert asked(found) == ["Number style"]
    assert found.numbers.choices[0] == NumberStyle(".", "")


def test_text_that_agrees_with_typed_cells_is_no_contradiction(source):
    content = [NAMES, [DAY, "A", 1.5], ["2026-02-01", "00123", "12"], ["2026-02-01", 123, "1,234.5"]]
    assert asked(detection_of(source(content))) == []


def test_a_persons_choice_settles_it(source):
    content = [NAMES, [DAY, "A", 1.5], ["03/04/2026", "B", "2,5"]]
    found = detection_of(source(content), date_format="DD/MM/YYYY", numbers=NumberStyle(","), header_row=1)
    assert found.dialect() == Dialect(",", ",", "", "DD/MM/YYYY")


def test_names_below_a_title_are_found(source):
    assert detection_of(source([["Sales"], [], NAMES, [DAY, "A", 1]])).header_row.value == 3


def test_first_row_of_data_is_no_row_of_names(source):
    assert asked(detection_of(source([[DAY, "A", 1], [DAY, "B", 2]]))) == ["Column names"]


def test_bare_serial_number_in_a_day_column_says_what_to_do(source):
    found = source([NAMES, [46053, "00123", 1.5], [DAY, 123.0, 2]])
    with opened_table(found, OWN_DIALECT) as table:
        mapping = {"booked_at": "Date", "product": "SKU", "quantity": "Qty"}
        (_, _, (problem,)), (_, values, _) = validated_rows(table, TRANSACTIONS, mapping, OWN_DIALECT)
    assert (problem.rule, problem.column, problem.value) == ("serial_date", "Date", "46053")
    assert values[:3] == (datetime.combine(DAY, time()), "123", Decimal(2))
