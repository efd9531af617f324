"""Inventory: where stock stands, why its policy is what it is, and the recalculation of all policies and proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import policies, policy_history, policy_review
from data.queries import settings as stored
from models.base import Json
from services import jobs, policy_trial, stock_trend
from services.audit import record
from services.form_values import row_id
from services.positions import position_rows, stock_positions
from services.reorder import sync_proposals
from services.stock_policies import Report, compute_policies, save_at_once, save_policies
from services.stocking_rules import stocking_rules

JOB_KIND = "inventory"
STATEMENT_TIMEOUT_MS = 300_000
LOWEST_TARGET, HIGHEST_TARGET = 0.5, 0.999


@dataclass(frozen=True, slots=True)
class Why:
    """One item with its policy. ``inputs`` are what the policy was computed from, empty while it has none;
    ``missing`` names what keeps it from having one."""

    position: dict[str, Any]
    version: int
    service_target: float
    service_target_fixed: bool
    measure: str
    method: str
    source: str
    inputs: Json
    missing: list[str]
    computed_at: Any


def start_recalculation(viewer: Viewer) -> UUID:
    """Have all policies and proposals computed anew by a worker.

    Inputs: a viewer with inventory.edit.
    Returns: the id of the job; of the one under way when the viewer has one.
    Raises: NotAllowed.
    Source: product.md, promise 4.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        return jobs.start(session, viewer, JOB_KIND, {"as_of": today().isoformat()}, idem_key=JOB_KIND)


def running_recalculation(viewer: Viewer) -> UUID | None:
    """The recalculation the viewer has under way, so that a reloaded page goes on showing it.

    Inputs: a viewer.
    Returns: the id of the job, None when there is none.
    Raises: nothing of its own.
    Source: product.md, promise 4.
    """
    mine = jobs.newest_jobs(viewer, active_only=True)
    return next((job.id for job in mine if job.kind == JOB_KIND), None)


def recalculate_job(viewer: Viewer, args: Json, report: Report) -> Json:
    """The same as a job's work.

    Inputs: the owner, ``as_of`` (ISO date), who is told of the progress.
    Returns: the counts of recalculate.
    Raises: JobCancelled when the owner stops it.
    Source: docs/adr/0003-jobs.md.
    """
    return recalculate(viewer, as_of=date.fromisoformat(args["as_of"]), report=report)


