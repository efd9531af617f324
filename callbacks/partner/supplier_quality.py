"""A supplier's quality issues: open one, give what it asks for next."""

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
from core.permissions import Permission
from core.viewer import Viewer
from services import supplier_quality
from services.supplier_quality import PORTAL, Issue

PATH = PORTAL


class Ids(QualityIds):
    answering: str
    asked: str
    answer: str
    day: str
    done_on: str
    send: str
    sent: str


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


def may_add(person: Viewer) -> bool:
    """Whether somebody may add evidence."""
    return person.may(Permission.PORTAL_ANSWER)


def next_answer(person: Viewer, found: Issue | None) -> tuple[Any, ...]:
    """The form of the next answer, when there is one to give."""
    asked = found.asked if found is not None and person.may(Permission.PORTAL_ANSWER) else ""
    return SHOWN if asked else HIDDEN, asked_text(asked), SHOWN if asked == "action" else HIDDEN, not asked


SIDE = Side(
    PATH,
    "/portal/supplier/orders?show=all",
    may_add,
    nothing_chosen,
    (
        Output(Ids.answering, "style"),
        Output(Ids.asked, "children"),
        Output(Ids.day, "style"),
        Output(Ids.send, "disabled"),
    ),
    next_answer,
)
open_issues(Ids, SIDE, again_after=[Ids.sent])


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
