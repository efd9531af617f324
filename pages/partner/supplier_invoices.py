"""The supplier's portal: invoices and how they match, and a new one for what was received."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_invoices import HIDDEN, PATH, Ids, invoice_rows, line_rows
from components.download import list_download
from components.forms import field
from components.grid import TYPED, TYPED_FIGURE, figure_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.supplier_invoices import NUMBER_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_INVOICES,
    name="Invoices",
    area=Area.PORTAL,
    order=60,
    description="Send invoices for what was received, and see how they match",
)


def layout(**_query: str) -> Component:
    may_send = viewer().may(Permission.PORTAL_ANSWER)
    return page_frame(
        html.Div([panel(_invoices(), title=_("Your invoices")), _detail()], className="two-columns"),
        _new(line_rows()) if may_send else html.Div(),
        dcc.Store(id=Ids.sent),
        title=_("Invoices"),
        lead=_("Each line is compared with what was ordered and received. The buyer approves or disputes."),
        actions=[list_download("supplier-invoices", grid_id=Ids.invoices)],
    )


def _invoices() -> Component:
    columns = [
        two_line_column("invoice", _("Invoice"), filter=True, minWidth=110),
        two_line_column("amount", _("Amount"), minWidth=100),
        state_column("state", _("State, match"), minWidth=110),
    ]
    nothing = _("You have sent no invoice yet. Make one of your received lines below.")
    return two_line_grid(Ids.invoices, columns, invoice_rows(), empty=nothing, selection="single")


def _detail() -> Component:
    return html.Section(
        [
            html.H2(_("Invoice"), id=Ids.title),
            html.Div(_("Choose an invoice to see how it matches."), id=Ids.about),
        ],
        className="panel",
    )


def _new(rows: list[dict[str, object]]) -> Component:
    nothing = empty_state(
        _("Nothing is left to invoice. Lines appear here once the buyer has received them."),
        action=_("Purchase orders"),
        href="/portal/supplier/orders",
    )
    return panel(
        html.Div() if rows else nothing,
        html.Div([_lines(rows), _form()], style={} if rows else HIDDEN),
        title=_("New invoice"),
        note=_("Fill in the quantity of each line that is in it."),
    )


def _lines(rows: list[dict[str, object]]) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), filter=True, minWidth=140, flex=2),
        two_line_column(
            "left", _("To invoice"), minWidth=72, sortable=False, headerTooltip=_("Received, not invoiced")
        ),
        figure_column("quantity", _("Quantity"), decimals=2, minWidth=64, **TYPED, **TYPED_FIGURE),
        figure_column("unit_price", _("Price, RM"), decimals=4, minWidth=66, **TYPED, **TYPED_FIGURE),
    ]
    return two_line_grid(Ids.lines, columns, rows, empty=_("Nothing is left to invoice."))


def _form() -> Component:
    return html.Div(
        [
            field(_("Invoice number"), dbc.Input(id=Ids.number, maxLength=NUMBER_LENGTH)),
            field(_("Date"), dbc.Input(id=Ids.issued_on, type="date", value=str(today()))),
            dbc.Button(_("Send invoice"), id=Ids.send, color="primary"),
        ],
        className="field-grid",
    )
