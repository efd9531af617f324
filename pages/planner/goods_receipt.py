"""Supply › Goods receipt: expected deliveries, what came in of them, and the bookings."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.goods_receipt import (
    HIDDEN,
    PATH,
    SHOWN,
    Ids,
    arrival_rows,
    booking_rows,
    nothing_expected,
)
from components.download import list_download
from components.forms import field
from components.grid import TYPED_FIGURE, figure_column, grid, text_column
from components.page import page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.goods_receipts import REASON_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Goods receipt",
    area=Area.SUPPLY,
    order=36,
    description="Expected deliveries, what came in, and bookings to take back",
)


def layout(**_query: str) -> Component:
    return page_frame(
        panel(
            _arrivals(),
            title=_("Expected"),
            note=_("Shipments on their way first, then lines nobody announced."),
            actions=[list_download("expected-deliveries", grid_id=Ids.arrivals, name=_("Expected"))],
        ),
        html.Section(
            [
                html.H2(_("Choose a delivery to book what came in."), id=Ids.title),
                html.Div(
                    [
                        _lots(),
                        html.P(_("Quantity is what is good and goes into stock. A difference needs a reason.")),
                        dbc.Button(_("Book receipt"), id=Ids.book, color="primary"),
                    ],
                    id=Ids.working,
                    style=HIDDEN,
                ),
            ],
            className="panel",
        ),
        panel(
            _bookings(),
            _reversal(),
            title=_("Bookings"),
            actions=[list_download("goods-receipts", grid_id=Ids.bookings, name=_("Bookings"))],
        ),
        *(dcc.Store(id=store) for store in (Ids.chosen, Ids.booked, Ids.reversed)),
        title=_("Goods receipt"),
        lead=_("What suppliers bring. Booking puts it into stock and finishes order lines that are complete."),
    )


def _arrivals() -> Component:
    columns = [
        two_line_column("order", _("Shipment or order"), filter=True, minWidth=130),
        two_line_column("what", _("What"), filter=True, minWidth=130),
        state_column("state", _("Expected"), minWidth=110),
    ]
    return two_line_grid(Ids.arrivals, columns, arrival_rows(), empty=nothing_expected(), selection="single")


def _lots() -> Component:
    columns = [
        text_column("order", _("Order"), minWidth=130),
        text_column("item", _("Item"), minWidth=160),
        figure_column("expected", _("Expected"), decimals=2, minWidth=95),
        figure_column("quantity", _("Quantity"), decimals=2, minWidth=95, editable=True, **TYPED_FIGURE),
        figure_column("damaged", _("Damaged"), decimals=2, minWidth=95, editable=True, **TYPED_FIGURE),
        text_column("uom", _("Unit"), minWidth=65),
        text_column("lot", _("Lot"), minWidth=100, editable=True),
        text_column("expires_on", _("Expires on"), minWidth=105, editable=True),
        text_column("reason", _("Reason of a difference"), minWidth=160, editable=True),
    ]
    return grid(Ids.lots, columns, [], row_id="id", height=240)


def _bookings() -> Component:
    columns = [
        two_line_column("order", _("Booking"), filter=True, minWidth=130),
        two_line_column("what", _("What"), filter=True, minWidth=130),
        state_column("state", _("State"), minWidth=110),
        two_line_column("who", _("Booked by"), minWidth=130),
    ]
    return two_line_grid(Ids.bookings, columns, booking_rows(), empty=_("Nothing was booked yet."), selection="single")


def _reversal() -> Component:
    may_book = viewer().may(Permission.INVENTORY_EDIT)
    return html.Div(
        [
            field(_("Reason to take a booking back"), dbc.Input(id=Ids.reason, type="text", maxLength=REASON_LENGTH)),
            dbc.Button(_("Take chosen booking back"), id=Ids.reverse, outline=True, color="primary", disabled=True),
        ],
        className="form-line",
        style=SHOWN if may_book else HIDDEN,
    )
