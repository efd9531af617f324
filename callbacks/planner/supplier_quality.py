"""Supplier quality: raise an issue, read the supplier's answers, close it or send it back."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from callbacks.quality_views import HIDDEN, SHOWN, QualityIds, Side, issue_seen, open_issues
from components.quality_issue import issue_rows
from components.shell import Ids as Shell
from components.shell import toast
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.viewer import Viewer
from services import supplier_quality
from services.supplier_quality import INSIDE, Issue

PATH = INSIDE


class Ids(QualityIds):
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
    deciding: str
    note: str
    close: str
    send_back: str
    closed: str
    sent_back: str


def nothing_chosen() -> str:
    """What the detail says before an issue is chosen."""
    return _("Choose an issue to see its history and to decide on it.")


def decision(person: Viewer, found: Issue | None) -> tuple[dict[str, str]]:
    """Whether it is this colleague's turn to verify."""
    turn = found is not None and found.row["state"] == "action" and supplier_quality.may_raise(person)
    return (SHOWN if turn else HIDDEN,)


SIDE = Side(
    PATH,
    "/supply/purchase-orders?",
    supplier_quality.may_raise,
    nothing_chosen,
    (Output(Ids.deciding, "style"),),
    decision,
)
open_issues(Ids, SIDE, again_after=[Ids.closed, Ids.sent_back])


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
