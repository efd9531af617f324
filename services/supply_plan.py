"""The supply plan as screens show it: what runs short when, the weeks of an item, why an order is there, what if."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.supply_plan.engine import SupplyPlan, by_node, what_if
from analytics.supply_plan.pegging import NONE, pegging, served_by
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.form_values import row_id
from services.listed_rows import PAGE_ROWS, Sort, equal_to, mentioning, narrowed, one_page
from services.plain_rows import plain_rows
from services.scenario_changes import MOST_LEAD_WEEKS, with_terms
from services.scenario_plan import opened
from services.supply_plan_model import PlanModel
from services.supply_planned import TOLERANCE, Planned

LARGEST_QUANTITY = 1e12
OWN_ORDER = (("short_value", True), ("short_quantity", True), ("release_quantity", True))


@dataclass(frozen=True, slots=True)
class PlanFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``only`` is short, limited, release or empty."""

    only: str = ""
    location: str = ""
    kind: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Some rows of the list, and how many it has in all; short and to release count what the filters leave."""

    rows: list[dict[str, Any]]
    total: int
    short: int
    to_release: int
    weeks: int
    first_week: date


@dataclass(frozen=True, slots=True)
class Change:
    """What if: demand by a share more or less, another lead time, safety stock or least quantity of an order; None
    leaves it."""

    demand_share: float = 0.0
    lead_weeks: int | None = None
    safety_stock: float | None = None
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """An item at a place, week by week. ``lines`` are the rows of the grid by name, one figure a week; ``orders`` the
    planned and firm orders, the soonest first; ``tried`` the stock that a change would make."""

    item: dict[str, Any]
    weeks: list[date]
    lines: dict[str, list[float]]
    orders: list[dict[str, Any]]
    tried: list[float] | None
    tried_orders: list[dict[str, Any]]
    lead_weeks: int
    safety_stock: float
    minimum: float


def plan_page(
    viewer: Viewer,
    filters: PlanFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
    scenario: object = None,
) -> PlanPage:
    """A page of the list, what runs short first on top unless sorted otherwise.

    Inputs: a viewer with purchase.read, filters, first row and the one after the last, columns to sort by with whether
        descending; the scenario that is open, if any.
    Returns: PlanPage.
    Raises: NotAllowed.
    Source: screens.md 1.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    listed = _filtered(found.listed, filters)
    page = one_page(listed, sort, start=start, end=end, otherwise=OWN_ORDER)
    return PlanPage(
        rows=plain_rows(page),
        total=len(listed),
        short=int((listed["short_quantity"] > 0).sum()),
        to_release=int((listed["release_quantity"] > 0).sum()),
        weeks=len(found.model.weeks),
        first_week=found.model.weeks[0],
    )


def any_plan(viewer: Viewer, *, scenario: object = None) -> bool:
    """Whether there is anything to plan.

    Inputs: a viewer with purchase.read.
    Returns: False while there is neither stock nor forecast nor order.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return not opened(session, viewer, scenario).listed.empty


def item_plan(
    viewer: Viewer,
    product_id: object,
    location_id: object,
    change: Change | None = None,
    *,
    scenario: object = None,
) -> ItemPlan:
    """The weeks of one item, and what a change of it would make of them.

    Inputs: a viewer with purchase.read, product, location, and a change to try.
    Returns: ItemPlan; nothing is stored.
    Raises: NotAllowed; NotFound; InvalidInput for a change that can't be.
    Source: screens.md 1, 8; PSI grid.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    node = plan_node(found, product_id, location_id)
    own = np.flatnonzero(found.plan.network.sources.node == node)
    terms = found.plan.network.sources
    lead = int(terms.lead_time[own].max()) if own.size else 0
    tried, tried_orders = None, []
    if change is not None and change != Change():
        part, place = _tried(found, node, change)
        tried = part.stock[:, place].tolist()
        tried_orders = _planned_orders(found.model, part, place, own)
    return ItemPlan(
        item=plain_rows(found.listed.iloc[[node]])[0],
        weeks=found.model.weeks,
        lines=_lines(found, node),
        orders=_orders(found, node, own),
        tried=tried,
        tried_orders=tried_orders,
        lead_weeks=lead,
        safety_stock=float(found.plan.inputs.safety[0, node]),
        minimum=float(terms.minimum[own].max()) if own.size else 0.0,
    )


