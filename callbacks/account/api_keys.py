"""API keys of one's own: make one, see it once, revoke it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Input, Output, State, callback, html
from dash.development.base_component import Component

from components.api_key_columns import key_rows
from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import api_keys
from services.form_values import chosen_id


class Ids(PageIds):
    name: str
    scopes: str
    days: str
    create: str
    made: str
    keys: str
    revoke: str
    outcome: str


@callback(
    Output(Ids.made, "children"),
    Output(Ids.keys, "rowData"),
    Output(Ids.name, "value"),
    Input(Ids.create, "n_clicks"),
    State(Ids.name, "value"),
    State(Ids.scopes, "value"),
    State(Ids.days, "value"),
    prevent_initial_call=True,
)
def create_key(
    _clicks: object, name: object, scopes: object, days: object
) -> tuple[Component, list[dict[str, Any]], str]:
    made = api_keys.create(viewer(), name=name, scopes=scopes, days=chosen_id(days))
    return new_key(made), own_rows(), ""


@callback(
    Output(Ids.keys, "rowData", allow_duplicate=True),
    Output(Ids.keys, "selectedRows"),
    Output(Ids.outcome, "children"),
    Input(Ids.revoke, "n_clicks"),
    State(Ids.keys, "selectedRows"),
    prevent_initial_call=True,
)
def revoke_key(_clicks: object, selected: object) -> tuple[list[dict[str, Any]], list[Any], str]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select a key first."))
    api_keys.revoke(viewer(), row.get("id"))
    return own_rows(), [], _("The key is revoked and opens nothing any more.")


def own_rows() -> list[dict[str, Any]]:
    """The viewer's keys as grid rows."""
    return key_rows(api_keys.own_keys(viewer()))


def new_key(key: str) -> Component:
    """A key, shown this once."""
    return dbc.Alert(
        [
            html.Strong(_("Your new key. Copy it now: it is shown only this once.")),
            html.Pre(key, className="api-key", tabIndex="0"),
        ],
        color="success",
    )
