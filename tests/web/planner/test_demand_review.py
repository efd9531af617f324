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


LEAVES = {"by": "leaf", "shown": "units", "category": "Beverages"}
SPAN = "m202612"


def consensus(visitor: Any, **view: str) -> dict[str, Any]:
    return next(row for row in rows(visitor, **view) if row["measure"] == "consensus")


def typed(
    visitor: Any, row: dict[str, Any], value: object, view: dict[str, str], *, seen: int = 10**6
) -> dict[str, Any]:
    change = [{"rowId": row["id"], "colId": SPAN, "value": value}]
    return answer(
        visitor,
        f"{Ids.echo}.data",
        rows__cellValueChanged=change,
        view__data=view,
        seen__data=10**6,
        changed__data=3,
    )


def applied(visitor: Any, draft: dict[str, Any], view: dict[str, str], **given: Any) -> dict[str, Any]:
    values = {
        f"{Ids.draft}.data": draft,
        f"{Ids.view}.data": view,
        f"{Ids.rule}.value": "forecast",
        f"{Ids.seen}.data": 10**6,
        **{f"{getattr(Ids, name)}.value": value for name, value in given.items()},
    }
    found = visitor.press(Ids.apply, values)
    assert found.status_code == 200, found.text
    response: dict[str, Any] = found.json
    return response


def test_a_figure_of_one_series_is_written_at_once_and_taken_back(visitor: Visit) -> None:
    planner = visitor("planner")
    row = consensus(planner, **LEAVES)
    done = typed(planner, row, "+1", LEAVES)
    echoed = {one["id"]: one for one in done[Ids.echo]["data"]["rows"]}
    assert echoed[row["id"]][SPAN] == pytest.approx(row[SPAN] + 1, abs=0.51)
    assert echoed[row["id"]]["over"][SPAN] == 1
    assert done[Ids.changed]["data"] == 4
    planner.press(Ids.undo, {f"{Ids.changed}.data": 4})
    assert consensus(planner, **LEAVES)[SPAN] == pytest.approx(row[SPAN])
    planner.press(Ids.redo, {f"{Ids.changed}.data": 5})
    assert consensus(planner, **LEAVES)[SPAN] == pytest.approx(row[SPAN] + 1, abs=0.51)
    planner.press(Ids.undo, {f"{Ids.changed}.data": 6})
    assert "nothing to put back" not in planner.press(Ids.redo, {}).text
    assert "nothing to put back" in planner.press(Ids.redo, {}).text


def test_a_parent_is_looked_at_first(visitor: Visit) -> None:
    planner, view = visitor("planner"), {"by": "family", "category": "Beverages"}
    row = consensus(planner, **view)
    done = typed(planner, row, "+10%", view)
    draft = done[Ids.draft]["data"]
    assert Ids.echo not in done
    looked = answer(planner, f"{Ids.panel}.hidden", draft__data=draft, view__data=view, rule__value="history")
    assert looked[Ids.panel]["hidden"] is False
    children = looked[Ids.panel_rows]["rowData"]
    assert sum(child["after"] for child in children) == pytest.approx(row[SPAN] * 1.1, rel=1e-4)
    assert sum(child["before"] for child in children) == pytest.approx(row[SPAN], rel=1e-4)
    assert consensus(planner, **view)[SPAN] == row[SPAN]
    applied(planner, draft, view, reason="Listing won", expires_on="2027-06-30")
    assert consensus(planner, **view)[SPAN] == pytest.approx(row[SPAN] * 1.1, rel=1e-4)


def test_a_large_change_asks_for_a_reason(visitor: Visit) -> None:
    planner, view = visitor("planner"), {"by": "category"}
    row = consensus(planner, **view)
    draft = typed(planner, row, "+60%", view)[Ids.draft]["data"]
    refused = applied(planner, draft, view, reason="", expires_on="")
    assert "needs a reason" in refused["response"][Ids.panel_note]["children"]
    assert consensus(planner, **view)[SPAN] == row[SPAN]


def test_who_comes_second_is_told_who_was_first(visitor: Visit) -> None:
    view = {**LEAVES, "rows": "people"}
    sales, planner = visitor("sales"), visitor("planner")
    row = next(row for row in rows(sales, **view) if row["measure"] == "sales")
    first = typed(sales, row, "=hold", view)[Ids.echo]["data"]["rows"]
    assert first
    told = planner.call(
        f"{Ids.echo}.data",
        {
            f"{Ids.rows}.cellValueChanged": [{"rowId": row["id"], "colId": SPAN, "value": "+1"}],
            f"{Ids.view}.data": view,
            f"{Ids.seen}.data": 0,
        },
    )
    assert "has changed" in told.text
    assert next(one for one in rows(planner, **view) if one["id"] == row["id"]) in first


