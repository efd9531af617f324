"""A quality issue as both sides open it: one set of callbacks for the supplier and for colleagues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import Input, Output, callback
from dash.development.base_component import Component

from components.grid import selected_row
from components.import_panels import drop_zone
from components.message_thread import ACCEPTED, thread_link
from components.quality_issue import evidence, issue_facts, lot_deliveries, timeline
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from core.viewer import Viewer
from services import message_threads, supplier_quality
from services.supplier_quality import Issue

CLOSED, OPENED = "panel detail", "panel detail detail-open"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


class QualityIds(PageIds):
    show: str
    filter: str
    issues: str
    detail: str
    close_detail: str
    heading: str
    about: str
    steps: str
    chosen: str
    seen: str


@dataclass(frozen=True, slots=True)
class Side:
    """How one side opens issues: its page and the page of the orders, who may add evidence, and what it may do next,
    as the values of ``outputs``; of no issue when none is chosen."""

    path: str
    orders: str
    may_add: Callable[[Viewer], bool]
    nothing_chosen: Callable[[], str]
    outputs: Sequence[Output]
    turn: Callable[[Viewer, Issue | None], Sequence[Any]]


def open_issues(ids: type[QualityIds], side: Side, *, again_after: Sequence[str]) -> None:
    """The callbacks that choose, show and close an issue; ``again_after`` names stores of what the page does."""

    @callback(Output(ids.chosen, "data"), Input(ids.issues, "selectedRows"), prevent_initial_call=True)
    def choose_issue(selected: object) -> dict[str, object]:
        row = selected_row(selected)
        return {"id": str(row.get("id"))} if row else {}

    @callback(Output(ids.issues, "selectedRows"), Input(ids.close_detail, "n_clicks"), prevent_initial_call=True)
    def close_detail(_clicks: object) -> list[object]:
        return []

    @callback(
        Output(ids.detail, "className"),
        Output(ids.heading, "children"),
        Output(ids.about, "children"),
        Output(ids.steps, "children"),
        Output(ids.seen, "data"),
        *side.outputs,
        Input(ids.chosen, "data"),
        *(Input(done, "data") for done in again_after),
    )
    def show_issue(chosen: object, *_done: object) -> tuple[Any, ...]:
        person, wanted = viewer(), chosen.get("id") if isinstance(chosen, dict) else None
        if not wanted:
            return CLOSED, _("Quality issue"), side.nothing_chosen(), None, None, *side.turn(person, None)
        found = supplier_quality.issue(person, wanted)
        seen = {"id": found.row["id"], "version": found.row["version"], "asked": found.asked}
        about = _about(found, side, person)
        return OPENED, found.row["title"], about, timeline(found.steps), seen, *side.turn(person, found)


def issue_seen(seen: object) -> tuple[object, object, object]:
    """Id, version and what was asked for on the screen, so that an answer to an older state is told."""
    given = seen if isinstance(seen, dict) else {}
    return given.get("id"), given.get("version"), given.get("asked")


def _about(found: Issue, side: Side, person: Viewer) -> list[Component | None]:
    zone = drop_zone(
        upload_path=f"{side.path}/{found.row['id']}/file",
        open_path=f"{side.path}?id=",
        label=_("Add evidence: PDF, PNG, JPEG, XLSX or CSV, at most 10 MB"),
        accept=ACCEPTED,
    )
    files = [(file.file_name, file.href) for file in found.files]
    return [
        issue_facts(found.row),
        lot_deliveries(found.deliveries, orders=side.orders),
        evidence(files),
        zone if side.may_add(person) else None,
        _messages(person, found),
    ]


def _messages(person: Viewer, found: Issue) -> Component | None:
    """The way to what is written about it; none for a company from which messages are withheld."""
    page = message_threads.INSIDE if person.internal else message_threads.PORTAL
    shown = person.internal or person.may(Permission.PORTAL_MESSAGES)
    return thread_link(page, supplier_quality.SUBJECT, found.row["id"]) if shown else None
