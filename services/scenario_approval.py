"""From a scenario to the plan: somebody asks for it, somebody else approves, then it is promoted."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import scenarios as rows
from services.audit import record
from services.form_values import row_id, sentence
from services.notifications import APPROVAL, TASK, Notice, done, people_with, tell
from services.plain_rows import plain_rows
from services.scenario_effects import Effect, effects_of, written
from services.scenarios import held_scenario, known_scenario

LONGEST_NOTE = 500
PATH = "/supply/scenarios"


def effects(viewer: Viewer, scenario_id: object) -> list[Effect]:
    """What promoting a scenario would write where, and what can't be written.

    Inputs: a viewer with purchase.read, the scenario.
    Returns: an effect a change.
    Raises: NotAllowed; NotFound.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = known_scenario(rows.stored(session, row_id(scenario_id)))
        return effects_of(plain_rows(rows.changes(session, found.id)))


def ask_for(viewer: Viewer, scenario_id: object, version: object, *, note: object) -> None:
    """Ask for a kept scenario to become the plan.

    Inputs: a viewer with purchase.edit, the scenario with the version on the screen, why.
    Returns: nothing; those who approve find it in their inbox.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile; InvalidInput without a reason, without
        changes, or when a change can't be written.
    Source: screens.md 13.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    why = sentence(note, name=_("Why"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=("draft", "kept"))
        _require_writable(effects_of(plain_rows(rows.changes(session, found.id))))
        asked = {"requested_by": viewer.user_id, "requested_at": now(), "decision_note": why}
        rows.change(session, found.id, status="requested", **asked)
        _record(session, viewer, "request", found, why)
        notice = Notice(APPROVAL, _key(found), _("Approve the scenario “%(name)s”", name=found.name), _href(found), why)
        tell(session, viewer, people_with(session, Permission.SCENARIO_APPROVE), notice)


def approve(viewer: Viewer, scenario_id: object, version: object, *, note: object = "") -> None:
    """Let a scenario become the plan; promoting it is left to the planner.

    Inputs: a viewer with scenario.approve who has not asked for it, the scenario with the version on the screen, a
        note if wanted.
    Returns: nothing; who asked finds it in the inbox.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile, is not asked for, or was asked for by the
        viewer.
    Source: screens.md 13; four eyes.
    """
    require(viewer, Permission.SCENARIO_APPROVE)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=("requested",))
        if viewer.user_id is not None and found.requested_by == viewer.user_id:
            raise Conflict(_("You have asked for it yourself: somebody else has to approve it."))
        said = sentence(note, name=_("Note"), longest=LONGEST_NOTE) if note else found.decision_note
        approved = {"approved_by": viewer.user_id, "approved_at": now(), "decision_note": said}
        rows.change(session, found.id, status="approved", **approved)
        _record(session, viewer, "approve", found, said)
        _tell_asker(session, viewer, found, _("“%(name)s” is approved: promote it", name=found.name), said)


def reject(viewer: Viewer, scenario_id: object, version: object, *, note: object) -> None:
    """Leave the plan as it is; the scenario is kept and can be changed and asked for again.

    Inputs: a viewer with scenario.approve, the scenario with the version on the screen, why.
    Returns: nothing; who asked finds it in the inbox.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or is not asked for; InvalidInput without a
        reason.
    Source: screens.md 13.
    """
    require(viewer, Permission.SCENARIO_APPROVE)
    why = sentence(note, name=_("Why"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=("requested", "approved"))
        rows.change(session, found.id, status="kept", decision_note=why)
        _record(session, viewer, "reject", found, why)
        _tell_asker(session, viewer, found, _("“%(name)s” is turned down", name=found.name), why)


def promote(viewer: Viewer, scenario_id: object, version: object) -> list[Effect]:
    """Make an approved scenario the plan: its changes are written where the plan is made of, all or none.

    Inputs: a viewer with purchase.edit, demand.edit, inventory.edit and master.edit; the scenario with the version on
        the screen.
    Returns: what was written; it stays with the scenario.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile, is not approved, or a step of the cycle that
        it changes is closed; InvalidInput when a change can't be written.
    Source: screens.md 13.
    """
    for right in (
        *(Permission.PURCHASE_EDIT, Permission.DEMAND_EDIT, Permission.INVENTORY_EDIT, Permission.MASTER_EDIT),
    ):
        require(viewer, right)
    with session_scope(viewer) as session:
        found = held_scenario(session, scenario_id, version, must_be=("approved",))
        changes = rows.changes(session, found.id)
        _require_writable(effects_of(plain_rows(changes)))
        effects = written(session, viewer, changes, reason=_("Scenario “%(name)s”", name=found.name))
        kept = [{"kind": e.kind, "text": e.text, "count": e.count, "href": e.href} for e in effects]
        promoted = {"promoted_by": viewer.user_id, "promoted_at": now(), "effects": kept}
        rows.change(session, found.id, status="promoted", **promoted)
        _record(session, viewer, "promote", found, found.decision_note)
        done(session, _key(found))
    return effects


def _require_writable(effects: list[Effect]) -> None:
    if not effects:
        raise InvalidInput(_("Without changes the scenario is the plan already: add one first."))
    for effect in effects:
        if effect.obstacle:
            raise InvalidInput(f"{effect.text}: {effect.obstacle}")


def _tell_asker(session: Session, viewer: Viewer, found: Row[Any], title: str, note: str | None) -> None:
    done(session, _key(found))
    if found.requested_by is not None:
        tell(session, viewer, [found.requested_by], Notice(TASK, _key(found), title, _href(found), note))


def _record(session: Session, viewer: Viewer, verb: str, found: Row[Any], reason: str | None) -> None:
    before = {"status": found.status}
    record(session, viewer, f"scenario.{verb}", subject="scenario", subject_id=found.id, before=before, reason=reason)


def _key(found: Row[Any]) -> str:
    return f"scenario:{found.id}"


def _href(found: Row[Any]) -> str:
    return f"{PATH}?scenario={found.id}"
