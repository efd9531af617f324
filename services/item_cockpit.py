"""The cockpit of one item: what its policy gives, and what another service, lead time, lot or review would make of it.

Everything tried goes through the functions that make the stored policies. Nothing is stored until it is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from math import ceil
from typing import Any, Literal

import numpy as np
import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from analytics.inventory_policy import ServiceMeasure, item_policies
from analytics.item_simulation import simulated_policies
from analytics.policy_change import mean_stock
from analytics.policy_outcome import expected_fill_rate, service_curve
from analytics.policy_simulation import Measured, SimulatedService
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _, number, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import item_cockpit, policies
from data.queries.inventory import Item
from services import policy_review
from services.form_values import row_id, sentence
from services.inventory import HIGHEST_TARGET, LOWEST_TARGET
from services.plain_rows import plain_rows
from services.policy_review import REASON_LENGTH
from services.positions import shared_positions
from services.scenario_changes import MOST_LEAD_WEEKS
from services.supply_plan import Change, ItemPlan, item_plan

CURVE_POINTS = 60
HISTORY_DAYS = 365
DAYS_A_YEAR = 365
DAYS_A_WEEK = 7
SEED = 1
MOST_LEAD_DAYS, MOST_REVIEW_DAYS, MOST_UNITS = 730, 365, 1e9

Zone = Literal["out", "safety", "reorder", "target", "above"]
"""Where stock lies: nothing there, in the safety stock, up to the reorder point, up to order-up-to, or above it."""

# What is changed when a term is tried: column of the contract of analytics.item_policies.
COLUMNS = {
    "service_target": "service_level",
    "lead_time_days": "lead_time_days",
    "moq": "moq",
    "review_days": "review_days",
}
FIGURES = (
    *("mean_daily_demand", "daily_demand_sd", "lead_time_days", "lead_time_sd_days", "review_days", "cover_days"),
    *("service_level", "order_cost", "holding_cost_per_unit_year", "moq", "order_multiple", "max_order_quantity"),
)
LEVELS = ("safety_stock", "reorder_point", "order_quantity", "order_up_to")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person may try: service as a share, days, units per order (0 = no minimum)."""

    service_target: float
    lead_time_days: float
    moq: float
    review_days: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A policy and what it is expected to give. ``stock_value`` is what lies there on average, at cost, None where the
    cost isn't known; ``fill_rate`` is None for an item without demand."""

    terms: Terms
    safety_stock: float
    reorder_point: float
    order_quantity: float
    order_up_to: float
    mean_stock: float
    stock_value: float | None
    fill_rate: float | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What one service target costs and gives."""

    service_target: float
    stock_value: float
    fill_rate: float


@dataclass(frozen=True, slots=True)
class Trial:
    """Today's policy beside the tried one, and what any other service would cost: ``curve`` under today's terms,
    ``tried_curve`` under the tried ones, empty while only the service differs. ``measure`` tells what the target
    means."""

    now: Outcome
    tried: Outcome
    measure: ServiceMeasure
    curve: list[CurvePoint]
    tried_curve: list[CurvePoint]

    @property
    def changed(self) -> bool:
        return self.tried.terms != self.now.terms


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands in the zones of its policy: ``free`` is on hand and not promised, ``ahead`` the stock one
    lead time from now if nothing more is ordered; the lower of both gives the zone. Levels and zone are None without a
    policy."""

    free: float
    ahead: float
    lead_time_days: float
    safety_stock: float | None
    reorder_point: float | None
    order_up_to: float | None
    zone: Zone | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval; all None where nothing could be measured."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a policy gave on sampled futures: shares, units, and orders and units wasted a year."""

    fill_rate: Interval
    cycle_service: Interval
    mean_stock: Interval
    orders: Interval
    wasted: Interval


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison:
    """Today's policy and the tried one: ``both`` are rows of analytics.item_policies, today's with its stored levels;
    ``inputs`` is the row today's was made from."""

    stored: Row[Any]
    unit_cost: float | None
    measure: ServiceMeasure
    inputs: pd.DataFrame
    both: pd.DataFrame
    now: Terms
    tried: Terms

    def outcome(self, at: int) -> Outcome:
        """What today's (0) or the tried policy (1) gives."""
        return _outcome(self.both.iloc[[at]], (self.now, self.tried)[at], self.unit_cost)


