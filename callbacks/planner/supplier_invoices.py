"""Suppliers' invoices: look at how one matches, approve or dispute it."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Input, Output, callback

from callbacks.queue_views import DecisionIds, decide_on_press
from components.grid import selected_row
from components.supplier_invoice import about, invoice_row
from core.i18n import _
from core.identity import viewer
from core.permissions import Permission
from core.viewer import Viewer
from services import supplier_invoices

PATH = supplier_invoices.PAGE
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(DecisionIds):
    invoices: str
    title: str
    about: str
    working: str
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


def _decide(person: Viewer, chosen: object, note: object, *, approve: bool) -> None:
    given = chosen if isinstance(chosen, dict) else {}
    supplier_invoices.decide(person, given.get("id"), given.get("version"), approve=approve, note=note)


decide_on_press(
    Ids,
    Permission.PURCHASE_EDIT,
    Ids.approve,
    Ids.approved,
    decide=partial(_decide, approve=True),
    told=lambda: _("Approved. The supplier sees it."),
)
decide_on_press(
    Ids,
    Permission.PURCHASE_EDIT,
    Ids.dispute,
    Ids.disputed,
    decide=partial(_decide, approve=False),
    told=lambda: _("Disputed. The supplier reads your note."),
)
