"""Purchase orders from draft to sent or cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stock_company
from sqlalchemy import select, text
from stock_company import TODAY, add, ids

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from models.network import Location, Supplier
from models.orders import PurchaseOrder, PurchaseOrderLine, SupplierResponse
from models.people import AuditEntry, Company, User
from models.product import Product
from services import purchase_orders
from services.purchase_orders import OrderDetail, OrderFilters


@pytest.fixture
def planner(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> Viewer:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    return viewer_of("planner")


@pytest.fixture
def draft(planner: Viewer) -> OrderDetail:
    """A draft of two lines to Gula: 500 and 550 kg of sugar."""
    with owner_engine().begin() as connection:
        order = add(
            connection,
            PurchaseOrder,
            number="PO-2026-00042",
            supplier_id=ids(Supplier)["SUP-1"],
            location_id=ids(Location)["KL"],
            ordered_on=TODAY - timedelta(days=1),
        )
        for line_no, quantity in ((1, 500), (2, 550)):
            add(
                connection,
                PurchaseOrderLine,
                order_id=order,
                line_no=line_no,
                product_id=ids(Product)["SUGAR"],
                quantity=quantity,
                unit_price=3.2,
                requested_on=TODAY + timedelta(days=10),
            )
    return purchase_orders.order(planner, order)


def entries() -> list[Any]:
    with owner_engine().connect() as connection:
        table = AuditEntry.__table__
        return list(connection.execute(select(table).order_by(table.c.id)))


def test_list_filters_and_totals(planner: Viewer, draft: OrderDetail) -> None:
    every = purchase_orders.orders(planner, OrderFilters())
    assert every.total == 6
    assert every.rows[0]["number"] == "PO-2026-00042"
    assert every.rows[0]["value"] == pytest.approx(1050 * 3.2)
    assert every.value == pytest.approx(1050 * 3.2 + 5 * 500 * 3.2)
    assert purchase_orders.orders(planner, OrderFilters(show="draft")).total == 1
    assert purchase_orders.orders(planner, OrderFilters(supplier="SUP-2")).total == 0
    assert purchase_orders.orders(planner, OrderFilters(search="0042")).total == 1
    second = purchase_orders.orders(planner, OrderFilters(), start=1, end=3, sort=(("number", False),))
    assert [r["number"] for r in second.rows] == ["PO-2026-00002", "PO-2026-00003"]
    assert purchase_orders.orders(planner, OrderFilters(), sort=(("number; drop table job", True),)).total == 6


def test_detail_has_every_date(planner: Viewer, draft: OrderDetail) -> None:
    found = purchase_orders.order_by_number(planner, "PO-2026-00001")
    assert found
    (line,) = found.lines
    received_on = TODAY - timedelta(days=52)
    assert (line["requested_on"], line["first_confirmed_on"], line["latest_confirmed_on"], line["actual_on"]) == (
        (received_on,) * 4
    )
    assert (line["moq"], line["multiple"]) == (500, 50)
    assert purchase_orders.order_by_number(planner, "PO-1999-00001") is None


def test_editing_a_draft_line(planner: Viewer, draft: OrderDetail) -> None:
    line = draft.lines[0]
    later = TODAY + timedelta(days=20)
    now = purchase_orders.edit_line(
        planner, line["id"], line["version"], quantity="600", requested_on=later.isoformat()
    )
    assert (now.lines[0]["quantity"], now.lines[0]["requested_on"]) == (600, later)
    assert now.order["version"] == draft.order["version"] + 1
    assert entries()[-1].before == {"quantity": "500.0000", "requested_on": str(TODAY + timedelta(days=10))}
    with pytest.raises(Conflict, match="now 600"):
        purchase_orders.edit_line(planner, line["id"], line["version"], quantity="700", requested_on=later)


@pytest.mark.parametrize(
    ("quantity", "date", "message"),
    [
        ("520", "2026-03-20", "next possible quantity is 550 KG"),
        ("100", "2026-03-20", "next possible quantity is 500 KG"),
        ("-1", "2026-03-20", "more than 0"),
        ("many", "2026-03-20", "enter a number"),
        ("500", "2026-03-01", "is past"),
        ("500", "soon", "enter a date"),
    ],
)
def test_senseless_edits_are_refused_and_say_why(
    planner: Viewer, draft: OrderDetail, quantity: str, date: str, message: str
) -> None:
    line = draft.lines[0]
    with pytest.raises(InvalidInput, match=message):
        purchase_orders.edit_line(planner, line["id"], line["version"], quantity=quantity, requested_on=date)
    assert purchase_orders.order(planner, draft.order["id"]) == draft


def test_removing_a_line(planner: Viewer, draft: OrderDetail) -> None:
    first, second = draft.lines
    now = purchase_orders.remove_line(planner, first["id"], first["version"])
    assert [line["id"] for line in now.lines] == [second["id"]]
    with pytest.raises(NotFound):
        purchase_orders.remove_line(planner, first["id"], first["version"])
    assert entries()[-1].action == "purchase_order.remove_line"


def test_sending_shows_it_to_its_supplier(
    planner: Viewer, draft: OrderDetail, viewer_of: Callable[[str], Viewer]
) -> None:
    def supplier_sees() -> int:
        with session_scope(viewer_of("supplier")) as session:
            seen = session.execute(text("select count(*) from purchase_order where number = 'PO-2026-00042'"))
            return int(seen.scalar_one())

    assert supplier_sees() == 0
    sent = purchase_orders.send(planner, draft.order["id"], draft.order["version"])
    assert supplier_sees() == 1
    assert (sent.order["status"], sent.order["ordered_on"]) == ("sent", TODAY)
    assert sent.order["sent_at"] is not None
    assert (entries()[-1].action, entries()[-1].after) == (
        "purchase_order.send",
        {"number": "PO-2026-00042", "status": "sent"},
    )
    line = sent.lines[0]
    with pytest.raises(Conflict, match="only drafts"):
        purchase_orders.edit_line(planner, line["id"], line["version"], quantity="600", requested_on="2026-04-01")
    with pytest.raises(Conflict, match="sent already"):
        purchase_orders.send(planner, draft.order["id"], sent.order["version"])


def test_what_changed_since_it_was_seen_is_not_sent(planner: Viewer, draft: OrderDetail) -> None:
    line = draft.lines[0]
    purchase_orders.edit_line(planner, line["id"], line["version"], quantity="5000", requested_on="2026-04-01")
    with pytest.raises(Conflict, match="has changed"):
        purchase_orders.send(planner, draft.order["id"], draft.order["version"])


def test_order_without_lines_is_not_sent(planner: Viewer, draft: OrderDetail) -> None:
    now = draft
    for line in draft.lines:
        now = purchase_orders.remove_line(planner, line["id"], line["version"])
    with pytest.raises(InvalidInput, match="no lines"):
        purchase_orders.send(planner, now.order["id"], now.order["version"])


def test_cancelling_a_sent_order_takes_waiting_answers_with_it(planner: Viewer, draft: OrderDetail) -> None:
    sent = purchase_orders.send(planner, draft.order["id"], draft.order["version"])
    with owner_engine().begin() as connection:
        answer = add(
            connection,
            SupplierResponse,
            company_id=ids(Company, "name")["Gula Sdn Bhd"],
            line_id=sent.lines[0]["id"],
            line_version=1,
            kind="confirm",
            quantity=500,
            promised_on=TODAY,
            created_by=ids(User, "email")["supplier@demo.tandem.example"],
        )
    with pytest.raises(InvalidInput):
        purchase_orders.cancel(planner, sent.order["id"], sent.order["version"], reason="")
    done = purchase_orders.cancel(planner, sent.order["id"], sent.order["version"], reason="Demand fell")
    assert done.order["status"] == "cancelled"
    assert {line["status"] for line in done.lines} == {"cancelled"}
    with owner_engine().connect() as connection:
        state = connection.scalar(select(SupplierResponse.status).where(SupplierResponse.id == answer))
    assert state == "superseded"
    assert entries()[-1].reason == "Demand fell"


def test_nothing_that_came_in_can_be_cancelled(planner: Viewer, draft: OrderDetail) -> None:
    sent = purchase_orders.send(planner, draft.order["id"], draft.order["version"])
    with owner_engine().begin() as connection:
        connection.execute(
            text("update purchase_order_line set received_quantity = 1 where id = :id"), {"id": sent.lines[0]["id"]}
        )
    with pytest.raises(InvalidInput, match="Goods have come in"):
        purchase_orders.cancel(planner, sent.order["id"], sent.order["version"], reason="Too late")


def test_rights(planner: Viewer, draft: OrderDetail, viewer_of: Callable[[str], Viewer]) -> None:
    executive, supplier = viewer_of("executive"), viewer_of("supplier")
    order, line = draft.order, draft.lines[0]
    assert purchase_orders.order(executive, order["id"]) == draft
    for deed in (
        lambda: purchase_orders.send(executive, order["id"], order["version"]),
        lambda: purchase_orders.cancel(executive, order["id"], order["version"], reason="no"),
        lambda: purchase_orders.edit_line(executive, line["id"], 1, quantity=500, requested_on="2026-04-01"),
        lambda: purchase_orders.remove_line(executive, line["id"], 1),
        lambda: purchase_orders.orders(supplier, OrderFilters()),
        lambda: purchase_orders.order(supplier, order["id"]),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(NotFound):
        purchase_orders.order(planner, "1 or 1=1")
