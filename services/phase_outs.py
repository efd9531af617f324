"""Ends of products: when stock runs out, what to buy a last time, what will be left, and a plan of zero afterwards."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_edits as ledger
from data.queries import life_cycle as rows
from data.queries.demand_edits import EditCells
from data.queries.settings import bump
from services.audit import record
from services.cycle_lock import DEMAND, PRODUCT, require_open
from services.demand_ledger import Applied, enter, listed
from services.demand_plan import DECIDED, LEAF, DemandPlan, demand_plan
from services.form_values import calendar_day, chosen_id
from services.supply_planned import Planned, planned

FURTHEST_YEARS = 5
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class PhaseOut:
    """A product that ends. ``stock`` and ``ordered`` are units at all places and on open orders, ``demand`` what
    customers are to take until the last day of sale, within the supply plan. ``runs_out`` is the week in which stock
    and orders are used up, None if they last; ``last_buy`` what is lacking until the end, at least the smallest order;
    ``left`` what nobody will take, ``left_value`` the same at cost. ``beyond`` tells that the end is later than the
    supply plan reaches."""

    id: int
    version: int
    code: str
    name: str
    uom: str
    life_cycle: str
    ends_on: date
    successors: str
    stock: float
    ordered: float
    demand: float
    runs_out: date | None
    last_buy: float
    left: float
    left_value: float | None
    planned_after: float
    beyond: bool


def phase_outs(viewer: Viewer) -> list[PhaseOut]:
    """Products with an end that is not over for a month, most value left first.

    Inputs: a viewer with plan.read.
    Returns: PhaseOut.
    Raises: NotAllowed.
    Source: issue 6, product life cycle.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        goods, links = rows.products(session), rows.chains(session)
        ending = goods[pd.to_datetime(goods["ends_on"]) >= pd.Timestamp(today() - timedelta(days=31))]
        supply, plan = planned(session, viewer), demand_plan(session, viewer)
    after: dict[int, list[str]] = {}
    for link in links:
        after.setdefault(link.predecessor_id, []).append(link.successor)
    found = [_phase_out(one, after.get(int(str(one.id)), []), supply, plan) for one in ending.itertuples()]
    return sorted(found, key=lambda one: (-(one.left_value or 0.0), one.ends_on, one.code))


