"""Sales: the list, its filters in the address, sorting and paging on the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from rows import Rows
from trading import load

Visitors = Callable[..., Any]
PATH = "/demand/sales"


@pytest.fixture(scope="module", autouse=True)
def rows(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", "2026-03-02")
        made = Rows({"KL": load()["site"]})
        made.channel("MT")
        made.channel("GT")
        made.product("TEA", category="Beverages", family="Tea")
        made.product("COLA", category="Beverages", family="Soda")
        made.product("CHIPS", category="Snacks", family="Crisps")
        made.sell("2025-01-01", "TEA", 1, 1)
        made.sell("2025-03-01", "TEA", 5, 50)
        made.sell("2025-03-02", "COLA", 5, 40)
        made.sell("2025-03-03", "COLA", 5, 7000)  # not one of the same days
        made.sell("2026-03-01", "TEA", 6, 60, channel="GT")
        made.sell("2026-03-02", "CHIPS", 9, 90)
        for number in range(120):
            made.product(f"P{number:03}", category="Many")
        for number in range(120):
            made.sell("2026-02-10", f"P{number:03}", 1, number)
        yield made


def ask(visitor: Any, request: Any = None, **filters: str) -> Any:
    answer = visitor.call(
        "planner-sales--rows.getRowsResponse",
        {
            "planner-sales--rows.getRowsRequest": request or {"startRow": 0, "endRow": 100, "sortModel": []},
            "planner-sales--filters.data": filters,
        },
    )
    assert answer.status_code == 200, answer.text
    return answer.json["response"]


def rows_of(found: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found["planner-sales--rows"]["getRowsResponse"]["rowData"]
    return listed


def test_the_month_to_date_by_product_is_what_opens(visitor: Visitors) -> None:
    found = ask(visitor("planner"))
    assert [(row["code"], row["revenue"], row["revenue_last_year"]) for row in rows_of(found)] == [
        ("CHIPS", 90, 0),
        ("TEA", 60, 50),
        ("COLA", 0, 40),
    ]
    assert [row["change"] for row in rows_of(found)] == [None, pytest.approx(0.2), -1]
    assert found["planner-sales--totals"]["children"] == (
        "3 rows · RM 150 from 2026-03-01 to 2026-03-02 · same days last year RM 90 · change 66.7 %"
    )


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("category", ["Snacks", "Beverages"]),
        ("family", ["Crisps", "Tea", "Soda"]),
        ("channel", ["MT", "GT"]),
        ("location", ["KL"]),
        ("customer", [""]),
    ],
)
def test_other_ways_to_list_add_up_to_the_same(visitor: Visitors, by: str, names: list[str]) -> None:
    found = rows_of(ask(visitor("planner"), by=by))
    assert [row["code"] for row in found] == names
    assert sum(row["revenue"] for row in found) == 150
    assert sum(row["revenue_last_year"] for row in found) == 90
    assert sum(row["share"] for row in found) == pytest.approx(1)


def test_units_of_different_goods_are_not_added_up(visitor: Visitors) -> None:
    assert [row["quantity"] for row in rows_of(ask(visitor("planner"), by="category"))] == [None, None]


def test_search_and_period(visitor: Visitors) -> None:
    planner = visitor("planner")
    assert [row["code"] for row in rows_of(ask(planner, search="chip"))] == ["CHIPS"]
    assert [row["code"] for row in rows_of(ask(planner, search="beverages"))] == ["TEA", "COLA"]
    found = rows_of(ask(planner, start="2025-03-03", end="2025-03-03"))
    assert [(row["code"], row["revenue"], row["revenue_last_year"]) for row in found] == [("COLA", 7000, None)]


def test_paging_and_sorting_are_done_on_the_server(visitor: Visitors) -> None:
    planner, february = visitor("planner"), {"start": "2026-02-01", "end": "2026-02-28"}
    request = {"startRow": 100, "endRow": 200, "sortModel": [{"colId": "revenue", "sort": "asc"}]}
    found = ask(planner, request, **february)
    assert found["planner-sales--rows"]["getRowsResponse"]["rowCount"] == 120
    assert [row["revenue"] for row in rows_of(found)] == list(range(100, 120))
    by_code = {"startRow": 0, "endRow": 3, "sortModel": [{"colId": "code", "sort": "desc"}]}
    assert [row["code"] for row in rows_of(ask(planner, by_code, **february))] == ["P119", "P118", "P117"]


def test_unknown_columns_to_sort_by_are_left_out(visitor: Visitors) -> None:
    request = {"startRow": 0, "endRow": 3, "sortModel": [{"colId": "id; drop table product", "sort": "asc"}]}
    assert [row["code"] for row in rows_of(ask(visitor("planner"), request))] == ["CHIPS", "TEA", "COLA"]


def test_filters_stand_in_the_address(visitor: Visitors) -> None:
    query = "by=channel&start=2026-02-01&end=2026-02-28&search=M"
    page = json.dumps(visitor("planner").layout(PATH, f"?{query}").json)
    assert f"/download/sales.csv?{query}" in page
    for value in ("channel", "2026-02-01", "2026-02-28", "M"):
        assert f'"value": "{value}"' in page


@pytest.mark.parametrize(
    "query", ["?start=soon", "?by=secret", "?start=2020-01-01&end=2026-01-01", "?start=2026-03-02&end=2026-03-01"]
)
def test_a_filter_that_makes_no_sense_is_explained(visitor: Visitors, query: str) -> None:
    answer = visitor("planner").layout(PATH, query)
    assert answer.status_code == 200
    assert "Something went wrong" not in answer.text
    assert "This page can't be shown" in json.dumps(answer.json)


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_do_not_get_in(visitor: Visitors, name: str) -> None:
    partner = visitor(name)
    assert partner.get(PATH).status_code == 403
    assert partner.call("planner-sales--rows.getRowsResponse").status_code == 403


def test_without_sales_the_page_says_what_to_do(
    server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory, visitor: Visitors
) -> None:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        load()
        assert "/data/import" in json.dumps(visitor("analyst").layout(PATH).json)
        planner = json.dumps(visitor("planner").layout(PATH).json)
        assert "An analyst can import them" in planner
        home = visitor("planner").call("planner-home--cards.children")
        assert "No sales yet" in home.text
