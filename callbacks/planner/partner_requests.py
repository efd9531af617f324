"""What partners ask for: choose a request, see what it means, accept or reject it; accept many plain ones at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, callback
from dash.development.base_component import Component

from callbacks.queue_views import CLOSED, HIDDEN, OPENED, SHOWN, Queue, QueueIds, decide_on
from components.answers import comparison
from components.forms import facts
from components.grid import selected_row
from components.quality_issue import evidence
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.clock import now
from core.i18n import EMPTY, _, counted, moment, money, number
from core.identity import viewer
from core.permissions import Permission
from core.viewer import Viewer
from services import partner_requests
from services.partner_requests import Request
from services.submission_kinds import KINDS

PATH = "/supply/partner-requests"
STATES = {"pending": "warn", "accepted": "good", "rejected": "bad", "superseded": "quiet", "withdrawn": "quiet"}


class Ids(QueueIds):
    kind: str
    show: str


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.deciding, "style"),
    Output(Ids.accept, "disabled"),
    Output(Ids.note, "value"),
    Output(Ids.accept_chosen, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_request(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    several = not selected
    if row is None:
        return CLOSED, _("Request"), nothing_chosen(), None, HIDDEN, True, "", several
    found = partner_requests.request(viewer(), row.get("id"))
    decides = viewer().may(found.kind.decided_by) and found.submission.status == "pending"
    return (
        OPENED,
        f"{_(found.kind.title)} · {found.submission.company}",
        about(found),
        found.submission.id,
        SHOWN if decides else HIDDEN,
        not found.may_be_accepted,
        "",
        several,
    )


def filter_of(chosen: object) -> tuple[str, bool]:
    """Which list is on the screen, as the browser says."""
    given = chosen if isinstance(chosen, dict) else {}
    return str(given.get("kind") or ""), given.get("show") == "decided"


def request_rows(found: Sequence[Request]) -> list[dict[str, Any]]:
    """Requests as grid rows of two text lines each."""
    return [_row(each) for each in found]


def request_cards(waiting: Mapping[str, int], kind: str, *, decided: bool) -> list[Component]:
    """What waits, by who may decide it: everything, and the most frequent kinds."""
    mine = sum(count for name, count in waiting.items() if name in KINDS and viewer().may(KINDS[name].decided_by))
    return todo_cards(
        [
            _card(_("Waiting"), sum(waiting.values()), _("of all partners"), "", chosen=not kind and not decided),
            _card(_("For you"), mine, _("you may decide on them"), "", chosen=False),
            *(
                _card(_(KINDS[name].title), count, _("waiting"), name, chosen=kind == name)
                for name, count in sorted(waiting.items(), key=lambda item: -item[1])[:2]
                if name in KINDS
            ),
        ]
    )


def kind_choices(person: Viewer) -> list[tuple[str, str]]:
    """Kinds of requests to choose from, those one may decide on first."""
    ordered = sorted(KINDS.values(), key=lambda kind: (not person.may(kind.decided_by), _(kind.title)))
    return [("all", _("All kinds")), *((kind.name, _(kind.title)) for kind in ordered)]


def nothing_chosen() -> str:
    """What the detail says before a request is chosen."""
    return _("Choose a request to see what it means and to decide on it.")


def about(found: Request) -> list[Component]:
    """A request in full: as it is and as asked for, who asks and why."""
    submission, described = found.submission, found.described
    named = [
        (_("Partner"), submission.company),
        (_("Asked by"), f"{submission.asked_by}, {moment(submission.created_at)} (UTC)"),
        (_("In short"), described.summary),
        (_("Value affected"), money(described.impact) if described.impact else EMPTY),
        (_("Note"), submission.note or EMPTY),
    ]
    if submission.decided_at:
        decided = f"{submission.decided_by or EMPTY}, {moment(submission.decided_at)} (UTC)"
        named.append((_state(submission.status), ": ".join(filter(None, (decided, submission.decision_note)))))
    if described.obstacle and submission.status == "pending":
        named.append((_("Attention"), described.obstacle))
    compared = [(label, [before, after]) for label, before, after in described.facts]
    table = [comparison([_("As it is"), _("As asked for")], compared)] if compared else []
    files = [evidence(found.described.files)] if found.described.files else []
    return [facts(named), *table, *files]


def _card(name: str, count: int, note: str, kind: str, *, chosen: bool) -> TodoCard:
    href = f"{PATH}?{urlencode({'kind': kind})}" if kind else PATH
    return TodoCard(name, number(count), note, href, tone="warn" if count else "quiet", chosen=chosen)


def _row(found: Request) -> dict[str, Any]:
    submission, described = found.submission, found.described
    age = (now() - submission.created_at).days
    waiting = counted("1 day ago", "%(count)s days ago", age) if age else _("today")
    return {
        "id": submission.id,
        "partner": f"{submission.company}\n{submission.asked_by}, {waiting}",
        "what": f"{_(found.kind.title)}\n{described.summary}",
        "impact": round(described.impact, 2) if described.impact else None,
        "state": marked(_("Needs no judgement") if described.plain else _state(submission.status), _tone(found)),
        "tone": _tone(found),
        "note": (described.obstacle if submission.status == "pending" else submission.decision_note)
        or submission.note
        or "",
    }


def _tone(found: Request) -> str:
    return "good" if found.described.plain else STATES[found.submission.status]


def _state(status: str) -> str:
    texts = {
        "pending": _("Waiting"),
        "accepted": _("Accepted"),
        "rejected": _("Not accepted"),
        "superseded": _("Replaced"),
        "withdrawn": _("Taken back"),
    }
    return texts[status]


def _listed(chosen: object) -> tuple[list[dict[str, Any]], list[Component]]:
    kind, decided = filter_of(chosen)
    found = partner_requests.requests(viewer(), kind=kind, decided=decided)
    return request_rows(found), request_cards(partner_requests.pending_by_kind(viewer()), kind, decided=decided)


decide_on(
    Ids,
    Queue(
        # Each kind of request names who may decide on it; the service looks.
        permission=Permission.PARTNER_READ,
        accept=lambda person, chosen, note: partner_requests.accept(person, chosen, note=note),
        reject=partner_requests.reject,
        accept_plain=partner_requests.accept_plain,
        accepted=lambda: _("Accepted. It counts from now on; the partner is told."),
        rejected=lambda: _("Not accepted. The partner reads your note."),
        together=lambda count: counted("One request accepted.", "%(count)s requests accepted.", count),
        listed=_listed,
    ),
)
