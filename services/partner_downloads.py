"""Lists of colleagues about partners as files: the columns and rows of each, for the query of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.permissions import Permission
from core.viewer import Viewer
from services import document_requests, goods_receipts, oem_materials, partner_requests, supplier_invoices
from services import supplier_quality as quality
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen

EXPECTED_COLUMNS = ("shipment", "order", "line_no", "supplier", "code", "item", "quantity", "uom", "lots", "due_on")
BOOKING_COLUMNS = (
    *("booking", "shipment", "orders", "supplier", "items", "quantity", "damaged", "differences", "received_on"),
    *("booked_by", "booked_at", "reversed_at", "reversal_reason"),
)
INVOICE_COLUMNS = (
    *("number", "supplier", "issued_on", "status", "order", "line_no", "code", "item", "quantity", "uom"),
    *("unit_price", "ordered_price", "received", "result", "decision_note"),
)
ISSUE_COLUMNS = (
    *("title", "supplier", "code", "item", "lot", "quantity", "severity", "state", "found_on", "due_on"),
    *("containment", "cause", "action", "action_on", "closed_at"),
)
DOCUMENT_COLUMNS = ("company", "kind", "code", "item", "state", "due_on", "created_at", "note")
MATERIAL_COLUMNS = ("code", "name", "oem")
REQUEST_COLUMNS = (
    *("company", "asked_by", "created_at", "kind", "summary", "impact", "status", "note", "obstacle"),
    *("decided_by", "decided_at", "decision_note"),
)


def _expected(viewer: Viewer, query: Query) -> Rows:
    shipments, lines = goods_receipts.expected(viewer)
    records = [row | {"shipment": row["number"]} for row in shipments] + [
        row | {"order": row["number"]} for row in lines
    ]
    shown = {"order": ["shipment", "order", "line_no", "supplier"], "what": ["code", "item"], "state": ["due_on"]}
    return _listed(records, query, EXPECTED_COLUMNS, shown)


def _bookings(viewer: Viewer, query: Query) -> Rows:
    records = [row | {"booking": f"GR-{row['id']}"} for row in goods_receipts.bookings(viewer)]
    shown = {
        "order": ["booking", "shipment", "orders", "supplier"],
        "what": ["items"],
        "state": ["reversed_at", "differences"],
        "who": ["booked_by", "booked_at"],
    }
    return _listed(records, query, BOOKING_COLUMNS, shown)


def _invoices(viewer: Viewer, query: Query) -> Rows:
    records = [line | found for found in supplier_invoices.invoices(viewer) for line in found["lines"]]
    shown = {"invoice": ["number", "supplier", "issued_on"], "state": ["status", "result"]}
    return _listed(records, query, INVOICE_COLUMNS, shown)


def _issues(viewer: Viewer, query: Query) -> Rows:
    return _listed(quality.issues(viewer, closed=_of_closed(query)), query, ISSUE_COLUMNS, {})


def _documents(viewer: Viewer, query: Query) -> Rows:
    return _listed(document_requests.requests(viewer, closed=_of_closed(query)), query, DOCUMENT_COLUMNS, {})


def _materials(viewer: Viewer, query: Query) -> Rows:
    records = [row._asdict() for row in oem_materials.declared(viewer)[0]]
    return _listed(records, query, MATERIAL_COLUMNS, {"material": ["code", "name"]})


def _requests(viewer: Viewer, query: Query) -> Rows:
    decided = query.get("show") == "decided"
    found = partner_requests.requests(viewer, kind=query.get("kind", ""), decided=decided, limit=None)
    records = [
        {name: getattr(each.described, name, getattr(each.submission, name, None)) for name in REQUEST_COLUMNS}
        for each in found
    ]
    shown = {
        "partner": ["company", "asked_by"],
        "what": ["kind", "summary"],
        "state": ["status"],
        "note": ["obstacle", "decision_note", "note"],
    }
    return _listed(records, query, REQUEST_COLUMNS, shown)


def _of_closed(query: Query) -> bool:
    return query.get("show") == "closed"


def _listed(records: Iterable[Record], query: Query, columns: tuple[str, ...], shown: Mapping[str, list[str]]) -> Rows:
    return chosen(as_shown(records, query, shown), columns)


LISTS = {
    "expected-deliveries": DownloadList(Permission.PURCHASE_READ, EXPECTED_COLUMNS, _expected),
    "goods-receipts": DownloadList(Permission.PURCHASE_READ, BOOKING_COLUMNS, _bookings),
    "invoice-lines": DownloadList(Permission.PURCHASE_READ, INVOICE_COLUMNS, _invoices),
    "quality-issues": DownloadList(Permission.PARTNER_READ, ISSUE_COLUMNS, _issues),
    "document-requests": DownloadList(Permission.PARTNER_READ, DOCUMENT_COLUMNS, _documents),
    "declared-materials": DownloadList(Permission.PARTNER_READ, MATERIAL_COLUMNS, _materials),
    "partner-requests": DownloadList(Permission.PARTNER_READ, REQUEST_COLUMNS, _requests),
}
