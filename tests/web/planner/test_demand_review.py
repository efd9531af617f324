"""Demand › Review: trees, chart and grid answer what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callbacks.planner.demand_review import PATH, Ids

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}
WHOLE: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def company(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-21")


def answer(visitor: Any, output: str, **values: Any) -> dict[str, Any]:
    given = {
        f"{getattr(Ids, name.partition('__')[0])}.{name.partition('__')[2]}": value for name, value in values.items()
    }
    found = visitor.call(output, given)
    assert found.status_code == 200, found.text
    response: dict[str, Any] = found.json["response"]
    return response


def rows(visitor: Any, **view: str) -> list[dict[str, Any]]:
    shown = answer(visitor, f"{Ids.rows}.getRowsResponse", rows__getRowsRequest=REQUEST, view__data=view)
    found: list[dict[str, Any]] = shown[Ids.rows]["getRowsResponse"]["rowData"]
    return found


def test_the_page_shows_everything_by_category_at_first(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "All products" in page
    assert "The whole plan." in page
    assert "Beverages" in page


@pytest.mark.parametrize("name", ["executive", "analyst", "sales", "marketing", "finance"])
def test_colleagues_read_it(visitor: Visit, name: str) -> None:
    assert rows(visitor(name))


@pytest.mark.parametrize("name", ["admin", "supplier", "customer", "oem"])
def test_others_do_not(visitor: Visit, name: str) -> None:
    values = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.view}.data": {}}
    assert visitor(name).call(f"{Ids.rows}.getRowsResponse", values).status_code in {403, 404}


def test_rows_carry_their_measure_and_what_can_be_typed(visitor: Visit) -> None:
    shown = rows(visitor("planner"), by="family", rows="all")
    assert shown[0]["measure_name"] == "Sold"
    assert {row["stream"] for row in shown if row["measure"] == "consensus"} == {"planner"}
    assert {row["stream"] for row in rows(visitor("executive"), rows="all")} == {""}


def test_a_chosen_node_narrows_trees_grid_and_chart(visitor: Visit) -> None:
    planner = visitor("planner")
    view = {"by": "family", "category": "Beverages"}
    trees = answer(
        planner, f"{Ids.product_tree}.rowData", view__data=view, tree__data={"opened": ["product:Beverages"]}
    )
    chosen = [row for row in trees[Ids.product_tree]["rowData"] if row["chosen"]]
    assert [row["name"] for row in chosen] == ["Beverages"]
    assert any(row["depth"] == 2 for row in trees[Ids.product_tree]["rowData"])
    assert trees[Ids.place_tree]["rowData"][0]["value"] == pytest.approx(chosen[0]["value"])
    shown = answer(planner, f"{Ids.rows}.columnDefs", view__data=view, changed__data=0)
    assert shown[Ids.rows]["columnDefs"][0]["headerName"] == "Family"
    assert shown[Ids.totals]["data"]["rows"][0]["group"] == "Total"
    chart = answer(planner, f"{Ids.chart}.figure", view__data=view)
    assert chart[Ids.chart_title]["children"] == "Beverages"


def test_a_chosen_row_is_drawn(visitor: Visit) -> None:
    view = {"by": "family", "category": "Beverages"}
    planner = visitor("planner")
    family = rows(planner, **view)[0]["key"]
    chart = answer(planner, f"{Ids.chart}.figure", view__data=view, rows__selectedRows=[{"key": family}])
    assert chart[Ids.chart_title]["children"] == f"Beverages › {family}"
    consensus = next(trace for trace in chart[Ids.chart]["figure"]["data"] if trace["name"] == "Consensus")
    assert any("baseline" in told for told in consensus["customdata"])


@pytest.mark.parametrize("odd", [None, [], "x", {"by": 3, "category": ["x"]}, {"span": {}}], ids=repr)
def test_odd_views_never_break(visitor: Visit, odd: object) -> None:
    found = visitor("planner").call(
        f"{Ids.rows}.getRowsResponse", {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.view}.data": odd}
    )
    assert found.status_code < 500


@pytest.mark.parametrize("odd", [None, 5, {"opened": "x"}, {"opened": [1, None], "value": 3, "search": {}}], ids=repr)
def test_odd_trees_never_break(visitor: Visit, odd: object) -> None:
    found = visitor("planner").call(f"{Ids.product_tree}.rowData", {f"{Ids.view}.data": {}, f"{Ids.tree}.data": odd})
    assert found.status_code == 200
