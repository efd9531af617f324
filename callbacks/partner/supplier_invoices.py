"""A supplier's invoices: send one for what was received, look at one."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.supplier_invoice import about, invoice_row
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import supplier_invoices
from services.form_values import shown_quantity

PATH = supplier_invoices.SUPPLIERS_PAGE
HIDDEN: dict[str, str] = {"display": "none"}


class Ids(PageIds):
    invoices: str
    title: str
    about: str
    lines: str
    number: str
    issued_on: str
    send: str
    sent: str


@callback(
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Input(Ids.invoices, "selectedRows"),
    prevent_initial_call=True,
)
def show_invoice(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return _("Invoice"), _("Choose an invoice to see how it matches.")
    found = supplier_invoices.own_invoice(viewer(), row.get("id"))
    return found["number"], about(found)


@callback(
    Output(Ids.sent, "data"),
    Input(Ids.send, "n_clicks"),
    State(Ids.lines, "rowData"),
    State(Ids.number, "value"),
    State(Ids.issued_on, "value"),
    prevent_initial_call=True,
)
def send_invoice(_clicks: object, lines: object, number: object, issued_on: object) -> int:
    added = supplier_invoices.send(viewer(), {"number": number, "issued_on": issued_on}, lines)
    set_props(Shell.toasts, {"children": [toast(_("Sent. The list shows how it matches."))]})
    return added


@callback(
    Output(Ids.invoices, "rowData"),
    Output(Ids.invoices, "selectedRows"),
    Output(Ids.lines, "rowData"),
    Output(Ids.number, "value"),
    Input(Ids.sent, "data"),
    prevent_initial_call=True,
)
def show_after(_sent: object) -> tuple[Any, ...]:
    return invoice_rows(), [], line_rows(), ""


def invoice_rows() -> list[dict[str, Any]]:
    """Own invoices as grid rows."""
    return [invoice_row(found) for found in supplier_invoices.own_invoices(viewer())]


def line_rows() -> list[dict[str, Any]]:
    """Lines to invoice as grid rows; no quantity is filled in, so that only what is typed is sent."""
    return [
        {
            "id": str(line["line_id"]),
            "line_id": line["line_id"],
            "order": f"{line['order']} / {line['line_no']}\n{line['item']}",
            "left": f"{shown_quantity(line['quantity'])}\n{line['uom']}",
            "quantity": None,
            "unit_price": None if line["unit_price"] is None else float(line["unit_price"]),
        }
        for line in supplier_invoices.lines_to_invoice(viewer())
    ]
