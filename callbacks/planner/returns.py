"""Returns of customers, inside: received, then back into stock or scrapped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.guard import requires
from core.i18n import _, day, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import returns
from services.customer_returns import reason_names
from services.form_values import shown_quantity
from services.returns import ReturnRow, state_names

PATH = "/supply/returns"


class Ids(PageIds):
    show: str
    shown: str
    rows: str
    note: str
    receive: str
    restock: str
    scrap: str


@callback(
    Output(Ids.receive, "disabled"),
    Output(Ids.restock, "disabled"),
    Output(Ids.scrap, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def offer_steps(selected: object) -> tuple[bool, bool, bool]:
    row = selected_row(selected) or {}
    decides, stocks = viewer().may(Permission.ORDER_DECIDE), viewer().may(Permission.INVENTORY_EDIT)
    here = row.get("status") == "received" and decides
    return not (row.get("status") == "expected" and decides), not (here and stocks), not here


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Input(Ids.receive, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.shown, "data"),
    prevent_initial_call=True,
)
@requires(Permission.ORDER_DECIDE)
def receive_goods(_clicks: object, selected: object, shown: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    returns.receive(viewer(), row.get("id"), row.get("version"))
    return _done(_("Received. Decide what becomes of the goods once they are checked."), shown)


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.note, "value", allow_duplicate=True),
    Input(Ids.restock, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.note, "value"),
    State(Ids.shown, "data"),
    prevent_initial_call=True,
)
@requires(Permission.ORDER_DECIDE)
def restock_goods(_clicks: object, selected: object, note: object, shown: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    returns.restock(viewer(), row.get("id"), row.get("version"), note)
    return *_done(_("Back in stock, as a lot of its own with the number of the return."), shown), ""


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.note, "value", allow_duplicate=True),
    Input(Ids.scrap, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.note, "value"),
    State(Ids.shown, "data"),
    prevent_initial_call=True,
)
@requires(Permission.ORDER_DECIDE)
def scrap_goods(_clicks: object, selected: object, note: object, shown: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    returns.scrap(viewer(), row.get("id"), row.get("version"), note)
    return *_done(_("Scrapped."), shown), ""


def return_rows(found: Sequence[ReturnRow]) -> list[dict[str, Any]]:
    """Returns as grid rows."""
    reasons, states = reason_names(), state_names()
    return [
        {
            "id": each.id,
            "version": each.version,
            "status": each.status,
            "number": f"{each.number}\n{day(each.reported_on)}",
            "customer": f"{each.customer}\n{each.order} / {each.line_no}",
            "item": f"{each.code}\n{each.item}",
            "quantity": f"{shown_quantity(each.quantity)} {each.uom}\n{each.lot or ''}",
            "reason": f"{reasons[each.reason]}\n{each.note or ''}",
            "credit": money(each.credit_expected, decimals=2),
            "state": marked(states[each.status], _tone(each.status)) + f"\n{each.disposition_note or ''}",
            "tone": _tone(each.status),
        }
        for each in found
    ]


def _done(told: str, shown: object) -> tuple[list[dict[str, Any]], list[object]]:
    set_props(Shell.toasts, {"children": [toast(told)]})
    return return_rows(returns.returns(viewer(), show=shown if isinstance(shown, str) else "")), []


def _tone(status: str) -> str:
    return {"expected": "quiet", "received": "warn"}.get(status, "good")
