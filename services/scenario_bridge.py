"""From the plan to a scenario, one change after the other: what each of them does to a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import scenarios as rows
from data.queries.settings import version
from services.form_values import row_id
from services.plain_rows import plain_rows
from services.plan_totals import METRICS, plan_totals
from services.scenario_changes import changed_model
from services.scenario_plan import known_of, plan_changes
from services.supply_planned import SUBJECTS, plan_of, planned

MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """What one change adds; ``change`` is its stored row, None for all that come after MOST_STEPS together."""

    change: dict[str, Any] | None
    effect: dict[str, float]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A figure of the plan, what each change adds to it, and what the scenario comes to."""

    name: str
    plan: float
    steps: list[tuple[dict[str, Any] | None, float]]
    scenario: float


def bridge(viewer: Viewer, scenario_id: object, metric: str) -> Bridge:
    """The difference between the plan and a scenario, by its changes in their order.

    Inputs: a viewer with purchase.read; the scenario; one of plan_totals.METRICS.
    Returns: Bridge; plan and steps add up to the scenario. An order of the changes other than theirs would share what
        they do together otherwise.
    Raises: NotAllowed; NotFound; InvalidInput for a metric that is none.
    Source: screens.md 6, 13.
    """
    require(viewer, Permission.PURCHASE_READ)
    if metric not in METRICS:
        raise InvalidInput(_("Choose a figure to compare."))
    with session_scope(viewer) as session:
        found = rows.stored(session, row_id(scenario_id))
        if found is None:
            raise NotFound(_("There is no such scenario. It may have been dropped."))
        plan = plan_totals(planned(session, viewer)).total
        steps = _steps(session, viewer, found.id, found.version)
    told = [(step.change, step.effect[metric]) for step in steps]
    return Bridge(found.name, plan[metric], told, plan[metric] + sum(effect for _change, effect in told))


def _steps(session: Session, viewer: Viewer, scenario_id: int, scenario_version: int) -> list[BridgeStep]:
    return shared_frame(
        session,
        viewer,
        "scenario_bridge",
        subjects=(),
        args=(today(), version(session, *SUBJECTS), scenario_id, scenario_version),
        compute=lambda: _worked_out(session, viewer, scenario_id),
    )


def _worked_out(session: Session, viewer: Viewer, scenario_id: int) -> list[BridgeStep]:
    stored = rows.changes(session, scenario_id)
    changes, named = plan_changes(stored), plain_rows(stored)
    known = known_of(session, changes)
    base = planned(session, viewer)
    model, before = base.stored, plan_totals(base).total
    steps = []
    for at in range(min(len(changes), MOST_STEPS)):
        last = at == MOST_STEPS - 1 and len(changes) > MOST_STEPS
        model = changed_model(model, changes[at:] if last else [changes[at]], known)
        after = plan_totals(plan_of(model)).total
        steps.append(BridgeStep(None if last else named[at], {name: after[name] - before[name] for name in METRICS}))
        before = after
    return steps
