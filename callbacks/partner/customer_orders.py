"""A customer's own orders: how a line came along, and changes of what is still open."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from callbacks.customer_order_views import ORDERS, about, may_change, nothing_chosen
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import customer_orders, order_changes

PATH = ORDERS
CLOSED, OPENED = "panel detail", "panel detail detail-open"


class Ids(PageIds):
    show: str
    search: str
    lines: str
    detail: str
    close: str
    title: str
    about: str
    chosen: str
    asking: str
    quantity: str
    wanted: str
    note: str
    change: str
    cancel: str
    asked: str


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.asking, "hidden"),
    Output(Ids.quantity, "value"),
    Output(Ids.wanted, "value"),
    Output(Ids.note, "value"),
    Input(Ids.lines, "selectedRows"),
    Input(Ids.asked, "data"),
    prevent_initial_call=True,
)
def show_line(selected: object, _asked: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return CLOSED, _("Order line"), nothing_chosen(), None, True, None, None, ""
    found = customer_orders.line(viewer(), row.get("id"))
    line = found.line
    return (
        OPENED,
        f"{line.order} / {line.line_no} · {line.item}",
        about(found),
        line.id,
        not may_change(line),
        float(line.quantity),
        str(max(line.due_on, today())),
        "",
    )


@callback(Output(Ids.lines, "selectedRows"), Input(Ids.close, "n_clicks"), prevent_initial_call=True)
def close_line(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.asked, "data"),
    Input(Ids.change, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.quantity, "value"),
    State(Ids.wanted, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def ask_change(_clicks: object, line_id: object, quantity: object, wanted: object, note: object) -> int:
    made = order_changes.ask(viewer(), line_id, quantity=quantity, wanted_on=wanted, note=note)
    set_props(Shell.toasts, {"children": [toast(_("We have your request and answer it here."))]})
    return made


@callback(
    Output(Ids.asked, "data", allow_duplicate=True),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def ask_cancelling(_clicks: object, line_id: object, note: object) -> int:
    made = order_changes.ask(viewer(), line_id, quantity=None, wanted_on=None, cancel=True, note=note)
    set_props(Shell.toasts, {"children": [toast(_("We have your request and answer it here."))]})
    return made
