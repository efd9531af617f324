"""Suppliers' invoices: sent for what was received, matched, approved or disputed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema, read_on
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Note, Reason, required_text, schema_with
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import supplier_invoices
from services.supplier_invoices import MOST_LINES, NUMBER_LENGTH

own = Blueprint(
    "own invoices",
    __name__,
    url_prefix="/api/v1/supplier",
    description="For suppliers: send invoices for what was received, and see how they match.",
)
inside = Blueprint(
    "supplier invoices",
    __name__,
    url_prefix="/api/v1/supplier-invoices",
    description="Suppliers' invoices beside what was ordered and received, to be approved or disputed.",
)
GROUPS = (own, inside)

LineToInvoice = schema_with(
    "LineToInvoice", numbers="line_id line_no", texts="order code item uom", figures="unit_price quantity"
)
HEAD = {
    "numbers": "id company_id version",
    "texts": "supplier number status decision_note",
    "days": "issued_on",
    "moments": "decided_at",
    "figures": "amount",
    "flags": "matched",
}
ListedInvoice = schema_with("SupplierInvoiceHead", **HEAD)
INVOICES = page_schema(ListedInvoice, "SupplierInvoices")
Line = schema_with(
    "SupplierInvoiceLine",
    numbers="line_id line_no",
    texts="order code item uom result",
    figures="quantity unit_price ordered_price received open expected difference",
    flags="matched not_received quantity_differs price_differs",
)
Invoice = schema_with("SupplierInvoice", {"lines": fields.List(fields.Nested(Line))}, **HEAD)
NewLine = Strict.from_dict(
    {
        "line_id": fields.Integer(required=True),
        "quantity": Figure(required=True),
        "unit_price": Figure(required=True),
    },
    name="NewInvoiceLine",
)
NewInvoice = Strict.from_dict(
    {
        "number": required_text(NUMBER_LENGTH),
        "issued_on": fields.Date(required=True),
        "lines": fields.List(fields.Nested(NewLine), required=True, validate=validate.Length(1, MOST_LINES)),
    },
    name="NewInvoice",
)
DECISION = {"parameters": [IF_MATCH, PARAMETER]}
Read = Callable[..., Any]


def _add_reading(group: Blueprint, path: str, right: Permission, listed: Read, single: Read) -> None:
    """The same list and the same invoice for both sides; their services show each what it may see."""

    @group.get(path)
    @requires(right)
    @group.arguments(list_arguments("SupplierInvoices"), location="query")
    @group.response(200, INVOICES)
    def invoices(asked: dict[str, Any]) -> Response:
        """Invoices: those that wait first, then the newest."""
        return read_on(ListedInvoice, asked, partial(listed, viewer()), supplier_invoices.place)

    @group.get(f"{path}/<int:invoice_id>")
    @requires(right)
    @group.arguments(one_arguments(), location="query")
    @group.response(200, Invoice)
    def invoice(asked: dict[str, Any], invoice_id: int) -> Response:
        """One invoice with its lines, each beside what was ordered and received."""
        return one(Invoice, single(viewer(), invoice_id), asked)


_add_reading(
    *(own, "/invoices", Permission.SUPPLIER_INVOICES), supplier_invoices.own_invoices, supplier_invoices.own_invoice
)
_add_reading(*(inside, "", Permission.PURCHASE_READ), supplier_invoices.invoices, supplier_invoices.invoice)


@own.get("/lines-to-invoice")
@requires(Permission.SUPPLIER_INVOICES)
@own.arguments(list_arguments("LinesToInvoice", "order"), location="query")
@own.response(200, page_schema(LineToInvoice, "LinesToInvoice"))
def lines_to_invoice(asked: dict[str, Any]) -> Response:
    """Your order lines of which something was received that no invoice asks for yet."""
    return page(LineToInvoice, supplier_invoices.lines_to_invoice(viewer()), asked, key="line_id")


@own.post("/invoices")
@requires(Permission.PORTAL_ANSWER)
@own.arguments(NewInvoice)
@own.response(201, Invoice)
@own.doc(parameters=[PARAMETER])
@repeatable
def send(told: dict[str, Any]) -> Response:
    """Send an invoice for goods that were received."""
    lines = told.pop("lines")
    made = supplier_invoices.send(viewer(), told, lines)
    return one(Invoice, supplier_invoices.own_invoice(viewer(), made), status=201)


@inside.post("/<int:invoice_id>/approval")
@requires(Permission.PURCHASE_EDIT)
@inside.arguments(Note)
@inside.response(200, Invoice)
@inside.doc(**DECISION)
@repeatable
def approve(said: dict[str, Any], invoice_id: int) -> Response:
    """Approve an invoice; one that does not match needs a note. The supplier reads it."""
    return _decided(invoice_id, approve=True, note=said["note"])


@inside.post("/<int:invoice_id>/dispute")
@requires(Permission.PURCHASE_EDIT)
@inside.arguments(Reason)
@inside.response(200, Invoice)
@inside.doc(**DECISION)
@repeatable
def dispute(said: dict[str, Any], invoice_id: int) -> Response:
    """Dispute an invoice, and say what is wrong with it. The supplier reads it."""
    return _decided(invoice_id, approve=False, note=said["reason"])


def _decided(invoice_id: int, *, approve: bool, note: str | None) -> Response:
    found = supplier_invoices.invoice(viewer(), invoice_id)
    require_match(Invoice, found)
    supplier_invoices.decide(viewer(), invoice_id, found["version"], approve=approve, note=note)
    return one(Invoice, supplier_invoices.invoice(viewer(), invoice_id))