def test_a_row_of_another_department_is_refused(visitor: Visit) -> None:
    finance = visitor("finance")
    row = consensus(finance, **LEAVES)
    assert row["stream"] == ""
    values = {f"{Ids.rows}.cellValueChanged": [{"rowId": row["id"], "colId": SPAN, "value": "1"}]}
    assert finance.call(f"{Ids.echo}.data", {**values, f"{Ids.view}.data": LEAVES}).status_code in {200, 403}
    assert consensus(finance, **LEAVES)[SPAN] == row[SPAN]


def test_a_block_is_pasted_or_every_bad_cell_is_told(visitor: Visit) -> None:
    planner = visitor("planner")
    found = [row for row in rows(planner, **LEAVES) if row["measure"] == "consensus"][:2]
    block = [
        {"key": row["key"], "month": SPAN, "quantity": f"{row[SPAN] + 1:.0f}", "row": n}
        for n, row in enumerate(found, 1)
    ]
    pasted = {f"{Ids.pasted}.data": {"measure": "consensus", "pasted": block}, f"{Ids.view}.data": LEAVES}
    values = {**pasted, f"{Ids.seen}.data": 10**6}
    done = planner.post("/_dash-update-component", json=planner.envelope_of(paste_callback(planner), values))
    assert "2 figures were pasted" in done.text
    after = {row["key"]: row[SPAN] for row in rows(planner, **LEAVES) if row["measure"] == "consensus"}
    assert [after[row["key"]] for row in found] == [pytest.approx(row[SPAN] + 1, abs=0.51) for row in found]
    block[1]["quantity"] = "many"
    values[f"{Ids.pasted}.data"] = {"measure": "consensus", "pasted": block}
    refused = planner.post("/_dash-update-component", json=planner.envelope_of(paste_callback(planner), values))
    assert "Nothing was pasted" in refused.text
    assert "many" in refused.text


def paste_callback(visitor: Any) -> str:
    listens = (Ids.pasted, "data")
    found: str = next(
        name
        for name, spec in visitor.app.callback_map.items()
        if "callback" in spec and any((item["id"], item["property"]) == listens for item in spec["inputs"])
    )
    return found


def test_a_comment_stands_at_its_cell(visitor: Visit) -> None:
    planner = visitor("planner")
    row = consensus(planner, **LEAVES)
    place = {"key": row["key"], "month": SPAN}
    values = {f"{Ids.remark_at}.data": place, f"{Ids.view}.data": LEAVES}
    said = planner.press(Ids.remark_say, {**values, f"{Ids.remark_body}.value": "Promotion? @sales"})
    assert said.status_code == 200, said.text
    shown = answer(visitor("executive"), f"{Ids.remark_panel}.hidden", remark_at__data=place, view__data=LEAVES)
    assert "Promotion? @sales" in str(shown[Ids.remark_thread]["children"])
    assert consensus(planner, **LEAVES)["remarks"] == {"row": 1, SPAN: 1}


@pytest.mark.parametrize("odd", [None, [], [3], [{"rowId": "x", "colId": 5}], [{"rowId": "|consensus"}]], ids=repr)
def test_odd_changes_write_nothing(visitor: Visit, odd: object) -> None:
    values = {f"{Ids.rows}.cellValueChanged": odd, f"{Ids.view}.data": LEAVES}
    found = visitor("planner").call(f"{Ids.echo}.data", values)
    assert found.status_code in {200, 204}


def test_the_plan_is_taken_along_in_the_layout_of_an_import(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "demand-plan.csv" in page
    lines = visitor("planner").get("/download/demand-plan.csv?category=Beverages").text.splitlines()
    assert lines[0].lstrip("\ufeff") == "product,location,channel,frequency,period,stream,quantity"
    series = len({row["key"] for row in rows(visitor("planner"), by="category", category="Beverages")})
    assert len(lines) > series
    assert all(line.startswith("BEV-") for line in lines[1:])


def test_events_are_flags_on_the_chart(visitor: Visit) -> None:
    chart = answer(visitor("planner"), f"{Ids.chart}.figure", view__data={"span": "all"})[Ids.chart]["figure"]
    flags = [trace for trace in chart["data"] if trace["name"] == "Events" and trace["mode"] == "markers"]
    assert flags
    assert all(flags[0]["text"])
