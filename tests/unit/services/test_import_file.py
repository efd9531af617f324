"""What was found in a file and what a person chose become one reading, for texts and workbooks alike."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from workbooks import workbook_bytes

from core.errors import InvalidInput
from data.exchange.fields import Entity, Field, Kind
from data.exchange.numerals import NumberStyle
from data.exchange.problems import FileRefused
from services import import_file
from services.import_file import Reading

SALES = [["Invoice Date", "SKU", "Qty"], [date(2026, 1, 31), "00123", Decimal("1.5")], [date(2026, 2, 1), "NA", 2]]
STOCK = [["Lot", "Pieces"], ["L1", 5]]
LOTS = Entity(
    name="lots",
    label="Lots",
    help="",
    fields=(Field(name="lot", label="Lot", kind=Kind.CODE, help="", example="", required=True),),
)


@pytest.fixture
def stored(tmp_path):
    def store(content):
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return store


@pytest.fixture
def book(stored):
    return import_file.source_of(stored(workbook_bytes({"Sales": SALES, "Stock": STOCK})))


def test_first_sheet_is_proposed_and_shown(book):
    seen = import_file.preview(book, Reading())
    assert (seen.source.sheets, seen.source.sheet) == (("Sales", "Stock"), "Sales")
    assert seen.rows == (("2026-01-31", "00123", "1.5"), ("2026-02-01", "NA", "2"))
    assert seen.proposal.mapping == {"booked_at": "Invoice Date", "product": "SKU", "quantity": "Qty"}
    assert {type(cell) for row in seen.rows for cell in row} == {str}


def test_chosen_sheet_is_read(book):
    chosen = Reading.of({"sheet": "Stock"})
    seen = import_file.preview(book, chosen, LOTS)
    assert (seen.source.sheet, seen.header, seen.proposal.mapping) == ("Stock", ("Lot", "Pieces"), {"lot": "Lot"})
    source = import_file.source_as_read(book, chosen)
    with import_file.opened_table(source, import_file.settled_dialect(source, chosen)) as table:
        assert [cells for _, cells, _ in table] == [["L1", "5"]]


def test_sheet_that_the_workbook_lacks(book):
    with pytest.raises(FileRefused, match="Choose “Sales”, “Stock”"):
        import_file.preview(book, Reading(sheet="Lists"))


def test_source_that_is_read_as_found_is_not_looked_at_again(book):
    assert import_file.source_as_read(book, Reading(sheet="Sales", encoding=book.encoding)) is book


def test_source_is_kept_and_found_again(book):
    assert import_file.source_from_json(book.path, import_file.source_as_json(book)) == book


def test_source_kept_before_there_were_workbooks(stored):
    source = import_file.source_of(stored(b"SKU,Qty\nA,1\n"))
    kept = import_file.source_as_json(source)
    del kept["sheets"], kept["sheet"]
    assert import_file.source_from_json(source.path, kept) == source
    assert (source.sheets, source.sheet) == ((), "")


def test_text_read_in_another_encoding(stored):
    source = import_file.source_of(stored("SKU,Name\nA,Größe\n".encode("cp1250")))
    seen = import_file.preview(source, Reading(encoding="cp1250"))
    assert (seen.source.encoding, seen.rows) == ("cp1250", (("A", "Größe"),))


def test_open_questions_stop_the_reading(stored):
    source = import_file.source_of(stored(workbook_bytes({"S": [["Day", "SKU"], ["03/04/2026", "A"]]})))
    with pytest.raises(InvalidInput, match="Date format: 03/04/2026"):
        import_file.settled_dialect(source, Reading())
    assert import_file.settled_dialect(source, Reading(date_format="DD/MM/YYYY")).date_format == "DD/MM/YYYY"


CODES_LIKE_FIGURES = 'Lot,Cost\n"1,5",2.9145\n"2,75",1.5\n'
COSTS = replace(LOTS, fields=(*LOTS.fields, Field(name="cost", label="Cost", kind=Kind.DECIMAL, help="", example="")))


def test_our_own_columns_settle_what_codes_like_figures_leave_open(stored):
    source = import_file.source_of(stored(CODES_LIKE_FIGURES.encode()))
    assert import_file.settled_dialect(source, Reading(), COSTS).numbers == NumberStyle(".", "")


@pytest.mark.parametrize(
    "content",
    [
        CODES_LIKE_FIGURES.replace("Cost", "Price"),
        CODES_LIKE_FIGURES.replace(",", ";").replace("1;5", "1,5").replace("2;75", "2,75"),
    ],
    ids=["other-columns", "other-delimiter"],
)
def test_any_other_file_is_asked_about(stored, content):
    source = import_file.source_of(stored(content.encode()))
    with pytest.raises(InvalidInput, match="Number style"):
        import_file.settled_dialect(source, Reading(), COSTS)


def test_names_that_cannot_be_told_apart_are_part_of_the_preview(stored):
    source = import_file.source_of(stored(workbook_bytes({"S": [["SKU", "sku"], ["A", "B"]]})))
    seen = import_file.preview(source, Reading())
    assert seen.header == ()
    assert "names columns 1 and 2 alike" in seen.header_problem


@pytest.mark.parametrize("given", [{"header_row": "x"}, {"numbers": "1x5"}])
def test_choice_that_is_none(given):
    with pytest.raises(InvalidInput):
        Reading.of(given)


def test_empty_choices_count_as_none():
    assert Reading.of({"sheet": "", "encoding": "", "header_row": ""}) == Reading()
