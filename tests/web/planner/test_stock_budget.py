"""Inventory › Stock budget: the choice by amount, slider and aim, both lists, downloads, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.stock_budget import PATH, Ids
from core.viewer import Viewer
from services import inventory

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "filterModel": {}, "sortModel": []}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def chosen(visitor: Any, by: str, *, aim: object = "money", target: object = None, slid: object = None) -> Any:
    values = {f"{Ids.aim}.value": aim, f"{Ids.target}.value": target, f"{Ids.slider}.value": slid}
    return visitor.call(f"{Ids.curve}.figure", values, triggered=f"{by}.value")


def answered(visitor: Any, by: str, **values: object) -> dict[str, Any]:
    response: dict[str, Any] = chosen(visitor, by, **values).json["response"]
    return response


def rows(visitor: Any, grid: str, **filters: str) -> dict[str, Any]:
    values = {f"{grid}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters}
    response: dict[str, Any] = visitor.call(f"{grid}.getRowsResponse", values).json["response"]
    return response


def test_the_page_begins_with_the_money_of_today(visitor: Visit) -> None:
    text = visitor("planner").layout(PATH).text
    assert "Chosen: the money of today" in text
    assert "4 items are reckoned. Left out: 1 without policy, 1 without demand" in text


def test_an_amount_is_answered_with_curve_figures_and_slider(visitor: Visit) -> None:
    found = answered(visitor("planner"), Ids.target, target=150)
    assert found[Ids.filters]["data"]["target"] == "150"
    assert found[Ids.form_target]["value"] == "150"
    assert found[Ids.slider]["value"] == 150
    assert found[Ids.slider]["min"] == 0
    line, today, same, target = found[Ids.curve]["figure"]["data"]
    assert len(line["x"]) == len(line["y"]) == 50
    assert (today["x"], target["x"]) == (same["x"], [pytest.approx(150)])
    assert "RM 150" in json.dumps(found[Ids.figures]["children"])


def test_the_slider_sets_the_amount(visitor: Visit) -> None:
    found = answered(visitor("planner"), Ids.slider, target=150, slid=90)
    assert (found[Ids.target]["value"], found[Ids.slider]["value"]) == (90, 90)


def test_another_aim_begins_at_the_service_of_today(visitor: Visit) -> None:
    found = answered(visitor("planner"), Ids.aim, aim="fill", target=150, slid=150)
    assert 0 < found[Ids.target]["value"] <= 99.99
    assert found[Ids.slider]["max"] == 99.99
    later = answered(visitor("planner"), Ids.slider, aim="fill", target=99, slid=99.50000001)
    assert later[Ids.target]["value"] == 99.5
    assert "fill" in json.dumps(later[Ids.downloads]["children"])


def test_more_money_than_is_of_use_is_told(visitor: Visit) -> None:
    found = answered(visitor("planner"), Ids.target, target=10**9)
    assert "No item has use for more than" in json.dumps(found[Ids.account]["children"])
    assert found[Ids.slider]["value"] == found[Ids.slider]["max"]


def test_senseless_amounts_are_told(visitor: Visit) -> None:
    planner = visitor("planner")
    senseless: tuple[object, ...] = (-1, "text", "NaN", 1e308, [], {"a": 1}, True)
    for target in senseless:
        for aim, name in (("money", "Budget RM"), ("fill", "Fill rate %")):
            assert f"{name}: enter" in chosen(planner, Ids.target, aim=aim, target=target).text, (aim, target)
            assert f"{name}: enter" in chosen(planner, Ids.slider, aim=aim, slid=target).text, (aim, target)


def test_a_senseless_aim_is_the_money(visitor: Visit) -> None:
    assert answered(visitor("planner"), Ids.aim, aim=["x"])[Ids.form_aim]["value"] == "money"


def test_items_now_and_at_best(visitor: Visit) -> None:
    found = rows(visitor("planner"), Ids.rows, target="150")
    listed = {row["code"]: row for row in found[Ids.rows]["getRowsResponse"]["rowData"]}
    assert sorted(listed) == ["BOTTLE", "CHIPS", "SUGAR", "TEA"]
    assert {row["tone"] for row in listed.values()} <= {"good", "warn", "quiet"}
    assert found[Ids.totals]["children"].startswith("4 items")
    assert "RM 150 at best" in found[Ids.totals]["children"]


def test_items_left_out_with_their_reason(visitor: Visit) -> None:
    planner = visitor("planner")
    found = rows(planner, Ids.rows, show="left-out")
    listed = {row["code"]: row["reason"] for row in found[Ids.rows]["getRowsResponse"]["rowData"]}
    assert listed == {"NEW": "without policy", "OLD": "without demand"}
    assert "Left out because" in planner.layout(PATH, "?show=left-out").text


def test_next_steps(visitor: Visit) -> None:
    found = rows(visitor("planner"), Ids.steps)
    listed = found[Ids.steps]["getRowsResponse"]["rowData"]
    assert [row["rank"] for row in listed] == list(range(1, 11))
    assert found[Ids.step_totals]["children"] == "10 steps that prevent something"


def test_proposing_what_is_selected_and_what_is_listed(visitor: Visit) -> None:
    planner = visitor("planner")
    listed = rows(planner, Ids.rows, target="0")[Ids.rows]["getRowsResponse"]["rowData"]
    sugar = [row for row in listed if row["code"] == "SUGAR"]
    answer = planner.call(f"{Ids.propose}.disabled", {f"{Ids.rows}.selectedRows": sugar}).json["response"]
    assert (answer[Ids.propose]["disabled"], answer[Ids.selected]["children"]) == (False, "1 selected")
    values = {f"{Ids.rows}.selectedRows": sugar, f"{Ids.filters}.data": {"target": "0"}}
    by_hand = f"{Ids.propose}.n_clicks"
    done = planner.call(f"{Ids.outcome}.children", {by_hand: 1, **values}, triggered=by_hand)
    assert done.json["response"][Ids.outcome]["children"][0].startswith("Policies proposed: 1.")
    assert done.json["response"][Ids.rows]["selectedRows"] == []
    every = {f"{Ids.propose_all}.n_clicks": 1, **values}
    done = planner.call(f"{Ids.outcome}.children", every, triggered=f"{Ids.propose_all}.n_clicks")
    assert done.json["response"][Ids.outcome]["children"][0].startswith("Policies proposed: 2.")
    values[f"{Ids.rows}.selectedRows"] = [{"id": {"a": 1}}, "x", {}]
    odd = planner.call(f"{Ids.outcome}.children", {by_hand: 1, **values}, triggered=by_hand)
    assert "Nothing to propose" in odd.text


def test_readers_propose_nothing(visitor: Visit) -> None:
    analyst = visitor("analyst")
    assert "Propose all" not in analyst.layout(PATH).text
    assert analyst.press(Ids.propose_all, {f"{Ids.filters}.data": {"target": "0"}}).status_code == 403


def test_filters_of_the_address_are_kept(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, "?category=Materials&aim=fill&target=97.5&abc=nonsense")
    assert '"target": "97.5"' in page.text or '"target":"97.5"' in page.text
    assert "1 item is reckoned" in page.text
    assert "enter an amount" in visitor("planner").layout(PATH, "?target=-3").text


def test_filters_that_leave_nothing(visitor: Visit) -> None:
    assert "No item here can be reckoned" in visitor("planner").layout(PATH, "?location=JB").text


def test_nothing_calculated_yet_says_what_to_do(visitor: Visit) -> None:
    from data.db import owner_engine

    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from inventory_policy")
        connection.exec_driver_sql("update data_version set version = version + 1")
    assert "Recalculate the policies first" in visitor("planner").layout(PATH).text


def test_both_lists_can_be_taken_along(visitor: Visit) -> None:
    analyst = visitor("analyst")
    items = analyst.get("/download/stock-budget.csv?target=150&sort=code:asc").text.splitlines()
    assert items[0].lstrip("\ufeff").startswith("code,name,category,location")
    assert [line.partition(",")[0] for line in items[1:]] == ["BOTTLE", "CHIPS", "SUGAR", "TEA"]
    steps = analyst.get("/download/stock-budget-steps.csv").text.splitlines()
    assert len(steps) == 11


def test_partners_see_none_of_it(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert chosen(supplier, Ids.target, target=1).status_code == 403
    for name in ("stock-budget", "stock-budget-steps"):
        assert supplier.get(f"/download/{name}.csv").status_code == 403
