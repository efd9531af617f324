"""The plan under limits: families of products by month or week, within hours, overtime, room and money.

What each unit of a family takes of every resource is followed down through moves and recipes, so that a kitchen or a
press that only makes components is limited too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.supply_plan.capacity import Routings, capacity_load
from analytics.supply_plan.constrained import Binding, ConstrainedPlan, Costs, Limit, Limits, constrained_plan
from analytics.supply_plan.engine import SupplyPlan
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from services.form_values import quantity_of
from services.limit_rules import LimitRules, limit_rules
from services.stocking_rules import stocking_rules
from services.supply_plan_model import DAYS_A_WEEK, PlanModel
from services.supply_planned import SUBJECTS, Planned, planned

STEPS, AIMS = ("month", "week"), ("cost", "margin")
DAYS_A_YEAR, MONTHS_A_YEAR = 365.0, 12.0
ELSEWHERE = "elsewhere"
KINDS = ("making", "overtime", ELSEWHERE, "holding", "backlog", "lost")
LEAST_DEMAND, MOST_DEMAND = -90, 300
SMALLEST = 1e-6

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LimitFilters:
    """What is asked: ``step`` one of STEPS, ``aim`` one of AIMS, ``late`` "no" when nothing may be late; ``demand``:
    how much more to try, in per cent as typed (below zero: less)."""

    step: str = "month"
    aim: str = "cost"
    late: str = ""
    demand: str = ""


@dataclass(frozen=True, slots=True)
class LimitedPlan:
    """Figures by period (first days ``periods``). ``families``: family, uom and lists demand, made, elsewhere, stock,
    late, lost, and free: what would be made without limits; ``resources``: code, name and lists hours, available,
    overtime; ``costs``: money by kind (KINDS), a list each; ``free``: the same kinds in all without limits;
    ``binding``: limit, name, period (its first day), worth and lacking, the dearest first; ``feasible``: False when
    limits have to give."""

    periods: list[date]
    families: list[dict[str, Any]]
    resources: list[dict[str, Any]]
    costs: dict[str, list[float]]
    free: dict[str, float]
    binding: list[dict[str, Any]]
    feasible: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _Families:
    """(periods, families) demand, receipts, safety; (families,) stock, cost, price; (resources, families) hours a unit;
    (periods, resources) hours that open orders leave."""

    names: list[str]
    uoms: list[str]
    demand: Floats
    receipts: Floats
    safety: Floats
    stock: Floats
    cost: Floats
    price: Floats
    hours_per_unit: Floats
    hours: Floats


def limited_plan(viewer: Viewer, filters: LimitFilters) -> LimitedPlan:
    """The cheapest plan, or the one of most margin, under the limits that are stored.

    Inputs: a viewer with purchase.read, filters.
    Returns: LimitedPlan.
    Raises: NotAllowed; InvalidInput when there is nothing to plan, for demand that can't be, and when no limit could be
        relaxed so that nothing is late.
    Source: Hopp & Spearman, 3rd ed., section 16.3; analytics.supply_plan.constrained.
    """
    require(viewer, Permission.PURCHASE_READ)
    more = _more_demand(filters.demand)
    with session_scope(viewer) as session:
        rules, rate = limit_rules(session), stocking_rules(session).holding_rate
        return shared_frame(
            session,
            viewer,
            "limited_plan",
            subjects=SUBJECTS,
            args=(today(), filters, rules, rate),
            compute=lambda: _limited(planned(session, viewer), filters, rules, rate, more=more),
        )


def any_family(viewer: Viewer) -> bool:
    """Whether anything is sold that could be planned.

    Inputs: a viewer with purchase.read.
    Returns: False while nothing has demand.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return bool(_sold(planned(session, viewer)).any())


def _more_demand(typed: str) -> float:
    found = float(quantity_of(typed.strip() or 0, name=_("Demand")))
    if not LEAST_DEMAND <= found <= MOST_DEMAND:
        raise InvalidInput(_("Demand: enter %(least)s to %(most)s per cent.", least=LEAST_DEMAND, most=MOST_DEMAND))
    return found / 100


