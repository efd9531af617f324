"""What happens to a step of a cycle: noted, accepted in part, closed with a plan published, opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.i18n import _, day, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import cycles as rows
from data.queries import inbox
from models.base import Json
from services.audit import record
from services.cycle_case import case_of
from services.cycle_checks import Check, checklist
from services.cycle_lock import DEMAND, EXECUTIVE, RECONCILE, SUPPLY
from services.cycle_reminders import opened, opened_again, settled
from services.cycle_template import LONGEST_AGENDA, step_name
from services.form_values import calendar_day, row_id, sentence
from services.plan_versions import CONSENSUS, publish_demand, publish_supply

LONGEST_NOTES = 10_000
LONGEST_REASON = 500
WAITING, OPEN, CLOSED = "waiting", "open", "closed"

Publish = Callable[[Session, Viewer, int], int]

PUBLISHES: MappingProxyType[str, Publish] = MappingProxyType(
    {
        DEMAND: lambda session, viewer, cycle: publish_demand(session, viewer, cycle_id=cycle),
        SUPPLY: lambda session, viewer, cycle: publish_supply(session, viewer, cycle_id=cycle),
        RECONCILE: lambda session, viewer, cycle: publish_demand(session, viewer, kind=CONSENSUS, cycle_id=cycle),
        EXECUTIVE: lambda session, viewer, cycle: publish_supply(session, viewer, cycle_id=cycle),
    }
)
"""What closing a step publishes."""


def checks(viewer: Viewer, cycle_id: object) -> dict[str, list[Check]]:
    """The checklists of the steps that are not closed.

    Inputs: a viewer with plan.read; the cycle.
    Returns: by step.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = next((row for row in rows.cycles(session) if row.id == row_id(cycle_id)), None)
        if found is None:
            return {}
        case = case_of(session, viewer, found)
        return {row.step: checklist(case, row.step) for row in rows.steps(session, found.id) if row.status != CLOSED}


def change(
    viewer: Viewer, step_id: object, version: object, *, owner: object, due_on: object, agenda: object, notes: object
) -> None:
    """Change who owns a step, when it is due, its agenda and its notes.

    Inputs: a viewer with cycle.manage, or the owner (agenda and notes only); the step with the version on the screen;
        the id of a colleague; a day; texts, notes may be empty.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile; InvalidInput that names the field.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        _cycle, held = _held(session, step_id, version)
        _require_owner(viewer, held)
        wanted: Json = {
            "agenda": sentence(agenda, name=_("Agenda"), longest=LONGEST_AGENDA),
            "notes": sentence(notes, name=_("Notes"), longest=LONGEST_NOTES) if notes else None,
        }
        if viewer.may(Permission.CYCLE_MANAGE):
            wanted |= {"owner_id": _owner(session, owner), "due_on": calendar_day(due_on, name=_("Due on"))}
        changed = {name: value for name, value in wanted.items() if value != getattr(held, name)}
        if not changed:
            return
        rows.change_step(session, held.id, **changed)
        _record(session, viewer, "cycle.change_step", held, changed)
        if held.status == OPEN and {"owner_id", "due_on"} & set(changed):
            settled(session, held)
            opened(session, viewer, _step(session, held))


def accept(viewer: Viewer, step_id: object, version: object, *, key: object, reason: object) -> None:
    """Go on although an item of the checklist is not met.

    Inputs: a viewer with cycle.manage; the open step with the version on the screen; the key of the item; why.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is closed; InvalidInput without a reason,
        or for an item that is met.
    Source: screens.md 14.
    """
    require(viewer, Permission.CYCLE_MANAGE)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_REASON)
    with session_scope(viewer) as session:
        cycle, held = _held(session, step_id, version, must_be=OPEN)
        unmet = {check.key: check for check in _unmet(session, viewer, cycle, held)}
        if not isinstance(key, str) or key not in unmet:
            raise InvalidInput(_("Item: choose one that is not met."))
        accepted = {**held.accepted, key: {"by": viewer.name, "at": moment(now()), "reason": why}}
        rows.change_step(session, held.id, accepted=accepted)
        after: Json = {"item": unmet[key].text, "now": unmet[key].now}
        record(session, viewer, "cycle.accept", subject="sop_step", subject_id=held.id, after=after, reason=why)


def close(viewer: Viewer, step_id: object, version: object) -> None:
    """Close a step: its plan is published, its pages are locked, the next step opens and its owner is told. With the
    last step the cycle is closed.

    Inputs: a viewer with cycle.manage, or the owner of the step; the open step with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile, is not open, or an item of its checklist is
        neither met nor accepted; InvalidInput while there is nothing to publish.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        cycle, held = _held(session, step_id, version, must_be=OPEN)
        _require_owner(viewer, held)
        missing = _unmet(session, viewer, cycle, held)
        if missing:
            raise Conflict(
                _(
                    "%(step)s can't be closed: %(items)s. See to it, or accept it with a reason.",
                    step=step_name(held.step),
                    items="; ".join(f"{check.text}: {check.now}" for check in missing),
                )
            )
        publish = PUBLISHES.get(held.step)
        published = {} if publish is None else {"plan_version_id": publish(session, viewer, cycle.id)}
        rows.change_step(session, held.id, status=CLOSED, closed_by=viewer.user_id, closed_at=now(), **published)
        _record(session, viewer, "cycle.close_step", held, {"status": CLOSED, **published})
        settled(session, held)
        _go_on(session, viewer, cycle, held)