def trial(viewer: Viewer, product_id: object, location_id: object, wanted: Mapping[str, object]) -> Trial:
    """The policy of an item with other terms, by the same function that makes the stored one.

    Inputs: a viewer with inventory.read, product, location, and the terms to try by name, None or missing = as now.
    Returns: Trial; without a change the tried policy is today's.
    Raises: NotAllowed; NotFound without such an item or policy; InvalidInput naming term, value and range.
    Source: analytics.inventory_policy; screens.md 8.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _compared(session, viewer, (row_id(product_id), row_id(location_id)), wanted)
    same_curve = replace(found.tried, service_target=found.now.service_target) == found.now
    tried_inputs = _with(found.inputs, found.tried)
    return Trial(
        now=found.outcome(0),
        tried=found.outcome(1),
        measure=found.measure,
        curve=_curve(found.inputs, found.measure, found.unit_cost),
        tried_curve=[] if same_curve else _curve(tried_inputs, found.measure, found.unit_cost),
    )


def plan_with(viewer: Viewer, product_id: object, location_id: object, wanted: Mapping[str, object]) -> ItemPlan:
    """The weeks of an item in the supply plan, and what the tried policy would make of its stock.

    Inputs: as trial; the viewer needs purchase.read too.
    Returns: ItemPlan; without a change nothing is tried.
    Raises: as trial; NotFound for an item that isn't planned.
    Source: services.supply_plan; lead times are whole weeks there, safety stock is the tried policy's.
    """
    require(viewer, Permission.INVENTORY_READ)
    if not wanted:
        return item_plan(viewer, product_id, location_id)
    with session_scope(viewer) as session:
        found = _compared(session, viewer, (row_id(product_id), row_id(location_id)), wanted)
    lead = found.tried.lead_time_days
    weeks = None if lead == found.now.lead_time_days else min(ceil(lead / DAYS_A_WEEK), MOST_LEAD_WEEKS)
    minimum = None if found.tried.moq == found.now.moq else found.tried.moq
    change = Change(lead_weeks=weeks, safety_stock=found.outcome(1).safety_stock, minimum=minimum)
    return item_plan(viewer, product_id, location_id, change)


def simulated(
    viewer: Viewer, product_id: object, location_id: object, wanted: Mapping[str, object]
) -> list[Simulated] | None:
    """Today's and the tried policy replayed on the same sampled futures of the item.

    Inputs: as trial.
    Returns: two entries, today's first; None while the item has no history to sample from. The same answer each time.
    Raises: as trial.
    Source: analytics.item_simulation; formulas.md 3.6.
    """
    require(viewer, Permission.INVENTORY_READ)
    item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        found = _compared(session, viewer, item, wanted)
        history = _history(session, item, sold=found.stored.inputs.get("demand_source") == "forecast")
        life = item_cockpit.shelf_life_days(session, item=item)
    if not history.any():
        return None
    measured = simulated_policies(history, policies=found.both, shelf_life_days=float(life or np.nan), seed=SEED)
    return [_simulated(measured, at) for at in range(2)]


def standing(viewer: Viewer, plan: ItemPlan) -> Standing:
    """Where an item stands today and one lead time from now.

    Inputs: a viewer with inventory.read, the plan of the item.
    Returns: Standing.
    Raises: NotAllowed; NotFound.
    Source: screens.md 8.
    """
    require(viewer, Permission.INVENTORY_READ)
    item = (plan.item["product_id"], plan.item["location_id"])
    with session_scope(viewer) as session:
        row = _position(session, viewer, item)
    known = row["lead_time_days"]
    lead_days = float(plan.lead_weeks * DAYS_A_WEEK) if known is None else known
    free = row["on_hand"] - row["allocated"]
    ahead = stock_ahead(plan, lead_time_days=lead_days)
    levels = {name: row[name] for name in ("safety_stock", "reorder_point", "order_up_to")}
    return Standing(free, ahead, lead_days, **levels, zone=_zone(min(free, ahead), **levels))


def propose(
    viewer: Viewer, product_id: object, location_id: object, wanted: Mapping[str, object], *, reason: object = None
) -> int:
    """Put the tried policy on the list of those to approve.

    Inputs: as trial; the viewer needs inventory.edit; why, if anything.
    Returns: 1, or 0 when it comes to the levels in force.
    Raises: as trial; InvalidInput while nothing is tried.
    Source: screens.md 8; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = None if reason in (None, "") else sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        found = _compared(session, viewer, item, wanted)
        if found.tried == found.now:
            raise InvalidInput(_("Nothing is tried yet. Move a slider or type a figure first."))
        return policy_review.propose(session, viewer, _wanted(found, item), source="cockpit", reason=why)


