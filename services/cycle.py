"""The monthly S&OP cycle: its board, and starting the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict
from core.i18n import _, counted
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import cycles as rows
from data.queries import inbox
from models.base import Json
from services import cycle_template
from services.audit import record
from services.cycle_reminders import opened
from services.cycle_template import working_day
from services.plan_versions import version_name

WAITING, OPEN, CLOSED, LATE = "waiting", "open", "closed", "late"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the board shows it. ``state`` is WAITING, OPEN, CLOSED or LATE; ``accepted``: by item of the checklist
    who went on without it, when and why; ``published``: the plan of its last closing; ``decisions`` asked or open."""

    id: int
    step: str
    position: int
    state: str
    owner_id: int | None
    owner: str | None
    due_on: date
    agenda: str
    notes: str
    accepted: Json
    closed_by: str | None
    closed_at: datetime | None
    published: str | None
    published_kind: str | None
    decisions: int
    version: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle with its steps in order."""

    id: int
    month: date
    status: str
    created_at: datetime
    closed_at: datetime | None
    steps: tuple[Step, ...]

    @property
    def current(self) -> Step | None:
        """The step that is open."""
        return next((step for step in self.steps if step.state in (OPEN, LATE)), None)

    def step(self, name: str) -> Step:
        """A step by its name; the current one, else the last one, for a name that is none."""
        found = next((step for step in self.steps if step.step == name), None)
        return found or self.current or self.steps[-1]


def cycle(viewer: Viewer, month: str = "") -> Cycle | None:
    """A cycle and how far it is.

    Inputs: a viewer with plan.read; the month as 2026-11, the newest cycle for anything else.
    Returns: Cycle; None before the first one.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = rows.cycles(session)
        named = [row for row in found if f"{row.month:%Y-%m}" == month] or found[:1]
        return _cycle(session, named[0]) if named else None


def running(viewer: Viewer) -> tuple[Cycle, Step] | None:
    """The cycle that runs and its open step.

    Inputs: a viewer with plan.read.
    Returns: both; None while no cycle runs.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    found = cycle(viewer)
    return None if found is None or found.current is None else (found, found.current)


def state_text(step: Step) -> str:
    """The state of a step in words; of a late one by how much.

    Inputs: the step.
    Returns: text.
    Raises: nothing.
    Source: screens.md 14.
    """
    if step.state == LATE:
        return counted("a day late", "%(count)s days late", (today() - step.due_on).days)
    return {WAITING: _("waiting"), OPEN: _("open"), CLOSED: _("closed")}[step.state]


def months(viewer: Viewer) -> list[date]:
    """The months that have a cycle, the newest first.

    Inputs: a viewer with plan.read.
    Returns: first days.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [row.month for row in rows.cycles(session)]


def next_month(viewer: Viewer) -> date | None:
    """The month whose cycle can be started now.

    Inputs: a viewer with plan.read.
    Returns: the month after the newest cycle, at least this one; None while a cycle runs.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return _next_month(session)


def upcoming(viewer: Viewer) -> tuple[date, list[tuple[str, date]]]:
    """When the steps of the cycle after the newest one are due, as the template has it.

    Inputs: a viewer with plan.read.
    Returns: the month, and step and day.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        month = _after_newest(session)
        return month, [(step.step, working_day(month, step.due_day)) for step in cycle_template.in_force(session)]


def start(viewer: Viewer, month: object) -> int:
    """Start the cycle of a month from the template; its first step opens and its owner is told.

    Inputs: a viewer with cycle.manage; the month that next_month gave.
    Returns: the id of the cycle.
    Raises: NotAllowed; Conflict while another cycle runs, or when somebody else has started it meanwhile.
    Source: screens.md 14.
    """
    require(viewer, Permission.CYCLE_MANAGE)
    with session_scope(viewer) as session:
        rows.lock_cycles(session)
        wanted = _next_month(session)
        if wanted is None:
            raise Conflict(_("The cycle of %(month)s is running. Close its last step first.", month=_newest(session)))
        if f"{wanted:%Y-%m}" != month:
            raise Conflict(_("The next cycle is that of %(month)s. Reload the page.", month=f"{wanted:%Y-%m}"))
        cycle_id = rows.add_cycle(session, month=wanted, created_by=viewer.user_id)
        first = _add_steps(session, cycle_id, wanted)
        record(
            session, viewer, "cycle.start", subject="sop_cycle", subject_id=cycle_id, after={"month": f"{wanted:%Y-%m}"}
        )
        opened(session, viewer, first)
    return cycle_id


def owners(viewer: Viewer) -> list[tuple[int, str]]:
    """Who can own a step: colleagues who may read the plan.

    Inputs: a viewer with plan.read.
    Returns: id and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        readers = set(inbox.people_with(session, Permission.PLAN_READ.value))
        return [(row.id, row.name) for row in inbox.colleagues(session) if row.id in readers]


def _add_steps(session: Session, cycle_id: int, month: date) -> Any:
    """The step that opens."""
    people = rows.first_of_roles(session)
    values = [
        {
            "cycle_id": cycle_id,
            "step": step.step,
            "position": position,
            "status": OPEN if position == 1 else WAITING,
            "owner_id": people.get(step.role),
            "due_on": working_day(month, step.due_day),
            "agenda": step.agenda,
        }
        for position, step in enumerate(cycle_template.in_force(session), start=1)
    ]
    rows.add_steps(session, values)
    return rows.steps(session, cycle_id)[0]


def _next_month(session: Session) -> date | None:
    running = any(row.status == OPEN for row in rows.cycles(session))
    return None if running else _after_newest(session)


def _after_newest(session: Session) -> date:
    this_month = today().replace(day=1)
    newest = next(iter(rows.cycles(session)), None)
    return this_month if newest is None else max(this_month, _following(newest.month))


def _following(month: date) -> date:
    return (pd.Timestamp(month) + pd.DateOffset(months=1)).date()


def _newest(session: Session) -> str:
    return f"{rows.cycles(session)[0].month:%Y-%m}"


def _cycle(session: Session, found: Any) -> Cycle:
    decisions = rows.open_decisions(session, found.id)
    steps = tuple(_step(row, decisions.get(row.step, 0)) for row in rows.steps(session, found.id))
    return Cycle(found.id, found.month, found.status, found.created_at, found.closed_at, steps)


def _step(row: Any, decisions: int) -> Step:
    late = row.status == OPEN and row.due_on < today()
    return Step(
        id=row.id,
        step=row.step,
        position=row.position,
        state=LATE if late else row.status,
        owner_id=row.owner_id,
        owner=row.owner,
        due_on=row.due_on,
        agenda=row.agenda or "",
        notes=row.notes or "",
        accepted=row.accepted,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        published=None if row.number is None else version_name(row.first_period, row.number),
        published_kind=row.version_kind,
        decisions=decisions,
        version=row.version,
    )
