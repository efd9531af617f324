"""The first page of a portal: what waits for the partner, what was decided, what happened last."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner import activity
from callbacks.partner.home import PATH, decided_requests, waiting_cards
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.portal_home import DECIDED_DAYS, PortalHome, portal_home

register_page(
    __name__,
    path=PATH,
    permission=Permission.PORTAL_MESSAGES,
    name="Overview",
    area=Area.PORTAL,
    order=1,
    description="What waits for you, what was decided and what happened last",
)


def layout(**_query: str) -> Component:
    person = viewer()
    found = portal_home(person)
    return page_frame(
        html.Div(waiting_cards(found, person), className="todo-cards todo-cards-four"),
        html.Div([_decided(found), _happened(found)], className="two-columns"),
        title=_("Overview"),
        lead=_("What waits for you and for us."),
    )


def _decided(found: PortalHome) -> Component:
    newest = found.asked.newest
    nothing = _("Nothing was decided in the last %(days)s days.", days=DECIDED_DAYS)
    return panel(
        html.Ol(decided_requests(newest), className="activity") if newest else html.P(nothing, className="note"),
        title=_("Decided in the last %(days)s days", days=DECIDED_DAYS),
        note=_("%(shown)s of %(count)s", shown=len(newest), count=found.asked.decided)
        if found.asked.decided > len(newest)
        else "",
    )


def _happened(found: PortalHome) -> Component:
    nothing = _("Nothing happened yet. Orders, answers and decisions appear here.")
    return panel(
        html.Ol(activity.entry_cards(list(found.happened)), className="activity")
        if found.happened
        else html.P(nothing, className="note"),
        title=_("What happened last"),
        actions=[dcc.Link(_("All activity"), href=activity.PATH)],
    )