def products(viewer: Viewer) -> list[tuple[str, str]]:
    """What can be given an end: finished goods by id and name.

    Inputs: a viewer with plan.read.
    Returns: pairs.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        goods = rows.products(session)
    return [(str(one.id), f"{one.code} {one.name}") for one in goods[goods["life_cycle"] != "retired"].itertuples()]


def end(viewer: Viewer, product_id: object, ends_on: object, *, seen: object = None) -> Applied | None:
    """Set the last day of sale; the planner's figures after it become zero, those of its month the part up to it.

    Inputs: a viewer with demand.edit; the product; the day; the end that was on the screen, None for none.
    Returns: the edit, None where nothing was planned after the day.
    Raises: NotAllowed; NotFound; InvalidInput for a day that is over or too far ahead; Conflict when somebody set
        another end meanwhile, or a step of the cycle is closed.
    Source: issue 6, product life cycle.
    """
    require(viewer, Permission.DEMAND_EDIT)
    last = calendar_day(ends_on, name=_("Last day of sale"))
    if not today() <= last <= today() + timedelta(days=366 * FURTHEST_YEARS):
        raise InvalidInput(_("Last day of sale: choose today or a later day, within five years."))
    with session_scope(viewer) as session:
        require_open(session, PRODUCT)
        require_open(session, DEMAND)
        ledger.lock(session)
        held = rows.held(session, chosen_id(product_id))
        if held is None:
            raise NotFound(_("There is no such product."))
        if (held.ends_on.isoformat() if held.ends_on else None) != (seen or None):
            raise Conflict(
                _("Somebody else has set the end to %(day)s. Look again, then decide.", day=day(held.ends_on))
            )
        before = {"ends_on": held.ends_on and held.ends_on.isoformat(), "life_cycle": held.life_cycle}
        rows.change(session, held.id, ends_on=last, life_cycle="phase_out")
        after = {"ends_on": last.isoformat(), "life_cycle": "phase_out"}
        record(session, viewer, "product.end", subject="product", subject_id=held.code, before=before, after=after)
        done = _zero(session, viewer, demand_plan(session, viewer), held, last)
        bump(session, "products")
    return done


def _zero(session: Session, viewer: Viewer, plan: DemandPlan, product: Any, last: date) -> Applied | None:
    own = np.flatnonzero((plan.base.leaves["product_id"] == product.id).to_numpy())
    at = np.array([place for place, month in enumerate(plan.base.months) if month >= last.replace(day=1)], dtype=int)
    if not own.size or not at.size:
        return None
    share = np.array([_part(plan.base.months[place], last) for place in at])
    consensus = plan.consensus[np.ix_(own, at)]
    said = np.full(plan.consensus.shape, np.nan)
    if DECIDED in plan.streams:
        said = plan.streams[DECIDED].dense(plan.consensus.shape)
    row, column = np.nonzero((share < 1) & (consensus > 0))
    if not row.size:
        return None
    keys = plan.base.leaves[LEAF].to_numpy()[own[row]].T.tolist()
    figures = np.round(consensus * share, 4)[row, column]
    cells = EditCells(
        products=keys[0],
        locations=keys[1],
        channels=keys[2],
        periods=[plan.base.months[at[place]] for place in column],
        before=listed(said[own[row], at[column]]),
        after=listed(figures),
        consensus=consensus[row, column].tolist(),
    )
    done = enter(
        session,
        viewer,
        cells,
        stream=DECIDED,
        scope={"product": product.code},
        mode="set",
        rule="none",
        value=0.0,
        source="life_cycle",
        reason=_("Last day of sale: %(day)s", day=day(last)),
        before_total=float(consensus[row, column].sum()),
        after_total=float(figures.sum()),
    )
    ledger.let_stand(session, done.edit_id)
    return done


def _part(month: date, last: date) -> float:
    """How much of a month is sold: all before the last day, nothing after it."""
    if month > last:
        return 0.0
    return last.day / monthrange(month.year, month.month)[1] if month == last.replace(day=1) else 1.0


def _phase_out(one: Any, successors: list[str], supply: Planned, plan: DemandPlan) -> PhaseOut:
    model, inputs = supply.model, supply.plan.inputs
    own = np.flatnonzero((model.nodes["product_id"] == one.id).to_numpy())
    weeks = model.weeks
    sold = np.array([max(min((one.ends_on - week).days + 1, 7), 0) / 7 for week in weeks])
    demand = inputs.demand[:, own].sum(axis=1) * sold
    stock, receipts = float(inputs.stock[own].sum()), inputs.receipts[:, own].sum(axis=1)
    ordered, wanted = float(receipts.sum()), float(demand.sum())
    short = np.flatnonzero(np.cumsum(demand) > stock + np.cumsum(receipts) + 1e-9)
    sources = model.sources[model.sources["node"].isin(own) & (model.sources["kind"] != "move")]
    least = float(sources["minimum"].min()) if len(sources) else 0.0
    lacking = wanted - stock - ordered
    left = max(-lacking, 0.0)
    return PhaseOut(
        id=int(one.id),
        version=int(one.version),
        code=one.code,
        name=one.name,
        uom=one.uom,
        life_cycle=one.life_cycle,
        ends_on=one.ends_on,
        successors=", ".join(successors),
        stock=stock,
        ordered=ordered,
        demand=wanted,
        runs_out=weeks[int(short[0])] if short.size else None,
        last_buy=max(lacking, least if np.isfinite(least) else 0.0) if lacking > 1e-9 else 0.0,
        left=left,
        left_value=None if pd.isna(one.unit_cost) else left * float(one.unit_cost),
        planned_after=_after(plan, one),
        beyond=one.ends_on > weeks[-1] + WEEK,
    )


def _after(plan: DemandPlan, one: Any) -> float:
    """Units still planned in whole months after the end."""
    own = (plan.base.leaves["product_id"] == one.id).to_numpy()
    late = np.array([month > one.ends_on for month in plan.base.months], dtype=bool)
    return float(plan.consensus[own][:, late].sum())
