"""Supply › Purchase orders: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select
from stock_company import TODAY

from callbacks.planner.purchase_orders import HIDDEN, PATH, Ids
from core.viewer import Viewer
from data.db import owner_engine
from models.orders import PurchaseOrder, PurchaseOrderLine
from services import inventory, proposals, purchase_orders
from services.proposals import ProposalFilters

Visit = Callable[..., Any]
DRAFT = "PO-2026-00006"


@pytest.fixture(autouse=True)
def drafted(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    """A draft of two lines to Plastik, made from two accepted proposals."""
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    planner = viewer_of("planner")
    inventory.recalculate(planner, as_of=TODAY)
    found = proposals.open_proposals(planner, ProposalFilters(supplier="SUP-2")).rows
    proposals.accept_many(planner, [(row["id"], row["version"]) for row in found])


def order(number: str = DRAFT) -> Any:
    table = PurchaseOrder.__table__
    with owner_engine().connect() as connection:
        return connection.execute(select(table).where(table.c.number == number)).one()


def lines() -> list[Any]:
    table = PurchaseOrderLine.__table__
    with owner_engine().connect() as connection:
        wanted = select(table).where(table.c.order_id == order().id).order_by(table.c.line_no)
        return list(connection.execute(wanted))


def seen() -> dict[str, Any]:
    return {"id": order().id, "version": order().version, "status": order().status}


def chosen() -> list[dict[str, Any]]:
    return [{"id": lines()[0].id, "version": lines()[0].version, "quantity": 1000, "terms": "from 1 on"}]


def listed(visitor: Any, filters: dict[str, str] | None = None) -> dict[str, Any]:
    values = {f"{Ids.rows}.getRowsRequest": {"startRow": 0, "endRow": 100}, f"{Ids.filters}.data": filters}
    found: dict[str, Any] = visitor.call(f"{Ids.rows}.getRowsResponse", values).json["response"]
    return found


def test_list_and_its_filters(visitor: Visit) -> None:
    planner = visitor("planner")
    every = listed(planner)[Ids.rows]["getRowsResponse"]
    assert (every["rowCount"], every["rowData"][0]["number"]) == (6, DRAFT)
    assert listed(planner, {"show": "draft"})[Ids.rows]["getRowsResponse"]["rowCount"] == 1
    assert listed(planner, {"show": "late"})[Ids.rows]["getRowsResponse"]["rowCount"] == 0
    assert "5 orders" in listed(planner, {"show": "closed"})[Ids.totals]["children"]


def test_late_orders_are_marked(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    purchase_orders.send(viewer_of("planner"), order().id, order().version)
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("update purchase_order_line set requested_on = '2026-02-01' where status = 'open'")
    (row,) = listed(visitor("planner"), {"show": "late"})[Ids.rows]["getRowsResponse"]["rowData"]
    assert (row["status"], row["late"], row["next_due_on"]) == ("◆ Sent · late", 2, "2026-02-01")


def test_address_opens_an_order(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, f"?order={DRAFT}").text
    assert "Plastik" in page
    assert page.count("Send to supplier") == 1
    assert "There is no order PO-X" in visitor("planner").layout(PATH, "?order=PO-X").text


def test_selecting_an_order_shows_its_lines(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [{"id": order().id}]}).json["response"]
    assert answer[Ids.title]["children"] == DRAFT
    assert answer[Ids.seen]["data"] == seen()
    assert "Bottle" in str(answer[Ids.lines]["children"])
    for nothing in (None, [], "x"):
        values = {f"{Ids.rows}.selectedRows": nothing}
        assert planner.call(f"{Ids.about}.children", values).status_code in (200, 204)
    assert planner.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [{"id": "1;"}]}).status_code == 404


def test_line_form_is_for_drafts_only(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.line_rows}.selectedRows": chosen(), f"{Ids.seen}.data": seen()}
    answer = planner.call(f"{Ids.quantity}.value", values).json["response"]
    assert (answer[Ids.quantity]["value"], answer[Ids.terms]["children"]) == (1000, "from 1 on")
    sent = {**values, f"{Ids.seen}.data": {**seen(), "status": "sent"}}
    assert planner.call(f"{Ids.quantity}.value", sent).json["response"][Ids.editing]["style"] == HIDDEN


def test_saving_a_line(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {
        f"{Ids.line_rows}.selectedRows": chosen(),
        f"{Ids.quantity}.value": 205,
        f"{Ids.requested_on}.value": "2026-04-01",
    }
    assert "next possible quantity is 210 EA" in planner.press(Ids.save_line, values).text
    answer = planner.press(Ids.save_line, {**values, f"{Ids.quantity}.value": 300}).json["response"]
    assert (lines()[0].quantity, str(lines()[0].requested_on)) == (300, "2026-04-01")
    assert answer[Ids.seen]["data"] == seen()
    assert answer[Ids.outcome]["children"] == "Line saved."
    stale = planner.press(
        Ids.save_line, {**values, f"{Ids.line_rows}.selectedRows": [{"id": lines()[0].id, "version": 1}]}
    )
    assert "has changed since" in stale.text
    assert "Select a line first" in planner.press(Ids.save_line, {**values, f"{Ids.line_rows}.selectedRows": []}).text


def test_removing_a_line(visitor: Visit) -> None:
    visitor("planner").press(Ids.remove_line, {f"{Ids.line_rows}.selectedRows": chosen()})
    assert len(lines()) == 1


def test_sending(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.seen}.data": seen()}
    answer = planner.press(Ids.send, values).json["response"]
    assert order().status == "sent"
    assert answer[Ids.outcome]["children"] == f"{DRAFT} is sent to Plastik."
    assert answer[Ids.send]["style"] == HIDDEN
    assert "has changed since you opened it" in planner.press(Ids.send, values).text


def test_cancelling_needs_a_reason(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "write a few words" in planner.press(Ids.cancel, {f"{Ids.seen}.data": seen()}).text
    assert order().status == "draft"
    planner.press(Ids.cancel, {f"{Ids.seen}.data": seen(), f"{Ids.reason}.value": "Plant closed"})
    assert order().status == "cancelled"


def test_closing_the_order(visitor: Visit) -> None:
    answer = visitor("planner").press(Ids.close).json["response"]
    assert (answer[Ids.detail]["style"], answer[Ids.rows]["selectedRows"]) == (HIDDEN, [])


def test_executive_reads_and_may_not_change(visitor: Visit) -> None:
    executive = visitor("executive")
    shown = executive.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [{"id": order().id}]}).json["response"]
    assert shown[Ids.title]["children"] == DRAFT
    assert (shown[Ids.send]["style"], shown[Ids.deciding]["style"]) == (HIDDEN, HIDDEN)
    values = {
        f"{Ids.seen}.data": seen(),
        f"{Ids.reason}.value": "no",
        f"{Ids.line_rows}.selectedRows": chosen(),
        f"{Ids.quantity}.value": 300,
        f"{Ids.requested_on}.value": "2026-04-01",
    }
    form = executive.call(f"{Ids.quantity}.value", values).json["response"]
    assert form[Ids.editing]["style"] == HIDDEN
    for button in (Ids.send, Ids.cancel, Ids.save_line, Ids.remove_line):
        assert executive.press(button, values).status_code == 403
    assert (order().status, len(lines())) == ("draft", 2)


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    assert supplier.call(f"{Ids.rows}.getRowsResponse").status_code == 403
    assert supplier.call(f"{Ids.about}.children", {f"{Ids.rows}.selectedRows": [{"id": order().id}]}).status_code == 403
    assert supplier.press(Ids.send, {f"{Ids.seen}.data": seen()}).status_code == 403
    assert order().status == "draft"


def test_no_order_yet_says_what_to_do(visitor: Visit) -> None:
    with owner_engine().begin() as connection:
        connection.exec_driver_sql("update reorder_proposal set order_line_id = null")
        connection.exec_driver_sql("delete from purchase_order")
    assert "See the proposals" in visitor("planner").layout(PATH).text