def why_order(
    viewer: Viewer, product_id: object, location_id: object, week: object, *, scenario: object = None
) -> list[dict[str, Any]]:
    """The customers' demand that the orders of an item arriving in a week are for.

    Inputs: a viewer with purchase.read, product, location, and the number of the week.
    Returns: dictionaries of code, name, location, week (date), quantity (in units of the order) and level, the most
        first; what keeps the safety stock or rounds up a lot has no code.
    Raises: NotAllowed; NotFound.
    Source: analytics.supply_plan.pegging.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    node = plan_node(found, product_id, location_id)
    arriving = week if isinstance(week, int) and 0 <= week < len(found.model.weeks) else -1
    sources = np.flatnonzero(found.plan.network.sources.node == node)
    orders = [int(source) for source in sources if arriving >= 0 and found.plan.receipts[arriving, source] > 0]
    if not orders:
        raise NotFound(_("There is no such planned order."))
    served = pd.concat([served_by(found.plan, source=source, period=arriving) for source in orders])
    names = found.model.nodes[["code", "name", "location"]]
    rows = served.join(names, on="node").assign(week=[found.model.weeks[at] for at in served["demand_period"]])
    rows = rows[["code", "name", "location", "week", "quantity", "level"]].sort_values("quantity", ascending=False)
    over = float(found.plan.receipts[arriving, orders].sum()) - float(rows["quantity"].sum())
    result = plain_rows(rows)
    if over > TOLERANCE:
        result.append({"code": None, "name": None, "location": None, "week": None, "quantity": over, "level": None})
    return result


def why_late(
    viewer: Viewer, product_id: object, location_id: object, *, scenario: object = None
) -> list[dict[str, Any]]:
    """Which demand of an item is served late, by what, and by how many weeks.

    Inputs: a viewer with purchase.read, product and location.
    Returns: dictionaries of week (date wanted), quantity, supply (stock, firm, planned, owed), arrives (date or None)
        and late (weeks).
    Raises: NotAllowed; NotFound.
    Source: analytics.supply_plan.pegging.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    pegs = pegging(found.plan, node=plan_node(found, product_id, location_id))
    late = pegs[(pegs["late"] > 0) | ((pegs["supply"] == "owed") & (pegs["demand_period"] != NONE))]
    late = late.groupby(["demand_period", "supply", "supply_period", "late"])[["quantity"]].sum().reset_index()
    weeks = found.model.weeks
    return [
        {
            "week": weeks[int(peg["demand_period"])],
            "quantity": float(peg["quantity"]),
            "supply": peg["supply"],
            "arrives": None if peg["supply"] == "owed" else weeks[int(peg["supply_period"])],
            "late": int(peg["late"]),
        }
        for peg in late.to_dict("records")
    ]


def what_serves(
    viewer: Viewer, product_id: object, location_id: object, week: object, *, scenario: object = None
) -> tuple[date, list[dict[str, Any]]]:
    """What serves the demand of an item in a week: the other way round of why_order.

    Inputs: a viewer with purchase.read, product, location, the number of the week, the scenario that is open, if any.
    Returns: the week, and dictionaries of supply (stock, firm, planned, owed), number (of firm orders), arrives (date
        or None), code and name of what production takes it for (None: customers), quantity and late (weeks).
    Raises: NotAllowed; NotFound.
    Source: analytics.supply_plan.pegging.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    model, node = found.model, plan_node(found, product_id, location_id)
    if not isinstance(week, int) or not 0 <= week < len(model.weeks):
        raise NotFound(_("There is no such week in the plan."))
    pegs = pegging(found.plan, node=node)
    pegs = pegs[(pegs["demand_period"] == week) & pegs["demand"].isin(("independent", "dependent"))]
    parents = found.plan.network.sources.node
    return model.weeks[week], [
        {
            "supply": peg["supply"],
            "number": _firm_numbers(model, node, int(peg["supply_period"])) if peg["supply"] == "firm" else None,
            "arrives": model.weeks[int(peg["supply_period"])] if peg["supply"] in ("firm", "planned") else None,
            **_taker(model, None if peg["parent"] == NONE else int(parents[int(peg["parent"])])),
            "quantity": float(peg["quantity"]),
            "late": int(peg["late"]),
        }
        for peg in pegs.to_dict("records")
    ]


def _filtered(listed: pd.DataFrame, filters: PlanFilters) -> pd.DataFrame:
    keep = equal_to(listed, filters, "location", "kind")
    if filters.only == "short":
        keep &= listed["short_quantity"] > 0
    if filters.only == "limited":
        keep &= listed["limited"]
    if filters.only == "release":
        keep &= listed["release_quantity"] > 0
    return narrowed(listed, keep & mentioning(listed, filters.search, "code", "name"))


def plan_node(found: Planned, product_id: object, location_id: object) -> int:
    """The number of an item in a plan.

    Inputs: found: a plan; product and location as the browser sent them.
    Returns: the place of its row in ``model.nodes``.
    Raises: NotFound.
    Source: none; ours.
    """
    nodes = found.model.nodes
    own = (nodes["product_id"] == row_id(product_id)) & (nodes["location_id"] == row_id(location_id))
    if not own.any():
        raise NotFound(_("There is no such item at this location."))
    return int(own.to_numpy().argmax())


def _firm_numbers(model: PlanModel, node: int, week: int) -> str:
    firm = model.firm
    return ", ".join(firm.loc[(firm["node"] == node) & (firm["week"] == week), "number"].astype(str))


def _taker(model: PlanModel, node: int | None) -> dict[str, str | None]:
    """The item whose production takes something; nobody's for what customers want."""
    names = ("code", "name")
    return {name: None if node is None else str(model.nodes[name].iloc[node]) for name in names}


