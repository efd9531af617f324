"""An error file holds the rows as they were, with what is wrong in front, and can be made of an error file again."""

from __future__ import annotations

import pytest

from data.exchange.error_file import ERROR_COLUMN, own_columns, rows_with_errors

ROWS = [(2, ["A", "1"], ()), (3, ["B", "x"], ()), (5, ["C", "2", "3"], ())]
ERRORS = [(3, "Quantity: is not a number."), (5, "has 3 cells where the column names are 2.")]


def test_only_rows_with_errors_unless_all_are_wanted() -> None:
    bad = [["Quantity: is not a number.", "B", "x"], ["has 3 cells where the column names are 2.", "C", "2", "3"]]
    assert list(rows_with_errors(ROWS, ("Code", "Quantity"), ERRORS, all_rows=False)) == bad
    assert list(rows_with_errors(ROWS, ("Code", "Quantity"), ERRORS, all_rows=True)) == [["", "A", "1"], *bad]


def test_old_errors_are_replaced() -> None:
    header = (ERROR_COLUMN, "Code", "Quantity")
    rows = [(2, ["old", "A", "1"], ()), (3, ["old", "B", "x"], ())]
    assert own_columns(header) == ("Code", "Quantity")
    assert list(rows_with_errors(rows, header, [(3, "new")], all_rows=True)) == [["", "A", "1"], ["new", "B", "x"]]


@pytest.mark.parametrize("errors", [[], [(99, "of a row that is not there")], [(1, "before the first row")]])
def test_errors_of_no_row_are_none(errors: list[tuple[int, str]]) -> None:
    assert list(rows_with_errors(ROWS, ("Code", "Quantity"), errors, all_rows=False)) == []
