"""Floors and ceilings that finance sets for the plan: where the consensus breaks them, and what brings it inside."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import plan_bounds as rows
from services import demand_edits
from services.audit import record
from services.cycle_lock import RECONCILE, require_open
from services.demand_edits import Applied, Change, Preview, Scope
from services.demand_plan import DECIDED, demand_plan
from services.form_values import quantity_of, row_id, sentence
from services.plan_scope import COMPANY, REVENUE, PlanScope, by_month, entered

LONGEST_NOTE = 500
SLACK = 1e-5
"""Parts of a figure by which it may miss a bound: a total in RM can't always be met in whole units."""


@dataclass(frozen=True, slots=True)
class BoundMonth:
    """A bound in one month of the plan. ``gap`` is above 0 over the ceiling and below 0 under the floor, 0 inside;
    ``gap_value`` the same in RM."""

    id: int
    version: int
    level: str
    member: str
    month: date
    measure: str
    floor: float | None
    ceiling: float | None
    planned: float
    gap: float
    gap_value: float
    note: str | None
    created_by: str | None


def bound_months(viewer: Viewer) -> list[BoundMonth]:
    """Every bound in every month of the plan, those that are broken first by money.

    Inputs: a viewer with plan.read.
    Returns: BoundMonth; months that are not planned are left out.
    Raises: NotAllowed.
    Source: issue 6, consensus: finance floor and ceiling.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        plan, found = demand_plan(session, viewer), rows.bounds(session)
    listed = []
    for bound in found:
        planned = by_month(plan, plan.consensus, bound)
        valued = by_month(
            plan, plan.consensus, PlanScope(bound.level, bound.member, bound.starts_on, bound.ends_on, REVENUE)
        )
        for at, month in enumerate(plan.base.months):
            if bound.starts_on <= month <= bound.ends_on:
                gap = _gap(float(planned[at]), bound.floor, bound.ceiling)
                price = float(valued[at]) / float(planned[at]) if planned[at] else 0.0
                listed.append(_bound_month(bound, month, float(planned[at]), gap, gap * price))
    return sorted(listed, key=lambda one: (-abs(one.gap_value), -abs(one.gap), one.month, one.id))


def save(viewer: Viewer, form: dict[str, Any], *, bound_id: object = None, version: object = None) -> int:
    """Set a bound, or change one.

    Inputs: a viewer with aop.edit; whose, starts_on, ends_on, measure as of plan_scope.entered, floor and ceiling (one
        may be empty), note; the bound and the version seen, None for a new one.
    Returns: its id.
    Raises: NotAllowed; InvalidInput naming the field; NotFound; Conflict when somebody changed it meanwhile, or the
        step of the cycle is closed.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.AOP_EDIT)
    scope = entered(form.get("whose"), form.get("starts_on"), form.get("ends_on"), form.get("measure"))
    values = {**asdict(scope), **_limits(form.get("floor"), form.get("ceiling"))}
    note = form.get("note")
    values["note"] = sentence(note, name=_("Note"), longest=LONGEST_NOTE) if note else None
    with session_scope(viewer) as session:
        require_open(session, RECONCILE)
        if bound_id is None:
            found, before = rows.add(session, **values, created_by=viewer.user_id), None
        else:
            held = _held(session, bound_id, version)
            found, before = held.id, {name: _text(getattr(held, name)) for name in values}
            rows.change(session, found, **values)
        after = {name: _text(value) for name, value in values.items()}
        record(session, viewer, "plan_bound.save", subject="plan_bound", subject_id=found, before=before, after=after)
    return found


