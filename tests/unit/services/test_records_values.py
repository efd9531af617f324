"""What is shown, typed again, is what was stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.entities import ENTITIES
from services.records_values import cell_of, record_name, typed_key, value_of

PRODUCTS = ENTITIES["products"]
COST, LAUNCHED, KIND = (PRODUCTS.field(name) for name in ("unit_cost", "launched_on", "kind"))


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_figures_come_back(figure: Decimal) -> None:
    assert value_of(COST, cell_of(figure)) == figure


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31)))
def test_days_come_back(day: date) -> None:
    assert value_of(LAUNCHED, cell_of(day)) == day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (Decimal("100.0000"), "100"),
        (Decimal("1E+3"), "1000"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (7, "7"),
        ("=1+1", "=1+1"),
        ("007.50", "007.50"),
    ],
)
def test_values_are_written_as_people_type_them(value: object, text: str) -> None:
    assert cell_of(value) == text  # type: ignore[arg-type]


def test_what_a_field_can_t_hold_stays_as_typed() -> None:
    assert value_of(COST, " dear ") == "dear"
    assert value_of(KIND, "FINISHED") == "finished"
    assert value_of(COST, "  ") == ""


def test_a_key_of_several_fields_is_named_with_bars() -> None:
    boms = ENTITIES["boms"]
    key = typed_key(boms, {"product": "A", "valid_from": "2026-01-31", "component": " B "})
    assert key == ("A", date(2026, 1, 31), "B")
    assert record_name(key) == "A|2026-01-31|B"


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30"])
def test_a_text_that_is_no_key_names_no_row(day: str) -> None:
    key = typed_key(ENTITIES["boms"], {"product": "A", "valid_from": day, "component": "B"})
    assert key == (("A", None, "B") if not day else None)
    assert typed_key(ENTITIES["companies"], {"name": "A\x00B"}) is None
