"""Queues in which colleagues decide: one set of callbacks for partners' requests and for suppliers' answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import Input, Output, State, callback, set_props

from components.shell import Ids as Shell
from components.shell import toast
from core.guard import requires
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from core.viewer import Viewer
from services.bulk_outcome import BulkOutcome

CLOSED, OPENED = "panel detail", "panel detail detail-open"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}
Decide = Callable[[Viewer, object, object], None]


class DecisionIds(PageIds):
    chosen: str
    note: str


class QueueIds(DecisionIds):
    filter: str
    cards: str
    rows: str
    outcome: str
    accept_chosen: str
    detail: str
    close: str
    title: str
    about: str
    deciding: str
    accept: str
    reject: str
    accepted: str
    rejected: str
    bulk: str


@dataclass(frozen=True, slots=True)
class Queue:
    """How a queue decides (person, id, note), what each decision tells, and its rows and cards for a filter."""

    permission: Permission
    accept: Decide
    reject: Decide
    accept_plain: Callable[[Viewer, object], BulkOutcome]
    accepted: Callable[[], str]
    rejected: Callable[[], str]
    together: Callable[[int], str]
    listed: Callable[[object], tuple[list[dict[str, Any]], list[Any]]]


def decide_on(ids: type[QueueIds], queue: Queue, *, also_after: Sequence[str] = ()) -> None:
    """The callbacks of a queue; ``also_after`` names stores of further decisions that its page makes itself."""
    decided = [Input(store, "data") for store in (ids.accepted, ids.rejected, ids.bulk, *also_after)]

    @callback(Output(ids.rows, "selectedRows"), Input(ids.close, "n_clicks"), *decided, prevent_initial_call=True)
    def choose_none(*_done: object) -> list[object]:
        return []

    decide_on_press(ids, queue.permission, ids.accept, ids.accepted, decide=queue.accept, told=queue.accepted)
    decide_on_press(ids, queue.permission, ids.reject, ids.rejected, decide=queue.reject, told=queue.rejected)

    @callback(
        Output(ids.bulk, "data"),
        Output(ids.outcome, "children"),
        Input(ids.accept_chosen, "n_clicks"),
        State(ids.rows, "selectedRows"),
        prevent_initial_call=True,
    )
    @requires(queue.permission)
    def accept_chosen(_clicks: object, selected: object) -> tuple[int, str]:
        rows = selected if isinstance(selected, list) else []
        done = queue.accept_plain(viewer(), [row.get("id") for row in rows if isinstance(row, dict)])
        left = [_("Left for a decision of its own:") + " " + " · ".join(done.refused)] if done.refused else []
        return done.accepted, " ".join([queue.together(done.accepted), *left])

    @callback(
        Output(ids.rows, "rowData"),
        Output(ids.cards, "children"),
        *decided,
        State(ids.filter, "data"),
        prevent_initial_call=True,
    )
    def show_what_waits(*given: object) -> tuple[Any, ...]:
        return queue.listed(given[-1])


def decide_on_press(
    ids: type[DecisionIds], right: Permission, button: str, store: str, *, decide: Decide, told: Callable[[], str]
) -> None:
    @callback(
        Output(store, "data"),
        Input(button, "n_clicks"),
        State(ids.chosen, "data"),
        State(ids.note, "value"),
        prevent_initial_call=True,
    )
    @requires(right)
    def decided(_clicks: object, chosen: object, note: object) -> object:
        decide(viewer(), chosen, note)
        set_props(Shell.toasts, {"children": [toast(told())]})
        return chosen
