"""Documents asked of suppliers: ask for one, withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.certificate_kinds import kind_name
from core.clock import today
from core.i18n import _, day
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import document_requests
from services.document_requests import INSIDE

PATH = INSIDE


class Ids(PageIds):
    show: str
    filter: str
    rows: str
    supplier: str
    kind: str
    item: str
    due_on: str
    note: str
    ask: str
    asked: str
    withdraw: str
    withdrawn: str


@callback(
    Output(Ids.asked, "data"),
    Input(Ids.ask, "n_clicks"),
    State(Ids.supplier, "value"),
    State(Ids.kind, "value"),
    State(Ids.item, "value"),
    State(Ids.due_on, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def ask(_clicks: object, *told: object) -> int:
    made = document_requests.ask(viewer(), dict(zip(("supplier", "kind", "item", "due_on", "note"), told, strict=True)))
    set_props(Shell.toasts, {"children": [toast(_("Asked. The supplier is told now."))]})
    return made


@callback(Output(Ids.withdraw, "disabled"), Input(Ids.rows, "selectedRows"), prevent_initial_call=True)
def offer_withdrawing(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or row.get("open") is not True or not viewer().may(Permission.PURCHASE_EDIT)


@callback(
    Output(Ids.withdrawn, "data"),
    Input(Ids.withdraw, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def withdraw(_clicks: object, selected: object) -> object:
    row = selected_row(selected) or {}
    document_requests.withdraw(viewer(), row.get("id"))
    set_props(Shell.toasts, {"children": [toast(_("Withdrawn."))]})
    return row.get("id")


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.asked, "data"),
    Input(Ids.withdrawn, "data"),
    State(Ids.filter, "data"),
    prevent_initial_call=True,
)
def show_requests(_asked: object, _withdrawn: object, show: object) -> tuple[Any, ...]:
    found = document_requests.requests(viewer(), closed=show == "closed")
    return request_rows(found, on=today()), []


def request_rows(found: Sequence[dict[str, Any]], *, on: date) -> list[dict[str, Any]]:
    """Requests as grid rows of two text lines each."""
    return [_row(each, on) for each in found]


def _row(found: dict[str, Any], on: date) -> dict[str, Any]:
    late = found["state"] == "open" and found["due_on"] < on
    texts = {
        "open": (_("Overdue"), "bad") if late else (_("Open"), "warn"),
        "done": (_("Received"), "good"),
        "cancelled": (_("Withdrawn"), "quiet"),
    }
    text, tone = texts[found["state"]]
    item = f"{found['code']} · {found['item']}" if found["code"] else _("all items")
    return {
        "id": found["id"],
        "open": found["state"] == "open",
        "what": f"{kind_name(found['kind'])} · {found['company']}\n{item}",
        "state": f"{marked(text, tone)}\n{_('due %(day)s', day=day(found['due_on']))}",
        "tone": tone,
        "note": f"{found['note'] or ''}\n{_('asked %(day)s', day=day(found['created_at'].date()))}",
    }
