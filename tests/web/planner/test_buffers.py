"""Inventory › Buffers: choosing items, one with its zones and orders, each button pressed, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from callbacks.planner.buffers import FACTORS, PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine
from models.orders import PurchaseOrder
from services import inventory

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "filterModel": {}, "sortModel": []}
ENTERED = {f"{getattr(Ids, name)}.value": value for name, value in zip(FACTORS, (50, 50, None, 50, None), strict=True)}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def rows(visitor: Any, grid: str, **filters: str) -> list[dict[str, Any]]:
    values = {f"{grid}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters}
    answer = visitor.call(f"{grid}.getRowsResponse", values).json["response"]
    found: list[dict[str, Any]] = answer[grid]["getRowsResponse"]["rowData"]
    return found


def press(visitor: Any, button: str, **values: Any) -> Any:
    given = {f"{getattr(Ids, name)}.{prop}": value for (name, prop), value in _split(values)}
    return visitor.press(button, given)


def _split(values: dict[str, Any]) -> Any:
    return (((name.rpartition("__")[0], name.rpartition("__")[2]), value) for name, value in values.items())


def start(visitor: Any, *codes: str) -> Any:
    chosen = [row for row in rows(visitor, Ids.candidates) if row["code"] in codes]
    return press(visitor, Ids.start, candidates__selectedRows=chosen)


def seen(visitor: Any, code: str) -> dict[str, Any]:
    """What the page holds of the item that is open."""
    (row,) = [row for row in rows(visitor, Ids.rows) if row["code"] == code]
    answer = visitor.call(f"{Ids.order}.disabled", {f"{Ids.rows}.selectedRows": [row]}).json["response"]
    found: dict[str, Any] = answer[Ids.seen]["data"]
    return found


def test_items_are_chosen_and_listed(visitor: Visit) -> None:
    planner = visitor("planner")
    assert rows(planner, Ids.rows) == []
    answer = start(planner, "SUGAR", "CHIPS").json["response"]
    assert answer[Ids.outcome]["children"] == "Items buffered now: 2."
    assert answer[Ids.candidates]["selectedRows"] == []
    assert sorted(row["code"] for row in rows(planner, Ids.rows)) == ["CHIPS", "SUGAR"]
    assert sorted(row["code"] for row in rows(planner, Ids.candidates)) == ["BOTTLE", "TEA"]
    assert [row["code"] for row in rows(planner, Ids.rows, search="sug")] == ["SUGAR"]


def test_one_with_its_zones_and_factors(visitor: Visit) -> None:
    planner = visitor("planner")
    start(planner, "SUGAR")
    (row,) = rows(planner, Ids.rows)
    answer = planner.call(f"{Ids.order}.disabled", {f"{Ids.rows}.selectedRows": [row]}).json["response"]
    shown = json.dumps(answer, ensure_ascii=False)
    for text in ("SUGAR Sugar", "Top of green", "Planning priority", "Net flow", "its own factors", "No order of a"):
        assert text in shown
    assert answer[Ids.lead_time_factor]["value"] == 50
    assert answer[Ids.order_cycle_days]["value"] == 7
    assert "1 selected" in answer[Ids.selected]["children"]
    nothing = planner.call(f"{Ids.order}.disabled", {f"{Ids.rows}.selectedRows": []}).json["response"]
    assert (nothing[Ids.order]["disabled"], nothing[Ids.propose]["disabled"]) == (True, True)
    assert "split-open" not in nothing[Ids.split]["className"]


def test_factors_are_saved_and_a_stale_save_is_told(visitor: Visit) -> None:
    planner = visitor("planner")
    start(planner, "SUGAR")
    was = seen(planner, "SUGAR")
    cycle = {**ENTERED, f"{Ids.order_cycle_days}.value": 40}
    done = planner.press(Ids.save, {f"{Ids.seen}.data": was, **cycle}).json["response"]
    assert (done[Ids.outcome]["children"], done[Ids.order_cycle_days]["value"]) == ("Saved.", 40)
    assert done[Ids.seen]["data"]["version"] == 2
    assert "Somebody else" in planner.press(Ids.save, {f"{Ids.seen}.data": was, **cycle}).text
    for senseless in (None, [], "x", {"product_id": {}, "version": 10**30}):
        assert "not buffered" in planner.press(Ids.save, {f"{Ids.seen}.data": senseless, **ENTERED}).text
    too_much = {**ENTERED, f"{Ids.lead_time_factor}.value": 300}
    assert "Lead time factor, %: enter 1 to 100" in planner.press(Ids.save, {f"{Ids.seen}.data": was, **too_much}).text


def test_an_item_is_buffered_no_longer(visitor: Visit) -> None:
    planner = visitor("planner")
    start(planner, "SUGAR")
    done = planner.press(Ids.stop, {f"{Ids.seen}.data": seen(planner, "SUGAR")}).json["response"]
    assert done[Ids.outcome]["children"] == "The item is not buffered any more."
    assert rows(planner, Ids.rows) == []


def test_what_is_due_is_ordered_once(visitor: Visit) -> None:
    planner = visitor("planner")
    start(planner, "CHIPS", "SUGAR")
    due = rows(planner, Ids.rows, zone="due")
    assert due
    assert {row["tone"] for row in due} <= {"bad", "warn"}
    done = press(planner, Ids.order, rows__selectedRows=due).json["response"]
    with owner_engine().connect() as connection:
        numbers = list(connection.scalars(select(PurchaseOrder.number).where(PurchaseOrder.status == "draft")))
    assert numbers
    for number in numbers:
        assert f"/supply/purchase-orders?order={number}" in json.dumps(done[Ids.outcome]["children"])
    assert rows(planner, Ids.rows, zone="due") == []
    assert "no order is due" in press(planner, Ids.order, rows__selectedRows=due).text


def test_buffers_are_proposed_as_policies(visitor: Visit) -> None:
    planner = visitor("planner")
    start(planner, "SUGAR")
    done = press(planner, Ids.propose, rows__selectedRows=rows(planner, Ids.rows)).json["response"]
    assert done[Ids.outcome]["children"][0].startswith("Policies proposed: 1.")


def test_senseless_selections_change_nothing(visitor: Visit) -> None:
    planner = visitor("planner")
    for selected in (None, "x", [{}], [{"id": {"a": 1}, "order_quantity": "1"}], [5]):
        for button, grid in ((Ids.order, Ids.rows), (Ids.propose, Ids.rows), (Ids.start, Ids.candidates)):
            assert planner.press(button, {f"{grid}.selectedRows": selected}).status_code < 500
        for output in (f"{Ids.order}.disabled", f"{Ids.start}.disabled"):
            values = {f"{Ids.rows}.selectedRows": selected, f"{Ids.candidates}.selectedRows": selected}
            assert planner.call(output, values).status_code < 500
    assert rows(planner, Ids.rows) == []


def test_others_read_and_change_nothing(visitor: Visit) -> None:
    start(visitor("planner"), "SUGAR")
    analyst = visitor("analyst")
    assert [row["code"] for row in rows(analyst, Ids.rows)] == ["SUGAR"]
    assert "Buffer selected" not in analyst.layout(PATH).text
    for button in (Ids.order, Ids.propose, Ids.start, Ids.save, Ids.stop):
        assert analyst.press(button, {f"{Ids.seen}.data": seen(analyst, "SUGAR"), **ENTERED}).status_code == 403
    content = analyst.get("/download/buffers.csv").text.splitlines()
    assert content[0].lstrip("\ufeff").startswith("code,name,category,location,uom,zone")
    assert len(content) == 2


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.press(Ids.order, {f"{Ids.rows}.selectedRows": []}).status_code == 403
    assert supplier.get("/download/buffers.csv").status_code == 403


def test_an_empty_company_is_told_what_to_do(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        for table in ("inventory_policy", "stock_lot"):
            connection.exec_driver_sql(f"delete from {table}")
        connection.exec_driver_sql("update data_version set version = version + 1")
    assert "Import products and sales" in visitor("planner").layout(PATH).text
