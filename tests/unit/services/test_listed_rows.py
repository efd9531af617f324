"""Lists held in memory: what a search finds, the order of rows, and parts of a list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from services.listed_rows import PAGE_ROWS, equal_to, in_order, mentioning, narrowed, one_page

ROWS = pd.DataFrame(
    {
        "code": ["TEA-1", "COF-2", "TEA-3"],
        "name": ["Teh Tarik", None, "Green (50%) tea"],
        "place": ["KL", "KL", "PEN"],
        "money": [5.0, np.nan, 5.0],
    }
)


@dataclass(frozen=True)
class Filters:
    place: str = ""
    code: str = ""


def codes(rows: pd.DataFrame) -> list[str]:
    return rows["code"].tolist()


def test_empty_filters_narrow_nothing_and_others_all_have_to_hold() -> None:
    assert equal_to(ROWS, Filters(), "place", "code").all()
    assert codes(ROWS[equal_to(ROWS, Filters("KL", "TEA-1"), "place", "code")]) == ["TEA-1"]
    assert not equal_to(ROWS, Filters("PEN", "TEA-1"), "place", "code").any()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["TEA-1", "COF-2", "TEA-3"]),
        ("  ", ["TEA-1", "COF-2", "TEA-3"]),
        ("tea", ["TEA-1", "TEA-3"]),
        (" TARIK ", ["TEA-1"]),
        ("tea-1 teh", ["TEA-1"]),
        ("(50%)", ["TEA-3"]),
        ("cof", ["COF-2"]),
        ("none", []),
    ],
)
def test_a_text_is_found_in_the_columns_read_one_after_the_other(typed: str, found: list[str]) -> None:
    assert codes(ROWS[mentioning(ROWS, typed, "code", "name")]) == found


def test_what_was_asked_for_comes_before_the_order_of_the_list_and_unknown_values_last() -> None:
    own = (("code", True),)
    assert codes(in_order(ROWS, (), otherwise=own)) == ["TEA-3", "TEA-1", "COF-2"]
    assert codes(in_order(ROWS, (("money", False),), otherwise=own)) == ["TEA-3", "TEA-1", "COF-2"]
    assert codes(in_order(ROWS, (("money", True),), otherwise=own))[-1] == "COF-2"
    assert codes(in_order(ROWS, (("code", False),), otherwise=own)) == ["COF-2", "TEA-1", "TEA-3"]


def test_what_can_not_be_sorted_by_is_passed_over() -> None:
    assert codes(in_order(ROWS, (("nothing", True),))) == codes(ROWS)
    assert codes(in_order(ROWS, (("name", True),), sortable=("code",))) == codes(ROWS)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 2, ["TEA-1", "COF-2"]), (-5, 1, ["TEA-1"]), (2, 1, []), (1, 10**12, ["COF-2", "TEA-3"]), (9, 12, [])],
)
def test_a_part_of_a_list(start: int, end: int, found: list[str]) -> None:
    assert codes(one_page(ROWS, (), start=start, end=end)) == found


def test_a_page_is_of_the_whole_list_in_order() -> None:
    asked = (("money", False), ("code", True))
    whole = in_order(ROWS, asked)
    for start in range(3):
        assert codes(one_page(ROWS, asked, start=start, end=start + 1)) == codes(whole)[start : start + 1]


def test_a_list_kept_whole_is_not_copied() -> None:
    assert narrowed(ROWS, ROWS["code"].notna()) is ROWS
    assert codes(narrowed(ROWS, ROWS["place"] == "PEN")) == ["TEA-3"]


def test_never_more_than_a_page() -> None:
    many = pd.DataFrame({"code": range(PAGE_ROWS * 2)})
    assert len(one_page(many, (("code", True),), start=0, end=10**9)) == PAGE_ROWS


def test_an_empty_list() -> None:
    none = ROWS[:0]
    assert mentioning(none, "tea", "code", "name").empty
    assert in_order(none, (("code", True),)).empty
    assert one_page(none, (("code", True),), start=0, end=5).empty
