"""Data › Master data: what each button does, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callbacks.planner.records import PATH, Ids
from components.shell import Ids as Shell
from core.viewer import Viewer
from services import records
from services.records import RecordFilters

Visit = Callable[..., Any]
PRODUCTS = {"entity": "products", "search": "", "finding": ""}


@pytest.fixture
def planner(database: Path, visitor: Visit) -> Any:
    return visitor("planner")


@pytest.fixture
def products(database: Path, viewer_of: Callable[[str], Viewer]) -> list[dict[str, Any]]:
    return stored(viewer_of("planner"))


def stored(viewer: Viewer, entity: str = "products") -> list[dict[str, Any]]:
    return [dict(row) for row in records.record_page(viewer, entity, RecordFilters(), start=0, end=100).rows]


def listed(visitor: Any, view: Any = None, **request: Any) -> dict[str, Any]:
    values = {
        f"{Ids.rows}.getRowsRequest": {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}, **request},
        f"{Ids.view}.data": PRODUCTS if view is None else view,
    }
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", values)
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def edit(visitor: Any, row: dict[str, Any], name: str, value: Any) -> Any:
    change = {"data": {**row, name: value}, "colId": name, "oldValue": row[name], "value": value}
    values = {f"{Ids.rows}.cellValueChanged": [change], f"{Ids.view}.data": PRODUCTS}
    return visitor.call(f"{Ids.outcome}.children", values, triggered=f"{Ids.rows}.cellValueChanged")


# The list


def test_the_page_has_what_a_planner_needs(planner: Any) -> None:
    page = planner.layout(PATH, "?entity=suppliers&search=Ladang").text.replace("\\u002f", "/")
    for part in (Ids.new, Ids.change, Ids.retire, Ids.log, "/data/export/suppliers.csv?search=Ladang", "Supplier code"):
        assert part in page
    assert "/data/template/suppliers.xlsx" in page


def test_who_only_reads_gets_no_editors(visitor: Visit, database: Path) -> None:
    page = visitor("executive").layout(PATH, "?entity=products")
    assert page.status_code == 200
    assert "agDateStringCellEditor" not in page.text
    assert "agDateStringCellEditor" in visitor("planner").layout(PATH, "?entity=products").text


def test_a_comma_in_a_figure_is_told_and_not_left_out(planner: Any, products: list[dict[str, Any]]) -> None:
    # A number editor would turn 1,5 into 15, and a word into nothing.
    assert "agNumberCellEditor" not in planner.layout(PATH, "?entity=products").text
    told = edit(planner, products[5], "unit_cost", "1,5").json["response"][Ids.outcome]["children"]
    assert "Not saved" in told
    assert "“1,5”" in told


def test_every_kind_of_row_has_its_page(planner: Any, viewer_of: Callable[[str], Viewer]) -> None:
    for entity in records.readable(viewer_of("planner")):
        answer = planner.layout(PATH, f"?entity={entity}")
        assert answer.status_code == 200
        assert "can't be shown" not in answer.text, entity


@pytest.mark.parametrize("query", ["?entity=nothing", "?entity=transactions", "?entity=users", "?finding=nothing"])
def test_what_there_is_not_is_told_on_the_page(planner: Any, query: str) -> None:
    answer = planner.layout(PATH, query)
    assert answer.status_code == 200
    assert "There are no rows called" in answer.text or "There is no such finding" in answer.text
    assert "Customers" in answer.text


def test_a_finding_stands_above_its_rows(planner: Any) -> None:
    page = planner.layout(PATH, "?entity=products&finding=without_cost").text
    assert "Only rows with this finding" in page
    view = {**PRODUCTS, "finding": "without_cost"}
    assert all(row["unit_cost"] is None for row in listed(planner, view)[Ids.rows]["getRowsResponse"]["rowData"])


def test_rows_are_searched_filtered_sorted_and_paged_on_the_server(planner: Any, products: list[Any]) -> None:
    every = listed(planner)
    assert every[Ids.rows]["getRowsResponse"]["rowCount"] == len(products)
    found = listed(planner, {**PRODUCTS, "search": products[0]["code"]})
    assert [row["code"] for row in found[Ids.rows]["getRowsResponse"]["rowData"]] == [products[0]["code"]]
    model = {"kind": {"filterType": "text", "type": "equals", "filter": "material"}}
    some = listed(planner, filterModel=model, sortModel=[{"colId": "code", "sort": "desc"}], endRow=2)
    wanted = sorted((row["code"] for row in products if row["kind"] == "material"), reverse=True)
    assert [row["code"] for row in some[Ids.rows]["getRowsResponse"]["rowData"]] == wanted[:2]
    assert some[Ids.shown]["data"] == {"total": len(wanted), "fields": model}


@pytest.mark.parametrize("view", ["x", {"entity": ["products"]}, {"entity": "products", "search": {"a": 1}}])
def test_senseless_views_are_no_fault(planner: Any, view: Any) -> None:
    values = {f"{Ids.rows}.getRowsRequest": {"startRow": "x"}, f"{Ids.view}.data": view}
    assert planner.call(f"{Ids.rows}.getRowsResponse", values).status_code < 500


# Editing in the grid


def test_an_edited_cell_is_stored_and_told(planner: Any, products: list[Any], viewer_of: Any) -> None:
    answer = edit(planner, products[0], "unit_cost", 3.25)
    assert f"Saved: {products[0]['code']}" in answer.json["response"][Ids.outcome]["children"]
    assert stored(viewer_of("planner"))[0]["unit_cost"] == 3.25
    history = planner.press(Ids.log, {f"{Ids.rows}.selectedRows": [products[0]], f"{Ids.view}.data": PRODUCTS})
    assert "3.25" in history.text
    assert "by hand" in history.text


def test_a_refused_cell_is_told_and_the_list_is_read_anew(planner: Any, products: list[Any], viewer_of: Any) -> None:
    answer = edit(planner, products[1], "unit_cost", -1)
    told = answer.json["response"][Ids.outcome]["children"]
    assert told.startswith("Not saved: Unit cost")
    assert answer.json["response"][Ids.changed]["data"]
    assert "smallest value" in str(answer.json["sideUpdate"][Shell.toasts])
    assert stored(viewer_of("planner"))[1] == products[1]


def test_the_second_of_two_browsers_is_told_by_whom(planner: Any, visitor: Visit, products: list[Any]) -> None:
    row = products[2]
    assert "Saved" in edit(visitor("analyst"), row, "brand", "Jenama satu").text
    told = edit(planner, row, "brand", "Jenama dua").json["response"][Ids.outcome]["children"]
    assert all(part in told for part in (row["code"], "Brand", "Jenama satu"))


def test_who_only_reads_edits_nothing(visitor: Visit, products: list[Any]) -> None:
    assert edit(visitor("executive"), products[0], "brand", "Mine").status_code == 403


@pytest.mark.parametrize("changes", [None, "x", [None], [{"data": None, "colId": "brand"}], [{"data": {}, "colId": 1}]])
def test_senseless_edits_are_refused(planner: Any, changes: Any) -> None:
    values = {f"{Ids.rows}.cellValueChanged": changes, f"{Ids.view}.data": PRODUCTS}
    answer = planner.call(f"{Ids.outcome}.children", values)
    assert "Nothing was edited" in str(answer.json["sideUpdate"][Shell.toasts])


def test_the_last_edit_is_undone(planner: Any, products: list[Any], viewer_of: Any) -> None:
    row = stored(viewer_of("planner"))[3]
    edited = edit(planner, row, "name", "Silap").json["response"][Ids.edited]["data"]
    waits = planner.call(f"{Ids.undo}.disabled", {f"{Ids.edited}.data": edited}).json["response"]
    assert waits[Ids.undo]["disabled"] is False
    told = planner.press(Ids.undo, {f"{Ids.edited}.data": edited, f"{Ids.view}.data": PRODUCTS}).json["response"]
    assert "Undone: 1 row" in told[Ids.outcome]["children"]
    assert stored(viewer_of("planner"))[3] == row


# New rows, many rows, rows out of use


def test_a_new_row_is_typed_wrong_and_then_right(planner: Any, viewer_of: Any) -> None:
    form = planner.press(Ids.new, {f"{Ids.view}.data": {"entity": "suppliers"}})
    assert Ids.new_value in form.text
    typed = {"code": "S-NEW", "name": "", "country": "Malaysia", "active": "-"}

    def add(values: dict[str, str]) -> Any:
        many = {Ids.new_value: values, Ids.new_error: dict.fromkeys(values, "")}
        return planner.press(Ids.save_new, {f"{Ids.view}.data": {"entity": "suppliers"}}, many=many)

    refused = add(typed)
    assert refused.status_code == 200
    assert "Not added" in refused.json["response"][Ids.outcome]["children"]
    added = add({**typed, "name": "Pembekal baharu"})
    assert "Added: S-NEW" in added.json["response"][Ids.outcome]["children"]
    found = {row["code"]: row for row in stored(viewer_of("planner"), "suppliers")}
    assert (found["S-NEW"]["name"], found["S-NEW"]["active"]) == ("Pembekal baharu", "yes")


def test_chosen_rows_are_changed_together(planner: Any, products: list[Any], viewer_of: Any) -> None:
    form = planner.press(Ids.change, {f"{Ids.rows}.selectedRows": products[:3], f"{Ids.view}.data": PRODUCTS})
    assert "The chosen rows" in form.text
    values = {
        f"{Ids.scope}.value": "chosen",
        f"{Ids.rows}.selectedRows": products[:3],
        f"{Ids.view}.data": PRODUCTS,
    }
    told = planner.press(Ids.apply, values, many={Ids.value: {"family": "Bersama"}}).json["response"]
    assert "3 rows changed" in told[Ids.outcome]["children"]
    assert [row["family"] for row in stored(viewer_of("planner"))[:3]] == ["Bersama"] * 3


@pytest.mark.parametrize(
    ("given", "selected"), [({}, 1), ({"brand": ""}, 1), ({"brand": "X"}, 0)], ids=["field", "value", "rows"]
)
def test_a_change_without_field_value_or_rows_asks_for_them(
    planner: Any, products: list[Any], given: dict[str, str], selected: int
) -> None:
    values = {
        f"{Ids.scope}.value": "chosen",
        f"{Ids.rows}.selectedRows": products[:selected],
        f"{Ids.view}.data": PRODUCTS,
    }
    answer = planner.press(Ids.apply, values, many={Ids.value: given or {"": ""}})
    assert "Choose" in str(answer.json["sideUpdate"][Shell.toasts])


def test_a_field_is_emptied_together_only_when_asked(planner: Any, products: list[Any], viewer_of: Any) -> None:
    row = next(row for row in products if row["shelf_life_days"])
    values = {
        f"{Ids.scope}.value": "chosen",
        f"{Ids.rows}.selectedRows": [row],
        f"{Ids.view}.data": PRODUCTS,
        f"{Ids.emptied}.value": True,
    }
    assert "1 row changed" in planner.press(Ids.apply, values, many={Ids.value: {"shelf_life_days": ""}}).text
    found = next(each for each in stored(viewer_of("planner")) if each["code"] == row["code"])
    assert found["shelf_life_days"] is None


def test_all_rows_of_the_list_are_changed_together(planner: Any, viewer_of: Any) -> None:
    model = {"kind": {"type": "equals", "filter": "packaging"}}
    total = listed(planner, filterModel=model)[Ids.rows]["getRowsResponse"]["rowCount"]
    values = {
        f"{Ids.scope}.value": "all",
        f"{Ids.shown}.data": {"total": total, "fields": model},
        f"{Ids.view}.data": PRODUCTS,
    }
    told = planner.press(Ids.apply, values, many={Ids.value: {"brand": "Bungkus"}}).json["response"]
    assert f"{total} rows changed" in told[Ids.outcome]["children"]
    changed = [row for row in stored(viewer_of("planner")) if row["brand"] == "Bungkus"]
    assert {row["kind"] for row in changed} == {"packaging"}
    values[f"{Ids.shown}.data"] = {"total": total + 1, "fields": model}
    refused = planner.press(Ids.apply, values, many={Ids.value: {"brand": "X"}})
    assert "by now" in str(refused.json["sideUpdate"][Shell.toasts])


def test_the_field_chosen_for_many_rows_gets_its_input(planner: Any) -> None:
    values = {f"{Ids.field}.value": "life_cycle", f"{Ids.view}.data": PRODUCTS}
    assert "phase_out" in planner.call(f"{Ids.value_place}.children", values).text


def test_chosen_rows_are_retired(planner: Any, products: list[Any], viewer_of: Any) -> None:
    values = {f"{Ids.rows}.selectedRows": products[-1:], f"{Ids.view}.data": PRODUCTS}
    assert "Retired" in planner.press(Ids.retire, values).text
    assert stored(viewer_of("planner"))[-1]["life_cycle"] == "retired"


def test_buttons_wait_for_a_choice(planner: Any, products: list[Any]) -> None:
    def chosen(count: int) -> Any:
        return planner.call(f"{Ids.selection}.children", {f"{Ids.rows}.selectedRows": products[:count]}).json[
            "response"
        ]

    assert [chosen(count)[Ids.retire]["disabled"] for count in (0, 1, 2)] == [True, False, False]
    assert [chosen(count)[Ids.log]["disabled"] for count in (0, 1, 2)] == [True, False, True]
