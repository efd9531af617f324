"""A file follows the order and the filters of its grid, whatever a browser writes there."""

from __future__ import annotations

import json

import pytest

from services.download_list import as_shown, pages, reordered, sorting

ROWS = [
    {"code": "b", "name": "Soy", "value": 2},
    {"code": "a", "name": "chilli", "value": None},
    {"code": "c", "name": "Chilli hot", "value": 1},
]


def codes(query: dict[str, str], shown: dict[str, list[str]] | None = None) -> str:
    return "".join(str(record["code"]) for record in as_shown(ROWS, query, shown or {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("value:desc", (("value", True),)),
        ("value:desc,code:asc", (("value", True), ("code", False))),
        ("a,b:up,c:desc,d:desc", (("a", False), ("b", False), ("c", True))),
        (",,", ()),
    ],
)
def test_sorting_is_read_from_the_address(text: str, expected: tuple[tuple[str, bool], ...]) -> None:
    assert sorting({"sort": text}) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("", "bac"), ("value:asc", "cba"), ("value:desc", "bca"), ("name:asc", "acb"), ("nothing:desc", "bac")],
)
def test_empty_values_come_last_and_case_does_not_count(sort: str, expected: str) -> None:
    assert codes({"sort": sort}) == expected


def test_a_column_that_shows_several_values_is_sorted_by_them_in_turn() -> None:
    rows = [{"order": "B", "line": 2}, {"order": "A", "line": 10}, {"order": "A", "line": 9}]
    found = as_shown(rows, {"sort": "both:asc"}, {"both": ["order", "line"]})
    assert [(row["order"], row["line"]) for row in found] == [("A", 9), ("A", 10), ("B", 2)]


def condition(kind: str, text: str = "") -> dict[str, str]:
    return {"filterType": "text", "type": kind, "filter": text}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("contains", "CHILLI", "ac"),
        ("notContains", "chilli", "b"),
        ("equals", "chilli", "a"),
        ("notEqual", "chilli", "bc"),
        ("startsWith", "ch", "ac"),
        ("endsWith", "hot", "c"),
        ("blank", "", ""),
        ("notBlank", "", "bac"),
        ("unheard of", "x", "bac"),
    ],
)
def test_filters_of_a_grid(kind: str, text: str, expected: str) -> None:
    assert codes({"where": json.dumps({"name": condition(kind, text)})}) == expected


def test_two_conditions_are_joined() -> None:
    parts = [condition("contains", "chilli"), condition("contains", "hot")]
    for operator, expected in (("AND", "c"), ("OR", "ac")):
        model = {"name": {"filterType": "text", "operator": operator, "conditions": parts}}
        assert codes({"where": json.dumps(model)}) == expected


def test_a_column_of_two_lines_is_searched_in_both() -> None:
    assert codes({"where": json.dumps({"item": condition("contains", "c chilli")})}, {"item": ["code", "name"]}) == "c"


@pytest.mark.parametrize(
    "where", ["", "x", "[]", "5", "null", '{"name": 5}', '{"name": {}}', '{"name": {"conditions": [5]}}']
)
def test_what_is_no_filter_filters_nothing(where: str) -> None:
    assert codes({"where": where}) == "bac"


def test_long_lists_come_whole() -> None:
    asked: list[int] = []

    def page(first: int) -> tuple[list[dict[str, int]], int]:
        asked.append(first)
        return [{"place": place} for place in range(first, min(first + 2, 5))], 5

    assert list(pages(page, ["place", "unknown"], size=2)) == [[place, None] for place in range(5)]
    assert asked == [0, 2, 4]


def test_rows_are_reordered_by_the_names_of_their_columns() -> None:
    assert list(reordered([["a", 1], ["b", 2]], {"sort": "value:desc"}, ["code", "value"])) == [["b", 2], ["a", 1]]
