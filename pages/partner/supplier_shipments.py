"""The supplier's portal: shipping notices, and a new one of what is confirmed."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_shipments import HIDDEN, PATH, Ids, line_rows, shipment_rows
from components.download import list_download
from components.forms import field
from components.grid import TYPED, TYPED_FIGURE, figure_column, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.shipments import NAME_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_SHIPMENTS,
    name="Shipments",
    area=Area.PORTAL,
    order=20,
    description="Tell what is on its way: lots, carrier and day of arrival",
)


def layout(**_query: str) -> Component:
    rows = line_rows()
    may_send = viewer().may(Permission.PORTAL_ANSWER)
    return page_frame(
        html.Div([panel(_shipments(), title=_("Your shipments")), _detail()], className="two-columns"),
        _new(rows) if may_send else html.Div(),
        *(dcc.Store(id=store) for store in (Ids.chosen, Ids.sent, Ids.cancelled)),
        title=_("Shipments"),
        lead=_("Announce what you ship, so that it is expected. Stock changes when the goods have been received."),
        actions=[list_download("supplier-shipments", grid_id=Ids.shipments)],
    )


def _shipments() -> Component:
    columns = [
        two_line_column("order", _("Shipment"), filter=True, minWidth=130),
        state_column("state", _("State, arrival"), minWidth=130),
    ]
    nothing = _("You have announced no shipment yet. Make one of your confirmed lines below.")
    return two_line_grid(Ids.shipments, columns, shipment_rows(), empty=nothing, selection="single")


def _detail() -> Component:
    return html.Section(
        [
            html.H2(_("Shipment"), id=Ids.title),
            html.Div(_("Choose a shipment to see its lots."), id=Ids.about),
            dbc.Button(_("Cancel this shipment"), id=Ids.cancel, outline=True, color="primary", style=HIDDEN),
        ],
        className="panel",
    )


def _new(rows: list[dict[str, object]]) -> Component:
    nothing = empty_state(
        _("Nothing is left to ship. Lines appear here once the buyer has accepted your confirmation."),
        action=_("Purchase orders"),
        href="/portal/supplier/orders",
    )
    return panel(
        html.Div() if rows else nothing,
        html.Div([_lines(rows), _form()], style={} if rows else HIDDEN),
        title=_("New shipment"),
        note=_("Fill in the quantity of each line that is in it. Several lots of a line are a row each."),
    )


def _lines(rows: list[dict[str, object]]) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), filter=True, minWidth=140, flex=2),
        two_line_column("left", _("Left, due"), minWidth=88, sortable=False),
        figure_column("quantity", _("Quantity"), decimals=2, minWidth=78, **TYPED, **TYPED_FIGURE),
        text_column("lot", _("Lot"), minWidth=80, **TYPED),
        text_column("expires_on", _("Expires on"), minWidth=105, headerTooltip=_("Such as 2027-06-30"), **TYPED),
    ]
    nothing = _("Nothing is left to ship.")
    return html.Div(
        [
            two_line_grid(Ids.lines, columns, rows, empty=nothing, selection="single"),
            dbc.Button(
                _("Another lot of the chosen line"), id=Ids.another, outline=True, color="primary", disabled=True
            ),
        ],
        className="typed-lines",
    )


def _form() -> Component:
    return html.Div(
        [
            field(_("Notice number"), dbc.Input(id=Ids.number, maxLength=NAME_LENGTH)),
            field(_("Ships on"), dbc.Input(id=Ids.ships_on, type="date", value=str(today()))),
            field(_("Arrives on"), dbc.Input(id=Ids.arrives_on, type="date", value=str(today()))),
            field(_("Carrier"), dbc.Input(id=Ids.carrier, maxLength=NAME_LENGTH)),
            field(_("Tracking number"), dbc.Input(id=Ids.tracking, maxLength=NAME_LENGTH)),
            field(_("Packages"), dbc.Input(id=Ids.packages, type="number", min=1, step=1)),
            dbc.Button(_("Send shipping notice"), id=Ids.send, color="primary"),
        ],
        className="field-grid",
    )
