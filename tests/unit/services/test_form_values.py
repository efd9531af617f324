"""What a browser sent becomes a value, or a message that says what is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity


@pytest.mark.parametrize("value", [0, -1, 2**63, True, "5", 5.0, None, [5], {"id": 5}])
def test_whatever_is_no_id_names_no_row(value: object) -> None:
    assert row_id(value) == 0


def test_an_id_stays_itself() -> None:
    assert row_id(2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize(
    ("value", "quantity"), [(5, "5"), (0.1, "0.1"), ("12.3456", "12.3456"), (" 7 ", "7"), ("-2", "-2"), ("007", "7")]
)
def test_quantities(value: object, quantity: str) -> None:
    assert quantity_of(value, name="Quantity") == Decimal(quantity)


@pytest.mark.parametrize(
    "value", ["", "1,5", "1e3", "1_0", "٣", "５", "inf", "nan", "1.23456", "9" * 15, True, None, []]
)
def test_what_is_no_quantity_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidInput, match="Pallets: enter a number"):
        quantity_of(value, name="Pallets")


@pytest.mark.parametrize("value", ["2026-03-02", "2026-03-02T00:00:00", date(2026, 3, 2)])
def test_dates(value: object) -> None:
    assert calendar_day(value, name="Date") == date(2026, 3, 2)


@pytest.mark.parametrize(
    "value", ["", "20260302", "2026-W10-1", "2026-02-30", "0000-01-01", "02/03/2026", 20260302, None]
)
def test_what_is_no_date_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidInput, match="Due: enter a date"):
        calendar_day(value, name="Due")


def test_a_sentence_loses_blanks_and_what_cannot_be_seen() -> None:
    assert sentence(" late\u200b, \x00sorry\u202e ", name="Reason", longest=20) == "late, sorry"
    assert sentence("two\nlines", name="Reason", longest=20) == "two\nlines"


@pytest.mark.parametrize(("value", "message"), [("", "few words"), (5, "few words"), ("x" * 21, "at most 20")])
def test_what_is_no_sentence_is_refused(value: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        sentence(value, name="Reason", longest=20)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (Decimal("1000.0000"), "1,000"),
        (Decimal("0.5"), "0.5"),
        (12.3456, "12.3456"),
        (0, "0"),
        (-1200, "−1,200"),
    ],
)
def test_a_quantity_is_shown_with_the_decimals_it_has(value: Decimal | float | None, text: str) -> None:
    assert shown_quantity(value) == text
