"""What would make an item less late: changes tried one by one through the plan engine, the cheapest that help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analytics.supply_plan.engine import SupplyInputs, SupplyPlan, what_if
from analytics.supply_plan.network import Sources
from core.errors import InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.scenario_changes import with_terms
from services.scenario_plan import opened
from services.supply_plan import plan_node
from services.supply_plan_model import Floats
from services.supply_planned import TOLERANCE, Planned, unit_worth

SHOWN = 3
MOST_WEEKS_FASTER = 2
MOST_FIRM_ORDERS = 3


@dataclass(frozen=True, slots=True)
class Lever:
    """One change that helps: RM of late demand it ``prevented`` and what is still late, what it costs more in
    purchases (None where that is not in the data) and in stock on average."""

    text: str
    prevented: float
    late_value: float
    cost: float | None
    stock_value: float


@dataclass(frozen=True, slots=True)
class Levers:
    """RM of demand of the item that is served late, how many changes were tried, and the few that help most for
    their money."""

    late_value: float
    tries: int
    levers: list[Lever]


@dataclass(frozen=True, slots=True)
class _Try:
    text: str
    inputs: SupplyInputs
    sources: Sources | None = None
    priced: bool = True
    taken: float = 0.0
    """Units that another place has less."""


def levers(viewer: Viewer, product_id: object, location_id: object, *, scenario: object = None) -> Levers:
    """Try what would make an item less late, and rank what does.

    Inputs: a viewer with purchase.read, product, location, and the scenario that is open, if any.
    Returns: Levers; only changes that truly reduce what is late, those whose money is known first, by money for each
        ringgit prevented.
    Raises: NotAllowed; NotFound; InvalidInput for a late item without price and cost.
    Source: screens.md 11; each figure is a run of analytics.supply_plan.engine.what_if.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    node = plan_node(found, product_id, location_id)
    worth = float(unit_worth(found.model.nodes).iloc[node])
    late = _late(found.plan, node)
    if late <= TOLERANCE:
        return Levers(0.0, 0, [])
    if not worth:
        raise InvalidInput(_("This item has neither price nor cost: enter one to see what being late is worth."))
    tries = list(_tries(found, node))
    tried = [_tried(found, node, one, late=late, worth=worth) for one in tries]
    helping = [lever for lever in tried if lever.prevented > TOLERANCE * worth]
    return Levers(late * worth, len(tries), sorted(helping, key=_rank)[:SHOWN])


def _rank(lever: Lever) -> tuple[bool, float, float]:
    money = (lever.cost or 0.0) + max(lever.stock_value, 0.0)
    return lever.cost is None, round(money / lever.prevented, 6), -lever.prevented


def _late(plan: SupplyPlan, node: int) -> float:
    """Units that are not served in their week, whoever wants them."""
    owed = np.maximum(-plan.stock[:, node], 0.0)
    return float(np.minimum(owed, plan.demand[:, node]).sum())


def _tried(found: Planned, node: int, tried: _Try, *, late: float, worth: float) -> Lever:
    plan, model = found.plan, found.model
    below = plan.network.below(np.array([node]))
    part = what_if(plan, nodes=np.array([node]), inputs=tried.inputs, sources=tried.sources)
    after = _late(part, int(np.searchsorted(below, node)))
    own = np.flatnonzero(np.isin(plan.network.sources.node, below))
    price = model.sources["price"].to_numpy(dtype=float)[own]
    cost = model.nodes["unit_cost"].astype(float).fillna(0.0).to_numpy()[below]
    more = ((part.receipts - plan.receipts[:, own]) * price).sum()
    stock = (np.maximum(part.stock, 0.0) - np.maximum(plan.stock[:, below], 0.0)).mean(axis=0) @ cost
    return Lever(
        text=tried.text,
        prevented=(late - after) * worth,
        late_value=after * worth,
        cost=float(more) if tried.priced else None,
        stock_value=float(stock) - tried.taken * float(found.model.nodes["unit_cost"].fillna(0.0).iloc[node]),
    )


def _tries(found: Planned, node: int) -> Iterator[_Try]:
    yield from _faster(found, node)
    yield from _other_source(found, node)
    yield from _firm_sooner(found, node)
    yield from _from_elsewhere(found, node)
    yield from _terms(found, node)
    yield from _later_demand(found, node)