def _limited(found: Planned, filters: LimitFilters, rules: LimitRules, rate: float, *, more: float) -> LimitedPlan:
    began = time.perf_counter()
    if not _sold(found).any():
        raise InvalidInput(_("There is no demand to plan. Forecast or import orders first."))
    starts, weeks = _periods(found.model.weeks, filters.step)
    families = _families(found, weeks)
    families = replace(families, demand=families.demand * (1 + more))
    costs = _costs(families, rules, rate, filters, days=_days(weeks))
    limits = _limits(families, rules, days=_days(weeks))
    try:
        limited = _solved(families, costs, limits, late_allowed=filters.late != "no")
    except AnalyticsError as error:
        raise InvalidInput(_("No plan serves all demand in time, whatever the limits: allow it to be late.")) from error
    free = _solved(families, costs, _unlimited(families), late_allowed=True)
    return LimitedPlan(
        periods=starts,
        families=_family_rows(families, limited, free),
        resources=_resource_rows(found.model, families, limited),
        costs=_costs_by_kind(families, costs, limited),
        free={kind: sum(values) for kind, values in _costs_by_kind(families, costs, free).items()},
        binding=[
            _told(found.model, starts, binding)
            for binding in limited.binding
            if binding.limit != Limit.OVERTIME or rules.overtime_share > 0  # a limit of nothing says nothing new
        ],
        feasible=limited.feasible,
        seconds=time.perf_counter() - began,
    )


