"""Data › Recipes: each button pressed, and what is stored afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.recipes import PATH, Ids
from data.db import owner_engine

Visit = Callable[..., Any]
TODAY = "2026-11-21"
SEEN = {"code": "SEM-001", "on": TODAY}


@pytest.fixture(autouse=True)
def today(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests read one company; those that change it take a ``fresh_database``."""
    monkeypatch.setenv("TANDEM_TODAY", TODAY)


def stored(statement: str, **values: Any) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text(statement), values).scalar()


def quantity(component: str, product: str = "SEM-001") -> Any:
    return stored(
        "select max(l.quantity) from bom_line l join bom b on b.id = l.bom_id join product p on p.id = b.product_id "
        "join product c on c.id = l.component_id where p.code = :product and c.code = :component",
        product=product,
        component=component,
    )


def recipe(visitor: Any, code: str = "SEM-001", amount: Any = 1, on: str = "") -> dict[str, Any]:
    answer = visitor.call(
        f"{Ids.product}.data",
        {
            f"{Ids.rows}.selectedRows": [{"code": code}],
            f"{Ids.quantity}.value": amount,
            f"{Ids.filters}.data": {"on": on},
        },
    )
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def rows_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = found[Ids.tree]["rowData"]
    return rows


def line(visitor: Any, component: str) -> dict[str, Any]:
    return next(row for row in rows_of(recipe(visitor)) if row["component"] == component)


def edit(visitor: Any, component: str, column: str, old: Any, new: Any) -> Any:
    changed = {"data": line(visitor, component), "colId": column, "oldValue": old, "value": new, "timestamp": 1}
    return visitor.call(f"{Ids.note}.children", {f"{Ids.tree}.cellValueChanged": [changed]})


def test_page_opens_with_the_recipe_of_the_address(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, "?product=RTE-003&quantity=100&unknown=1").text
    assert "Sambal base" in page  # a part of the part
    assert "For 100 EA" in page
    assert "Margin over material" in page
    assert '"headerCheckbox":false' in page.replace(" ", "")  # the grid has not got all rows to tick


@pytest.mark.parametrize("query", ["?product=NONE", "?on=soon", "?quantity=-1", "?quantity=x", "?show=secret"])
def test_senseless_address_is_explained(visitor: Visit, query: str) -> None:
    answer = visitor("planner").layout(PATH, query)
    assert answer.status_code == 200
    assert "Something went wrong" not in answer.text


def test_a_product_there_is_not_is_told_with_a_way_back(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, "?product=NONE").text
    assert "There is no such product." in page
    assert "All recipes" in page


def test_costs_are_paged_and_sorted_on_the_server(visitor: Visit) -> None:
    request = {"startRow": 1, "endRow": 3, "sortModel": [{"colId": "cost", "sort": "desc"}]}
    answer = visitor("executive").call(
        f"{Ids.rows}.getRowsResponse", {f"{Ids.rows}.getRowsRequest": request, f"{Ids.filters}.data": {}}
    )
    found = answer.json["response"]
    assert [row["code"] for row in found[Ids.rows]["getRowsResponse"]["rowData"]] == ["FRZ-004", "SEM-002"]
    assert "18 made products" in found[Ids.totals]["children"]


def test_choosing_a_product_shows_tree_and_where_used(visitor: Visit) -> None:
    found = recipe(visitor("planner"), amount=10)
    assert [row["component"] for row in rows_of(found)] == ["RAW-004", "RAW-005", "RAW-006"]
    assert rows_of(found)[1]["needed"] == pytest.approx(10 * 0.4 * 1.02 / 0.94)
    assert {row["code"] for row in found[Ids.used]["rowData"]} >= {"SAU-001", "RTE-003"}
    assert found[Ids.product]["data"]["valid_from"] == "2025-10-17"


def test_a_quantity_and_a_scrap_are_changed_in_the_tree(fresh_database: Path, visitor: Visit) -> None:
    planner = visitor("planner")
    told = edit(planner, "RAW-005", "quantity", 0.4, 0.5).json["response"]
    assert told[Ids.note]["children"] == "Saved."
    assert float(quantity("RAW-005")) == 0.5
    assert edit(planner, "RAW-005", "scrap", 2, 3).json["response"][Ids.note]["children"] == "Saved."
    assert line(planner, "RAW-005")["scrap_share"] == 0.03


@pytest.mark.parametrize(
    ("column", "old", "new", "reason"),
    [
        ("quantity", 0.4, "x", "enter a number"),
        ("quantity", 0.4, -1, "Not saved"),
        ("scrap", 2, 700, "Scrap: enter 0 to 100 %"),
        ("quantity", 0.9, 0.5, "it was"),
    ],
)
def test_what_can_not_be_saved_is_told_and_the_tree_renewed(
    visitor: Visit, column: str, old: Any, new: Any, reason: str
) -> None:
    answer = edit(visitor("planner"), "RAW-005", column, old, new).json["response"]
    assert reason in answer[Ids.note]["children"]
    assert answer[Ids.changed]["data"]
    assert float(quantity("RAW-005")) == 0.4


