"""Supply › Production: planned orders accepted, and an order taken from planned to done by its buttons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from callbacks.planner.production import PATH, Ids
from components.production_columns import progress_bar
from data.db import owner_engine
from models.orders import ProductionOrder

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    stock_company.make_tea()
    stock_company.sell_out_of_tea()


def component(layout: Any, component_id: str) -> dict[str, Any]:
    """The properties of one component of a page."""
    waiting = [layout.json]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if part.get("id") == component_id:
                return part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    raise AssertionError(f"{component_id} is not on the page")


def planned(visitor: Any, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = component(visitor.layout(PATH, query), Ids.rows)["rowData"]
    return rows


def accepted() -> list[Any]:
    with owner_engine().connect() as connection:
        table = ProductionOrder.__table__
        return list(connection.execute(select(table).where(table.c.status != "done").order_by(table.c.id)))


def accept(visitor: Any) -> Any:
    return visitor.press(Ids.accept, {f"{Ids.rows}.selectedRows": planned(visitor)})


def select_order(visitor: Any, order_id: object) -> Any:
    return visitor.call(f"{Ids.title}.children", {f"{Ids.orders}.selectedRows": [{"id": order_id}]})


def test_rows_say_what_to_make_and_what_it_takes(visitor: Visit) -> None:
    (row,) = planned(visitor("planner"))
    assert row["item"] == "TEA Tea\nKL · Kuala Lumpur plant"
    assert row["resource"] == "LINE\nLine"
    assert row["when"] == "2026-03-02\n→ 2026-03-09"
    assert row["order"] == "280 EA\n3.8 h"
    assert row["components"].startswith("● all there")
    assert row["why"].startswith("◆ 140 EA late already")


def test_one_selected_says_for_whom(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": planned(planner)}).json["response"]
    assert answer[Ids.selected]["children"] == "1 selected · 3.8 hours"
    assert "140 for TEA Tea at KL" in "".join(answer[Ids.made_for]["children"])
    nothing = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": []}).json["response"]
    assert (nothing[Ids.selected]["children"], nothing[Ids.accept]["disabled"]) == ("", True)


def test_select_all_sends_back_rows_of_the_grid_only(visitor: Visit) -> None:
    planner = visitor("planner")
    rows = planned(planner, "?weeks=2")
    odd = [{"id": 10**30}, {"id": "x", "quantity": 10**30}, {"id": "x", "quantity": {}}, {}]
    answer = planner.press(Ids.select, {f"{Ids.rows}.rowData": [*rows, *odd]}).json["response"]
    assert answer[Ids.rows]["selectedRows"] == rows


def test_accepting_moves_the_row_to_the_orders(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = accept(planner).json["response"]
    assert answer[Ids.rows]["rowData"] == []
    assert "MO-2026-00001" in answer[Ids.outcome]["children"][0]
    shown = planner.call(f"{Ids.orders}.getRowsResponse", {f"{Ids.orders}.getRowsRequest": {}}).json["response"]
    (row,) = shown[Ids.orders]["getRowsResponse"]["rowData"]
    assert row["state"].startswith("○ Planned")
    assert row["number"] == "MO-2026-00001\nfor stock"
    assert row["progress"] == "░░░░░░░░░░ 0 %\n0 of 280 EA"
    assert row["due_on"] == "2026-03-09\n7 days left"


def test_an_order_from_planned_to_done(visitor: Visit) -> None:
    planner = visitor("planner")
    accept(planner)
    (made,) = accepted()
    seen = select_order(planner, made.id).json["response"][Ids.seen]["data"]
    seen = planner.press(Ids.release, {f"{Ids.seen}.data": seen}).json["response"][Ids.seen]["data"]
    begun = planner.press(Ids.start, {f"{Ids.seen}.data": seen, f"{Ids.anyway}.value": False}).json["response"]
    assert "left the stock" in begun[Ids.told]["children"]
    assert begun[Ids.reporting]["style"] == {}
    typed = {f"{Ids.seen}.data": begun[Ids.seen]["data"], f"{Ids.made}.value": 270, f"{Ids.scrap}.value": 10}
    reported = planner.press(Ids.report, typed).json["response"]
    assert reported[Ids.made]["value"] is None
    done = planner.press(Ids.finish, {f"{Ids.seen}.data": reported[Ids.seen]["data"]}).json["response"]
    assert done[Ids.reporting]["style"] == {"display": "none"}
    assert accepted() == []


def test_every_step_counts_the_cards_anew(visitor: Visit) -> None:
    planner = visitor("planner")
    accept(planner)
    (made,) = accepted()
    seen = select_order(planner, made.id).json["response"][Ids.seen]["data"]
    for step in (Ids.release, Ids.start):
        answer = planner.press(step, {f"{Ids.seen}.data": seen, f"{Ids.anyway}.value": False}).json["response"]
        seen = answer[Ids.seen]["data"]
    told = planner.call(f"{Ids.cards}.children", {f"{Ids.changed}.data": answer[Ids.changed]["data"]})
    running = told.json["response"][Ids.cards]["children"][2]
    assert [part["props"]["children"] for part in running["props"]["children"] if part][:2] == ["Running", "1"]
    shown = planner.call(f"{Ids.orders}.getRowsResponse", {f"{Ids.orders}.getRowsRequest": {}}).json["response"]
    assert shown[Ids.order_totals]["children"] == "1 order · 1 running · 0 late"


def test_a_stale_page_is_told(visitor: Visit) -> None:
    planner = visitor("planner")
    accept(planner)
    (made,) = accepted()
    seen = {"id": made.id, "version": made.version}
    planner.press(Ids.release, {f"{Ids.seen}.data": seen})
    again = planner.press(Ids.release, {f"{Ids.seen}.data": seen})
    assert "has changed since you opened it" in again.text


def test_calling_off_needs_a_reason(visitor: Visit) -> None:
    planner = visitor("planner")
    accept(planner)
    seen = {"id": accepted()[0].id, "version": 1}
    assert "write a few words" in planner.press(Ids.cancel, {f"{Ids.seen}.data": seen, f"{Ids.reason}.value": ""}).text
    answer = planner.press(Ids.cancel, {f"{Ids.seen}.data": seen, f"{Ids.reason}.value": "No sugar"})
    assert "Called off" in answer.text
    assert accepted()[0].status == "cancelled"


@pytest.mark.parametrize("odd", [None, [], "x", {"id": {"a": 1}}, {"id": 10**40, "version": "1"}], ids=repr)
def test_whatever_the_browser_sends(visitor: Visit, odd: object) -> None:
    planner = visitor("planner")
    for button in (Ids.release, Ids.start, Ids.report, Ids.finish, Ids.cancel):
        assert planner.press(button, {f"{Ids.seen}.data": odd}).status_code in (200, 204, 400, 404, 409)
    assert select_order(planner, odd).status_code in (204, 404)
    assert planner.press(Ids.accept, {f"{Ids.rows}.selectedRows": odd}).status_code in (200, 204, 400, 409)


@pytest.mark.parametrize("name", ["executive", "analyst"])
def test_others_read_and_may_not_decide(visitor: Visit, name: str) -> None:
    reader = visitor(name)
    page = reader.layout(PATH)
    assert "TEA" in page.text
    assert "Accept selected" not in page.text
    assert accept(reader).status_code == 403
    assert reader.press(Ids.start, {f"{Ids.seen}.data": {"id": 1, "version": 1}}).status_code == 403


def test_partners_see_none_of_it(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.press(Ids.accept, {f"{Ids.rows}.selectedRows": []}).status_code == 403
    for name in ("planned-production", "production-orders"):
        assert supplier.get(f"/download/{name}.csv").status_code == 403


def test_both_lists_can_be_taken_along(visitor: Visit) -> None:
    planner = visitor("planner")
    lines = planner.get("/download/planned-production.csv?weeks=2").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("code,name,location,resource,quantity")
    assert len(lines) == 3
    done = planner.get("/download/production-orders.csv?show=done").text.splitlines()
    assert len(done) == 5


@pytest.mark.parametrize(
    ("made", "bar"), [(0, "░░░░░░░░░░ 0 %"), (25, "██░░░░░░░░ 25 %"), (120, "██████████ 120 %")], ids=str
)
def test_progress_is_told_by_bar_and_figure(made: float, bar: str) -> None:
    assert progress_bar({"made_quantity": made, "quantity": 100}) == bar
