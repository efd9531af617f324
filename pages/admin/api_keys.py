"""The API keys of everybody."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.admin.api_keys import Ids, all_rows
from components.api_key_columns import key_columns
from components.grid import grid, said_when_empty, text_column
from components.page import page_frame, panel
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission

register_page(
    __name__,
    path="/admin/api-keys",
    permission=Permission.API_MANAGE,
    name="API keys",
    area=Area.ADMINISTRATION,
    order=40,
    description="Keys of all people and partners, and what they may do",
)


def layout(**_query: str) -> Component:
    owner = [
        text_column("owner", _("Owner"), filter=True, minWidth=140),
        text_column("company", _("Company"), filter=True, minWidth=170),
    ]
    return page_frame(
        panel(
            grid(
                Ids.keys,
                [*owner, *key_columns()],
                all_rows(),
                row_id="id",
                selection="single",
                height=520,
                options=said_when_empty(_("Nobody has a key yet. People make theirs under their account.")),
            ),
            html.Div(id=Ids.outcome, className="note", role="status"),
            title=_("Keys"),
            note=_("Everybody makes their own keys under their account. A key never has more rights than its owner."),
            actions=[dbc.Button(_("Revoke"), id=Ids.revoke, outline=True, color="primary", size="sm")],
        ),
        title=_("API keys"),
        lead=_("Which programs work in whose name. Whoever is deactivated takes their keys along."),
    )