def remove(viewer: Viewer, bound_id: object, version: object) -> None:
    """Take a bound away.

    Inputs: a viewer with aop.edit, the bound and the version seen.
    Returns: nothing.
    Raises: as save.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.AOP_EDIT)
    with session_scope(viewer) as session:
        require_open(session, RECONCILE)
        held = _held(session, bound_id, version)
        rows.remove(session, held.id)
        before = {name: _text(getattr(held, name)) for name in ("level", "member", "measure", "floor", "ceiling")}
        record(session, viewer, "plan_bound.remove", subject="plan_bound", subject_id=held.id, before=before)


def inside_preview(viewer: Viewer, bound_id: object, month: object) -> tuple[Change, Preview]:
    """What would bring the plan inside a bound: every part changed in proportion.

    Inputs: a viewer with demand.edit, the bound, one of its months.
    Returns: the change of the planner's figures, and what it does.
    Raises: NotAllowed; NotFound; InvalidInput when the plan is inside.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.DEMAND_EDIT)
    wanted = row_id(bound_id)
    found = next((one for one in bound_months(viewer) if one.id == wanted and f"{one.month:%Y-%m}" == month), None)
    if found is None:
        raise NotFound(_("There is no such bound in a month of the plan."))
    if not found.gap:
        raise InvalidInput(_("The plan is inside this bound already."))
    target = found.ceiling if found.gap > 0 else found.floor
    change = Change(
        stream=DECIDED,
        scope=Scope() if found.level == COMPANY else Scope(**{found.level: found.member}),
        months=(found.month,),
        mode="set",
        value=target,
        measure="value" if found.measure == REVENUE else "units",
        reason=_("Brought inside the bound of finance: %(target)s", target=number(target)),
        expires_on=_last_day(found.month),
        seen=demand_edits.newest_edit(viewer),
    )
    return change, demand_edits.preview(viewer, change)


def bring_inside(viewer: Viewer, bound_id: object, month: object) -> Applied:
    """Change the planner's figures in proportion, so that the plan is inside a bound.

    Inputs: as inside_preview.
    Returns: the edit.
    Raises: as inside_preview; Conflict when a step of the cycle is closed or somebody edits at the same time.
    Source: issue 6, consensus.
    """
    change, _preview = inside_preview(viewer, bound_id, month)
    return demand_edits.apply(viewer, change, source="consensus")


def _last_day(month: date) -> date:
    return date(month.year, month.month, monthrange(month.year, month.month)[1])


def _gap(planned: float, floor: float | None, ceiling: float | None) -> float:
    if ceiling is not None and planned > ceiling + SLACK * max(abs(ceiling), 1.0):
        return planned - ceiling
    if floor is not None and planned < floor - SLACK * max(abs(floor), 1.0):
        return planned - floor
    return 0.0


def _bound_month(bound: Any, month: date, planned: float, gap: float, gap_value: float) -> BoundMonth:
    return BoundMonth(
        id=bound.id,
        version=bound.version,
        level=bound.level,
        member=bound.member,
        month=month,
        measure=bound.measure,
        floor=bound.floor,
        ceiling=bound.ceiling,
        planned=planned,
        gap=gap,
        gap_value=gap_value if np.isfinite(gap_value) else 0.0,
        note=bound.note,
        created_by=bound.created_by,
    )


def _limits(floor: object, ceiling: object) -> dict[str, Decimal | None]:
    least = quantity_of(floor, name=_("Floor")) if floor not in (None, "") else None
    most = quantity_of(ceiling, name=_("Ceiling")) if ceiling not in (None, "") else None
    if least is None and most is None:
        raise InvalidInput(_("Enter a floor, a ceiling, or both."))
    if any(limit is not None and limit < 0 for limit in (least, most)):
        raise InvalidInput(_("Floor and ceiling can't be below zero."))
    if least is not None and most is not None and least > most:
        raise InvalidInput(_("The floor must not be above the ceiling."))
    return {"floor": least, "ceiling": most}


def _held(session: Session, bound_id: object, version: object) -> Any:
    held = rows.held(session, row_id(bound_id))
    if held is None:
        raise NotFound(_("There is no such bound any more."))
    if held.version != version:
        raise Conflict(_("Somebody else has changed this bound since you opened it. Look again, then decide."))
    return held


def _text(value: object) -> object:
    return value if value is None or isinstance(value, str) else str(value)
