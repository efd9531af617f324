"""Inventory › Network: an item answered at once, the picture leads to the table, and the proposal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, add_lane, ids, make_tea, order_tea_in_johor

from callbacks.planner.network import PATH, Ids, number_of
from core.viewer import Viewer
from models.product import Product
from services import inventory

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def with_lane(viewer_of: Callable[[str], Viewer]) -> None:
    make_tea()
    order_tea_in_johor(due_on=TODAY + timedelta(weeks=2))
    add_lane()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def answered(visitor: Any, item: object, wait: object) -> Any:
    return visitor.call(f"{Ids.totals}.children", {f"{Ids.item}.value": item, f"{Ids.wait}.value": wait})


@pytest.mark.usefixtures("with_lane")
def test_the_largest_item_is_shown_first(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    for shown in ("TEA Tea", "Transfer from Kuala Lumpur plant", "Purchase from Gula", "Propose these safety stocks"):
        assert shown in page


@pytest.mark.usefixtures("with_lane")
def test_another_wait_answers_at_once(visitor: Visit) -> None:
    planner, tea = visitor("planner"), str(ids(Product)["TEA"])
    now, later = (answered(planner, tea, wait).json["response"] for wait in (0, 6))
    assert len(now[Ids.rows]["rowData"]) == 4
    assert now[Ids.rows]["rowData"] != later[Ids.rows]["rowData"]
    marks = now[Ids.picture]["figure"]["data"][1]
    assert marks["customdata"] == [row["id"] for row in now[Ids.rows]["rowData"]]
    assert "whole days" in answered(planner, tea, 100).text


@pytest.mark.usefixtures("with_lane")
def test_the_picture_leads_to_the_table(visitor: Visit) -> None:
    planner = visitor("planner")
    clicked = {f"{Ids.picture}.clickData": {"points": [{"customdata": "4-1"}]}}
    answer = planner.call(f"{Ids.rows}.scrollTo", clicked).json["response"][Ids.rows]
    assert answer == {"selectedRows": {"ids": ["4-1"]}, "scrollTo": {"rowId": "4-1"}}


@pytest.mark.usefixtures("with_lane")
def test_what_is_proposed_waits_under_policies(visitor: Visit) -> None:
    values = {f"{Ids.item}.value": str(ids(Product)["TEA"]), f"{Ids.wait}.value": 0}
    said = visitor("planner").press(Ids.propose, values)
    assert "proposed" in said.text
    assert visitor("executive").press(Ids.propose, values).status_code == 403
    assert visitor("supplier").get(PATH).status_code == 403


def test_without_a_match_or_demand_it_says_what_to_do(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "Show all items" in planner.layout(PATH, "?search=zzz").text
    assert planner.layout(PATH, "?wait=abc").status_code == 200


@pytest.mark.parametrize(
    ("item", "number"), [("12", 12), (12, 12), ("x", 0), (None, 0), ("9" * 30, 0), ({}, 0), ("٣", 0)]
)
def test_any_item_of_a_browser_is_a_number(item: object, number: int) -> None:
    assert number_of(item) == number
