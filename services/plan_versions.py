"""Publishing the demand and the supply plan: what everybody plans with from then on is kept for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from analytics.supply_plan.capacity import capacity_load
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import plan_versions as rows
from data.queries.settings import bump
from models.base import Json
from services.audit import record
from services.demand_plan import LEAF, STREAMS, DemandBase, DemandPlan, demand_plan, require_months
from services.supply_planned import Planned, planned

DEMAND, SUPPLY, CONSENSUS = "demand", "supply", "consensus"
SUBJECT = "plan_version"
"""Whose data version counts what was published."""


def versions(viewer: Viewer, kind: str | None = None) -> list[dict[str, Any]]:
    """Published plans, those of the newest month first.

    Inputs: a viewer with plan.read; DEMAND, SUPPLY, CONSENSUS or None for all.
    Returns: dictionaries of id, kind, first_period, number, months, cycle_id, run_id, note, summary, published_at,
        published_by (name).
    Raises: NotAllowed.
    Source: screens.md 14, 24.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return [dict(row._mapping) for row in rows.versions(session, kind)]


def publish_demand(
    session: Session, viewer: Viewer, *, kind: str = DEMAND, cycle_id: int | None = None, note: str | None = None
) -> int:
    """Keep the demand plan of now, all its steps, as the next version of its first month.

    Inputs: the open session of the change that publishes, the viewer, DEMAND or CONSENSUS, the cycle it closes a step
        of, a note.
    Returns: the id of the version. ``summary``: units and revenue (RM at the realised price) of statistics and of the
        consensus.
    Raises: InvalidInput while there is no forecast to plan on.
    Source: screens.md 14; formulas.md, lag snapshots.
    """
    plan = demand_plan(session, viewer)
    base = plan.base
    require_months(base)
    summary = _demand_summary(plan)
    head: Json = {"first_period": base.months[0], "months": len(base.months), "run_id": base.run_id}
    version_id = _head(session, viewer, kind, cycle_id=cycle_id, note=note, summary=summary, **head)
    rows.write_demand(session, _demand_rows(version_id, plan))
    return version_id


def publish_supply(session: Session, viewer: Viewer, *, cycle_id: int | None = None, note: str | None = None) -> int:
    """Keep the supply plan of now by month, a week belonging to the month of its Monday, as the next version.

    Inputs: as publish_demand.
    Returns: the id of the version. ``summary``: units of demand and receipts.
    Raises: nothing of its own.
    Source: screens.md 14.
    """
    found = planned(session, viewer)
    months, figures = supply_by_month(found)
    summary = {"demand": float(figures["demand"].sum()), "receipts": float(figures["receipts"].sum())}
    head: Json = {"first_period": months[0], "months": len(months), "run_id": None}
    version_id = _head(session, viewer, SUPPLY, cycle_id=cycle_id, note=note, summary=summary, **head)
    rows.write_supply(session, _supply_rows(version_id, found, months, figures))
    rows.write_capacity(session, _capacity_rows(version_id, found, months))
    return version_id


def supply_by_month(found: Planned) -> tuple[list[date], dict[str, FloatArray]]:
    """A supply plan by month, a week belonging to the month of its Monday.

    Inputs: found: of today, or of a scenario.
    Returns: the months, and (months, nodes) of demand, receipts, end_stock and owed, units.
    Raises: nothing.
    Source: screens.md 14.
    """
    months = sorted({week.replace(day=1) for week in found.model.weeks})
    return months, _monthly(found, months)


def naive_forecast(base: DemandBase) -> FloatArray:
    """The forecast that costs nothing: as much as in the same month a year before; for what was not sold yet then, as
    much as in the last whole month.

    Inputs: base.
    Returns: leaves x months, units, never below 0.
    Raises: nothing.
    Source: formulas.md 3.1, FVA; Gilliland.
    """
    sold = np.cumsum(np.abs(base.history), axis=1)
    places = {month: place for place, month in enumerate(base.past)}
    last_year = base.last_year()
    for at, month in enumerate(base.months):
        place = places.get(month.replace(year=month.year - 1))
        if place is not None:
            last_year[sold[:, place] == 0, at] = np.nan
    latest = base.history[:, -2] if base.history.shape[1] > 1 else np.zeros(len(base.leaves))
    return np.maximum(np.where(np.isnan(last_year), latest[:, None], last_year), 0.0)


