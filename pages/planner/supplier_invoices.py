"""Supply › Supplier invoices: how each matches with order and receipts; approve or dispute it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.supplier_invoices import HIDDEN, PATH, Ids, invoice_rows
from components.download import list_download
from components.forms import field
from components.page import page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission
from services.supplier_invoices import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Supplier invoices",
    area=Area.SUPPLY,
    order=37,
    description="Invoices beside what was ordered and received, to approve or dispute",
)


def layout(**_query: str) -> Component:
    return page_frame(
        html.Div([panel(_invoices(), title=_("Invoices")), _detail()], className="two-columns"),
        *(dcc.Store(id=store) for store in (Ids.chosen, Ids.approved, Ids.disputed)),
        title=_("Supplier invoices"),
        lead=_("What suppliers ask for, compared with what was ordered and received."),
        actions=[list_download("invoice-lines", grid_id=Ids.invoices)],
    )


def _invoices() -> Component:
    columns = [
        two_line_column("invoice", _("Invoice, supplier"), filter=True, minWidth=130),
        two_line_column("amount", _("Amount"), minWidth=100),
        state_column("state", _("State, match"), minWidth=110),
    ]
    nothing = _("No invoice was sent yet. Suppliers send them in their portal once goods were received.")
    return two_line_grid(Ids.invoices, columns, invoice_rows(), empty=nothing, selection="single")


def _detail() -> Component:
    return html.Section(
        [
            html.H2(_("Invoice"), id=Ids.title),
            html.Div(_("Choose an invoice to see how it matches."), id=Ids.about),
            html.Div(
                [
                    field(_("Note, read by the supplier"), dbc.Input(id=Ids.note, type="text", maxLength=NOTE_LENGTH)),
                    dbc.Button(_("Approve"), id=Ids.approve, color="primary"),
                    dbc.Button(_("Dispute"), id=Ids.dispute, outline=True, color="primary"),
                ],
                id=Ids.working,
                className="proposal",
                style=HIDDEN,
            ),
        ],
        className="panel",
    )
