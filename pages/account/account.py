"""The viewer's own account."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.account.account import Ids, session_rows
from components.forms import facts
from components.grid import grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission

register_page(
    __name__,
    path="/account",
    permission=Permission.SIGNED_IN,
    name="Account",
    area=Area.ACCOUNT,
    order=10,
    description="Your account and where you are signed in",
    in_navigation=False,
)


def layout(**_query: str) -> Component:
    person = viewer()
    return page_frame(
        panel(
            facts([(_("Name"), person.name), (_("E-mail"), person.email), (_("Role"), person.role.title())]),
            title=_("You"),
            actions=[
                html.A(_("Change the password"), href="/password", className="btn btn-outline-primary btn-sm"),
                html.A(_("Second factor"), href="/second-factor", className="btn btn-outline-primary btn-sm"),
                dcc.Link(_("Notifications"), href="/account/notifications"),
            ],
        ),
        panel(
            grid(
                Ids.sessions,
                [
                    text_column("used", _("Last used (UTC)"), maxWidth=170),
                    text_column("began", _("Signed in (UTC)"), maxWidth=170),
                    text_column("address", _("Address"), maxWidth=160),
                    text_column("browser", _("Browser")),
                ],
                session_rows(),
                row_id="id",
                selection="single",
                height=220,
            ),
            html.Div(id=Ids.outcome, className="note", role="status"),
            title=_("Where you are signed in"),
            note=_("A session ends after 30 minutes without use and after 12 hours in any case."),
            actions=[
                dbc.Button(_("End the selected session"), id=Ids.end, outline=True, color="primary", size="sm"),
                dbc.Button(_("End all other sessions"), id=Ids.end_others, outline=True, color="primary", size="sm"),
            ],
        ),
        title=_("Account"),
    )
