"""The supplier's portal: stock that it manages at our places."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_stock import HIDDEN, PATH, SHOWN, Ids, asked_rows, item_rows, nothing_chosen
from components.forms import field
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_stock
from services.submissions import NOTE_LENGTH
from services.supplier_stock import ManagedStock

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_STOCK,
    name="Managed stock",
    area=Area.PORTAL_PLANNING,
    order=30,
    description="Stock of what you manage at our places, its levels and replenishment",
)


def layout(**_query: str) -> Component:
    found = supplier_stock.managed_stock(viewer())
    title, lead = _("Managed stock"), _("What you keep in stock at your customer's places.")
    if not found.items:
        nothing = _("You manage no stock yet. Your buyer decides which items you manage.")
        return page_frame(empty_state(nothing), title=title, lead=lead)
    return page_frame(
        dcc.Store(id=Ids.sent),
        html.Div([_items(found), _detail(writable=viewer().may(Permission.PORTAL_COMMIT))], className="two-columns"),
        _asked(found),
        title=title,
        lead=lead,
    )


def _items(found: ManagedStock) -> Component:
    columns = [
        two_line_column("item", _("Item"), minWidth=110),
        two_line_column("stock", _("Stock, levels"), minWidth=120),
        state_column("state", _("State"), minWidth=110),
    ]
    rows = item_rows(found.items)
    return panel(two_line_grid(Ids.items, columns, rows, empty=_("You manage no stock."), selection="single"))


def _detail(*, writable: bool) -> Component:
    fields = [
        field(_("Minimum"), dbc.Input(id=Ids.minimum, type="number", min=0, step="any")),
        field(_("Maximum"), dbc.Input(id=Ids.maximum, type="number", min=0, step="any")),
        dbc.Button(_("Propose levels"), id=Ids.send_levels, color="primary", outline=True),
        field(_("Quantity to send"), dbc.Input(id=Ids.quantity, type="number", min=0, step="any")),
        field(_("Arrives on"), dbc.Input(id=Ids.arrives_on, type="date")),
        dbc.Button(_("Propose replenishment"), id=Ids.send_replenishment, color="primary"),
        field(_("Note to the buyer"), dbc.Input(id=Ids.note, maxLength=NOTE_LENGTH)),
    ]
    return panel(
        html.Div(nothing_chosen(), id=Ids.about),
        html.Div(fields, className="proposal", style=SHOWN if writable else HIDDEN),
        title=_("Item"),
    )


def _asked(found: ManagedStock) -> Component:
    columns = [
        two_line_column("what", _("Proposed"), minWidth=170),
        state_column("state", _("State"), minWidth=120, width=170),
    ]
    return panel(
        two_line_grid(
            Ids.asked,
            columns,
            asked_rows(found),
            empty=_("Nothing was proposed yet. Choose an item and propose its levels or a replenishment."),
        ),
        title=_("What you proposed"),
    )
