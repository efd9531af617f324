"""All accounts, of colleagues and partners."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.admin.people import Ids, account_rows, change_text, demand_names, invited_lines, role_names
from components.download import list_download
from components.forms import field, select
from components.grid import grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission
from services import second_factor

register_page(
    __name__,
    path="/admin/people",
    permission=Permission.PEOPLE_MANAGE,
    name="People",
    area=Area.ADMINISTRATION,
    order=10,
    description="Accounts of colleagues and partners, and who may sign in",
)


def layout(**_query: str) -> Component:
    return page_frame(
        panel(
            grid(
                Ids.accounts,
                [
                    text_column("name", _("Name"), filter=True, minWidth=150),
                    text_column("email", _("E-mail"), filter=True, minWidth=270),
                    text_column("role", _("Role"), filter=True, minWidth=110),
                    text_column("company", _("Company"), filter=True, minWidth=170),
                    text_column("kind", _("Kind"), filter=True, minWidth=100),
                    text_column("state", _("State"), filter=True, minWidth=110),
                    text_column("since", _("Since"), minWidth=110),
                ],
                account_rows(),
                row_id="id",
                selection="single",
                height=520,
            ),
            html.Div(id=Ids.outcome, className="note", role="status"),
            title=_("Accounts"),
            note=_("Select an account. Whoever is deactivated is signed out at once, everywhere."),
            actions=[
                list_download("people", grid_id=Ids.accounts),
                dbc.Button(
                    change_text(active=True), id=Ids.change, disabled=True, outline=True, color="primary", size="sm"
                ),
            ],
        ),
        panel(
            html.Div(
                [
                    field(_("E-mail"), dbc.Input(id=Ids.email, type="email", maxLength=200)),
                    field(_("Name"), dbc.Input(id=Ids.name, maxLength=120)),
                    field(_("Role"), select(Ids.role, role_names(), "")),
                    dbc.Button(_("Invite"), id=Ids.invite, color="primary"),
                ],
                className="account-form",
            ),
            html.Div(id=Ids.invited, role="status"),
            html.Ul(invited_lines(), className="note"),
            title=_("Invite a colleague"),
            note=_("The link works once, for 72 hours. Inviting the same person again ends the older link."),
        ),
        panel(
            html.Div(
                [
                    field(
                        _("A second factor is demanded of"),
                        select(Ids.demanded, demand_names(), second_factor.required_of()),
                    ),
                    dbc.Button(_("Save"), id=Ids.demand, color="primary"),
                ],
                className="account-form",
            ),
            html.Div(id=Ids.demand_outcome, className="note", role="status"),
            title=_("Second factor"),
            note=_("Whoever has none yet sets it up at the next sign-in, before anything else opens."),
        ),
        title=_("People"),
        lead=_("Who may sign in, and how."),
    )
