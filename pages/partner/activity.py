"""The portal's log: what happened between the partner's company and ours."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.activity import PAGE, PATH, Ids, entry_cards
from components.page import empty_state, page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.partner_events import activity

register_page(
    __name__,
    path=PATH,
    permission=Permission.PORTAL_MESSAGES,
    name="Activity",
    area=Area.PORTAL_COMPANY,
    order=90,
    description="What happened between your company and ours",
)


def layout(**_query: str) -> Component:
    found = activity(viewer(), limit=PAGE)
    return page_frame(
        _entries(found)
        if found
        else empty_state(_("Nothing happened yet. Orders, answers and decisions appear here.")),
        dcc.Store(id=Ids.last, data=found[-1]["id"] if found else None),
        title=_("Activity"),
        lead=_("What happened between your company and ours, the newest first."),
    )


def _entries(found: list[dict[str, object]]) -> Component:
    return panel(
        html.Ol(entry_cards(found), id=Ids.entries, className="activity"),
        dbc.Button(_("Show more"), id=Ids.more, outline=True, color="primary", size="sm", disabled=len(found) < PAGE),
    )
