"""Suppliers' invoices: look at how one matches, approve or dispute it."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.supplier_invoice import about, invoice_row
from core.guard import requires
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import supplier_invoices

PATH = supplier_invoices.PAGE
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(PageIds):
    invoices: str
    title: str
    about: str
    chosen: str
    working: str
    note: str
    approve: str
    dispute: str
    approved: str
    disputed: str


@callback(
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.working, "style"),
    Input(Ids.invoices, "selectedRows"),
    prevent_initial_call=True,
)
def show_invoice(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return _("Invoice"), _("Choose an invoice to see how it matches."), None, HIDDEN
    found = supplier_invoices.invoice(viewer(), row.get("id"))
    may_decide = found["status"] != supplier_invoices.APPROVED and viewer().may(Permission.PURCHASE_EDIT)
    return (
        f"{found['number']} · {found['supplier']}",
        about(found),
        {"id": found["id"], "version": found["version"]},
        SHOWN if may_decide else HIDDEN,
    )


@callback(
    Output(Ids.approved, "data"),
    Input(Ids.approve, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def approve_invoice(_clicks: object, chosen: object, note: object) -> object:
    return _decided(chosen, note, approve=True, told=_("Approved. The supplier sees it."))


@callback(
    Output(Ids.disputed, "data"),
    Input(Ids.dispute, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def dispute_invoice(_clicks: object, chosen: object, note: object) -> object:
    return _decided(chosen, note, approve=False, told=_("Disputed. The supplier reads your note."))


@callback(
    Output(Ids.invoices, "rowData"),
    Output(Ids.invoices, "selectedRows"),
    Output(Ids.note, "value"),
    Input(Ids.approved, "data"),
    Input(Ids.disputed, "data"),
    prevent_initial_call=True,
)
def show_after(_approved: object, _disputed: object) -> tuple[Any, ...]:
    return invoice_rows(), [], ""


def invoice_rows() -> list[dict[str, Any]]:
    """Invoices as grid rows."""
    return [invoice_row(found, supplier=True) for found in supplier_invoices.invoices(viewer())]


def _decided(chosen: object, note: object, *, approve: bool, told: str) -> object:
    given = chosen if isinstance(chosen, dict) else {}
    supplier_invoices.decide(viewer(), given.get("id"), given.get("version"), approve=approve, note=note)
    set_props(Shell.toasts, {"children": [toast(told)]})
    return given.get("id")
