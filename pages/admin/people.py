"""All accounts, of colleagues and partners."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.admin.people import Ids, account_rows, change_text
from components.download import list_download
from components.grid import grid, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission

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
        title=_("People"),
        lead=_("Who may sign in. Administrators are added at the command line."),
    )
