"""Supplier quality: raise an issue, read the supplier's answers, close it or send it back."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from callbacks.partner.supplier_quality import (
    CLOSED,
    HIDDEN,
    OPENED,
    SHOWN,
    evidence_zone,
    issue_seen,
    seen_issue,
)
from components.grid import selected_row
from components.quality_issue import evidence, issue_facts, issue_rows, timeline
from components.shell import Ids as Shell
from components.shell import toast
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import supplier_quality
from services.supplier_quality import INSIDE

PATH = INSIDE


class Ids(PageIds):
    show: str
    filter: str
    issues: str
    supplier: str
    item: str
    lot: str
    quantity: str
    title: str
    description: str
    severity: str
    due_on: str
    add: str
    added: str
    detail: str
    close_detail: str
    heading: str
    about: str
    steps: str
    chosen: str
    seen: str
    deciding: str
    note: str
    close: str
    send_back: str
    closed: str
    sent_back: str


@callback(
    Output(Ids.chosen, "data"),
    Input(Ids.issues, "selectedRows"),
    prevent_initial_call=True,
)
def choose_issue(selected: object) -> dict[str, object]:
    row = selected_row(selected)
    return {"id": str(row.get("id"))} if row else {}


@callback(Output(Ids.issues, "selectedRows"), Input(Ids.close_detail, "n_clicks"), prevent_initial_call=True)
def close_detail(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.heading, "children"),
    Output(Ids.about, "children"),
    Output(Ids.steps, "children"),
    Output(Ids.deciding, "style"),
    Output(Ids.seen, "data"),
    Input(Ids.chosen, "data"),
    Input(Ids.closed, "data"),
    Input(Ids.sent_back, "data"),
)
def show_issue(chosen: object, _closed: object, _sent_back: object) -> tuple[Any, ...]:
    wanted = chosen.get("id") if isinstance(chosen, dict) else None
    if not wanted:
        return CLOSED, _("Quality issue"), nothing_chosen(), None, HIDDEN, None
    person = viewer()
    found = supplier_quality.issue(person, wanted)
    may_decide = supplier_quality.may_raise(person)
    about = [
        issue_facts(found.row),
        evidence([(file.file_name, file.href) for file in found.files]),
        evidence_zone(found.row["id"], PATH) if may_decide else None,
    ]
    deciding = SHOWN if may_decide and found.row["state"] == "action" else HIDDEN
    return OPENED, found.row["title"], about, timeline(found.steps), deciding, seen_issue(found)


@callback(
    Output(Ids.added, "data"),
    Input(Ids.add, "n_clicks"),
    State(Ids.supplier, "value"),
    State(Ids.item, "value"),
    State(Ids.lot, "value"),
    State(Ids.quantity, "value"),
    State(Ids.title, "value"),
    State(Ids.description, "value"),
    State(Ids.severity, "value"),
    State(Ids.due_on, "value"),
    prevent_initial_call=True,
)
def add_issue(_clicks: object, *told: object) -> int:
    names = ("supplier", "item", "lot", "quantity", "title", "description", "severity", "due_on")
    made = supplier_quality.raise_issue(viewer(), dict(zip(names, told, strict=True)))
    set_props(Shell.toasts, {"children": [toast(_("Raised. The supplier sees it now."))]})
    return made


@callback(
    Output(Ids.closed, "data"),
    Input(Ids.close, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def close_issue(_clicks: object, seen: object, note: object) -> object:
    wanted, version, _asked = issue_seen(seen)
    supplier_quality.close(viewer(), wanted, version, note)
    set_props(Shell.toasts, {"children": [toast(_("Closed."))]})
    return version


@callback(
    Output(Ids.sent_back, "data"),
    Input(Ids.send_back, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def send_issue_back(_clicks: object, seen: object, note: object) -> object:
    wanted, version, _asked = issue_seen(seen)
    supplier_quality.send_back(viewer(), wanted, version, note)
    set_props(Shell.toasts, {"children": [toast(_("Sent back. The supplier reads your note."))]})
    return version


@callback(
    Output(Ids.issues, "rowData"),
    Input(Ids.added, "data"),
    Input(Ids.closed, "data"),
    Input(Ids.sent_back, "data"),
    State(Ids.filter, "data"),
    prevent_initial_call=True,
)
def show_issues(_added: object, _closed: object, _sent_back: object, show: object) -> list[dict[str, Any]]:
    found = supplier_quality.issues(viewer(), closed=show == "closed")
    return issue_rows(found, inside=True, today=today())


def nothing_chosen() -> str:
    """What the detail says before an issue is chosen."""
    return _("Choose an issue to see its history and to decide on it.")
