"""Inbox: choosing entries, and what becomes of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.grid import selected_rows
from components.two_line_grid import marked
from core.clock import today
from core.guard import requires
from core.i18n import _, counted, day, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import inbox
from services.inbox import Choice, InboxFilters, Outcome, Worklist, inbox_filters
from services.inbox_entries import NOTICES, Entry, kind_name

PATH = "/inbox"
MOST_TOLD = 5


class Ids(PageIds):
    filters: str
    show: str
    kind: str
    search: str
    queues: str
    queue_name: str
    save_queue: str
    drop_queue: str
    progress: str
    totals: str
    rows: str
    selected: str
    accept: str
    limit: str
    reject: str
    done: str
    snooze: str
    until: str
    reason: str
    wake: str
    outcome: str


# Where Enter and a click lead is known to the browser already.
clientside_callback(
    ClientsideFunction("worklist", "open"),
    Output(Ids.rows, "id"),
    Input(Ids.rows, "cellClicked"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)


@callback(
    Output(Ids.selected, "children"),
    *(Output(name, "disabled") for name in (Ids.accept, Ids.reject, Ids.done, Ids.snooze, Ids.wake)),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[Any, ...]:
    rows = selected_rows(selected)
    sizes = [row.get("size") for row in rows]
    total = sum(size for size in sizes if isinstance(size, int | float))
    told = counted("%(count)s entry, RM %(size)s", "%(count)s entries, RM %(size)s", len(rows), size=number(total))
    return told if rows else "", *[not rows] * 5


CHANGED = (
    *(Output(Ids.rows, "rowData", allow_duplicate=True), Output(Ids.rows, "selectedRows", allow_duplicate=True)),
    *(Output(name, "children", allow_duplicate=True) for name in (Ids.progress, Ids.totals, Ids.outcome)),
)
CHOSEN = (State(Ids.rows, "selectedRows"), State(Ids.filters, "data"))


@callback(*CHANGED, Input(Ids.accept, "n_clicks"), State(Ids.limit, "value"), *CHOSEN, prevent_initial_call=True)
@requires(Permission.PLAN_READ)
def accept(_clicks: object, limit: object, selected: object, filters: object) -> tuple[Any, ...]:
    return changed(inbox.accept(viewer(), choices(selected), limit=limit), _("accepted"), filters)


@callback(*CHANGED, Input(Ids.reject, "n_clicks"), State(Ids.reason, "value"), *CHOSEN, prevent_initial_call=True)
@requires(Permission.PLAN_READ)
def reject(_clicks: object, reason: object, selected: object, filters: object) -> tuple[Any, ...]:
    return changed(inbox.reject(viewer(), choices(selected), reason=reason), _("turned down"), filters)


@callback(*CHANGED, Input(Ids.done, "n_clicks"), *CHOSEN, prevent_initial_call=True)
@requires(Permission.PLAN_READ)
def tick_off(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    return changed(inbox.tick_off(viewer(), choices(selected)), _("done"), filters)


@callback(
    *CHANGED,
    Input(Ids.snooze, "n_clicks"),
    State(Ids.until, "value"),
    State(Ids.reason, "value"),
    *CHOSEN,
    prevent_initial_call=True,
)
@requires(Permission.PLAN_READ)
def snooze(_clicks: object, until: object, reason: object, selected: object, filters: object) -> tuple[Any, ...]:
    done = inbox.snooze(viewer(), choices(selected), until=until, reason=reason)
    return changed(done, _("put off"), filters)


@callback(*CHANGED, Input(Ids.wake, "n_clicks"), *CHOSEN, prevent_initial_call=True)
@requires(Permission.PLAN_READ)
def wake(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    return changed(inbox.wake(viewer(), choices(selected)), _("taken back"), filters)


@callback(
    Output(Ids.queues, "children"),
    Input(Ids.save_queue, "n_clicks"),
    State(Ids.queue_name, "value"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PLAN_READ)
def save_queue(_clicks: object, name: object, filters: object) -> list[Component]:
    inbox.save_queue(viewer(), name, inbox_filters(filters))
    return queue_links(inbox.queues(viewer()))


@callback(
    Output(Ids.queues, "children", allow_duplicate=True),
    Input(Ids.drop_queue, "n_clicks"),
    State(Ids.queue_name, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PLAN_READ)
def drop_queue(_clicks: object, name: object) -> list[Component]:
    inbox.drop_queue(viewer(), name)
    return queue_links(inbox.queues(viewer()))


def choices(selected: object) -> list[Choice]:
    """The selected entries with the versions on the screen."""
    return [(row.get("id"), row.get("version")) for row in selected_rows(selected)]


def changed(done: Outcome, verb: str, filters: object) -> tuple[Any, ...]:
    """The list after a decision, nothing selected."""
    found = inbox.worklist(viewer(), inbox_filters(filters))
    return [entry_row(entry) for entry in found.entries], [], progress(found), totals_text(found), told(done, verb)


def told(done: Outcome, verb: str) -> list[Component]:
    """What came of it, and what was left and why."""
    left = done.left[:MOST_TOLD]
    more = len(done.left) - len(left)
    lines = [*left, *([_("and %(count)s more.", count=number(more))] if more else [])]
    head = _("%(count)s %(verb)s.", count=number(done.count), verb=verb)
    return [html.Span(head), *([html.Ul([html.Li(line) for line in lines])] if lines else [])]


def entry_row(entry: Entry) -> dict[str, Any]:
    """One entry as the grid shows it."""
    late = entry.due_on is not None and entry.due_on < today()
    tone = ("bad" if late else "warn") if entry.kind in NOTICES else "quiet"
    due = "" if entry.due_on is None else day(entry.due_on)
    if entry.snoozed_until is not None:
        due = _("put off until %(day)s", day=day(entry.snoozed_until))
    return {
        "id": entry.key,
        "version": entry.version,
        "kind": marked(kind_name(entry.kind), tone),
        "tone": tone,
        "what": f"{entry.title}\n{entry.detail}",
        "href": entry.href,
        "money": entry.money,
        "size": entry.size,
        "due_on": due,
    }


def totals_text(found: Worklist) -> str:
    """How much is listed, and how much waits by kind."""
    listed = counted("%(count)s entry listed", "%(count)s entries listed", len(found.entries))
    kinds = [f"{kind_name(kind)} {number(count)}" for kind, count in found.waiting.items() if count]
    return " · ".join([listed, *kinds])


def progress(found: Worklist) -> list[Component]:
    """How much of the day's work is done."""
    waiting = sum(found.waiting.values())
    text = _("%(done)s handled today, %(open)s to go", done=number(found.handled), open=number(waiting))
    return [html.Progress(value=str(found.handled), max=str(max(found.handled + waiting, 1))), html.Span(text)]


def queue_links(saved: dict[str, InboxFilters]) -> list[Component]:
    """The saved queues, each a link to its view."""
    return [
        dcc.Link(
            name,
            href=f"{PATH}?{urlencode({'show': found.show, 'kind': found.kind, 'search': found.search})}",
            className="chip",
        )
        for name, found in saved.items()
    ]
