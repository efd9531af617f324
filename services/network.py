"""Where to hold an item's safety stock between supplier, plant and store, and what a day of promise is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.network_stock import NetworkStock, network_stock
from core.errors import InvalidInput, NotFound
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import network as queries
from data.queries.policy_review import current
from services import policy_review
from services.form_values import quantity_of, row_id
from services.plain_rows import plain_rows
from services.stocking_rules import StockingRules, stocking_rules
from services.supply_plan_model import KEYS, PlanModel
from services.supply_planned import Planned, planned

LISTED_AT_MOST = 50
LONGEST_WAIT = 60
SMALLEST = 1e-4
NAMES = [*KEYS, "code", "name", "uom", "location", "location_name"]
PRICES = ["saving_longer_promise", "cost_shorter_promise", "saving_faster_stage"]
DAYS = ["inbound_service_days", "service_days", "net_replenishment_days"]
LEVELS = ["safety_stock", "reorder_point", "order_quantity", "order_up_to"]


@dataclass(frozen=True, slots=True)
class Network:
    """An item's network at the least holding cost for a promise to customers (days).

    ``stages``: dictionaries of id, names, kind (buy, make, move; empty without a source), supplier, step (from the
    sources on), lead_time_days, review_days, the days and prices of analytics.guaranteed_service, demand_sd, stock now
    (None without a policy) and proposed in units and money, shared (how many other products use it), cost_known.
    ``arcs``: pairs of stage ids; ``left_out``: such pairs that the tree has no room for. Of the stages that no other
    product uses: ``cost`` (holding, money a year), ``money_now`` and ``money_proposed``, ``possible`` (how many a
    proposal would change) and ``lacking`` (names of those that should hold stock and have no policy).
    """

    product_id: int
    item: str
    customer_days: int
    cost: float
    stages: list[dict[str, Any]]
    arcs: list[tuple[str, str]]
    left_out: list[tuple[str, str]]
    money_now: float
    money_proposed: float
    possible: int
    lacking: list[str]


def items(viewer: Viewer, search: str = "") -> list[tuple[int, str]]:
    """Items that are sold, those with the most money in demand first.

    Inputs: a viewer with inventory.read; a part of code, name or family, empty for all.
    Returns: at most LISTED_AT_MOST product ids with code and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = planned(session, viewer)
    nodes = found.model.nodes
    worth = nodes["unit_price"].astype(float).fillna(nodes["unit_cost"].astype(float)).fillna(0.0)
    sold = nodes.assign(money=found.plan.inputs.demand.sum(axis=0) * worth)
    sold = sold[(sold["money"] > 0) & (sold["kind"] == "finished")]
    if search:
        text = sold["code"] + " " + sold["name"] + " " + sold["family"].fillna("")
        sold = sold[text.str.casefold().str.contains(search.strip().casefold(), regex=False)]
    largest = sold.groupby(["product_id", "code", "name"])["money"].sum().nlargest(LISTED_AT_MOST).reset_index()
    return [(int(row["product_id"]), f"{row['code']} {row['name']}") for row in largest.to_dict("records")]


def network(viewer: Viewer, product_id: object, customer_days: object) -> Network:
    """The network of an item with its stock at least holding cost.

    Inputs: a viewer with inventory.read, the product, and whole days that its customers accept to wait.
    Returns: Network.
    Raises: NotAllowed; NotFound for an item that is not planned; InvalidInput for a wait that can't be.
    Source: analytics.network_stock; formulas.md 3.7.
    """
    require(viewer, Permission.INVENTORY_READ)
    return _network(*_solved(viewer, row_id(product_id), waited(customer_days)))


