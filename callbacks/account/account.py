"""The viewer's own account: end other sessions."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback
from flask import session

from components.grid import selected_row
from core.errors import InvalidInput
from core.i18n import EMPTY, _, moment
from core.identity import viewer
from core.ids import PageIds
from services import accounts


class Ids(PageIds):
    sessions: str
    end_others: str
    outcome: str
    end: str


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.sessions, "rowData"),
    Input(Ids.end_others, "n_clicks"),
    prevent_initial_call=True,
)
def end_other_sessions(_clicks: int) -> tuple[str, list[dict[str, Any]]]:
    ended = accounts.sign_out_elsewhere(session["_user_id"], viewer())
    return _("Ended %(count)s other sessions.", count=ended), session_rows()


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.sessions, "rowData", allow_duplicate=True),
    Input(Ids.end, "n_clicks"),
    State(Ids.sessions, "selectedRows"),
    prevent_initial_call=True,
)
def end_session(_clicks: int, selected: object) -> tuple[str, list[dict[str, Any]]]:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Select a session first."))
    accounts.end_session(viewer(), row.get("id"))
    return _("The session has ended."), session_rows()


def session_rows() -> list[dict[str, Any]]:
    """The viewer's open sessions as grid rows."""
    return [
        {
            "id": found["key"],
            "began": moment(found["created_at"]),
            "used": moment(found["last_seen_at"]),
            "address": found["address"] or EMPTY,
            "browser": found["agent"] or EMPTY,
        }
        for found in accounts.sessions_of(viewer())
    ]