def _periods(weeks: list[date], step: str) -> tuple[list[date], Ints]:
    """First days of the periods, and the period of each week: its own, or the month in which most of it lies."""
    if step == "week":
        return weeks, np.arange(len(weeks))
    months = pd.PeriodIndex(pd.to_datetime(weeks) + pd.Timedelta(days=DAYS_A_WEEK // 2), freq="M")
    numbers, firsts = pd.factorize(months)
    return [max(month.start_time.date(), weeks[0]) for month in firsts], numbers.astype(np.int64)


def _days(weeks: Ints) -> Floats:
    return np.bincount(weeks).astype(np.float64) * DAYS_A_WEEK


def _summed(values: Floats, weeks: Ints) -> Floats:
    """(weeks, …) as (periods, …)."""
    result = np.zeros((int(weeks.max()) + 1, values.shape[1]))
    np.add.at(result, weeks, values)
    return result


def _sold(found: Planned) -> NDArray[np.bool_]:
    sold: NDArray[np.bool_] = found.plan.inputs.demand.sum(axis=0) > SMALLEST
    return sold & (found.model.nodes["kind"] == "finished").to_numpy()


def _families(found: Planned, weeks: Ints) -> _Families:
    """The items that are sold, put together by family and unit; a unit of a family is what is sold of it on average."""
    model, plan = found.model, found.plan
    sold = _sold(found)
    nodes = model.nodes
    of_sold = nodes["product_id"].isin(nodes.loc[sold, "product_id"])
    groups = nodes.loc[of_sold].groupby(["family", "uom"], sort=True).ngroup().reindex(nodes.index, fill_value=-1)
    number = groups.to_numpy(dtype=np.int64)
    count = int(number.max()) + 1
    names = nodes.assign(number=number)[number >= 0].drop_duplicates("number").sort_values("number")
    weight = np.where(sold, plan.inputs.demand.sum(axis=0), 0.0)
    total = np.bincount(number[sold], weights=weight[sold], minlength=count)

    def grouped(values: Floats, at: NDArray[np.bool_]) -> Floats:
        summed = np.zeros((len(values), count))
        np.add.at(summed.T, number[at], values[:, at].T)
        return summed

    def mean(values: NDArray[np.floating[Any]]) -> Floats:
        known = np.nan_to_num(values)
        result: Floats = np.bincount(number[sold], weights=(known * weight)[sold], minlength=count) / total
        return result

    cost = nodes["unit_cost"].astype(float).to_numpy()
    price = nodes["unit_price"].astype(float).to_numpy()
    each = hours_below(model, plan)
    own = number >= 0
    firm = capacity_load(model.firm_work + model.running, routings=model.routings, available=model.hours)
    last = np.array([np.flatnonzero(weeks == period)[-1] for period in range(int(weeks.max()) + 1)])
    stock = grouped(plan.inputs.stock[None, :], own)[0]
    return _Families(
        names=[str(name) for name in names["family"]],
        uoms=[str(uom) for uom in names["uom"]],
        demand=_summed(grouped(plan.inputs.demand, sold), weeks),
        receipts=_summed(grouped(_firm(model), own), weeks),
        safety=grouped(plan.inputs.safety, own)[last],
        stock=stock,
        cost=mean(cost),
        price=mean(price),
        hours_per_unit=np.array([mean(column) for column in each.T]).reshape(-1, count),
        hours=_summed(np.maximum(model.hours - firm.hours, 0.0), weeks),
    )


def hours_below(model: PlanModel, plan: SupplyPlan) -> Floats:
    """The hours that a unit of each node takes of each resource, in all that it is made of.

    Inputs: the model of a plan, and the plan.
    Returns: (nodes, resources) hours; of several sources their shares. Set-up is not in it.
    Raises: nothing.
    Source: Vollmann et al., 5th ed., chapter 10 (bills of capacity).
    """
    network = plan.network
    resources = len(model.resources)
    own = np.zeros((len(network.sources), resources))
    np.add.at(own, (model.routings.source, model.routings.resource), model.routings.hours_per_unit)
    result = np.zeros((network.nodes, resources))
    now = np.flatnonzero((network.arcs.first <= 0) & (network.arcs.last >= 0))
    arcs = network.arcs.take(now)
    level_of_source = network.level[network.sources.node]
    shares = np.bincount(network.sources.node, weights=network.sources.share, minlength=network.nodes)
    for level in range(int(network.level.max(initial=-1)), -1, -1):
        within = np.flatnonzero(level_of_source[arcs.source] == level)
        taken = arcs.take(within)
        np.add.at(own, taken.source, taken.quantity[:, None] * result[taken.component])
        sources = np.flatnonzero(level_of_source == level)
        node = network.sources.node[sources]
        weight = network.sources.share[sources] / np.where(shares[node] > 0, shares[node], 1.0)
        np.add.at(result, node, weight[:, None] * own[sources])
    return result


def _firm(model: PlanModel) -> Floats:
    """(weeks, nodes) units that open purchases and production bring; a move brings nothing new."""
    firm = model.firm[model.firm["kind"].isin(["buy", "make"]) & (model.firm["week"] < len(model.weeks))]
    firm = firm.dropna(subset=["node", "week"])
    result = np.zeros((len(model.weeks), len(model.nodes)))
    place = (firm["week"].to_numpy(dtype=int), firm["node"].to_numpy(dtype=int))
    np.add.at(result, place, firm["quantity"].to_numpy(dtype=float))
    return result


def _network(families: _Families) -> SupplyNetwork:
    """Each family is made, and may be made elsewhere; both within the period."""
    count = len(families.names)
    sources = Sources.of(np.tile(np.arange(count), 2), np.zeros(2 * count, dtype=np.int64))
    return SupplyNetwork(count, sources, Arcs.of(), np.ones((1, len(families.demand)), dtype=bool))


def _costs(families: _Families, rules: LimitRules, rate: float, filters: LimitFilters, *, days: Floats) -> Costs:
    """A part of the first period is past: costs of a period are those of a whole one."""
    share = float(np.median(days)) / DAYS_A_YEAR
    nobody = np.full(len(families.cost), np.inf)
    elsewhere = families.cost * (1 + rules.second_source_share) if rules.second_source_share > 0 else nobody
    made = np.concatenate([families.cost, np.where(families.hours_per_unit.sum(axis=0) > 0, elsewhere, np.inf)])
    worth = np.where(families.price > 0, families.price, families.cost)
    return Costs(
        source=made,
        spend=np.where(np.isfinite(made), made, 0.0),
        holding=families.cost * rate * share,
        backlog=worth * rules.backlog_share * share * MONTHS_A_YEAR,
        price=worth if filters.aim == "margin" else np.full(len(worth), np.nan),
        space=families.cost,
        overtime=np.full(families.hours.shape[1], rules.overtime_cost),
    )


def _limits(families: _Families, rules: LimitRules, *, days: Floats) -> Limits:
    periods = len(families.demand)
    monthly = DAYS_A_YEAR / MONTHS_A_YEAR
    return Limits(
        hours=families.hours,
        overtime=families.hours * rules.overtime_share,
        space=np.full((periods, 1), rules.storage_value or np.inf),
        budget=rules.budget * days / monthly if rules.budget else np.full(periods, np.inf),
        store=np.zeros(len(families.names), dtype=np.int64),
    )


def _unlimited(families: _Families) -> Limits:
    return Limits(
        hours=np.full(families.hours.shape, np.inf),
        overtime=np.zeros(families.hours.shape),
        space=np.full((len(families.demand), 1), np.inf),
        budget=np.full(len(families.demand), np.inf),
        store=np.zeros(len(families.names), dtype=np.int64),
    )


def _solved(families: _Families, costs: Costs, limits: Limits, *, late_allowed: bool) -> ConstrainedPlan:
    """Sources that nobody offers are left out of the programme and come back as zeros."""
    network = _network(families)
    offered = np.flatnonzero(np.isfinite(costs.source))
    resource, family = np.nonzero(families.hours_per_unit)
    part = SupplyNetwork(network.nodes, network.sources.take(offered), Arcs.of(), network.open_periods)
    own = Costs(
        source=costs.source[offered],
        spend=costs.spend[offered],
        holding=costs.holding,
        backlog=costs.backlog,
        price=costs.price,
        space=costs.space,
        overtime=costs.overtime,
    )
    solved = constrained_plan(
        part,
        demand=families.demand,
        stock=families.stock,
        safety=families.safety,
        costs=own,
        limits=limits,
        routings=Routings(family, resource, np.zeros(family.size), families.hours_per_unit[resource, family]),
        backlog_allowed=late_allowed,
        receipts=families.receipts,
    )
    quantity = np.zeros((len(families.demand), len(network.sources)))
    quantity[:, offered] = solved.quantity
    return ConstrainedPlan(
        solved.feasible,
        solved.cost,
        quantity,
        solved.stock,
        solved.backlog,
        solved.unserved,
        solved.overtime,
        solved.binding,
    )


def _costs_by_kind(families: _Families, costs: Costs, plan: ConstrainedPlan) -> dict[str, list[float]]:
    count = len(families.names)
    each = np.where(np.isfinite(costs.source), costs.source, 0.0)
    by_kind = {
        "making": plan.quantity[:, :count] @ each[:count],
        "overtime": plan.overtime @ costs.overtime,
        ELSEWHERE: plan.quantity[:, count:] @ each[count:],
        "holding": plan.stock @ costs.holding,
        "backlog": plan.backlog @ costs.backlog,
        "lost": plan.unserved @ np.nan_to_num(costs.price),
    }
    return {kind: [float(value) for value in values] for kind, values in by_kind.items()}


def _family_rows(families: _Families, plan: ConstrainedPlan, free: ConstrainedPlan) -> list[dict[str, Any]]:
    count = len(families.names)
    parts = {
        "demand": families.demand,
        "made": plan.quantity[:, :count],
        ELSEWHERE: plan.quantity[:, count:],
        "stock": plan.stock,
        "late": plan.backlog,
        "lost": plan.unserved,
        "free": free.quantity[:, :count],
    }
    return [
        {"family": name, "uom": uom, **{part: values[:, place].tolist() for part, values in parts.items()}}
        for place, (name, uom) in enumerate(zip(families.names, families.uoms, strict=True))
    ]


def _resource_rows(model: PlanModel, families: _Families, plan: ConstrainedPlan) -> list[dict[str, Any]]:
    hours = plan.quantity[:, : len(families.names)] @ families.hours_per_unit.T
    named = model.resources[["code", "name"]].to_dict("records")
    return [
        {
            "code": str(row["code"]),
            "name": str(row["name"]),
            "hours": hours[:, place].tolist(),
            "available": families.hours[:, place].tolist(),
            "overtime": plan.overtime[:, place].tolist(),
        }
        for place, row in enumerate(named)
    ]


def _told(model: PlanModel, starts: list[date], binding: Binding) -> dict[str, Any]:
    resource = binding.limit in (Limit.CAPACITY, Limit.OVERTIME)
    return {
        "limit": str(binding.limit),
        "name": str(model.resources["code"].iloc[binding.number]) if resource else "",
        "period": starts[binding.period],
        "worth": binding.shadow_price,
        "lacking": binding.lacking,
    }