def propose(viewer: Viewer, product_id: object, customer_days: object) -> int:
    """Put the network's safety stocks on the list of policies to approve, reorder point and order-up-to moved along.

    What other products use too is left as it is.

    Inputs: a viewer with inventory.edit; product and wait as of network.
    Returns: how many policies would change.
    Raises: NotAllowed; NotFound; InvalidInput for a wait that can't be, when nothing would change, and when a stage
        without a policy should hold stock, for without it the others would hold too little.
    Source: screens.md 8; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    days = waited(customer_days)
    stages = _solved(viewer, row_id(product_id), days)[1]
    lacking = _lacking(stages)
    if lacking:
        raise InvalidInput(
            _(
                "Nothing was proposed: stock should stand at %(stages)s, where the item has no policy yet. Bring in "
                "its stock there and recalculate under Inventory › Positions, or let customers wait another time.",
                stages=", ".join(lacking),
            )
        )
    wanted = _changed(stages).set_index(KEYS)
    if wanted.empty:
        raise InvalidInput(_("Nothing to propose: every stage with a policy of its own has this safety stock already."))
    levels = pd.DataFrame(
        {
            "safety_stock": wanted["proposed"],
            "reorder_point": (wanted["reorder_point"] + wanted["change"]).clip(lower=0),
            "order_quantity": wanted["order_quantity"],
            "order_up_to": (wanted["order_up_to"] + wanted["change"]).clip(lower=0),
        }
    )
    reason = _("Network of %(item)s, customers wait %(days)s days", item=wanted["item"].iloc[0], days=number(days))
    with session_scope(viewer) as session:
        return policy_review.propose(session, viewer, levels, source="network", reason=reason)


def waited(value: object) -> int:
    """Days that customers accept to wait.

    Inputs: value: what the browser sent; None or empty for none.
    Returns: whole days from zero to LONGEST_WAIT.
    Raises: InvalidInput for anything else.
    Source: none; ours.
    """
    days = quantity_of(0 if value in (None, "") else value, name=_("Customers wait"))
    if days % 1 or not 0 <= days <= LONGEST_WAIT:
        raise InvalidInput(_("Customers wait: enter whole days, 0 to %(most)s.", most=LONGEST_WAIT))
    return int(days)


@dataclass(frozen=True, slots=True)
class _Solution:
    """Arcs by number of stage, the answer, and what was asked."""

    arcs: pd.DataFrame
    found: NetworkStock
    product_id: int
    customer_days: int


def _solved(viewer: Viewer, product_id: int, customer_days: int) -> tuple[_Solution, pd.DataFrame]:
    """The answer, and the stages with what is known of them and what came out."""
    with session_scope(viewer) as session:
        plan = planned(session, viewer)
        rules = stocking_rules(session)
        stages, arcs = _stages(session, plan, product_id, rules)
    if stages.empty:
        raise NotFound(_("There is no plan for this item. Choose another one."))
    own = stages["product_id"] == product_id
    start = int(stages["demand"].where(own, -1.0).to_numpy().argmax())
    found = network_stock(stages, arcs=arcs, start=start, customer_days=customer_days, holding_rate=rules.holding_rate)
    results = found.stages.rename(columns={"safety_stock": "proposed"})
    stages = stages.join(results, how="inner").assign(change=lambda rows: rows["proposed"] - rows["safety_stock"])
    stages["item"] = f"{stages['code'].loc[start]} {stages['name'].loc[start]}"
    return _Solution(arcs, found, product_id, customer_days), stages


def _stages(
    session: Session, plan: Planned, product_id: int, rules: StockingRules
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row an item and place that the product's supply goes through, numbered, and the arcs between them."""
    model, supply = plan.model, plan.plan.network
    own = np.flatnonzero(model.nodes["product_id"] == product_id)
    below = supply.below(own)
    stages = model.nodes.loc[below, [*NAMES, "unit_cost"]].reset_index(drop=True)
    levels = current(session, stages[KEYS]).set_index(KEYS)[LEVELS]
    spreads = queries.spreads(session, products=stages["product_id"].unique().tolist()).set_index(KEYS)
    stages = stages.join(levels.astype(float), on=KEYS).join(spreads, on=KEYS).join(_main_sources(model, below))
    demand = plan.plan.inputs.demand[:, below].sum(axis=0)
    stages["demand"], stages["customers"] = demand, demand > 0
    stages["shared"] = _other_users(plan, below)
    spread = stages["daily_demand_sd"].astype(float).fillna(0.0)
    return stages.assign(
        cost_known=stages["unit_cost"].astype(float) > 0,
        unit_cost=stages["unit_cost"].astype(float).fillna(0.0),
        review_days=rules.review_days,
        processing_days=stages["lead_time_days"].astype(float).fillna(0.0) + rules.review_days,
        daily_demand_sd=spread.where(stages["customers"], 0.0),
        total_daily_demand_sd=spread.where(stages["shared"] > 0),
        service_target=stages["service_target"].astype(float).fillna(rules.service_target),
    ), _arcs(plan, below)


def _main_sources(model: PlanModel, below: np.ndarray) -> pd.DataFrame:
    """By number of stage, the source with the largest share."""
    sources = model.sources[model.sources["node"].isin(below)]
    main = sources.sort_values("share", ascending=False, kind="stable").drop_duplicates("node").set_index("node")
    return main.reindex(below)[["kind", "supplier", "lead_time_days"]].reset_index(drop=True)


