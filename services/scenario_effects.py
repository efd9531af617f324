"""What becomes of the changes of a scenario that is promoted: each is written where the plan is made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.viewer import Viewer
from data.queries import demand_edits
from data.queries import policy_review as policy_rows
from data.queries import scenario_promotion as rows
from data.queries.demand_edits import EditCells
from data.queries.settings import bump
from services import demand_ledger, policy_review
from services.audit import record
from services.cycle_lock import DEMAND, SUPPLY, require_open
from services.demand_plan import DECIDED, LEAF, DemandPlan, demand_plan
from services.scenario_changes import SHARE, Known, PlanChange, changed_model
from services.scenario_plan import known_of, plan_changes
from services.supply_plan_model import DAYS_A_WEEK, KEYS, WORKDAYS, Floats, PlanModel
from services.supply_planned import planned

SAME = 1e-9
TERMS = ("price", "lead_time", "moq")
DEMANDS = ("demand", "promotion")
LEVELS = ("safety_stock", "service")
HOURS = ("capacity", "calendar")
MOVED = ("safety_stock", "reorder_point", "order_up_to")
PLACES = {
    **dict.fromkeys(DEMANDS, "/demand/review"),
    **dict.fromkeys(LEVELS, "/inventory/policies"),
    **dict.fromkeys(HOURS, "/supply/capacity"),
    **dict.fromkeys(TERMS, "/data/records"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one change writes: ``count`` rows (None: not known before it is done), seen at ``href``; ``obstacle`` says
    why it can't be written, and what to do."""

    kind: str
    text: str
    count: int | None
    href: str
    obstacle: str | None = None


def effects_of(changes: Sequence[dict[str, Any]]) -> list[Effect]:
    """What the changes would write.

    Inputs: changes: rows of data.queries.scenarios.changes.
    Returns: an effect a change, in their order.
    Raises: KeyError for a kind that is none.
    Source: ours.
    """
    return [
        Effect(found["kind"], _text(found["kind"]), None, PLACES[found["kind"]], _obstacle(found)) for found in changes
    ]


def written(session: Session, viewer: Viewer, stored: pd.DataFrame, *, reason: str) -> list[Effect]:
    """Write the changes.

    Inputs: the open session of the promotion; who promotes; stored: frame of data.queries.scenarios.changes, none with
        an obstacle; reason: what ledgers and logs say.
    Returns: an effect for each place that was written to, with its count.
    Raises: Conflict when a step of the cycle that is changed is closed; InvalidInput for a change that changes nothing.
    Source: ours. Weeks of demand become months by their days.
    """
    changes = plan_changes(stored)
    kinds = {change.kind for change in changes}
    if kinds & set(DEMANDS):
        require_open(session, DEMAND)
    if kinds - set(DEMANDS):
        require_open(session, SUPPLY)
    promotion = _Promotion.of(changes, planned(session, viewer).stored, known_of(session, changes), reason)
    effects = []
    for group, write in _WRITERS.items():
        own = [kind for kind in group if kind in kinds]
        if own:
            count = write(session, viewer, promotion)
            if not count:
                raise InvalidInput(_("%(what)s: there is nothing that it changes.", what=_text(own[0])))
            effects.append(Effect(own[0], _text(own[0]), count, PLACES[own[0]]))
    return effects


@dataclass(frozen=True, slots=True)
class _Promotion:
    """The changes with the models before each of them, and the one after the last."""

    changes: list[PlanChange]
    models: list[PlanModel]
    reason: str

    @classmethod
    def of(cls, changes: list[PlanChange], model: PlanModel, known: Known, reason: str) -> _Promotion:
        models = [model]
        for change in changes:
            models.append(changed_model(models[-1], [change], known))
        return cls(changes, models, reason)

    @property
    def before(self) -> PlanModel:
        return self.models[0]

    @property
    def after(self) -> PlanModel:
        return self.models[-1]


def _text(kind: str) -> str:
    return {
        "demand": _("Figures of the planner in the demand plan"),
        "promotion": _("Figures of the planner in the demand plan"),
        "price": _("List prices"),
        "lead_time": _("Lead times of suppliers"),
        "moq": _("Least orders of suppliers"),
        "safety_stock": _("Policies proposed for approval"),
        "service": _("Policies proposed for approval"),
        "capacity": _("Hours of resources on days"),
        "calendar": _("Closed days of resources"),
    }[kind]


def _obstacle(found: dict[str, Any]) -> str | None:
    kind, weeks = found["kind"], found["from_week"] is not None or found["to_week"] is not None
    if kind in TERMS and found["location_id"] is not None:
        return _("prices and terms hold for all places. Leave the location empty.")
    if kind in LEVELS and weeks:
        return _("policies hold for all weeks. Leave the weeks empty.")
    if kind == "calendar" and found["resource_id"] is None:
        return _("only resources have a calendar. Name the resource.")
    return None


def _write_terms(session: Session, viewer: Viewer, promotion: _Promotion) -> int:
    count = 0
    for change in promotion.changes:
        if change.kind in TERMS:
            count += _change_terms(session, viewer, change, promotion.reason)
    for subject in ("products", "master"):
        bump(session, subject)
    return count


def _change_terms(session: Session, viewer: Viewer, change: PlanChange, reason: str) -> int:
    in_days = change.kind == "lead_time" and change.mode != SHARE
    value = change.value * (DAYS_A_WEEK if in_days else 1)
    scope = {"product_id": change.product_id, "category": change.category}
    changed = rows.change_terms(session, change.kind, mode=change.mode, value=value, **scope)
    for row in changed:
        before, after = ({change.kind: float(figure)} for figure in (row.before, row.after))
        figures: dict[str, Any] = {"before": before, "after": after, "reason": reason}
        record(session, viewer, f"scenario.{change.kind}", subject="product", subject_id=row.code, **figures)
    return len(changed)


