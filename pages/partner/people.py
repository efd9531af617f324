"""The partner's own people."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.partner.people import PATH, Ids, level_names, people_rows
from components.forms import field, select
from components.grid import text_column
from components.page import page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Level, Permission

register_page(
    __name__,
    path=PATH,
    permission=Permission.PORTAL_PEOPLE,
    name="People",
    area=Area.PORTAL_COMPANY,
    order=10,
    description="Who of your company comes in, and on which level",
)


def layout(**_query: str) -> Component:
    levels = list(level_names().items())
    columns = [
        two_line_column("who", _("Person"), minWidth=150, width=320),
        state_column("state", _("State"), minWidth=98, width=190),
        text_column("level", _("Level"), minWidth=110, width=260, cellClass="two-lines"),
    ]
    return page_frame(
        panel(
            two_line_grid(Ids.people, columns, people_rows(), empty=_("Nobody yet."), selection="single"),
            html.Div(
                [
                    field(_("Level"), select(Ids.new_level, levels, Level.USER.value)),
                    dbc.Button(_("Save the level"), id=Ids.save, color="primary"),
                    dbc.Button(_("Remove"), id=Ids.remove, outline=True, color="danger"),
                ],
                className="account-form",
            ),
            html.Div(id=Ids.outcome, className="note", role="status"),
            title=_("Your people"),
            note=_("Select a person. Whoever is removed is signed out at once; a level lets a removed one in again."),
        ),
        panel(
            html.Div(
                [
                    field(_("E-mail"), dbc.Input(id=Ids.email, type="email", maxLength=200)),
                    field(_("Name"), dbc.Input(id=Ids.name, maxLength=120)),
                    field(_("Level of the new person"), select(Ids.level, levels, Level.USER.value)),
                    dbc.Button(_("Invite"), id=Ids.invite, color="primary"),
                ],
                className="account-form",
            ),
            html.Div(id=Ids.invited, role="status"),
            title=_("Invite a colleague"),
            note=_("The link works once, for 72 hours. Inviting the same person again ends the older link."),
        ),
        title=_("People"),
        lead=_("Who of your company comes in here, and what they may do."),
    )
