"""Supply › Buy list: the ranking with its cut line, each button pressed, and what is stored afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, update
from stock_company import TODAY, add, ids

from callbacks.planner.buy_list import PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries.settings import bump
from models.network import Supplier, SupplierPriceBreak
from models.orders import PurchaseOrder
from models.product import Product, ProductPack, UnitOfMeasure
from services import inventory

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


@pytest.fixture
def recalculated(viewer_of: Callable[[str], Viewer]) -> None:
    """Policies, so that more than one item is to be bought."""
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def drafts() -> list[str]:
    with owner_engine().connect() as connection:
        return list(connection.scalars(select(PurchaseOrder.number).where(PurchaseOrder.status == "draft")))


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


def shown(visitor: Any, query: str = "?weeks=4") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = component(visitor.layout(PATH, query), Ids.rows)["rowData"]
    return rows


def test_rows_say_what_to_order_and_why(visitor: Visit) -> None:
    first, *_others, last = shown(visitor("planner"))
    assert first["item"] == "CHIPS Chips\nKL · Kuala Lumpur plant"
    assert first["order"].endswith("at RM 2.20")
    assert first["when"] == "2026-03-02\n→ 2026-03-16"
    assert first["cost"] == "374\ntotal 374"
    assert first["gain"] == "850\n2.27 per RM"
    assert first["supplier"].startswith("Plastik\nfrom 100")
    assert first["why"].startswith("◆ 100 ")
    assert "short from 2026-03-02" in first["why"]
    assert (first["tone"], last["tone"]) == ("bad", "warn")
    assert last["why"].startswith("▲ runs short 2026-04-06")


def test_price_breaks_are_told(visitor: Visit) -> None:
    keys = {"supplier_id": ids(Supplier)["SUP-2"], "product_id": ids(Product)["CHIPS"]}
    with owner_engine().begin() as connection:
        add(connection, SupplierPriceBreak, **keys, from_quantity=150, price=2.125)
        add(connection, SupplierPriceBreak, **keys, from_quantity=200, price=2.0)
    first, second = shown(visitor("planner"), "?weeks=2")
    assert "price break, list RM 2.20" in first["why"]
    assert "30 more: RM 2.00 each, saves RM 21 for RM 39" in first["why"]
    assert first["order"].endswith("at RM 2.125")
    assert "more:" not in second["why"]  # half as much again is no few more


def test_the_cut_line_is_drawn_at_the_budget(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, "?weeks=4&budget=600")
    rows = component(page, Ids.rows)["rowData"]
    assert [row["first_over"] for row in rows] == [False, False, True, False]
    assert [row["budget"] for row in rows] == ["✓ within", "✓ within", "✕ over", "✕ over"]
    assert "2 orders for RM 594 are within the budget of RM 600" in page.text
    assert not any(row["first_over"] for row in shown(visitor("planner")))


def test_a_budget_that_is_none_is_told(visitor: Visit) -> None:
    assert "Budget: enter a number" in visitor("planner").layout(PATH, "?budget=x").text


def test_selecting_what_the_budget_pays_for(visitor: Visit) -> None:
    planner = visitor("planner")
    rows = shown(planner, "?weeks=4&budget=600")
    chosen = planner.press(Ids.select, {f"{Ids.rows}.rowData": rows}).json["response"][Ids.rows]["selectedRows"]
    assert [row["rank"] for row in chosen] == [1, 2]
    assert [row["within"] for row in rows] == [True, True, False, False]
    answer = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": chosen}).json["response"]
    assert answer[Ids.selected]["children"] == "2 selected · RM 594 · 1 supplier"
    assert answer[Ids.accept]["disabled"] is False
    nothing = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": []}).json["response"]
    assert (nothing[Ids.selected]["children"], nothing[Ids.accept]["disabled"]) == ("", True)


@pytest.mark.usefixtures("recalculated")
def test_ordering_the_selection(visitor: Visit) -> None:
    planner = visitor("planner")
    rows = shown(planner)
    values = {f"{Ids.rows}.selectedRows": rows[:-1], f"{Ids.filters}.data": {"weeks": "4"}}
    answer = planner.press(Ids.accept, values).json["response"]
    assert [row["id"] for row in answer[Ids.rows]["rowData"]] == [rows[-1]["id"]]
    assert answer[Ids.rows]["selectedRows"] == []
    assert len(answer[Ids.suppliers]["rowData"]) == 1
    for number in drafts():
        assert f"/supply/purchase-orders?order={number}" in json.dumps(answer[Ids.outcome]["children"])


def test_the_cut_line_is_dragged(visitor: Visit) -> None:
    planner = visitor("planner")
    most = component(planner.layout(PATH, "?weeks=4"), Ids.cut)["max"]

    def moved(cut: object) -> Any:
        values = {f"{Ids.cut}.value": cut, f"{Ids.cut}.max": most, f"{Ids.filters}.data": {"weeks": "4"}}
        return planner.call(f"{Ids.budget}.value", values)

    answer = moved(600).json["response"]
    assert answer[Ids.filters]["data"]["budget"] == answer[Ids.budget]["value"] == "600"
    assert {row["budget"] for row in answer[Ids.rows]["rowData"]} == {"✓ within", "✕ over"}
    assert "within the budget of RM 600" in answer[Ids.totals]["children"]
    assert "budget=600" in json.dumps(answer[Ids.download]["children"])
    whole = moved(most).json["response"]
    assert whole[Ids.budget]["value"] == ""
    assert "cut line" not in whole[Ids.totals]["children"]
    assert moved(None).status_code in (200, 204)


def test_filling_containers_says_what_came_of_it(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    planner = visitor("planner")
    rows = shown(planner)
    values = {f"{Ids.rows}.selectedRows": rows[:1], f"{Ids.rows}.rowData": rows, f"{Ids.filters}.data": {"weeks": "4"}}
    answer = planner.press(Ids.fill, values).json["response"]
    assert "No order was added" in answer[Ids.outcome]["children"]
    keys = ids(Product)["CHIPS"]
    with owner_engine().begin() as connection:
        unit = add(connection, UnitOfMeasure, code="PAL", name="Pallet")
        add(connection, ProductPack, product_id=keys, unit_id=unit, base_units=100)
        connection.execute(update(Supplier).where(Supplier.code == "SUP-2").values(container_pallets=4))
    with session_scope(viewer_of("planner")) as session:
        bump(session, "products")
    answer = planner.press(Ids.fill, values).json["response"]
    assert [row["id"] for row in answer[Ids.rows]["selectedRows"]] == [row["id"] for row in rows[:3]]
    assert "2 orders added" in answer[Ids.outcome]["children"]
    (supplier,) = component(planner.layout(PATH, "?weeks=4"), Ids.suppliers)["rowData"]
    assert supplier["filled"] == "2, last 18 % full"


def test_a_second_click_is_told_and_orders_nothing(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.rows}.selectedRows": shown(planner, "")}
    planner.press(Ids.accept, values)
    again = planner.press(Ids.accept, values)
    assert "does not need the order for Chips any more" in again.text
    assert len(drafts()) == 1


@pytest.mark.parametrize("selected", [None, [], "x", [{}], [{"id": {"a": 1}, "quantity": "1"}]], ids=repr)
def test_senseless_selection_orders_nothing(visitor: Visit, selected: object) -> None:
    answer = visitor("planner").press(Ids.accept, {f"{Ids.rows}.selectedRows": selected})
    assert answer.status_code in (200, 204, 400, 409)
    assert drafts() == []


@pytest.mark.parametrize("name", ["executive", "analyst"])
def test_others_read_and_may_not_order(visitor: Visit, name: str) -> None:
    reader = visitor(name)
    page = reader.layout(PATH)
    assert "CHIPS" in page.text
    assert "Order selected" not in page.text
    assert reader.press(Ids.accept, {f"{Ids.rows}.selectedRows": shown(reader)}).status_code == 403
    assert drafts() == []


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.press(Ids.accept, {f"{Ids.rows}.selectedRows": []}).status_code == 403
    assert supplier.get("/download/buy-list.csv").status_code == 403


def test_it_can_be_taken_along(visitor: Visit) -> None:
    content = visitor("planner").get("/download/buy-list.csv?weeks=4&budget=600").text.splitlines()
    assert content[0].lstrip("\ufeff").startswith("rank,code,name,location,supplier,quantity")
    assert len(content) == 5
    assert content[1].startswith("1,CHIPS,Chips,KL,Plastik,170")


def test_nothing_to_buy_says_so(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from supplier_item")
    assert "The plan buys nothing" in visitor("planner").layout(PATH).text
