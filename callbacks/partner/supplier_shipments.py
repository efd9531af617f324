"""A supplier's shipping notices: send one of open lines, look at one, cancel it."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update, set_props
from dash.development.base_component import Component

from components.forms import facts
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import shipments
from services.form_values import shown_quantity

PATH = "/portal/supplier/shipments"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}
MOST_ROWS = 1_000
TONES = {"sent": "warn", "received": "good", "cancelled": "quiet"}


class Ids(PageIds):
    shipments: str
    title: str
    about: str
    chosen: str
    cancel: str
    cancelled: str
    lines: str
    another: str
    number: str
    ships_on: str
    arrives_on: str
    carrier: str
    tracking: str
    packages: str
    send: str
    sent: str


# What is of one shipment only, and empty again once it was sent.
TYPED = (Ids.number, Ids.carrier, Ids.tracking, Ids.packages)


@callback(
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.cancel, "style"),
    Input(Ids.shipments, "selectedRows"),
    prevent_initial_call=True,
)
def show_shipment(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return _("Shipment"), _("Choose a shipment to see its lots."), None, HIDDEN
    found = shipments.shipment(viewer(), row.get("id"))
    may_cancel = found["status"] == "sent" and viewer().may(Permission.PORTAL_ANSWER)
    return (
        found["number"],
        about(found),
        {"id": found["id"], "version": found["version"]},
        SHOWN if may_cancel else HIDDEN,
    )


@callback(
    Output(Ids.sent, "data"),
    Input(Ids.send, "n_clicks"),
    State(Ids.lines, "rowData"),
    State(Ids.number, "value"),
    State(Ids.ships_on, "value"),
    State(Ids.arrives_on, "value"),
    State(Ids.carrier, "value"),
    State(Ids.tracking, "value"),
    State(Ids.packages, "value"),
    prevent_initial_call=True,
)
def send_shipment(_clicks: object, lines: object, *typed: object) -> int:
    names = ("number", "ships_on", "arrives_on", "carrier", "tracking", "packages")
    header = dict(zip(names, typed, strict=True))
    added = shipments.send(viewer(), header, lines)
    set_props(Shell.toasts, {"children": [toast(_("Sent. The buyer expects your shipment now."))]})
    return added


@callback(Output(Ids.another, "disabled"), Input(Ids.lines, "selectedRows"), prevent_initial_call=True)
def offer_another(selected: object) -> bool:
    return selected_row(selected) is None


@callback(
    Output(Ids.lines, "rowTransaction"),
    Input(Ids.another, "n_clicks"),
    State(Ids.lines, "selectedRows"),
    State(Ids.lines, "rowData"),
    prevent_initial_call=True,
)
def add_lot(_clicks: object, selected: object, rows: object) -> object:
    """One more row of the chosen line, below it, for another lot of it."""
    wanted = (selected_row(selected) or {}).get("line_id")
    given = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    at = next((place for place, row in enumerate(given) if row.get("line_id") == wanted), None)
    known = next((row for row in line_rows() if row["line_id"] == wanted), None)
    if at is None or known is None or len(given) >= MOST_ROWS:
        return no_update
    return {"add": [known | {"id": f"{wanted}-{len(given)}"}], "addIndex": at + 1}


@callback(
    Output(Ids.cancelled, "data"),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.chosen, "data"),
    prevent_initial_call=True,
)
def cancel_shipment(_clicks: object, chosen: object) -> object:
    given = chosen if isinstance(chosen, dict) else {}
    shipments.cancel(viewer(), given.get("id"), given.get("version"))
    set_props(Shell.toasts, {"children": [toast(_("Cancelled. The buyer does not expect it any more."))]})
    return given.get("id")


@callback(
    Output(Ids.shipments, "rowData"),
    Output(Ids.shipments, "selectedRows"),
    Output(Ids.lines, "rowData"),
    *(Output(typed, "value") for typed in TYPED),
    Input(Ids.sent, "data"),
    Input(Ids.cancelled, "data"),
    prevent_initial_call=True,
)
def show_after(_sent: object, _cancelled: object) -> tuple[Any, ...]:
    return shipment_rows(), [], line_rows(), *("" for _typed in TYPED)


def shipment_rows() -> list[dict[str, Any]]:
    """Own shipping notices as grid rows."""
    return [_row(found) for found in shipments.shipments(viewer())]


def line_rows() -> list[dict[str, Any]]:
    """Lines to ship as grid rows; nothing is filled in, so that only what is typed is sent."""
    return [
        {
            "id": str(line["line_id"]),
            "line_id": line["line_id"],
            "order": f"{line['order']} / {line['line_no']}\n{line['item']}",
            "left": f"{shown_quantity(line['quantity'])} {line['uom']}\n{day(line['due_on'])}",
            "quantity": None,
            "lot": "",
            "expires_on": "",
        }
        for line in shipments.lines_to_ship(viewer())
    ]


def about(found: dict[str, Any]) -> list[Component]:
    """A shipping notice in full."""
    named = [
        (_("State"), shipments.status_name(found["status"])),
        (_("Ships on"), day(found["ships_on"])),
        (_("Arrives on"), day(found["arrives_on"])),
        (_("Carrier"), found["carrier"] or EMPTY),
        (_("Tracking number"), found["tracking"] or EMPTY),
        (_("Packages"), str(found["packages"] or EMPTY)),
    ]
    lots = [(f"{line['order']} / {line['line_no']} · {line['item']}", _lot_text(line)) for line in found["lines"]]
    return [facts(named), facts(lots)]


def _lot_text(line: dict[str, Any]) -> str:
    parts = [f"{shown_quantity(line['quantity'])} {line['uom']}"]
    if line["lot"]:
        parts.append(_("lot %(lot)s", lot=line["lot"]))
    if line["expires_on"]:
        parts.append(_("expires %(day)s", day=day(line["expires_on"])))
    return ", ".join(parts)


def _row(found: dict[str, Any]) -> dict[str, Any]:
    tone = TONES[found["status"]]
    return {
        "id": found["id"],
        "order": f"{found['number']}\n{counted('1 lot', '%(count)s lots', found['lots'])}",
        "state": f"{marked(shipments.status_name(found['status']), tone)}\n{day(found['arrives_on'])}",
        "tone": tone,
    }