def version_name(first_period: date, number: int) -> str:
    """What people call a published plan.

    Inputs: its first month and its number.
    Returns: such as “2026-11 v2”.
    Raises: nothing.
    Source: screens.md 14.
    """
    return _("%(month)s v%(number)s", month=f"{first_period:%Y-%m}", number=number)


def _head(session: Session, viewer: Viewer, kind: str, *, first_period: date, **values: Any) -> int:
    rows.lock_numbers(session)
    number = rows.next_number(session, kind=kind, first_period=first_period)
    published = {"kind": kind, "first_period": first_period, "number": number, **values}
    version_id = rows.add(session, **published, published_by=viewer.user_id)
    after = {"kind": kind, "version": version_name(first_period, number)}
    record(session, viewer, "plan.publish", subject="plan_version", subject_id=version_id, after=after)
    bump(session, SUBJECT)
    return version_id


def _demand_summary(plan: DemandPlan) -> Json:
    price = plan.base.leaves["price"].to_numpy(dtype=float)
    return {
        "statistical": float(plan.base.statistical.sum()),
        "consensus": float(plan.consensus.sum()),
        "statistical_revenue": float(price @ plan.base.statistical.sum(axis=1)),
        "revenue": float(price @ plan.consensus.sum(axis=1)),
    }


def _demand_rows(version_id: int, plan: DemandPlan) -> Iterator[tuple[object, ...]]:
    base, shape = plan.base, plan.consensus.shape
    silent = np.full(shape, np.nan)
    said = [plan.streams[name].dense(shape) if name in plan.streams else silent for name in _STREAM_COLUMNS]
    layers = [naive_forecast(base), base.statistical, plan.uplift, *said, plan.consensus]
    keys = base.leaves[LEAF].to_numpy().tolist()
    for at, month in enumerate(base.months):
        figures = pd.DataFrame({number: layer[:, at] for number, layer in enumerate(layers)}).astype(object)
        columns = figures.where(figures.notna(), None).to_numpy().tolist()
        for key, row in zip(keys, columns, strict=True):
            yield (version_id, *key, month, *row)


_STREAM_COLUMNS = ("sales", "marketing", "customer", "finance", "planner")
if set(_STREAM_COLUMNS) != set(STREAMS):
    raise RuntimeError("every stream has a column of its own")


def _monthly(found: Planned, months: list[date]) -> dict[str, FloatArray]:
    """(months, nodes) each."""
    plan = found.plan
    week_month = np.array([months.index(week.replace(day=1)) for week in found.model.weeks])
    last_week = np.array([np.flatnonzero(week_month == at)[-1] for at in range(len(months))])
    member = (week_month[None, :] == np.arange(len(months))[:, None]).astype(float)
    end = plan.stock[last_week]
    return {
        "demand": member @ plan.demand,
        "receipts": member @ (plan.planned + plan.inputs.receipts),
        "end_stock": np.maximum(end, 0.0),
        "owed": np.maximum(-end, 0.0),
    }


def _supply_rows(
    version_id: int, found: Planned, months: list[date], figures: dict[str, FloatArray]
) -> Iterator[tuple[object, ...]]:
    keys = found.model.nodes[LEAF[:2]].to_numpy().tolist()
    for at, month in enumerate(months):
        columns = np.column_stack([figures[name][at] for name in ("demand", "receipts", "end_stock", "owed")]).tolist()
        for key, row in zip(keys, columns, strict=True):
            yield (version_id, *key, month, *row)


def _capacity_rows(version_id: int, found: Planned, months: list[date]) -> Iterator[tuple[object, ...]]:
    model = found.model
    load = capacity_load(found.plan.releases, routings=model.routings, available=model.hours)
    resources = model.resources["resource_id"].tolist()
    by_week = pd.Series([week.replace(day=1) for week in model.weeks])
    for month in months:
        own = (by_week == month).to_numpy()
        hours, available = load.hours[own].sum(axis=0).tolist(), model.hours[own].sum(axis=0).tolist()
        for resource_id, used, there in zip(resources, hours, available, strict=True):
            yield (version_id, resource_id, month, used, there)
