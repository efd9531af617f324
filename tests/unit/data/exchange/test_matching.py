"""A column without a telling name is proposed by what it holds, but only when nothing else fits as well."""

from decimal import Decimal

import pytest

from data.exchange.dialect import Dialect
from data.exchange.fields import Entity, Field, Kind
from data.exchange.matching import match_by_content

KINDS = {
    "day": {"kind": Kind.DAY},
    "product": {"kind": Kind.CODE, "reference": "products"},
    "location": {"kind": Kind.CODE, "reference": "locations"},
    "quantity": {"kind": Kind.DECIMAL, "minimum": Decimal(0)},
    "status": {"kind": Kind.TEXT, "choices": ("active", "retired")},
    "name": {"kind": Kind.TEXT},
}
ENTITY = Entity(
    name="things",
    label="Things",
    help="",
    fields=(
        *(Field(name=name, label=name, help="", example="", required=True, **more) for name, more in KINDS.items()),
        Field(name="note", label="note", help="", example="", kind=Kind.DAY),
    ),
)
KNOWN = {"products": frozenset({"100", "200", "300"}), "locations": frozenset({"KL", "JB", "PG"})}
DAYS = ("2026-01-31", "2026-02-01", "2026-02-02")
PRODUCTS = ("100", "200", "300")
PLACES = ("KL", "JB", "PG")
NUMBERS = ("1.5", "2", "700")


def matched(*columns, mapping=None, dialect=None, known=KNOWN):
    header = [f"c{number}" for number in range(1, len(columns) + 1)]
    return match_by_content(
        header, list(zip(*columns, strict=True)), ENTITY, mapping or {}, dialect or Dialect(), known
    )


def test_each_column_goes_where_alone_it_fits():
    assert matched(DAYS, PLACES, ("active", "Retired", "active"), ("Kopi", "Teh", "Milo")) == {
        "day": "c1",
        "location": "c2",
        "status": "c3",
    }


def test_column_of_known_codes_is_no_quantity():
    assert matched(PRODUCTS, NUMBERS) == {"product": "c1", "quantity": "c2"}


@pytest.mark.parametrize(
    "twins", [(DAYS, DAYS), (NUMBERS, NUMBERS), (PLACES, PLACES)], ids=["days", "numbers", "codes"]
)
def test_two_equally_good_columns_are_left_to_a_person(twins):
    assert matched(*twins) == {}


def test_column_already_mapped_is_no_rival():
    assert matched(NUMBERS, NUMBERS, mapping={"name": "c1"}) == {"quantity": "c2"}


def test_field_already_mapped_gets_no_second_column():
    assert matched(DAYS, DAYS, mapping={"day": "c1"}) == {}


def test_optional_field_is_not_filled_by_a_guess():
    assert "note" not in matched(DAYS, ("2026-03-01", "x", "y"))


def test_one_cell_that_does_not_parse_counts_against_the_column():
    assert matched(("2026-01-31", "2026-02-30", "2026-02-02")) == {}
    assert matched(("1", "-2", "3")) == {}  # below the minimum


def test_cells_are_read_in_the_dialect_of_the_file():
    style = Dialect(";", ",", ".", "DD/MM/YYYY")
    columns = (("31/01/2026", "01/02/2026", "02/02/2026"), ("1.234,5", "2,5", "3"))
    assert matched(*columns, dialect=style) == {"day": "c1", "quantity": "c2"}
    assert matched(*columns) == {}


def test_some_codes_may_be_new():
    assert matched(("KL", "JB", "PG", "NEW")) == {"location": "c1"}
    assert matched(("KL", "A", "B", "NEW")) == {}


@pytest.mark.parametrize("cells", [(), ("", "", ""), ("2026-01-31", "", "2026-02-01")], ids=["no rows", "empty", "two"])
def test_too_little_to_tell(cells):
    assert matched(cells) == {}


def test_without_known_codes_no_code_is_found():
    assert matched(PLACES, known={}) == {}


def test_short_rows_are_no_obstacle():
    rows = [[day, "KL"][: 1 + number % 2] for number, day in enumerate(DAYS * 2)]
    assert match_by_content(("a", "b"), rows, ENTITY, {}, Dialect(), KNOWN) == {"day": "a", "location": "b"}
