"""The customer's portal: problems with deliveries, and goods sent back."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.customer_returns import PATH, Ids, line_choices, return_rows
from components.download import list_download
from components.forms import NOTHING, field, select
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import customer_returns
from services.customer_returns import LONGEST_LOT, Returns, reason_names
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.CUSTOMER_RETURNS,
    name="Returns",
    area=Area.PORTAL_QUALITY,
    order=20,
    description="Report a problem with a delivery and send goods back",
)


def layout(line: str = "", **_query: str) -> Component:
    found = customer_returns.returns(viewer())
    return page_frame(
        _report(found, line),
        _list(found),
        title=_("Returns"),
        lead=_(
            "Tell us what is wrong with a delivery; once we agree, you get a return number and the credit to expect."
        ),
        actions=[list_download("customer-returns", grid_id=Ids.rows)],
    )


def _report(found: Returns, line: str) -> Component:
    if not found.deliveries:
        return empty_state(
            _("Nothing was delivered in the last %(days)s days, so nothing can be returned.", days=found.days),
            action=_("See your orders"),
            href="/portal/customer/orders?show=delivered",
        )
    lines = line_choices(found.deliveries)
    chosen = line if line in dict(lines) else NOTHING
    nothing = [(NOTHING, _("Please choose"))]
    reasons = list(reason_names().items())
    return panel(
        html.Div(
            [
                field(_("Delivery"), select(Ids.line, [*nothing, *lines], chosen)),
                field(_("What is wrong"), select(Ids.reason, reasons, reasons[0][0])),
                field(_("Quantity"), dbc.Input(id=Ids.quantity, type="number", min=0, step="any")),
                field(_("Lot, if you know it"), dbc.Input(id=Ids.lot, maxLength=LONGEST_LOT)),
                field(_("What happened"), dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2)),
                dbc.Button(
                    _("Report"), id=Ids.report, color="primary", disabled=not viewer().may(Permission.PORTAL_ANSWER)
                ),
            ],
            className="basket-form return-form",
        ),
        title=_("Report a problem"),
        note=_("Deliveries of the last %(days)s days.", days=found.days),
    )


def _list(found: Returns) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), minWidth=150, width=260, sortable=False),
        state_column("state", _("State"), minWidth=136, width=210, sortable=False),
        two_line_column("what", _("Quantity, reason"), minWidth=100, width=150, sortable=False),
        two_line_column("number", _("Return, lot"), minWidth=110, width=150, sortable=False),
        two_line_column("credit", _("Credit"), minWidth=100, width=140, sortable=False),
    ]
    return panel(
        two_line_grid(
            Ids.rows,
            columns,
            return_rows(found),
            empty=_("Nothing was reported. Choose a delivery above when something is wrong."),
            selection="single",
        ),
        html.Div(
            [
                dbc.Button(_("Take the report back"), id=Ids.back, color="secondary", outline=True, disabled=True),
                _messages(),
            ],
            className="button-row",
        ),
        title=_("Reported and returned"),
    )


def _messages() -> Component | None:
    if not viewer().may(Permission.PORTAL_MESSAGES):
        return None
    return dcc.Link(_("Send pictures in a message"), href="/portal/messages", className="btn btn-outline-primary")
