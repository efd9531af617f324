"""A supplier's invoice from the portal to its decision: matched by the receipts and rules of the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import supplier_invoices

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture
def planner(viewer_of: ViewerOf) -> Viewer:
    return viewer_of("planner")


@pytest.fixture
def supplier(viewer_of: ViewerOf) -> Viewer:
    return viewer_of("supplier")


@pytest.fixture(autouse=True)
def _nothing_sent() -> Iterator[None]:
    yield
    run("delete from supplier_invoice")


def test_b01_b08_b09_an_invoice_is_seen_by_its_supplier_alone(
    ids: Trading, supplier: Viewer, planner: Viewer, viewer_of: ViewerOf
) -> None:
    sent = invoice(supplier, ids["alpha.received"])
    other = viewer_of("supplier2")
    for wrong in (sent, 10**9, "1", None):
        with pytest.raises(NotFound, match="no such invoice"):
            supplier_invoices.own_invoice(other, wrong)
    with pytest.raises(NotFound, match="no such order line"):
        invoice(other, ids["alpha.received"])
    # B09: the same number of another supplier is nobody's business; the own one counts once.
    assert invoice(other, ids["beta.received"])
    with pytest.raises(Conflict, match="You have sent"):
        invoice(supplier, ids["alpha.received"])
    with session_scope(other) as session:
        for table in ("supplier_invoice", "supplier_invoice_line"):
            assert session.scalars(text(f"select company_id from {table}")).all() == [ids["beta"]]
    with pytest.raises(NotAllowed):
        invoice(viewer_of("supplier-viewer"), ids["alpha.received"], number="INV-2")
    assert len(supplier_invoices.own_invoices(viewer_of("supplier-viewer"))) == 1
    for nobody in (viewer_of("customer"), planner):
        with pytest.raises(NotAllowed):
            supplier_invoices.own_invoices(nobody)
    with pytest.raises(NotAllowed):
        supplier_invoices.invoices(supplier)
    with pytest.raises(NotAllowed):
        supplier_invoices.decide(viewer_of("executive"), sent, 1, approve=True, note="Yes")


def test_b08_invoices_can_be_withheld_from_a_company(ids: Trading, viewer_of: ViewerOf) -> None:
    run(
        "insert into company_withheld (company_id, permission) values (:id, 'portal.supplier.invoices')",
        id=ids["alpha"],
    )
    try:
        with pytest.raises(NotAllowed):
            supplier_invoices.own_invoices(viewer_of("supplier"))
    finally:
        run("delete from company_withheld")


@pytest.mark.parametrize(
    ("header", "line", "message"),
    [
        pytest.param({"number": " "}, {}, "Number", id="no number"),
        pytest.param({"issued_on": str(TODAY + timedelta(1))}, {}, "Date", id="tomorrow"),
        pytest.param({}, {"quantity": "x"}, "Row 1. Quantity", id="no figure"),
        pytest.param({}, {"quantity": -1}, "more than 0", id="negative"),
        pytest.param({}, {"unit_price": None}, "Row 1. Unit price", id="no price"),
        pytest.param({}, {"quantity": None}, "at least one", id="nothing"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    ids: Trading, supplier: Viewer, header: dict[str, Any], line: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        invoice(supplier, ids["alpha.received"], **header, **line)
    twice = [{"line_id": ids["alpha.received"], "quantity": 1, "unit_price": 1}] * 2
    with pytest.raises(InvalidInput, match="twice"):
        supplier_invoices.send(supplier, {"number": "A", "issued_on": str(TODAY)}, twice)
    with pytest.raises(NotFound):
        invoice(supplier, ids["alpha.confirmed"])
    assert supplier_invoices.own_invoices(supplier) == []


def test_the_match_follows_receipts_rules_and_other_invoices(ids: Trading, supplier: Viewer, planner: Viewer) -> None:
    line = ids["alpha.received"]
    first = invoice(supplier, line, quantity=60)
    dear = invoice(supplier, line, number="INV-2", quantity=30, unit_price=2.6)
    much = invoice(supplier, line, number="INV-3", quantity=20)
    assert [result(supplier, each) for each in (first, dear, much)] == [
        "Matched",
        "Price difference",
        "Quantity difference",
    ]
    assert supplier_invoices.lines_to_invoice(supplier) == []
    # A supplier's match is by the stored rules too.
    run("insert into setting (key, value) values ('invoice.price_share', '{\"value\": 0.05}')")
    assert result(supplier, dear) == result(planner, dear) == "Matched"
    run("delete from setting where key = 'invoice.price_share'")
    # What is disputed is free again.
    supplier_invoices.decide(planner, first, 1, approve=False, note="Lot refused")
    assert result(supplier, much) == "Matched"
    assert supplier_invoices.own_invoice(supplier, first)["decision_note"] == "Lot refused"
    assert [float(row["quantity"]) for row in supplier_invoices.lines_to_invoice(supplier)] == [50]
    # The receipt is taken back: nothing of it can be invoiced.
    run("update purchase_order_line set received_quantity = 0 where id = :id", id=line)
    assert result(planner, much) == "Not yet received"
    run("update purchase_order_line set received_quantity = 100 where id = :id", id=line)


def test_approval_needs_a_match_or_a_reason_and_is_told(ids: Trading, supplier: Viewer, planner: Viewer) -> None:
    line = ids["alpha.received"]
    dear = invoice(supplier, line, unit_price=3)
    for approve, message in ((True, "does not match"), (False, "what is wrong")):
        with pytest.raises(InvalidInput, match=message):
            supplier_invoices.decide(planner, dear, 1, approve=approve, note=" ")
    with pytest.raises(Conflict, match="meanwhile"):
        supplier_invoices.decide(planner, dear, 7, approve=True, note="Agreed by phone")
    with pytest.raises(NotFound):
        supplier_invoices.decide(planner, 10**9, 1, approve=True, note=None)
    supplier_invoices.decide(planner, dear, 1, approve=True, note="Agreed by phone")
    with pytest.raises(Conflict, match="approved"):
        supplier_invoices.decide(planner, dear, 2, approve=False, note="No")
    with session_scope(supplier) as session:
        told = session.execute(text("select event, detail from partner_event order by id desc limit 1")).one()
    assert tuple(told) == ("supplier_invoice.approved", "Agreed by phone")
    with session_scope(planner) as session:
        actions = session.scalars(text("select action from audit_entry order by id desc limit 2")).all()
    assert actions == ["supplier_invoice.approved", "supplier_invoice.send"]


def invoice(who: Viewer, line_id: int, **changes: Any) -> int:
    header = {"number": "INV-1", "issued_on": str(TODAY)}
    line = {"line_id": line_id, "quantity": 100, "unit_price": 2.5}
    given = {name: changes.get(name, value) for name, value in (header | line).items()}
    return supplier_invoices.send(who, given, [given])


def result(who: Viewer, invoice_id: int) -> str:
    read = supplier_invoices.invoice if who.internal else supplier_invoices.own_invoice
    return str(read(who, invoice_id)["lines"][0]["result"])


def run(statement: str, **values: object) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statement), values)
