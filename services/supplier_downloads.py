"""What a supplier sees of its shipments, invoices, quality issues, documents and scorecard, as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.certificate_kinds import kind_name
from core.permissions import Permission
from core.viewer import Viewer
from services import shipments, supplier_documents, supplier_invoices, supplier_quality, supplier_scorecard
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen

SHIPMENT_COLUMNS = (
    *("number", "status", "ships_on", "arrives_on", "carrier", "tracking", "packages", "order", "line_no", "code"),
    *("item", "location", "uom", "quantity", "lot", "expires_on"),
)
INVOICE_COLUMNS = (
    *("number", "issued_on", "state", "decision_note", "order", "line_no", "code", "item", "uom", "quantity"),
    *("unit_price", "ordered_price", "received", "result", "difference"),
)
QUALITY_COLUMNS = (
    *("title", "severity", "state", "code", "item", "lot", "quantity", "found_on", "due_on", "description"),
    *("containment", "cause", "action", "action_on"),
)
DOCUMENT_COLUMNS = ("kind", "number", "state", "body", "item", "since", "until", "note")
SCORECARD_COLUMNS = supplier_scorecard.LINE_COLUMNS[1:]


def _shipments(viewer: Viewer, query: Query) -> Rows:
    named = ({**lot, "status": shipments.status_name(lot["status"])} for lot in shipments.lots(viewer))
    return _as_shown(named, query, SHIPMENT_COLUMNS, {"order": ["number"], "state": ["status", "arrives_on"]})


def _invoices(viewer: Viewer, query: Query) -> Rows:
    lines = (invoice | line for invoice in supplier_invoices.own_invoices(viewer) for line in invoice["lines"])
    return _as_shown(lines, query, INVOICE_COLUMNS, {"invoice": ["number", "issued_on"], "amount": ["unit_price"]})


def _quality(viewer: Viewer, query: Query) -> Rows:
    return _as_shown(supplier_quality.issues(viewer, closed=query.get("show") == "closed"), query, QUALITY_COLUMNS)


def _documents(viewer: Viewer, query: Query) -> Rows:
    records = (
        {name: getattr(each, name) for name in DOCUMENT_COLUMNS} | {"kind": kind_name(each.kind)}
        for each in supplier_documents.documents(viewer)
    )
    return _as_shown(records, query, DOCUMENT_COLUMNS)


def _scorecard(viewer: Viewer, query: Query) -> Rows:
    return _as_shown(supplier_scorecard.scorecard(viewer).lines, query, SCORECARD_COLUMNS)


def _as_shown(
    records: Iterable[Record],
    query: Query,
    columns: Sequence[str],
    shown: Mapping[str, Sequence[str]] | None = None,
) -> Rows:
    return chosen(as_shown(records, query, shown or {}), columns)


LISTS = {
    "supplier-shipments": DownloadList(Permission.SUPPLIER_SHIPMENTS, SHIPMENT_COLUMNS, _shipments),
    "supplier-invoices": DownloadList(Permission.SUPPLIER_INVOICES, INVOICE_COLUMNS, _invoices),
    "supplier-quality": DownloadList(Permission.SUPPLIER_QUALITY, QUALITY_COLUMNS, _quality),
    "supplier-documents": DownloadList(Permission.SUPPLIER_DOCUMENTS, DOCUMENT_COLUMNS, _documents),
    "supplier-scorecard": DownloadList(Permission.SUPPLIER_SCORECARD, SCORECARD_COLUMNS, _scorecard),
}
