"""Supply › Plan: the list, an item with its weeks, a change tried and dropped, why an order is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, ids

from callbacks.planner.supply_plan import PATH, Ids, late_text
from components.forms import NOTHING
from core.i18n import EMPTY
from core.viewer import Viewer
from models.network import Location
from models.product import Product
from services import scenarios

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def key(code: str) -> dict[str, int]:
    return {"product_id": ids(Product)[code], "location_id": ids(Location)["KL"]}


def chosen(visitor: Any, code: str) -> dict[str, Any]:
    answer = visitor.call(f"{Ids.seen}.data", {f"{Ids.rows}.selectedRows": [key(code)]})
    assert answer.status_code == 200
    response: dict[str, Any] = answer.json["response"]
    return response


def changed(visitor: Any, seen: object, **values: object) -> Any:
    plan = {"demand": 0, "lead": 2, "safety": 0, "minimum": 100} | values
    given = {f"{getattr(Ids, name)}.value": value for name, value in plan.items()}
    return visitor.call(f"{Ids.chart}.figure", {**given, f"{Ids.seen}.data": seen})


def test_page_counts_what_runs_short(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "Run short" in page
    assert "Items planned" in page


def test_list_is_filtered_sorted_and_paged_on_the_server(visitor: Visit) -> None:
    request = {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "code", "sort": "desc"}]}
    values = {f"{Ids.rows}.getRowsRequest": request, f"{Ids.filters}.data": {"only": "short"}}
    answer = visitor("planner").call(f"{Ids.rows}.getRowsResponse", values)
    shown = answer.json["response"][Ids.rows]["getRowsResponse"]
    assert [row["code"] for row in shown["rowData"]] == ["CHIPS"]
    assert shown["rowData"][0]["tone"] == "bad"
    assert answer.json["response"][Ids.totals]["children"].startswith("1 item · 1 runs short · ")


def test_an_item_shows_its_weeks_and_what_is_late(visitor: Visit) -> None:
    shown = chosen(visitor("planner"), "CHIPS")
    lines = {row["line"]: row for row in shown[Ids.weeks]["rowData"]}
    assert lines["Stock at the end"]["w0"] == pytest.approx(-30)
    assert "2 weeks late" in shown[Ids.late]["children"]
    assert shown[Ids.lead]["value"] == 2


def test_a_change_is_drawn_beside_the_plan(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    plain = changed(planner, seen).json["response"]
    tried = changed(planner, seen, lead=1).json["response"]
    assert plain[Ids.tried]["children"] == ""
    assert len(tried[Ids.chart]["figure"]["data"]) == len(plain[Ids.chart]["figure"]["data"]) + 1
    assert "Tried, not stored" in tried[Ids.tried]["children"]


def test_the_plan_comes_back(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    answer = planner.press(Ids.reset, {f"{Ids.seen}.data": seen})
    assert answer.json["response"][Ids.lead]["value"] == 2


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"demand": 5000}, "1,000 %"),
        ({"lead": 1.5}, "whole weeks"),
        ({"lead": 400}, "52 weeks"),
        ({"safety": -1}, "zero"),
    ],
    ids=["demand", "half a week", "endless", "safety"],
)
def test_a_change_that_can_not_be_says_what_can(visitor: Visit, values: dict[str, float], told: str) -> None:
    planner = visitor("planner")
    shown = changed(planner, chosen(planner, "CHIPS")[Ids.seen]["data"], **values).json["response"]
    assert told in shown[Ids.tried]["children"]
    assert "Not tried" in shown[Ids.tried]["children"]
    assert len(shown[Ids.chart]["figure"]["data"]) == 5


def test_what_was_tried_is_kept_and_opened(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    values = {
        f"{Ids.keep_name}.value": "Faster chips",
        f"{Ids.keep_into}.value": NOTHING,
        f"{Ids.lead}.value": 1,
        f"{Ids.demand}.value": 0,
        f"{Ids.safety}.value": 0,
        f"{Ids.minimum}.value": 100,
        f"{Ids.seen}.data": seen,
    }
    shown = planner.press(Ids.keep, values).json["response"]
    assert "Faster chips" in str(shown[Ids.kept]["children"])
    (kept,) = scenarios.scenarios(viewer_of("planner"))
    assert (kept["name"], kept["changes"], kept["status"]) == ("Faster chips", 1, "kept")
    page = planner.layout(PATH, f"?scenario={kept['id']}").text
    assert "The figures on this page are not the plan" in page
    shown = planner.call(
        f"{Ids.seen}.data", {f"{Ids.rows}.selectedRows": [key("CHIPS")], f"{Ids.scenario}.data": kept["id"]}
    ).json["response"]
    assert shown[Ids.lead]["value"] == 1


def test_a_scenario_that_is_none_is_not_the_plan(visitor: Visit) -> None:
    assert "There is no such scenario" in visitor("planner").layout(PATH, "?scenario=99999").text


def test_a_week_says_what_serves_it(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    values = {f"{Ids.weeks}.cellClicked": {"colId": "w0"}, f"{Ids.seen}.data": seen}
    shown = planner.call(f"{Ids.served}.rowData", values).json["response"]
    rows = shown[Ids.served]["rowData"]
    assert [row["supply"] for row in rows] == ["Stock", "Planned order"]
    assert [row["quantity"] for row in rows] == pytest.approx([40, 30])
    assert rows[1]["late"] == "2 weeks late"


def test_a_week_of_which_nothing_is_wanted_says_so(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "NEW")[Ids.seen]["data"]
    values = {f"{Ids.weeks}.cellClicked": {"colId": "w0"}, f"{Ids.seen}.data": seen}
    shown = planner.call(f"{Ids.served}.rowData", values).json["response"]
    assert shown[Ids.served]["rowData"] == []
    assert shown[Ids.served_title]["children"].startswith("Nothing is wanted in the week of 2026-")


def test_levers_that_help_are_told_with_their_money(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    shown = planner.press(Ids.try_levers, {f"{Ids.seen}.data": seen}).json["response"]
    rows = shown[Ids.levers]["rowData"]
    assert {"Orders a week faster", "Orders 2 weeks faster"} <= {row["lever"] for row in rows}
    assert len(rows) <= 3
    assert all(row["prevented"] > 0 for row in rows)


def test_an_item_that_is_not_late_has_nothing_to_mend(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "TEA")[Ids.seen]["data"]
    shown = planner.press(Ids.try_levers, {f"{Ids.seen}.data": seen}).json["response"]
    assert shown[Ids.levers]["rowData"] == []
    assert "nothing to mend" in shown[Ids.levers_title]["children"]


def test_an_order_says_what_it_is_for(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    orders = changed(planner, seen).json["response"][Ids.orders]["rowData"]
    order = next(row for row in orders if row["number"] == EMPTY)
    answer = planner.call(f"{Ids.why}.rowData", {f"{Ids.orders}.selectedRows": [order], f"{Ids.seen}.data": seen})
    assert "CHIPS" in answer.json["response"][Ids.why]["rowData"][0]["item"]


def test_an_order_that_is_only_tried_is_for_nothing_yet(visitor: Visit) -> None:
    planner = visitor("planner")
    seen = chosen(planner, "CHIPS")[Ids.seen]["data"]
    orders = changed(planner, seen, lead=1).json["response"][Ids.orders]["rowData"]
    order = next(row for row in orders if row["number"] == EMPTY)
    values = {f"{Ids.orders}.selectedRows": [order], f"{Ids.lead}.value": 1, f"{Ids.seen}.data": seen}
    shown = planner.call(f"{Ids.why}.rowData", values).json["response"]
    assert shown[Ids.why]["rowData"] == []
    assert "tried, not planned" in shown[Ids.why_title]["children"]


def test_a_single_week_late_reads_so() -> None:
    late = {"week": TODAY, "quantity": 3.0, "supply": "firm", "arrives": TODAY + timedelta(weeks=1), "late": 1}
    assert "come a week late" in late_text([late], "EA")


@pytest.mark.parametrize("selected", [None, [], "x", [{"product_id": "a"}], [{}, {}]], ids=repr)
def test_whatever_the_browser_sends_is_answered(visitor: Visit, selected: object) -> None:
    planner = visitor("planner")
    answer = planner.call(f"{Ids.seen}.data", {f"{Ids.rows}.selectedRows": selected})
    assert answer.status_code in (200, 204, 404)
