"""What happened between the own company and ours: read page by page."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, Patch, State, callback, dcc, html
from dash.development.base_component import Component

from core.i18n import _, moment
from core.identity import viewer
from core.ids import PageIds
from services.form_values import row_id
from services.partner_events import activity

PATH = "/portal/activity"
PAGE = 50


class Ids(PageIds):
    entries: str
    last: str
    more: str


@callback(
    Output(Ids.entries, "children"),
    Output(Ids.last, "data"),
    Output(Ids.more, "disabled"),
    Input(Ids.more, "n_clicks"),
    State(Ids.last, "data"),
    prevent_initial_call=True,
)
def show_more(_clicks: object, last: object) -> tuple[Any, ...]:
    found = activity(viewer(), before_id=row_id(last) or None, limit=PAGE)
    more = Patch()
    more.extend(entry_cards(found))
    return more, found[-1]["id"] if found else row_id(last), len(found) < PAGE


def entry_cards(found: list[dict[str, Any]]) -> list[Component]:
    """Entries as a list of cards, each with a way to its page when the other side is meant."""
    return [_card(entry) for entry in found]


def _card(entry: dict[str, Any]) -> Component:
    who = _("You") if entry["by_partner"] else _("We")
    title = entry["title"] if entry["by_partner"] else dcc.Link(entry["title"], href=entry["href"])
    said = " · ".join(filter(None, (f"{who}: {entry['actor']}", f"{moment(entry['at'])} (UTC)")))
    return html.Li(
        [html.Div(title), html.P(entry["detail"]) if entry["detail"] else None, html.P(said, className="note")]
    )