def recalculate(viewer: Viewer, *, as_of: date, report: Report = lambda _fraction, _message: None) -> Json:
    """Compute every policy and bring the open proposals in line, in one transaction.

    Inputs: a viewer with inventory.edit, the data date, who is told of the progress.
    Returns: policies, policies_changed, items_without_policy, policies_waiting (changes beyond the limit that wait to
        be approved), policies_proposed (those of them that are new), proposals, proposals_changed, proposals_withdrawn.
    Raises: NotAllowed; JobCancelled from ``report``, and then nothing is changed.
    Source: formulas.md 3.6, 3.8; product.md, promise 8: the second run on the same data changes nothing.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as session:
        policies.lock(session)
        report(0.05, _("Reading demand, lead times and terms"))
        computed = compute_policies(session, as_of=as_of)
        saved = save_policies(session, computed, as_of=as_of, at=now(), by=viewer.user_id, report=report)
        report(0.8, _("Trying the policies out"))
        for table in (policy_trial.POLICIES, policy_trial.PROPOSALS):
            policy_trial.try_out(session, table, as_of=as_of)
        report(0.9, _("Comparing stock with the policies"))
        synced = sync_proposals(session, as_of=as_of, at=now())
        stock_trend.remember(session, day=as_of)
        outcome = {
            "policies": saved.items,
            "policies_changed": saved.changed,
            "items_without_policy": saved.without,
            "policies_waiting": saved.waiting,
            "policies_proposed": saved.proposed,
            "proposals": synced.open,
            "proposals_changed": synced.changed,
            "proposals_withdrawn": synced.withdrawn,
        }
        record(session, viewer, "inventory.recalculate", subject="inventory", subject_id=as_of, after=outcome)
        # Last: whoever else changes policies waits for this row until we commit.
        stored.bump(session, "policy")
    return outcome


def why(viewer: Viewer, product_id: object, location_id: object) -> Why:
    """Position and policy of one item, with all the inputs the policy was computed from.

    Inputs: a viewer with inventory.read, product and location.
    Returns: the stored inputs; for an item without policy, what is missing.
    Raises: NotAllowed; NotFound.
    Source: product.md, promise 1; screens.md 11.
    """
    require(viewer, Permission.INVENTORY_READ)
    item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        position = stock_positions(session, as_of=today(), item=item)
        if position.empty:
            raise NotFound(_("There is no such item at this location."))
        found = policies.policy(session, item=item)
        missing = [] if found else _missing(compute_policies(session, as_of=today(), item=item))
        rules = stocking_rules(session)
    return Why(
        position=position_rows(position)[0],
        version=found.version if found else 0,
        service_target=found.service_target if found else rules.service_target,
        service_target_fixed=bool(found and found.service_target_fixed),
        measure=found.measure if found else "cycle",
        method=found.method if found else "reorder_point",
        source=found.source if found else "calculation",
        inputs=found.inputs if found else {},
        missing=missing,
        computed_at=found.computed_at if found else None,
    )


def set_service_target(
    viewer: Viewer, product_id: object, location_id: object, *, target: float | None, version: object
) -> Why:
    """Give one item a service target of its own, or None for that of its rule or the company, and compute it anew.

    Inputs: a viewer with inventory.edit, the item, the target as a share, the version that was on the screen.
    Returns: the item as it is now, its proposal in line with it.
    Raises: NotAllowed; NotFound; InvalidInput for a target out of range; Conflict when it was changed meanwhile.
    Source: formulas.md 3.6; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    if target is not None and not LOWEST_TARGET <= target <= HIGHEST_TARGET:
        raise InvalidInput(
            _(
                "The service target must be between %(low)s and %(high)s.",
                low=percent(LOWEST_TARGET),
                high=percent(HIGHEST_TARGET),
            )
        )
    item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        policy_review.hold_open(session, item=item)
        before = policies.policy(session, item=item)
        if before is None:
            raise NotFound(_("This item has no policy yet. Recalculate first."))
        state = policy_history.state(session, item=item)
        new = stocking_rules(session).service_target if target is None else target
        if not policies.set_target(session, item=item, target=new, fixed=target is not None, version=row_id(version)):
            raise Conflict(_target_conflict(before.service_target))
        computed = compute_policies(session, as_of=today(), item=item)
        save_at_once(session, computed, as_of=today(), at=now())
        policy_trial.try_out(session, policy_trial.POLICIES, as_of=today(), item=item)
        policy_history.note(session, item=item, before=state, source="service_target", by=viewer.user_id, at=now())
        sync_proposals(session, as_of=today(), at=now(), item=item)
        after = policy_history.state(session, item=item) or {}
        record(
            session,
            viewer,
            "inventory.service_target",
            subject="inventory_policy",
            subject_id=f"{item[0]}/{item[1]}",
            before={"service_target": before.service_target, "fixed": before.service_target_fixed},
            after={"service_target": after.get("service_target"), "fixed": target is not None},
        )
        stored.bump(session, "policy")
    return why(viewer, *item)


def _missing(computed: pd.DataFrame) -> list[str]:
    """The inputs that an item without policy lacks."""
    if computed.empty:
        return ["demand", "lead_time"]
    inputs = computed.iloc[0]
    lacking = {
        "demand": np.isnan(inputs["mean_daily_demand"]),
        "lead_time": np.isnan(inputs["lead_time_days"]),
    }
    return [name for name, lacks in lacking.items() if lacks]


def _target_conflict(now_target: float) -> str:
    return _(
        "This policy has changed since you opened it; its service target is now %(target)s. Look again, then save.",
        target=percent(now_target),
    )
