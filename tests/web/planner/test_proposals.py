"""Inventory › Proposals: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from callbacks.planner.proposals import PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine
from models.orders import PurchaseOrder, PurchaseOrderLine
from models.planning import ReorderProposal
from models.product import Product
from services import inventory

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def proposed(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def stored(code: str) -> Any:
    table = ReorderProposal.__table__
    wanted = select(table).join(Product, Product.id == table.c.product_id).where(Product.code == code)
    with owner_engine().connect() as connection:
        return connection.execute(wanted).one()


def shown(code: str) -> dict[str, Any]:
    found = stored(code)
    return {"id": found.id, "version": found.version, "value": float(found.quantity * found.unit_price)}


def drafts() -> list[str]:
    with owner_engine().connect() as connection:
        return list(connection.scalars(select(PurchaseOrder.number).where(PurchaseOrder.status == "draft")))


def quantities() -> list[float]:
    wanted = (
        select(PurchaseOrderLine.quantity)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .where(PurchaseOrder.status == "draft")
        .order_by(PurchaseOrderLine.id)
    )
    with owner_engine().connect() as connection:
        return [float(quantity) for quantity in connection.scalars(wanted)]


def test_page_lists_what_to_buy_by_rank(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert page.index('"CHIPS"') < page.index('"BOTTLE"') < page.index('"SUGAR"')
    assert "3 proposals" in page
    assert "1 proposals" in visitor("planner").layout(PATH, "?supplier=SUP-1").text


def test_selection_is_added_up(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": [shown("SUGAR"), {"value": "x"}]})
    assert answer.json["response"][Ids.selected]["children"] == "2 selected · RM 6,560"
    assert answer.json["response"][Ids.accept]["disabled"] is False
    nothing = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": []}).json["response"]
    assert (nothing[Ids.accept]["disabled"], nothing[Ids.dismiss]["disabled"]) == (True, True)


def test_clicking_a_row_tells_why(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = planner.call(f"{Ids.sentence}.children", {f"{Ids.rows}.cellClicked": {"rowId": str(shown("SUGAR")["id"])}})
    response = answer.json["response"]
    assert "position of 300 KG is at or below the reorder point of 392" in response[Ids.sentence]["children"]
    assert "2,050 can be ordered" in response[Ids.sentence]["children"]
    assert response[Ids.quantity]["value"] == 2050
    assert response[Ids.terms]["children"] == "minimum 500, multiples of 50"
    assert response[Ids.position]["href"] == "/inventory/positions?search=SUGAR&location=KL"
    assert TODAY.isoformat() in str(response[Ids.why]["children"])
    for nonsense in (None, {}, {"rowId": "1 or 1=1"}, {"rowId": 7}):
        assert planner.call(f"{Ids.sentence}.children", {f"{Ids.rows}.cellClicked": nonsense}).status_code in (200, 204)
    unknown = planner.call(f"{Ids.sentence}.children", {f"{Ids.rows}.cellClicked": {"rowId": "99999"}})
    assert unknown.status_code == 404


def test_accepting_the_selection(visitor: Visit) -> None:
    selected = [shown("BOTTLE"), shown("CHIPS")]
    answer = visitor("planner").press(Ids.accept, {f"{Ids.rows}.selectedRows": selected}).json["response"]
    assert drafts() == ["PO-2026-00006"]
    assert len(quantities()) == 2
    assert stored("BOTTLE").status == stored("CHIPS").status == "accepted"
    assert "/supply/purchase-orders?order=PO-2026-00006" in str(answer[Ids.outcome]["children"])
    assert [row["code"] for row in answer[Ids.rows]["rowData"]] == ["SUGAR"]
    assert answer[Ids.rows]["selectedRows"] == []


def test_accepting_twice_is_told_and_changes_nothing(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.rows}.selectedRows": [shown("SUGAR")]}
    planner.press(Ids.accept, values)
    assert "has been accepted by Planner" in planner.press(Ids.accept, values).text
    assert quantities() == [2050]


def test_accepting_one_with_another_quantity(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.seen}.data": shown("SUGAR"), f"{Ids.quantity}.value": 2060}
    assert "next possible quantity is 2,100 KG" in planner.press(Ids.accept_one, values).text
    assert drafts() == []
    assert "enter a number" in planner.press(Ids.accept_one, {**values, f"{Ids.quantity}.value": None}).text
    planner.press(Ids.accept_one, {**values, f"{Ids.quantity}.value": 2100})
    assert quantities() == [2100]


def test_dismissing_needs_a_reason(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.rows}.selectedRows": [shown("SUGAR")], f"{Ids.reason}.value": ""}
    assert "write a few words" in planner.press(Ids.dismiss, values).text
    assert stored("SUGAR").status == "open"
    answer = planner.press(Ids.dismiss, {**values, f"{Ids.reason}.value": "Delisted"}).json["response"]
    assert (stored("SUGAR").status, stored("SUGAR").reason) == ("dismissed", "Delisted")
    assert [row["code"] for row in answer[Ids.rows]["rowData"]] == ["CHIPS", "BOTTLE"]


def test_closing_the_detail(visitor: Visit) -> None:
    answer = visitor("planner").press(Ids.close).json["response"]
    assert answer[Ids.split]["className"] == "split"


@pytest.mark.parametrize("selected", [None, [], "x", [{}], [{"id": "1 or 1=1", "version": 1}]])
def test_senseless_selection_accepts_nothing(visitor: Visit, selected: Any) -> None:
    answer = visitor("planner").press(Ids.accept, {f"{Ids.rows}.selectedRows": selected})
    assert answer.status_code in (200, 204, 404)
    assert drafts() == []


def test_executive_reads_and_may_not_decide(visitor: Visit) -> None:
    executive = visitor("executive")
    page = executive.layout(PATH).text
    assert "CHIPS" in page
    assert "Accept selected" not in page
    values = {
        f"{Ids.rows}.selectedRows": [shown("SUGAR")],
        f"{Ids.seen}.data": shown("SUGAR"),
        f"{Ids.quantity}.value": 2050,
        f"{Ids.reason}.value": "no",
    }
    for button in (Ids.accept, Ids.accept_one, Ids.dismiss):
        assert executive.press(button, values).status_code == 403
    assert stored("SUGAR").status == "open"


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.call(f"{Ids.sentence}.children", {f"{Ids.rows}.cellClicked": {"rowId": "1"}}).status_code == 403
    assert supplier.press(Ids.accept, {f"{Ids.rows}.selectedRows": [shown("SUGAR")]}).status_code == 403
    assert drafts() == []


def test_nothing_to_order_says_so(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("delete from reorder_proposal")
    assert "Nothing to order" in visitor("planner").layout(PATH).text
