"""What partners see of their orders, as files: the columns and rows of each list, for the query of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.permissions import Permission
from core.viewer import Viewer
from services import (
    customer_catalogue,
    customer_orders,
    customer_promotions,
    customer_returns,
    customer_service,
    oem_downloads,
    oem_orders,
    supplier_commit_sheet,
    supplier_orders,
)
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen

SUPPLIER_COLUMNS = (
    *("order", "line_no", "ordered_on", "code", "item", "location", "uom", "quantity", "unit_price", "requested_on"),
    *("state", "answer_quantity", "answer_promised_on", "answer_note", "confirmed_quantity", "latest_confirmed_on"),
    *("received_quantity", "actual_on"),
)
CUSTOMER_COLUMNS = (
    *("order", "line_no", "ordered_on", "code", "item", "location", "uom", "quantity", "requested_on"),
    *("first_confirmed_on", "state", "delivered_quantity", "delivered_on"),
)
OEM_COLUMNS = (
    *("number", "code", "item", "location", "uom", "quantity", "made_quantity", "progress", "starts_on", "due_on"),
    *("finished_on", "state"),
)


def _supplier(viewer: Viewer, query: Query) -> Rows:
    found = supplier_orders.lines(viewer, **_asked(query), limit=None).lines
    return _as_shown(found, query, SUPPLIER_COLUMNS, {"order": ["order", "line_no"]})


def _customer(viewer: Viewer, query: Query) -> Rows:
    found = customer_orders.lines(viewer, **_asked(query), limit=None).lines
    shown = {"order": ["order", "line_no"], "requested": ["requested_on", "location"]}
    return _as_shown(found, query, CUSTOMER_COLUMNS, shown)


def _oem(viewer: Viewer, query: Query) -> Rows:
    found = oem_orders.orders(viewer, **_asked(query), limit=None).orders
    shown = {"order": ["number"], "dates": ["starts_on", "due_on"], "finished": ["finished_on"]}
    return _as_shown(found, query, OEM_COLUMNS, shown)


def _asked(query: Query) -> dict[str, str]:
    return {"show": query.get("show", "open"), "search": query.get("search", "")}


def _as_shown(
    lines: Iterable[object], query: Query, columns: Sequence[str], shown: Mapping[str, Sequence[str]]
) -> Rows:
    records: list[Record] = [{name: getattr(line, name) for name in columns} for line in lines]
    return chosen(as_shown(records, query, shown), columns)


LISTS = {
    "supplier-orders": DownloadList(Permission.SUPPLIER_PORTAL, SUPPLIER_COLUMNS, _supplier),
    "customer-orders": DownloadList(Permission.CUSTOMER_PORTAL, CUSTOMER_COLUMNS, _customer),
    "oem-orders": DownloadList(Permission.OEM_PORTAL, OEM_COLUMNS, _oem),
    **customer_catalogue.LISTS,
    **customer_promotions.LISTS,
    **customer_returns.LISTS,
    **customer_service.LISTS,
    **oem_downloads.LISTS,
    **supplier_commit_sheet.LISTS,
}
