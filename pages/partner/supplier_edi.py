"""The supplier's portal: orders, answers, shipping notices and forecasts as EDIFACT files."""

from __future__ import annotations

from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_edi import PATH, Ids
from components.forms import field
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import edi

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_PORTAL,
    name="EDI",
    area=Area.PORTAL_COMPANY,
    order=70,
    description="Orders, answers, shipping notices and forecasts as EDIFACT files",
)


def layout(**_query: str) -> Component:
    return page_frame(
        _sending() if viewer().may(Permission.PORTAL_ANSWER) else None,
        _downloads(),
        title=_("EDI"),
        lead=_("Exchange files with your own system: EDIFACT, directory D.96A."),
    )


def _sending() -> Component:
    choose = dcc.Upload(
        html.Button(_("Choose a file"), className="btn btn-outline-primary", type="button"),
        id=Ids.file,
        accept=".edi,.txt,.edifact,text/plain",
        max_size=edi.LARGEST,
    )
    return panel(
        choose,
        field(_("Or paste its text"), dbc.Textarea(id=Ids.text, rows=6, maxLength=edi.LARGEST)),
        html.Div(
            [
                dbc.Button(_("Check"), id=Ids.check, color="primary", outline=True),
                dbc.Button(_("Take it over"), id=Ids.take, color="primary", disabled=True),
            ],
            className="form-line",
        ),
        html.Div(id=Ids.told, role="status"),
        title=_("Send answers or a shipping notice"),
        note=_("ORDRSP or DESADV, up to 1 MB. All of a file is taken over, or nothing."),
    )


def _downloads() -> Component:
    orders = edi.orders_to_download(viewer())
    links = [(number, f"/download/order.edi?{urlencode({'number': number})}") for number in orders]
    if viewer().may(Permission.SUPPLIER_FORECAST):
        links.insert(0, (_("Shared forecast (DELFOR)"), "/download/supplier-forecast.edi"))
    nothing = _("No order is open. New orders appear here as soon as they are sent to you.")
    return panel(
        html.Ul([html.Li(html.A(text, href=href, download="")) for text, href in links]),
        None if orders else html.P(nothing, className="note"),
        title=_("Download"),
        note=_("The forecast, and open orders (ORDERS), those due first in front."),
    )
