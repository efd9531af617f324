"""Written assumptions of the plan, each linked to the figure that rests on it, and marked when that has moved."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import consensus as cycles
from data.queries import plan_assumptions as rows
from services.audit import record
from services.cycle_lock import RECONCILE, require_open
from services.demand_plan import DemandPlan, demand_plan
from services.form_values import quantity_of, row_id, sentence
from services.plan_scope import LAYERS, PlanScope, by_month, entered, layer_of

OPEN, CONFIRMED, WRONG = STATUSES = ("open", "confirmed", "wrong")
LONGEST = 500
LARGEST_TOLERANCE = 1000


@dataclass(frozen=True, slots=True)
class Assumption:
    """``figure`` is what its layer came to when it was written, ``now`` what it comes to today, None once one of its
    months is over; ``moved`` when they differ by more than ``tolerance``, a share."""

    id: int
    version: int
    body: str
    level: str
    member: str
    starts_on: date
    ends_on: date
    layer: str
    measure: str
    figure: float
    now: float | None
    change: float | None
    moved: bool
    tolerance: float
    owner: str | None
    status: str
    cycle: date | None


def assumptions(viewer: Viewer) -> list[Assumption]:
    """All assumptions, open ones whose figure has moved first.

    Inputs: a viewer with plan.read.
    Returns: Assumption.
    Raises: NotAllowed.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        plan, found = demand_plan(session, viewer), rows.assumptions(session)
    listed = [_assumption(plan, row) for row in found]
    return sorted(listed, key=lambda one: (one.status != OPEN, not one.moved, -one.id))


def add(viewer: Viewer, form: dict[str, Any]) -> int:
    """Write an assumption down, with the figure as it is now.

    Inputs: a viewer with plan.sign_off; body, whose, starts_on, ends_on, measure as of plan_scope.entered, layer (of
        LAYERS), tolerance in per cent.
    Returns: its id.
    Raises: NotAllowed; InvalidInput naming the field, or when a month is not planned; Conflict when the step of the
        cycle is closed.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.PLAN_SIGN_OFF)
    body = sentence(form.get("body"), name=_("Assumption"), longest=LONGEST)
    scope = entered(form.get("whose"), form.get("starts_on"), form.get("ends_on"), form.get("measure"))
    layer, tolerance = form.get("layer"), quantity_of(form.get("tolerance"), name=_("Moved by more than"))
    if layer not in LAYERS:
        raise InvalidInput(_("Rests on: choose a layer of the plan."))
    if not 0 <= tolerance <= LARGEST_TOLERANCE:
        raise InvalidInput(_("Moved by more than: enter 0 to 1,000 per cent."))
    with session_scope(viewer) as session:
        require_open(session, RECONCILE)
        figure = _figure(demand_plan(session, viewer), scope, str(layer))
        if figure is None:
            raise InvalidInput(_("Choose months that are planned."))
        cycle = cycles.running(session)
        values = {"body": body, **asdict(scope), "layer": layer, "figure": round(figure, 4)}
        new = rows.add(
            session,
            **values,
            tolerance=tolerance / 100,
            cycle_id=None if cycle is None else cycle.id,
            owner_id=viewer.user_id,
            created_by=viewer.user_id,
        )
        after = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
        record(session, viewer, "plan_assumption.add", subject="plan_assumption", subject_id=new, after=after)
    return new


def decide(viewer: Viewer, assumption_id: object, version: object, status: object) -> None:
    """Say what has become of an assumption.

    Inputs: a viewer with plan.sign_off; the assumption, the version seen, one of STATUSES.
    Returns: nothing.
    Raises: NotAllowed; InvalidInput; NotFound; Conflict when somebody changed it meanwhile or the step is closed.
    Source: issue 6, consensus.
    """
    require(viewer, Permission.PLAN_SIGN_OFF)
    if status not in STATUSES:
        raise InvalidInput(_("Choose open, confirmed or wrong."))
    with session_scope(viewer) as session:
        require_open(session, RECONCILE)
        held = rows.held(session, row_id(assumption_id))
        if held is None:
            raise NotFound(_("There is no such assumption any more."))
        if held.version != version:
            raise Conflict(
                _("Somebody else has said %(status)s meanwhile. Look again, then decide.", status=held.status)
            )
        rows.change(session, held.id, status=status)
        before, after = {"status": held.status}, {"status": status}
        record(
            *(session, viewer, "plan_assumption.decide"),
            subject="plan_assumption",
            subject_id=held.id,
            before=before,
            after=after,
        )


def _assumption(plan: DemandPlan, row: Any) -> Assumption:
    now = _figure(plan, row, row.layer) if row.layer in LAYERS else None
    change = None if now is None or not row.figure else now / row.figure - 1
    moved = now is not None and abs(now - row.figure) > row.tolerance * abs(row.figure) + 1e-3
    known = {name: getattr(row, name) for name in _KEPT}
    return Assumption(**known, now=now, change=change, moved=moved)


_KEPT = (
    *("id", "version", "body", "level", "member", "starts_on", "ends_on", "layer", "measure", "figure", "tolerance"),
    *("owner", "status", "cycle"),
)


def _figure(plan: DemandPlan, scope: PlanScope | Any, layer: str) -> float | None:
    """None where one of the months is not planned."""
    months = plan.base.months
    if not months or scope.starts_on < months[0] or scope.ends_on > months[-1]:
        return None
    own = np.array([scope.starts_on <= month <= scope.ends_on for month in months])
    return float(by_month(plan, layer_of(plan, layer), scope)[own].sum())