def _other_users(plan: Planned, below: np.ndarray) -> np.ndarray:
    """How many products outside this network each stage is used for."""
    arcs, sources = plan.plan.network.arcs, plan.plan.network.sources
    user = sources.node[arcs.source]
    outside = np.isin(arcs.component, below) & ~np.isin(user, below) & (sources.share[arcs.source] > 0)
    used = pd.DataFrame(
        {
            "stage": np.searchsorted(below, arcs.component[outside]),
            "product": plan.model.nodes["product_id"].to_numpy()[user[outside]],
        }
    )
    return used.groupby("stage")["product"].nunique().reindex(range(below.size), fill_value=0).to_numpy()


def _arcs(plan: Planned, below: np.ndarray) -> pd.DataFrame:
    """What stages take of each other this week, with the money that flows over the plan's weeks."""
    arcs, sources = plan.plan.network.arcs, plan.plan.network.sources
    now = (arcs.first <= 0) & (arcs.last >= 0) & (arcs.quantity > 0) & (sources.share[arcs.source] > 0)
    chosen = arcs.take(np.flatnonzero(now & np.isin(sources.node[arcs.source], below)))
    cost = plan.model.nodes["unit_cost"].astype(float).fillna(0.0).to_numpy()[chosen.component]
    released = plan.plan.releases.sum(axis=0)[chosen.source]
    return pd.DataFrame(
        {
            "upstream": np.searchsorted(below, chosen.component),
            "downstream": np.searchsorted(below, sources.node[chosen.source]),
            "quantity": chosen.quantity,
            "flow": released * chosen.quantity * cost,
        }
    )


def _changed(stages: pd.DataFrame) -> pd.DataFrame:
    """Stages whose safety stock can be proposed, and would change."""
    return stages[(stages["shared"] == 0) & (stages["change"].abs() > SMALLEST)]


def _lacking(stages: pd.DataFrame) -> list[str]:
    """Stages that should hold stock and have no policy that could say so."""
    without = stages[stages["safety_stock"].isna() & (stages["shared"] == 0) & (stages["proposed"] > SMALLEST)]
    return [f"{row['location']} ({row['code']})" for row in without.to_dict("records")]


def _network(solution: _Solution, stages: pd.DataFrame) -> Network:
    money = stages.assign(
        money_now=stages["safety_stock"] * stages["unit_cost"],
        money_proposed=stages["proposed"] * stages["unit_cost"],
        id=stages["product_id"].astype(str) + "-" + stages["location_id"].astype(str),
    )
    ids, own = money["id"], money[money["shared"] == 0]
    arcs = solution.arcs[solution.found.kept]
    steps = _steps(arcs, len(solution.arcs) + 1).reindex(stages.index, fill_value=0)
    shown = money.assign(step=steps).sort_values(["step", "money_proposed"], ascending=[True, False])
    columns = [
        *("id", "step", "kind", "supplier", "lead_time_days", "review_days", *DAYS, "demand_sd", *PRICES),
        *("safety_stock", "proposed", "money_now", "money_proposed", "cost", "shared", "cost_known"),
    ]
    return Network(
        product_id=solution.product_id,
        item=str(stages["item"].iloc[0]),
        customer_days=solution.customer_days,
        cost=float(own["cost"].sum()),
        stages=plain_rows(shown[[*NAMES, *columns]]),
        arcs=_pairs(arcs, ids),
        left_out=_pairs(solution.arcs[solution.found.left_out], ids),
        money_now=float(own["money_now"].sum()),
        money_proposed=float(own["money_proposed"].sum()),
        possible=len(_changed(stages)),
        lacking=_lacking(stages),
    )


def _pairs(arcs: pd.DataFrame, ids: pd.Series[str]) -> list[tuple[str, str]]:
    return list(zip(arcs["upstream"].map(ids).tolist(), arcs["downstream"].map(ids).tolist(), strict=True))


def _steps(arcs: pd.DataFrame, most: int) -> pd.Series[int]:
    """Of every stage the most arcs that lead to it one after the other."""
    ends = arcs[["upstream", "downstream"]]
    steps = pd.Series(0, index=pd.unique(ends.to_numpy().ravel()))
    for _round in range(most):
        further = (ends["upstream"].map(steps) + 1).groupby(ends["downstream"]).max()
        grown = steps.combine(further.reindex(steps.index, fill_value=0), max)
        if grown.equals(steps):
            break
        steps = grown
    return steps
