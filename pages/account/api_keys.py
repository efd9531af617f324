"""The viewer's own API keys."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.account.api_keys import Ids, own_rows
from components.api_key_columns import key_columns
from components.forms import field, select
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from core.i18n import _, counted
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services.api_keys import LIFETIMES, NAME_LENGTH, grantable
from services.api_tokens import may_use

register_page(
    __name__,
    path="/account/api-keys",
    permission=Permission.SIGNED_IN,
    name="API keys",
    area=Area.ACCOUNT,
    order=30,
    description="Keys with which programs work in your name",
    in_navigation=False,
)


def layout(**_query: str) -> Component:
    lead = _("With a key, a program works in your name over the REST API, with the rights you give it and no more.")
    if not may_use(viewer()):
        closed = empty_state(_("The API is not open to your account. Ask your administrator for it."))
        return page_frame(panel(closed, title=_("API keys")), title=_("API keys"), lead=lead)
    return page_frame(_new(), _list(), title=_("API keys"), lead=lead)


def _new() -> Component:
    rights = [{"value": right.value, "label": right.value} for right in grantable(viewer())]
    lifetimes = [(str(days), counted("%(count)s day", "%(count)s days", days)) for days in LIFETIMES]
    return panel(
        html.Div(
            [
                field(
                    _("Name"),
                    dbc.Input(id=Ids.name, maxLength=NAME_LENGTH, placeholder=_("Which program will use it")),
                ),
                field(
                    _("Rights"),
                    dcc.Dropdown(rights, [], id=Ids.scopes, multi=True, placeholder=_("What it may do")),
                ),
                field(_("Good for"), select(Ids.days, lifetimes, str(LIFETIMES[1]))),
                dbc.Button(_("Create key"), id=Ids.create, color="primary"),
            ],
            className="api-key-form",
        ),
        html.Div(id=Ids.made, role="status"),
        title=_("New key"),
        note=_("It has at most the rights that you have yourself, at any time."),
        actions=[html.A(_("What the API can do"), href="/api/v1/docs", className="btn btn-outline-primary btn-sm")],
    )


def _list() -> Component:
    empty = said_when_empty(_("You have no key yet. Create one above."))
    return panel(
        grid(Ids.keys, key_columns(), own_rows(), row_id="id", selection="single", height=320, options=empty),
        html.Div(id=Ids.outcome, className="note", role="status"),
        title=_("Your keys"),
        note=_("A key ends when you revoke it, when it expires, and when your account is deactivated."),
        actions=[dbc.Button(_("Revoke"), id=Ids.revoke, outline=True, color="primary", size="sm")],
    )