def test_yield_component_substitute_and_recipe(fresh_database: Path, visitor: Visit) -> None:
    planner = visitor("planner")
    seen = recipe(planner)[Ids.product]["data"]
    planner.press(Ids.save_yield, {f"{Ids.yield_share}.value": 95, f"{Ids.product}.data": seen})
    assert recipe(planner)[Ids.yield_share]["value"] == 95
    added = {f"{Ids.component}.value": "RAW-003", f"{Ids.component_quantity}.value": 0.1, f"{Ids.product}.data": seen}
    assert "RAW-003 is added" in planner.press(Ids.add, added).text
    chosen = {f"{Ids.tree}.selectedRows": [line(planner, "RAW-003")]}
    planner.press(Ids.add_substitute, {f"{Ids.substitute}.value": "RAW-002", f"{Ids.factor}.value": 1.5, **chosen})
    assert line(planner, "RAW-003")["substitutes"] == "RAW-002 × 1.5"
    ended = planner.press(Ids.end_line, {f"{Ids.begin_on}.value": "2026-12-01", **chosen})
    assert "made without RAW-003" in ended.text
    later = recipe(planner, on="2026-12-01")
    assert [row["component"] for row in rows_of(later) if row["state"] == "in_force"] == [
        *("RAW-004", "RAW-005", "RAW-006"),
    ]
    planner.press(Ids.begin, {f"{Ids.begin_on}.value": "2027-01-01", f"{Ids.product}.data": seen})
    assert stored("select count(*) from bom b join product p on p.id = b.product_id where p.code = 'SEM-001'") == 3


def test_a_cycle_is_refused_with_its_way(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {
        f"{Ids.component}.value": "SAU-001",
        f"{Ids.component_quantity}.value": 1,
        f"{Ids.product}.data": recipe(planner)[Ids.product]["data"],
    }
    assert "SEM-001 → SAU-001 → SEM-001" in json.dumps(planner.press(Ids.add, values).json, ensure_ascii=False)


@pytest.mark.parametrize("selected", [None, [], [{}], "x", [{"state": "future"}]])
def test_a_line_has_to_be_chosen(visitor: Visit, selected: Any) -> None:
    answer = visitor("planner").press(
        Ids.end_line, {f"{Ids.tree}.selectedRows": selected, f"{Ids.begin_on}.value": "2026-12-01"}
    )
    assert "Choose a line" in answer.text


def test_rolled_up_costs_are_shown_before_they_are_saved(fresh_database: Path, visitor: Visit) -> None:
    planner = visitor("planner")
    picked = {f"{Ids.rows}.selectedRows": [{"code": "SEM-001"}, {"code": "SEM-002"}], f"{Ids.filters}.data": {}}
    shown = planner.press(Ids.compare, picked).json["response"]
    assert [(row["code"], row["old"], row["new"]) for row in shown[Ids.changes_rows]["rowData"]] == [
        ("SEM-001", 7.0125, 6.7125),
        ("SEM-002", 2.238, 1.938),
    ]
    kept = {f"{Ids.changes}.data": shown[Ids.changes]["data"]}
    assert "2 standard costs are saved" in planner.press(Ids.use_standard, kept).text
    assert float(stored("select unit_cost from product where code = 'SEM-002'")) == 1.938
    refused = planner.press(Ids.use_standard, {f"{Ids.changes}.data": [{**kept[f"{Ids.changes}.data"][0], "new": "x"}]})
    assert "No standard cost would change" in refused.text


def test_readers_look_and_do_not_change(visitor: Visit) -> None:
    for name in ("executive", "admin"):
        reader = visitor(name)
        assert "Sambal base" in reader.layout(PATH, "?product=RTE-003").text
        assert rows_of(recipe(reader))
        for button in (Ids.add, Ids.save_yield, Ids.begin, Ids.end_line, Ids.compare, Ids.use_standard):
            assert reader.press(button).status_code == 403
        assert edit(reader, "RAW-005", "quantity", 0.4, 0.5).status_code == 403
    assert float(quantity("RAW-005")) == 0.4


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_do_not_get_in(visitor: Visit, name: str) -> None:
    partner = visitor(name)
    assert partner.get(PATH).status_code == 403
    assert partner.call(f"{Ids.rows}.getRowsResponse").status_code == 403
    assert partner.get("/download/recipe-costs.csv").status_code == 403


def test_the_tree_is_taken_along_for_as_many_as_it_shows(visitor: Visit) -> None:
    shown = recipe(visitor("planner"), amount=1234567)
    assert "quantity=1234567" in str(shown[Ids.taken_along]["children"])


def test_lists_are_taken_along(visitor: Visit) -> None:
    analyst = visitor("analyst")
    costs = analyst.get("/download/recipe-costs.csv?search=SEM").text.splitlines()
    assert costs[0].lstrip("\ufeff").startswith("code,name,category")
    assert [row[:7] for row in costs[1:]] == ["SEM-001", "SEM-002"]
    tree = analyst.get("/download/recipe-tree.csv?product=RTE-003&quantity=100").text.splitlines()
    assert len(tree) == 1 + 8
    assert analyst.get("/download/recipe-tree.xlsx?product=RTE-003").status_code == 200
    assert analyst.get("/download/recipe-tree.csv?product=NONE").status_code == 404


def test_empty_company_is_told_what_to_do(fresh_database: Path, visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from bom"))
        connection.execute(text("select tandem_bump('master')"))
    assert "Import data" in visitor("planner").layout(PATH).text