def order_proposal(viewer: Viewer, product_id: object, location_id: object) -> dict[str, Any] | None:
    """What is advised to order of an item now.

    Inputs: a viewer with inventory.read, product and location.
    Returns: quantity, value, needed_on, days_to_stockout, money_at_stake, supplier; None where nothing is advised.
    Raises: NotAllowed.
    Source: analytics.inventory_position.reorder_proposals.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = item_cockpit.open_proposal(session, item=(row_id(product_id), row_id(location_id)))
    return None if found is None else found._asdict()


def affordable(curve: list[CurvePoint], budget: float) -> CurvePoint | None:
    """The most service that a budget for the stock of an item pays for.

    Inputs: curve: by rising service; budget: money in stock on average.
    Returns: the point; None where even the least service costs more.
    Raises: nothing.
    Source: Silver, Pyke & Thomas, ch. 6 (exchange curves).
    """
    paid = [point for point in curve if point.stock_value <= budget]
    return paid[-1] if paid else None


def stock_ahead(plan: ItemPlan, *, lead_time_days: float) -> float:
    """Stock one lead time from now if nothing more is ordered: what comes firmly, less demand and what expires.

    Inputs: the plan of the item; lead_time_days: whole or not.
    Returns: units, below zero where demand can't be met any more by ordering today.
    Raises: nothing.
    Source: screens.md 8: the lower of today's marker and this one gives the status.
    """
    lines = plan.lines
    change = np.array(lines["firm"]) - lines["independent"] - np.array(lines["dependent"]) - lines["waste"]
    path = plan.item["stock"] + np.concatenate([[0.0], np.cumsum(change)])
    return float(np.interp(lead_time_days / DAYS_A_WEEK, np.arange(len(path)), path))


def _zone(
    stock: float, *, safety_stock: float | None, reorder_point: float | None, order_up_to: float | None
) -> Zone | None:
    if safety_stock is None or reorder_point is None or order_up_to is None:
        return None
    if stock <= 0:
        return "out"
    if stock < safety_stock:
        return "safety"
    if stock < reorder_point:
        return "reorder"
    return "target" if stock <= order_up_to else "above"


def _position(session: Session, viewer: Viewer, item: Item) -> dict[str, Any]:
    positions = shared_positions(session, viewer, as_of=today())
    if item not in positions.index:
        raise NotFound(_("There is no such item at this location."))
    return plain_rows(positions.loc[[item]])[0]


def _compared(session: Session, viewer: Viewer, item: Item, wanted: Mapping[str, object]) -> _Comparison:
    unit_cost = _position(session, viewer, item)["unit_cost"]
    stored = policies.policy(session, item=item)
    if stored is None:
        raise NotFound(_("This item has no policy yet. Recalculate first."))
    inputs, measure = _inputs(stored), _measure(stored)
    now = _terms(inputs)
    tried = replace(now, **_checked(wanted, now))
    both = item_policies(pd.concat([inputs, _with(inputs, tried)], ignore_index=True), service_measure=measure)
    stored_rows = [0, 1] if tried == now else [0]
    for name in LEVELS:
        both.loc[stored_rows, name] = float(getattr(stored, name))
    return _Comparison(stored, unit_cost, measure, inputs, both, now, tried)


def _inputs(stored: Row[Any]) -> pd.DataFrame:
    """What the stored policy was made from, as analytics.item_policies takes it; one row."""
    known = {
        **stored.inputs,
        "service_level": stored.service_target,
        "mean_daily_demand": stored.daily_demand,
    }
    figures = pd.DataFrame([{name: known.get(name) for name in FIGURES}]).astype("float64")
    return figures.assign(demand_class=known.get("demand_class"))


def _measure(stored: Row[Any]) -> ServiceMeasure:
    return "fill_rate" if stored.measure == "fill" else "cycle"


def _terms(inputs: pd.DataFrame) -> Terms:
    row = inputs.iloc[0]
    figures = {name: float(row[column]) for name, column in COLUMNS.items()}
    return Terms(**{name: 0.0 if np.isnan(value) else value for name, value in figures.items()})


def _checked(wanted: Mapping[str, object], now: Terms) -> dict[str, float]:
    """The terms that are given, each in its range; what rounds to what is shown now stays as it is."""
    found: dict[str, float] = {}
    for field in fields(Terms):
        value = wanted.get(field.name)
        if value is None or value == "":
            continue
        figure = _figure(field.name, value)
        if round(figure, 4) != round(getattr(now, field.name), 4):
            found[field.name] = figure
    return found


def _figure(name: str, value: object) -> float:
    low, high = {
        "service_target": (LOWEST_TARGET, HIGHEST_TARGET),
        "lead_time_days": (0.0, MOST_LEAD_DAYS),
        "moq": (0.0, MOST_UNITS),
        "review_days": (1.0, MOST_REVIEW_DAYS),
    }[name]
    names = {
        "service_target": _("Service target"),
        "lead_time_days": _("Lead time"),
        "moq": _("Minimum order"),
        "review_days": _("Review period"),
    }
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        shown = percent if name == "service_target" else number
        raise InvalidInput(
            _("%(name)s: enter %(low)s to %(high)s.", name=names[name], low=shown(low), high=shown(high))
        )
    return float(value)


def _with(inputs: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    changed = {column: getattr(terms, name) for name, column in COLUMNS.items()}
    return inputs.assign(**changed)


def _wanted(found: _Comparison, item: Item) -> pd.DataFrame:
    """The tried policy as services.policy_review takes it: levels and target, and what it was worked out from."""
    tried = found.both.iloc[[1]].drop(columns=["mean_daily_demand"]).rename(columns={"service_level": "service_target"})
    # Whatever the policy in force was made by, the tried levels are those of a reorder point.
    tried = tried.assign(method="reorder_point")
    if found.tried.service_target != found.now.service_target:
        tried = tried.assign(service_target_fixed=True)
    if found.tried.lead_time_days != found.now.lead_time_days:
        tried = tried.assign(lead_time_source="planner")
    return tried.set_index(pd.MultiIndex.from_tuples([item], names=["product_id", "location_id"]))


def _outcome(policy: pd.DataFrame, terms: Terms, unit_cost: float | None) -> Outcome:
    row = policy.iloc[0]
    levels = {name: float(row[name]) for name in LEVELS}
    mean = float(mean_stock(policy["safety_stock"], order_quantity=policy["order_quantity"])[0])
    return Outcome(
        terms=terms,
        **levels,
        mean_stock=mean,
        stock_value=None if unit_cost is None else mean * unit_cost,
        fill_rate=_known(expected_fill_rate(policy)[0]),
    )


def _curve(inputs: pd.DataFrame, measure: ServiceMeasure, unit_cost: float | None) -> list[CurvePoint]:
    """Even steps of what is missing to full service, so that the steep end is drawn as finely as the flat one."""
    if unit_cost is None:
        return []
    targets = 1 - np.geomspace(1 - LOWEST_TARGET, 1 - HIGHEST_TARGET, CURVE_POINTS)
    found = service_curve(inputs, targets=targets, service_measure=measure)
    money = mean_stock(found["safety_stock"], order_quantity=found["order_quantity"]) * unit_cost
    points = zip(targets, money, found["expected_fill_rate"], strict=True)
    return [CurvePoint(float(target), float(stock), float(rate)) for target, stock, rate in points if rate == rate]


def _history(session: Session, item: Item, *, sold: bool) -> FloatArray:
    """Units a day of the last year, from the first day with demand on; more returned than sold counts as nothing."""
    before = today()
    since = before - timedelta(days=HISTORY_DAYS)
    found = item_cockpit.daily_demand(session, item=item, sold=sold, since=since, before=before)
    if found.empty:
        return np.zeros(0)
    daily = found.set_index(pd.DatetimeIndex(found["day"]))["quantity"]
    days = pd.date_range(daily.index.min(), before - timedelta(days=1))
    sold_a_day: FloatArray = daily.reindex(days, fill_value=0.0).to_numpy(dtype=float)
    return np.maximum(sold_a_day, 0.0)


def _simulated(found: SimulatedService, at: int) -> Simulated:
    return Simulated(
        fill_rate=_interval(found.fill_rate, at, most=1.0),
        cycle_service=_interval(found.cycle_service, at, most=1.0),
        mean_stock=_interval(found.mean_stock, at),
        orders=_interval(found.orders, at, times=DAYS_A_YEAR),
        wasted=_interval(found.wasted, at, times=DAYS_A_YEAR),
    )


def _interval(measured: Measured, at: int, *, times: float = 1.0, most: float = np.inf) -> Interval:
    mean, low, high = (_known(values[at] * times) for values in (measured.mean, measured.low, measured.high))
    if mean is None or low is None or high is None:
        return Interval(mean, None, None)
    return Interval(mean, max(low, 0.0), min(high, most))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
