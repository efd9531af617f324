"""The supply plan of today, worked out once and kept in memory for every screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.buy_ranking import orders_to_release
from analytics.supply_plan.engine import SupplyPlan, by_node, supply_plan
from analytics.supply_plan.pegging import NONE
from analytics.supply_plan.substitution import substituted
from core.clock import today
from core.viewer import Viewer
from data.frames import shared_frame
from services.demand_plan import planned_demand
from services.supply_plan_model import KEYS, Floats, PlanModel, plan_model

SUBJECTS = (
    *("stock", "orders", "policy", "demand", "forecast", "demand_plan", "event", "products", "master", "reservations"),
    "supplier_limits",
)
TOLERANCE = 1e-6
ACT_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what its numbers stand for, and its list: a row a node. ``model`` has what stands in for components
    among its firm orders, ``stored`` is without it."""

    stored: PlanModel
    model: PlanModel
    plan: SupplyPlan
    listed: pd.DataFrame


def planned(session: Session, viewer: Viewer) -> Planned:
    """The plan of today, kept in memory until anything it is made of changes.

    Inputs: an open session and the viewer.
    Returns: Planned. Not to be changed.
    Raises: nothing of its own.
    Source: analytics.supply_plan.
    """
    return shared_frame(
        session,
        viewer,
        "supply_plan",
        subjects=SUBJECTS,
        args=(today(),),
        compute=lambda: plan_of(plan_model(session, as_of=today(), agreed=planned_demand(session, viewer))),
    )


def unlimited(session: Session, viewer: Viewer) -> Planned:
    """The plan of today as if suppliers could deliver whatever is needed, kept likewise.

    Inputs: an open session and the viewer.
    Returns: Planned; the plan of today where no supplier is limited. Not to be changed.
    Raises: nothing of its own.
    Source: none; ours: what suppliers are asked for must not follow from what they said.
    """
    return shared_frame(
        session,
        viewer,
        "unlimited_supply_plan",
        subjects=SUBJECTS,
        args=(today(),),
        compute=lambda: _unlimited(planned(session, viewer)),
    )


def _unlimited(found: Planned) -> Planned:
    stored = found.stored
    if stored.inputs.limits is None:
        return found
    return plan_of(replace(stored, inputs=replace(stored.inputs, limits=None)))


def released_within(session: Session, viewer: Viewer, *, weeks: int) -> pd.DataFrame:
    """The orders of the plan of today to be released soon, kept likewise.

    Inputs: an open session and the viewer; weeks: from this one on.
    Returns: as analytics.buy_ranking.orders_to_release. Not to be changed.
    Raises: nothing of its own.
    Source: analytics.buy_ranking.
    """
    return shared_frame(
        session,
        viewer,
        "orders_to_release",
        subjects=SUBJECTS,
        args=(today(), weeks),
        compute=lambda: orders_to_release(planned(session, viewer).plan, periods=weeks),
    )


def plan_of(model: PlanModel) -> Planned:
    """The plan of a model with its list.

    Inputs: model: of the stored data, or of these with the changes of a scenario.
    Returns: Planned.
    Raises: nothing of its own.
    Source: analytics.supply_plan.
    """
    stored, plan = model, supply_plan(model.network, model.inputs)
    taken = substituted(plan, model.substitutes)
    if taken.any():
        model = _with_substitutes(model, taken)
        plan = supply_plan(model.network, model.inputs)
    return Planned(stored, model, plan, _listed(model, plan))


def _with_substitutes(model: PlanModel, taken: Floats) -> PlanModel:
    """What stands in for components is as firm as an open order: there for the one, needed of the other."""
    inputs = replace(
        model.inputs,
        receipts=model.inputs.receipts + by_node(model.network, taken),
        releases=model.firm_work + taken,
    )
    week, source = np.nonzero(taken)
    sources = model.sources.iloc[source]
    firm = pd.DataFrame(
        {
            "node": sources["node"].to_numpy(),
            "week": week.astype(float),
            "number": model.nodes["code"].to_numpy()[sources["origin"].to_numpy()],
            "kind": "substitute",
            "supplier_id": np.nan,
            "supplier": sources["supplier"].to_numpy(),
            "quantity": taken[week, source],
        }
    )
    return replace(
        model,
        inputs=inputs,
        firm=pd.concat([model.firm, firm], ignore_index=True),
        firm_work=model.firm_work + taken,
    )


def _limited(plan: SupplyPlan) -> np.ndarray:
    """Whether suppliers of a node may not deliver as much as they like."""
    result = np.zeros(plan.network.nodes, dtype=bool)
    if plan.inputs.limits is not None:
        result[plan.network.sources.node[plan.inputs.limits.source]] = True
    return result


def unit_worth(nodes: pd.DataFrame) -> pd.Series[float]:
    """What a unit late is worth: its price, its cost where nothing is sold of it.

    Inputs: nodes: of a PlanModel.
    Returns: RM a unit, zero where neither is known.
    Raises: nothing.
    Source: none; ours.
    """
    return nodes["unit_price"].astype(float).fillna(nodes["unit_cost"].astype(float)).fillna(0.0)


def _listed(model: PlanModel, plan: SupplyPlan) -> pd.DataFrame:
    """A row a node: when it first runs short and by how much at worst, and what has to be released soon."""
    nodes = model.nodes
    owed = np.where(plan.stock < -TOLERANCE, -plan.stock, 0.0)
    short = owed > 0
    first = np.where(short.any(axis=0), short.argmax(axis=0), NONE)
    releases = by_node(plan.network, plan.releases - model.firm_work)
    weeks = np.array([*model.weeks, None], dtype=object)
    return nodes[[*KEYS, "code", "name", "kind", "category", "uom", "location", "location_name"]].assign(
        id=nodes["product_id"].astype(str) + "-" + nodes["location_id"].astype(str),
        short_week=weeks[first],
        short_quantity=owed.max(axis=0, initial=0.0),
        limited=short.any(axis=0) & _limited(plan),
        short_value=owed.max(axis=0, initial=0.0) * unit_worth(nodes),
        stock=plan.inputs.stock,
        demand=plan.demand[:ACT_WEEKS].sum(axis=0),
        firm=plan.inputs.receipts.sum(axis=0),
        release_quantity=releases[:1].sum(axis=0),
        planned=plan.planned.sum(axis=0),
        lowest=plan.stock.min(axis=0, initial=np.inf),
        waste=plan.waste.sum(axis=0),
    )