def reopen(viewer: Viewer, step_id: object, version: object, *, reason: object) -> None:
    """Open a closed step again; those after it have to be closed again too. What was published stays: the next closing
    publishes the next number. All owners of the cycle are told.

    Inputs: a viewer with cycle.reopen; the closed step with the version on the screen; why.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile, is not closed, or a newer cycle has begun;
        InvalidInput without a reason.
    Source: screens.md 14.
    """
    require(viewer, Permission.CYCLE_REOPEN)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_REASON)
    with session_scope(viewer) as session:
        rows.lock_cycles(session)
        cycle, held = _held(session, step_id, version, must_be=CLOSED)
        _require_newest(session, cycle)
        steps = rows.steps(session, cycle.id)
        for step in steps[held.position :]:
            if step.status != WAITING:
                rows.change_step(session, step.id, status=WAITING, closed_by=None, closed_at=None)
                settled(session, step)
        rows.change_step(session, held.id, status=OPEN, closed_by=None, closed_at=None)
        if cycle.status == CLOSED:
            rows.change_cycle(session, cycle.id, status=OPEN, closed_at=None)
        _record(session, viewer, "cycle.reopen_step", held, {"status": OPEN}, reason=why)
        people = [step.owner_id for step in steps if step.owner_id is not None]
        opened_again(session, viewer, steps[held.position - 1], people, reason=why)


def _go_on(session: Session, viewer: Viewer, cycle: Any, held: Any) -> None:
    following = next((step for step in rows.steps(session, cycle.id) if step.position == held.position + 1), None)
    if following is None:
        rows.change_cycle(session, cycle.id, status=CLOSED, closed_at=now())
        record(session, viewer, "cycle.close", subject="sop_cycle", subject_id=cycle.id, after={"status": CLOSED})
        return
    rows.change_step(session, following.id, status=OPEN)
    opened(session, viewer, following)


def _held(session: Session, step_id: object, version: object, *, must_be: str = "") -> tuple[Any, Any]:
    found = rows.held(session, row_id(step_id))
    if found is None:
        raise NotFound(_("There is no such step."))
    cycle, held = found
    if held.version != version or must_be not in ("", held.status):
        last = rows.last_change(session, "sop_step", held.id)
        raise Conflict(
            _(
                "%(step)s is %(status)s now: %(who)s changed it at %(when)s. Look again, then decide.",
                step=step_name(held.step),
                status={WAITING: _("waiting"), OPEN: _("open"), CLOSED: _("closed")}[held.status],
                who=last.actor if last else _("nobody known"),
                when=moment(last.at if last else None),
            )
        )
    return cycle, held


def _unmet(session: Session, viewer: Viewer, cycle: Any, held: Any) -> list[Check]:
    """Items that are neither met nor accepted."""
    found = checklist(case_of(session, viewer, cycle), held.step)
    return [check for check in found if not check.met and check.key not in held.accepted]


def _require_owner(viewer: Viewer, held: Any) -> None:
    owns = viewer.user_id is not None and viewer.user_id == held.owner_id
    if not owns and not viewer.may(Permission.CYCLE_MANAGE):
        raise NotAllowed(_("Only the owner of the step and those who manage the cycle can do this."))


def _require_newest(session: Session, cycle: Any) -> None:
    newest = rows.cycles(session)[0]
    if newest.id != cycle.id:
        raise Conflict(_("The cycle of %(month)s has begun: change the plan there.", month=f"{newest.month:%Y-%m}"))


def _owner(session: Session, owner: object) -> int | None:
    """Forms send ids as texts."""
    wanted = row_id(int(owner) if isinstance(owner, str) and owner.isascii() and owner.isdigit() else owner)
    if not wanted:
        return None
    if wanted not in inbox.people_with(session, Permission.PLAN_READ.value):
        raise InvalidInput(_("Owner: choose a colleague of the list."))
    return wanted


def _step(session: Session, held: Any) -> Any:
    return rows.steps(session, held.cycle_id)[held.position - 1]


def _record(
    session: Session, viewer: Viewer, action: str, held: Any, values: Json, *, reason: str | None = None
) -> None:
    before = {name: getattr(held, name) for name in values}
    record(
        session,
        viewer,
        action,
        subject="sop_step",
        subject_id=held.id,
        before=_plain(before),
        after=_plain(values),
        reason=reason,
    )


def _plain(values: Json) -> Json:
    """JSON knows no days."""
    return {name: day(value) if isinstance(value, date) else value for name, value in values.items()}
