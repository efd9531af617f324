"""The viewer's own account: end other sessions."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback
from flask import session

from core.i18n import EMPTY, _, moment
from core.identity import viewer
from core.ids import PageIds
from services import accounts


class Ids(PageIds):
    sessions: str
    end_others: str
    outcome: str


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.sessions, "rowData"),
    Input(Ids.end_others, "n_clicks"),
    prevent_initial_call=True,
)
def end_other_sessions(_clicks: int) -> tuple[str, list[dict[str, Any]]]:
    ended = accounts.sign_out_elsewhere(session["_user_id"], viewer())
    return _("Ended %(count)s other sessions.", count=ended), session_rows()


def session_rows() -> list[dict[str, Any]]:
    """The viewer's open sessions as grid rows."""
    return [
        {
            "began": moment(found["created_at"]),
            "used": moment(found["last_seen_at"]),
            "address": found["address"] or EMPTY,
            "browser": found["agent"] or EMPTY,
        }
        for found in accounts.sessions_of(viewer())
    ]
