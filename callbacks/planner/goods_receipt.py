"""Goods that come in: choose a delivery, book what came, take a booking back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.clock import today
from core.guard import requires
from core.i18n import _, counted, day, moment
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import goods_receipts
from services.form_values import shown_quantity
from services.goods_receipts import LINE, SHIPMENT
from services.received_lots import difference_name

PATH = "/supply/goods-receipt"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}
KINDS = {"s": SHIPMENT, "l": LINE}


class Ids(PageIds):
    arrivals: str
    title: str
    working: str
    lots: str
    book: str
    chosen: str
    booked: str
    bookings: str
    reason: str
    reverse: str
    reversed: str


@callback(
    Output(Ids.title, "children"),
    Output(Ids.lots, "rowData"),
    Output(Ids.working, "style"),
    Output(Ids.chosen, "data"),
    Input(Ids.arrivals, "selectedRows"),
    prevent_initial_call=True,
)
def show_arrival(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return _("Choose a delivery to book what came in."), [], HIDDEN, None
    kind, number = arrival_of(row.get("id"))
    found = goods_receipts.arrival(viewer(), kind, number)
    may_book = viewer().may(Permission.INVENTORY_EDIT)
    # The key names one submit: sent twice, it is booked once.
    return (
        str(row.get("order") or "").replace("\n", " · "),
        [lot_row(place, lot) for place, lot in enumerate(found)],
        SHOWN if may_book else HIDDEN,
        {"id": row.get("id"), "key": str(uuid4())},
    )


@callback(
    Output(Ids.booked, "data"),
    Input(Ids.book, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.lots, "rowData"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def book_arrival(_clicks: object, chosen: object, lots: object) -> int:
    given = chosen if isinstance(chosen, dict) else {}
    kind, number = arrival_of(given.get("id"))
    booking = goods_receipts.book(viewer(), kind, number, lots, key=given.get("key"))
    told = _("Booked as GR-%(number)s. The goods are in stock now.", number=booking)
    set_props(Shell.toasts, {"children": [toast(told)]})
    return booking


@callback(Output(Ids.reverse, "disabled"), Input(Ids.bookings, "selectedRows"), prevent_initial_call=True)
def offer_taking_back(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or row.get("reversed") is not False


@callback(
    Output(Ids.reversed, "data"),
    Output(Ids.reason, "value"),
    Input(Ids.reverse, "n_clicks"),
    State(Ids.bookings, "selectedRows"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def reverse_booking(_clicks: object, selected: object, reason: object) -> tuple[object, str]:
    row = selected_row(selected) or {}
    goods_receipts.reverse(viewer(), row.get("id"), reason)
    set_props(Shell.toasts, {"children": [toast(_("Taken back. The goods are expected again."))]})
    return row.get("id"), ""


@callback(
    Output(Ids.arrivals, "rowData"),
    Output(Ids.arrivals, "selectedRows"),
    Output(Ids.bookings, "rowData"),
    Output(Ids.bookings, "selectedRows"),
    Input(Ids.booked, "data"),
    Input(Ids.reversed, "data"),
    prevent_initial_call=True,
)
def show_after(_booked: object, _reversed: object) -> tuple[Any, ...]:
    return arrival_rows(), [], booking_rows(), []


def arrival_of(value: object) -> tuple[str, int]:
    """Kind and id of a row of the list, such as "s12"; anything else names none."""
    text = value if isinstance(value, str) and 1 < len(value) < 20 else ""
    digits = text[1:] if text[1:].isascii() and text[1:].isdigit() else "0"
    return KINDS.get(text[:1], LINE), int(digits)


def arrival_rows() -> list[dict[str, Any]]:
    """What is expected as grid rows: shipments on their way first."""
    shipments, lines = goods_receipts.expected(viewer())
    return [_shipment_row(row) for row in shipments] + [_line_row(row) for row in lines]


def booking_rows() -> list[dict[str, Any]]:
    """Bookings as grid rows."""
    return [_booking_row(row) for row in goods_receipts.bookings(viewer())]


def lot_row(place: int, lot: dict[str, Any]) -> dict[str, Any]:
    """A lot to receive, filled in as it is expected."""
    return {
        "id": place,
        "order": f"{lot['order']} / {lot['line_no']}",
        "item": f"{lot['code']} · {lot['item']}",
        "uom": lot["uom"],
        "expected": float(lot["expected"]),
        "quantity": float(lot["expected"]),
        "damaged": 0,
        "lot": lot["lot"] or "",
        "expires_on": str(lot["expires_on"] or ""),
        "reason": "",
    }


def _shipment_row(row: dict[str, Any]) -> dict[str, Any]:
    details = [row["carrier"], row["tracking"]]
    if row["packages"]:
        details.append(counted("1 package", "%(count)s packages", row["packages"]))
    return {
        "id": f"s{row['id']}",
        "order": f"{row['number']}\n{row['supplier']}",
        "what": counted("1 lot", "%(count)s lots", row["lots"])
        + "\n"
        + " · ".join(detail for detail in details if detail),
        **_due(row, _("On its way")),
    }


def _line_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"l{row['id']}",
        "order": f"{row['number']} / {row['line_no']}\n{row['supplier']}",
        "what": f"{row['code']} · {row['item']}\n{shown_quantity(row['quantity'])} {row['uom']}",
        **_due(row, _("Not announced")),
    }


def _due(row: dict[str, Any], state: str) -> dict[str, str]:
    late = row["due_on"] < today()
    tone = "bad" if late else "quiet"
    return {"state": f"{marked(state, tone)}\n{day(row['due_on'])}", "tone": tone}


def _booking_row(row: dict[str, Any]) -> dict[str, Any]:
    differences = [difference_name(found) for found in (row["differences"] or "").split(", ") if found]
    reversed_text = _("Taken back: %(why)s", why=row["reversal_reason"]) if row["reversed_at"] else ""
    tone = "quiet" if row["reversed_at"] else "warn" if differences else "good"
    state = _("Taken back") if row["reversed_at"] else _("Differs") if differences else _("Booked")
    return {
        "id": row["id"],
        "reversed": row["reversed_at"] is not None,
        "order": f"GR-{row['id']} · {row['shipment'] or row['orders']}\n{row['supplier']}",
        "what": f"{row['items']}\n{shown_quantity(row['quantity'])}",
        "state": f"{marked(state, tone)}\n{reversed_text or ', '.join(differences)}",
        "tone": tone,
        "who": f"{row['booked_by'] or ''}\n{moment(row['booked_at'])} (UTC)",
    }


def nothing_expected() -> str:
    """What the list says without rows."""
    return _("Nothing is expected. Sent purchase orders and suppliers' shipments appear here.")