def _faster(found: Planned, node: int) -> Iterator[_Try]:
    """What an express delivery costs is not in the data."""
    terms = found.plan.network.sources
    own = terms.node == node
    for weeks in range(1, min(MOST_WEEKS_FASTER, int(terms.lead_time[own].max(initial=0))) + 1):
        lead = np.where(own, np.maximum(terms.lead_time - weeks, 0), terms.lead_time)
        text = _("Orders a week faster") if weeks == 1 else _("Orders %(weeks)s weeks faster", weeks=weeks)
        yield _Try(text, found.plan.inputs, with_terms(found.plan.network, lead_time=lead), priced=False)


def _other_source(found: Planned, node: int) -> Iterator[_Try]:
    terms = found.plan.network.sources
    own = np.flatnonzero((terms.node == node) & (terms.share > 0))
    if own.size < 2:
        return
    for source in own:
        share = terms.share.copy()
        share[own] = 0.0
        share[source] = 1.0
        name = found.model.sources["supplier"].iloc[int(source)] or _("own production")
        yield _Try(
            _("Everything from %(source)s", source=name), found.plan.inputs, with_terms(found.plan.network, share=share)
        )


def _firm_sooner(found: Planned, node: int) -> Iterator[_Try]:
    """Open orders that come a week sooner; what that costs is not in the data."""
    inputs, firm = found.plan.inputs, found.model.firm
    last = len(found.model.weeks)
    orders = firm[
        (firm["node"] == node) & (firm["kind"] != "substitute") & (firm["week"] > 0) & (firm["week"] < last)
    ].sort_values("week")
    for order in orders.head(MOST_FIRM_ORDERS).to_dict("records"):
        week, quantity = int(order["week"]), float(order["quantity"])
        receipts = inputs.receipts.copy()
        receipts[week, node] -= quantity
        receipts[week - 1, node] += quantity
        text = _("Order %(number)s a week sooner", number=order["number"])
        yield _Try(text, replace(inputs, receipts=receipts), priced=False)


def _from_elsewhere(found: Planned, node: int) -> Iterator[_Try]:
    """What another place never needs in the plan, moved here now."""
    plan, nodes = found.plan, found.model.nodes
    free = (plan.stock - plan.inputs.safety).min(axis=0)
    same = (nodes["product_id"] == nodes["product_id"].iloc[node]).to_numpy()
    for other in np.flatnonzero(same & (free > TOLERANCE)):
        if other == node:
            continue
        quantity = float(np.floor(min(free[other], plan.inputs.stock[other], _late(plan, node))))
        if quantity < 1:
            continue
        stock = plan.inputs.stock.copy()
        stock[node] += quantity
        place = nodes["location"].iloc[int(other)]
        text = _("Move %(quantity)s from %(place)s now", quantity=number(quantity), place=place)
        yield _Try(text, replace(plan.inputs, stock=stock), priced=False, taken=quantity)


def _terms(found: Planned, node: int) -> Iterator[_Try]:
    plan = found.plan
    own = plan.network.sources.node == node
    if (plan.network.sources.minimum[own] > 0).any():
        minimum = np.where(own, plan.network.sources.minimum / 2, plan.network.sources.minimum)
        yield _Try(_("Least order halved"), plan.inputs, with_terms(plan.network, minimum=minimum))
    weekly = float(plan.demand[:, node].mean())
    safety: Floats = plan.inputs.safety.copy()
    safety[:, node] += weekly
    text = _("Safety stock higher by a week's demand, %(quantity)s", quantity=number(weekly))
    yield _Try(text, replace(plan.inputs, safety=safety))


def _later_demand(found: Planned, node: int) -> Iterator[_Try]:
    """Customers who take what is late a week later; what that costs is not in the data."""
    plan = found.plan
    late = np.minimum(np.maximum(-plan.stock[:, node], 0.0), plan.inputs.demand[:, node])
    if not late[:-1].any():
        return
    demand = plan.inputs.demand.copy()
    demand[:-1, node] -= late[:-1]
    demand[1:, node] += late[:-1]
    yield _Try(_("Customers take what is late a week later"), replace(plan.inputs, demand=demand), priced=False)
