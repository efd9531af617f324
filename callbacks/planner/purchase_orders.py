"""Supply › Purchase orders: the list, one order with its lines, changing a draft, sending, cancelling."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen, facts
from components.grid import requested_page, selected_row
from components.message_thread import thread_link
from components.purchase_lines import purchase_lines
from components.stock_status import MARKS
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, moment, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import purchase_orders
from services.message_threads import INSIDE
from services.order_terms import shown_terms
from services.purchase_orders import OrderDetail, OrderFilters, OrderPage

PATH = "/supply/purchase-orders"
FILTERS = ("show", "supplier", "search")
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
TONES = {"draft": "quiet", "sent": "good", "closed": "quiet", "cancelled": "quiet"}


class Ids(PageIds):
    filters: str
    show: str
    supplier: str
    search: str
    rows: str
    totals: str
    changed: str
    renewed: str
    outcome: str
    detail: str
    close: str
    seen: str
    title: str
    about: str
    lines: str
    line_rows: str
    send: str
    reason: str
    cancel: str
    deciding: str
    editing: str
    quantity: str
    requested_on: str
    terms: str
    save_line: str
    remove_line: str


DETAIL = (
    (Ids.detail, "style"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.about, "children"),
    (Ids.lines, "children"),
    (Ids.send, "style"),
    (Ids.deciding, "style"),
    (Ids.editing, "style"),
)
AFTER_CHANGE = (*DETAIL, (Ids.changed, "data"), (Ids.outcome, "children"))

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_orders(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_orders(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: purchase_orders.orders(viewer(), wanted, start=start, end=end, sort=sort),
        order_row,
    )
    return answer, totals_text(found)


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_order(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(DETAIL)
    return detail_parts(purchase_orders.order(viewer(), row.get("id")))


@callback(
    Output(Ids.detail, "style", allow_duplicate=True),
    Output(Ids.lines, "children", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_order(_clicks: object) -> tuple[dict[str, str], str, list[Any]]:
    return HIDDEN, "", []


@callback(
    Output(Ids.editing, "style", allow_duplicate=True),
    Output(Ids.quantity, "value"),
    Output(Ids.requested_on, "value"),
    Output(Ids.terms, "children"),
    Input(Ids.line_rows, "selectedRows"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_line(selected: object, seen: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    draft = isinstance(seen, dict) and seen.get("status") == "draft"
    if row is None or not draft or not viewer().may(Permission.PURCHASE_EDIT):
        return HIDDEN, no_update, no_update, no_update
    return SHOWN, row.get("quantity"), row.get("requested_on"), row.get("terms")


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.save_line, "n_clicks"),
    State(Ids.line_rows, "selectedRows"),
    State(Ids.quantity, "value"),
    State(Ids.requested_on, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def save_line(_clicks: object, selected: object, quantity: object, requested_on: object) -> tuple[Any, ...]:
    line = chosen_line(selected)
    found = purchase_orders.edit_line(
        viewer(), line.get("id"), line.get("version"), quantity=quantity, requested_on=requested_on
    )
    return changed_parts(found, _("Line saved."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.remove_line, "n_clicks"),
    State(Ids.line_rows, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def remove_line(_clicks: object, selected: object) -> tuple[Any, ...]:
    line = chosen_line(selected)
    found = purchase_orders.remove_line(viewer(), line.get("id"), line.get("version"))
    return changed_parts(found, _("Line removed."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.send, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def send_order(_clicks: object, seen: object) -> tuple[Any, ...]:
    order = seen if isinstance(seen, dict) else {}
    found = purchase_orders.send(viewer(), order.get("id"), order.get("version"))
    told = _("%(number)s is sent to %(supplier)s.", number=found.order["number"], supplier=found.order["supplier"])
    return changed_parts(found, told)


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Output(Ids.reason, "value"),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def cancel_order(_clicks: object, seen: object, reason: object) -> tuple[Any, ...]:
    order = seen if isinstance(seen, dict) else {}
    found = purchase_orders.cancel(viewer(), order.get("id"), order.get("version"), reason=reason)
    return *changed_parts(found, _("%(number)s is cancelled.", number=found.order["number"])), ""


def chosen_line(selected: object) -> dict[str, Any]:
    """The line to change, as the browser sent it, its values unchecked."""
    line = selected_row(selected)
    if line is None:
        raise InvalidInput(_("Select a line first."))
    return line


def changed_parts(found: OrderDetail, told: str) -> tuple[Any, ...]:
    """The values of AFTER_CHANGE."""
    return *detail_parts(found), f"{found.order['id']} {found.order['version']}", told


def wanted_orders(filters: object) -> OrderFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return OrderFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def status_name(status: str) -> str:
    """The word for the state of an order."""
    return {"draft": _("Draft"), "sent": _("Sent"), "closed": _("Closed"), "cancelled": _("Cancelled")}[status]


def line_status_name(status: str) -> str:
    """The word for the state of a line."""
    return {
        "open": _("To confirm"),
        "confirmed": _("Confirmed"),
        "received": _("Received"),
        "cancelled": _("Cancelled"),
    }[status]


def order_row(row: dict[str, Any]) -> dict[str, Any]:
    """One order as the grid shows it."""
    names = ("id", "number", "supplier", "location", "lines", "value", "unconfirmed", "late")
    tone = "bad" if row["late"] else TONES[row["status"]]
    late = _(" · late") if row["late"] else ""
    return {
        **{name: row[name] for name in names},
        "status": f"{MARKS[tone]} {status_name(row['status'])}{late}",
        "tone": tone,
        "ordered_on": day(row["ordered_on"]),
        "next_due_on": day(row["next_due_on"]),
    }


def totals_text(found: OrderPage) -> str:
    """What the whole list is worth."""
    return counted("1 order · %(value)s", "%(count)s orders · %(value)s", found.total, value=money(found.value))


def detail_parts(found: OrderDetail) -> tuple[Any, ...]:
    """The values of DETAIL for one order."""
    order = found.order
    seen = {"id": order["id"], "version": order["version"], "status": order["status"]}
    may_edit = viewer().may(Permission.PURCHASE_EDIT)
    sendable = may_edit and order["status"] == "draft"
    open_order = may_edit and order["status"] in ("draft", "sent")
    return (
        SHOWN,
        seen,
        order["number"],
        html.Div([about_facts(order), *_messages(order)]),
        purchase_lines(Ids.line_rows, [line_row(row, sent=order["status"] != "draft") for row in found.lines]),
        SHOWN if sendable else HIDDEN,
        SHOWN if open_order else HIDDEN,
        HIDDEN,
    )


def _messages(order: dict[str, Any]) -> list[Component]:
    """The way to what is written about a sent order to a supplier with a portal."""
    hidden = order["company_id"] is None or order["status"] == "draft" or not viewer().may(Permission.PARTNER_READ)
    return [] if hidden else [thread_link(INSIDE, "purchase_order", order["id"])]


def about_facts(order: dict[str, Any]) -> Component:
    """The head of an order."""
    shown = [
        (_("Supplier"), order["supplier"]),
        (_("Deliver to"), order["location_name"]),
        (_("Status"), status_name(order["status"])),
        (_("Value"), money(order["value"])),
        (_("Ordered on"), day(order["ordered_on"])),
        (_("Sent (UTC)"), moment(order["sent_at"])),
        (_("Made by"), order["created_by"] or EMPTY),
        (_("Next due"), day(order["next_due_on"])),
    ]
    return facts(shown)


def line_row(row: dict[str, Any], *, sent: bool) -> dict[str, Any]:
    """One line as the grid shows it; what came in is of interest once the order was sent."""
    dates = ("requested_on", "first_confirmed_on", "latest_confirmed_on", "actual_on")
    figures = ("quantity", "unit_price", "confirmed_quantity")
    return {
        **{name: row[name] for name in ("id", "version", "line_no", "code", "name", "uom")},
        **{name: None if row[name] is None else float(row[name]) for name in figures},
        **{name: day(row[name]) for name in dates},
        "received_quantity": float(row["received_quantity"]) if sent else None,
        "status": line_status_name(row["status"]),
        "terms": terms_text(row),
    }


def terms_text(row: dict[str, Any]) -> str:
    """What the supplier sells in one go; nothing where it has no terms for the item."""
    return "" if row["moq"] is None else shown_terms(moq=row["moq"], multiple=row["multiple"], uom=row["uom"])