def _write_hours(session: Session, viewer: Viewer, promotion: _Promotion) -> int:
    """The hours of a week are spread over its days of work that are still to come."""
    after = promotion.after
    changed = np.argwhere(np.abs(after.hours - promotion.before.hours) > SAME)
    found: list[tuple[int, date, float]] = []
    resources = after.resources["resource_id"].tolist()
    for week, resource in changed.tolist():
        days = _days_to_come(after.weeks[week])
        work = [day for day in days if day.weekday() < WORKDAYS] or days
        hours = float(after.hours[week, resource]) / len(work)
        found += [(resources[resource], day, hours if day in work else 0.0) for day in days]
    if found:
        rows.set_hours(session, found, note=promotion.reason)
        told: dict[str, Any] = {"after": {"days": len(found)}, "reason": promotion.reason}
        record(session, viewer, "scenario.hours", subject="resource_day", subject_id="", **told)
        bump(session, "master")
    return len(found)


def _write_levels(session: Session, viewer: Viewer, promotion: _Promotion) -> int:
    """Safety stock as the scenario has it; reorder point and order-up-to move along."""
    nodes = promotion.after.nodes[KEYS].astype("int64")
    more = (promotion.after.inputs.safety - promotion.before.inputs.safety)[-1]
    moved = nodes.assign(more=more)[np.abs(more) > SAME]
    now = policy_rows.current(session, moved[KEYS]).set_index(KEYS)[[*MOVED, "order_quantity"]].astype("float64")
    wanted = now.join(moved.set_index(KEYS)["more"])
    levels = (
        wanted[list(MOVED)].add(wanted["more"], axis=0).clip(lower=0.0).assign(order_quantity=now["order_quantity"])
    )
    levels["order_up_to"] = levels[["order_up_to", "reorder_point"]].max(axis=1)
    return policy_review.propose(session, viewer, levels, source="scenario", reason=promotion.reason)


def _write_demand(session: Session, viewer: Viewer, promotion: _Promotion) -> int:
    demand_edits.lock(session)
    plan = demand_plan(session, viewer)
    after = _demand_after(plan, promotion)
    leaf, month = np.nonzero(np.abs(after - plan.consensus) > SAME)
    if not len(leaf):
        return 0
    said = plan.streams[DECIDED].dense(after.shape) if DECIDED in plan.streams else np.full(after.shape, np.nan)
    keys = plan.base.leaves[LEAF].to_numpy()[leaf]
    cells = EditCells(
        products=keys[:, 0].tolist(),
        locations=keys[:, 1].tolist(),
        channels=keys[:, 2].tolist(),
        periods=[plan.base.months[at] for at in month],
        before=[None if np.isnan(figure) else float(figure) for figure in said[leaf, month]],
        after=np.round(after[leaf, month], 4).tolist(),
        consensus=plan.consensus[leaf, month].tolist(),
    )
    head: dict[str, Any] = {"scope": {}, "mode": "set", "rule": "forecast", "value": None, "source": "consensus"}
    totals = {"before_total": sum(cells.consensus), "after_total": float(after[leaf, month].sum())}
    told = {"reason": promotion.reason, "expires_on": None}
    return demand_ledger.write(session, viewer, plan, cells, stream=DECIDED, **head, **totals, **told).cells


def _demand_after(plan: DemandPlan, promotion: _Promotion) -> Floats:
    """Every leaf takes its part of what its item gains or loses in a month, through the channel that is meant."""
    after = plan.consensus.copy()
    nodes = promotion.after.nodes[KEYS].astype("int64").assign(node=np.arange(len(promotion.after.nodes)))
    leaves = plan.base.leaves[LEAF].assign(row=np.arange(len(plan.base.leaves))).merge(nodes, on=KEYS)
    for change, before, changed in zip(promotion.changes, promotion.models, promotion.models[1:], strict=False):
        if change.kind not in DEMANDS:
            continue
        own = leaves if change.channel_id is None else leaves[leaves["channel_id"] == change.channel_id]
        row, node = own["row"].to_numpy(dtype=np.int64), own["node"].to_numpy(dtype=np.int64)
        more = _by_month(changed.inputs.demand - before.inputs.demand, changed.weeks, plan.base.months)[node]
        now = after[row]
        whole = pd.DataFrame(now).groupby(node).transform("sum").to_numpy()
        part = np.divide(now, whole, out=np.zeros_like(now), where=whole > 0)
        after[row] = np.maximum(now + more * part, 0.0)
    return after


def _by_month(more: Floats, weeks: list[date], months: list[date]) -> Floats:
    """(nodes, months) of (weeks, nodes); a week that reaches into the next month belongs to both by its days."""
    places = {month: at for at, month in enumerate(months)}
    part = np.zeros((len(weeks), len(months)))
    for week, monday in enumerate(weeks):
        days = _days_to_come(monday)
        for day in days:
            at = places.get(day.replace(day=1))
            if at is not None:
                part[week, at] += 1.0 / len(days)
    result: Floats = more.T @ part
    return result


def _days_to_come(monday: date) -> list[date]:
    days = [monday + timedelta(days=day) for day in range(DAYS_A_WEEK)]
    return [day for day in days if day >= today()]


_WRITERS: dict[tuple[str, ...], Callable[[Session, Viewer, _Promotion], int]] = {
    DEMANDS: _write_demand,
    TERMS: _write_terms,
    HOURS: _write_hours,
    LEVELS: _write_levels,
}
