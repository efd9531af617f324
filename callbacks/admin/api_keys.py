"""API keys of everybody: an administrator sees and revokes them."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.api_key_columns import key_rows
from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import api_keys


class Ids(PageIds):
    keys: str
    revoke: str
    outcome: str


@callback(
    Output(Ids.keys, "rowData"),
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
    api_keys.revoke(viewer(), row.get("id"), of_anybody=True)
    return all_rows(), [], _("The key is revoked and opens nothing any more.")


def all_rows() -> list[dict[str, Any]]:
    """Everybody's keys as grid rows."""
    return key_rows(api_keys.all_keys(viewer()))