def _lines(found: Planned, node: int) -> dict[str, list[float]]:
    plan = found.plan
    lines = {
        "independent": plan.inputs.demand[:, node],
        "dependent": plan.dependent[:, node],
        "firm": plan.inputs.receipts[:, node],
        "planned": plan.planned[:, node],
        "waste": plan.waste[:, node],
        "stock": plan.stock[:, node],
        "safety": plan.inputs.safety[:, node],
        "release": by_node(plan.network, plan.releases - found.model.firm_work)[:, node],
        "limited": _missing(plan, node),
    }
    return {name: [float(value) for value in values] for name, values in lines.items()}


def _missing(plan: SupplyPlan, node: int) -> np.ndarray:
    """What a node lacks because of what its suppliers committed to."""
    if plan.inputs.limits is None or node not in plan.network.sources.node[plan.inputs.limits.source]:
        return np.zeros(plan.network.periods)
    free = what_if(plan, nodes=np.array([node]), inputs=replace(plan.inputs, limits=None))
    place = int(np.searchsorted(plan.network.below(np.array([node])), node))
    missing = free.stock[:, place] - plan.stock[:, node]
    return np.where(missing > TOLERANCE, missing, 0.0)


def _orders(found: Planned, node: int, sources: np.ndarray) -> list[dict[str, Any]]:
    model = found.model
    firm = model.firm[(model.firm["node"] == node) & (model.firm["week"] < len(model.weeks))]
    rows = [
        {
            "kind": order["kind"],
            "number": order["number"],
            "supplier": order["supplier"] if isinstance(order["supplier"], str) else None,
            "release": None,
            "arrives": model.weeks[int(order["week"])],
            "week": int(order["week"]),
            "quantity": float(order["quantity"]),
        }
        for order in firm.to_dict("records")
    ]
    rows += _planned_orders(model, found.plan, node, sources)
    return sorted(rows, key=lambda order: (order["week"], order["number"] or ""))


def _planned_orders(model: PlanModel, plan: SupplyPlan, node: int, sources: np.ndarray) -> list[dict[str, Any]]:
    """Planned orders of a node; ``sources`` are the numbers of its sources in the model."""
    network = plan.network
    rows = []
    for own, source in zip(np.flatnonzero(network.sources.node == node), sources, strict=True):
        terms = model.sources.iloc[int(source)]
        for week in np.flatnonzero(plan.receipts[:, own] > TOLERANCE):
            release = int(network.release[network.kind_of[own], week])
            rows.append(
                {
                    "kind": terms["kind"],
                    "number": None,
                    "supplier": terms["supplier"],
                    "release": model.weeks[release],
                    "arrives": model.weeks[int(week)],
                    "week": int(week),
                    "quantity": float(plan.receipts[week, own]),
                }
            )
    return rows


def _tried(found: Planned, node: int, change: Change) -> tuple[SupplyPlan, int]:
    """The plan of the node and what it draws on with the change, and the node's place in it."""
    _check(change)
    plan = found.plan
    demand, safety = plan.inputs.demand.copy(), plan.inputs.safety.copy()
    demand[:, node] += plan.demand[:, node] * change.demand_share
    if change.safety_stock is not None:
        safety[:, node] = change.safety_stock
    own = plan.network.sources.node == node
    lead, minimum = plan.network.sources.lead_time.copy(), plan.network.sources.minimum.copy()
    if change.lead_weeks is not None:
        lead[own] = change.lead_weeks
    if change.minimum is not None:
        minimum[own] = change.minimum
    terms = with_terms(plan.network, lead_time=lead, minimum=minimum)
    inputs = replace(plan.inputs, demand=demand, safety=safety)
    part = what_if(plan, nodes=np.array([node]), inputs=inputs, sources=terms)
    return part, int(np.searchsorted(plan.network.below(np.array([node])), node))


def _check(change: Change) -> None:
    if not -1 <= change.demand_share <= 10:
        raise InvalidInput(_("Demand can be changed by −100 % to +1,000 %."))
    if change.lead_weeks is not None and not 0 <= change.lead_weeks <= MOST_LEAD_WEEKS:
        raise InvalidInput(_("Lead time: enter 0 to %(most)s weeks.", most=MOST_LEAD_WEEKS))
    if change.safety_stock is not None and not 0 <= change.safety_stock < LARGEST_QUANTITY:
        raise InvalidInput(_("Safety stock: enter a quantity from zero up."))
    if change.minimum is not None and not 0 <= change.minimum < LARGEST_QUANTITY:
        raise InvalidInput(_("Least order: enter a quantity from zero up."))
