"""A supplier's quality issues: open one, give what it asks for next."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.import_panels import drop_zone
from components.message_thread import ACCEPTED
from components.quality_issue import evidence, issue_facts, issue_rows, timeline
from components.shell import Ids as Shell
from components.shell import toast
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import supplier_quality
from services.supplier_quality import PORTAL, Issue

PATH = PORTAL
CLOSED, OPENED = "panel detail", "panel detail detail-open"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(PageIds):
    show: str
    filter: str
    issues: str
    detail: str
    close: str
    title: str
    about: str
    steps: str
    chosen: str
    seen: str
    answering: str
    asked: str
    answer: str
    day: str
    done_on: str
    send: str
    sent: str


@callback(
    Output(Ids.chosen, "data"),
    Input(Ids.issues, "selectedRows"),
    prevent_initial_call=True,
)
def choose_issue(selected: object) -> dict[str, object]:
    row = selected_row(selected)
    return {"id": str(row.get("id"))} if row else {}


@callback(Output(Ids.issues, "selectedRows"), Input(Ids.close, "n_clicks"), prevent_initial_call=True)
def close_detail(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.steps, "children"),
    Output(Ids.answering, "style"),
    Output(Ids.asked, "children"),
    Output(Ids.day, "style"),
    Output(Ids.send, "disabled"),
    Output(Ids.seen, "data"),
    Input(Ids.chosen, "data"),
    Input(Ids.sent, "data"),
)
def show_issue(chosen: object, _sent: object) -> tuple[Any, ...]:
    wanted = chosen.get("id") if isinstance(chosen, dict) else None
    if not wanted:
        return CLOSED, _("Quality issue"), nothing_chosen(), None, HIDDEN, "", HIDDEN, True, None
    person = viewer()
    found = supplier_quality.issue(person, wanted)
    may_answer = person.may(Permission.PORTAL_ANSWER) and bool(found.asked)
    about = [
        issue_facts(found.row),
        evidence([(file.file_name, file.href) for file in found.files]),
        evidence_zone(found.row["id"]) if person.may(Permission.PORTAL_ANSWER) else None,
    ]
    return (
        OPENED,
        found.row["title"],
        about,
        timeline(found.steps),
        SHOWN if may_answer else HIDDEN,
        asked_text(found.asked),
        SHOWN if found.asked == "action" else HIDDEN,
        not may_answer,
        seen_issue(found),
    )


@callback(
    Output(Ids.sent, "data"),
    Output(Ids.answer, "value"),
    Output(Ids.issues, "rowData"),
    Input(Ids.send, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.answer, "value"),
    State(Ids.done_on, "value"),
    State(Ids.filter, "data"),
    prevent_initial_call=True,
)
def send_answer(_clicks: object, seen: object, answer: object, done_on: object, show: object) -> tuple[Any, ...]:
    person, (wanted, version, asked) = viewer(), issue_seen(seen)
    supplier_quality.answer(person, wanted, version, answer, asked=asked, done_on=done_on)
    set_props(Shell.toasts, {"children": [toast(_("Your answer is with the company."))]})
    listed = supplier_quality.issues(person, closed=show == "closed")
    return version, "", issue_rows(listed, inside=False, today=today())


def seen_issue(found: Issue) -> dict[str, object]:
    """What was on the screen of an issue, so that an answer to an older state is told."""
    return {"id": found.row["id"], "version": found.row["version"], "asked": found.asked}


def issue_seen(seen: object) -> tuple[object, object, object]:
    """Id, version and what was asked for on the screen; the service checks them."""
    given = seen if isinstance(seen, dict) else {}
    return given.get("id"), given.get("version"), given.get("asked")


def evidence_zone(issue_id: object, page: str = PATH) -> Any:
    """Where evidence of an issue is dropped."""
    return drop_zone(
        upload_path=f"{page}/{issue_id}/file",
        open_path=f"{page}?id=",
        label=_("Add evidence: PDF, PNG, JPEG, XLSX or CSV, at most 10 MB"),
        accept=ACCEPTED,
    )


def asked_text(asked: str) -> str:
    """What the supplier is asked for."""
    texts = {
        "containment": _("Containment: what keeps the goods affected from being used, here and on the way?"),
        "cause": _("Root cause: ask “why?” five times, one answer a line."),
        "action": _("Corrective action: what keeps it from happening again, and since when?"),
    }
    return texts.get(asked, "")


def nothing_chosen() -> str:
    """What the detail says before an issue is chosen."""
    return _("Choose an issue to see its history and to answer it.")
