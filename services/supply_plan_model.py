"""What is stored, as the network and the arrays that the supply plan is worked out from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analytics.bom_explosion import effective_quantity
from analytics.supply_plan.capacity import Routings
from analytics.supply_plan.engine import SupplyInputs
from analytics.supply_plan.lanes import circular, lanes_in_use, shares_beside, without_circles
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from analytics.supply_plan.source_limits import closed_calendars
from analytics.supply_plan.substitution import Substitutes
from core.clock import now
from data.queries import order_promising, policies
from data.queries import supply_plan as rows
from services.supplier_limits import closed_weeks, source_limits

KEYS = ["product_id", "location_id"]
FIRM = ["node", "week", "number", "kind", "supplier_id", "supplier", "quantity"]
NONE = -1
MOST_WEEKS, LEAST_WEEKS = 52, 13
DAYS_A_WEEK = 7
WORKDAYS = 5
MADE_LEAD_DAYS = 7.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PlanModel:
    """A network with its inputs, and what its numbers stand for.

    ``nodes``: a row a node with product, place and terms; ``sources``: a row a source with node, kind (buy, make,
    move), supplier (of a move the place it comes from), price, least quantity, multiple, and of a move its lane and
    ``origin`` (node, else -1); ``weeks``: the Monday of each period, the first one that of today; ``resources`` with
    their ``hours`` (periods, resources), this week's as far as they are still to come; ``firm``: open orders with node,
    period, number, kind and quantity; ``firm_work`` (periods, sources): units of open production and transfer orders
    in the week they begin; ``running``: units still to be made of orders that have begun; ``run_ids``: the forecasts
    that are used.
    """

    nodes: pd.DataFrame
    sources: pd.DataFrame
    weeks: list[date]
    network: SupplyNetwork
    inputs: SupplyInputs
    resources: pd.DataFrame
    routings: Routings
    hours: Floats
    firm: pd.DataFrame
    firm_work: Floats
    running: Floats
    run_ids: list[int]
    substitutes: Substitutes
    discount: Floats | None = None


def plan_model(session: Session, *, as_of: date, agreed: pd.DataFrame | None = None) -> PlanModel:
    """Read everything that a plan from a day on is made of.

    Inputs: an open session, and the first day; agreed: the months of services.demand_plan.planned_demand, which take
        the place of the forecast of their items and places.
    Returns: PlanModel over the weeks that are forecast (LEAST_WEEKS to MOST_WEEKS), the current one, as far as it is
        still to come, the first.
    Raises: nothing of its own.
    Source: screens.md 1; Vollmann et al., 5th ed., chapter 7.
    """
    calendar = _Calendar.of(as_of, MOST_WEEKS)
    runs = policies.forecast_runs(session, as_of=as_of, until=calendar.end)
    recipes = rows.recipes(session, as_of=as_of)
    supply = _Supply(
        recipes,
        rows.terms(session),
        rows.lanes(session),
        rows.made_at(session),
        rows.substitutes(session, as_of=as_of),
    )
    nodes = _nodes(session, [run.id for run in runs], supply)
    forecast = _with_agreed(_forecast(session, nodes, runs, calendar), nodes, agreed, calendar)
    calendar = _Calendar.of(as_of, max(_reach(forecast), LEAST_WEEKS))
    sources = _sources(nodes, supply)
    resources = rows.resources(session)
    days = rows.resource_days(session, first=calendar.weeks[0], end=calendar.end)
    routings = _routings(session, nodes, sources, resources)
    working = _working(len(sources), routings, _hours(resources, days, calendar))
    closed = closed_weeks(rows.supplier_closures(session, as_of=as_of), sources, calendar.weeks)
    network = _network(nodes, sources, recipes, calendar, closed_calendars(*working, group=closed[0], closed=closed[1]))
    production, transfers = rows.production(session), rows.transfers(session)
    firm = _firm(rows.purchases(session), production, transfers, nodes, calendar)
    firm_work, unplanned = _firm_work(production, transfers, nodes, sources, calendar)
    stock, expiring = _stock(session, nodes, calendar)
    demand = _demand(session, nodes, recipes, forecast[: calendar.count], calendar) + unplanned
    inputs = SupplyInputs.of(
        demand,
        stock=stock,
        expiring=expiring,
        receipts=_summed(firm, "node", len(nodes), calendar),
        safety=np.broadcast_to(nodes["safety_stock"].fillna(0.0).to_numpy(dtype=float), demand.shape),
        good_for=_good_for(nodes),
        releases=firm_work,
        limits=source_limits(rows.supplier_limits(session, as_of=as_of), nodes, sources, firm, calendar.weeks),
    )
    return PlanModel(
        nodes=nodes,
        sources=sources,
        weeks=calendar.weeks,
        network=network,
        inputs=inputs,
        resources=resources,
        routings=routings,
        hours=_hours(resources, days, calendar, since=as_of),
        firm=firm,
        firm_work=firm_work,
        running=_running(production, nodes, sources, calendar),
        run_ids=[run.id for run in runs],
        substitutes=_substitutes(nodes, sources, supply, network),
    )


@dataclass(frozen=True, slots=True)
class _Supply:
    """Where items can come from, as stored: recipes, suppliers' terms, lanes, the place a product is made at, and what
    may stand in for components."""

    recipes: pd.DataFrame
    terms: pd.DataFrame
    lanes: pd.DataFrame
    made_at: pd.DataFrame
    substitutes: pd.DataFrame

    def place_made(self, keys: pd.DataFrame) -> pd.Series[int]:
        """Where what is made for a place is made: at the resources of its routing, without one at the place itself."""
        at = keys["product_id"].map(self.made_at.set_index("product_id")["location_id"])
        return at.fillna(keys["location_id"]).astype("int64")

    def moved(self, keys: pd.DataFrame) -> pd.DataFrame:
        """The lanes that bring items to their places."""
        made = keys["product_id"].isin(self.recipes["product_id"]) & (self.place_made(keys) == keys["location_id"])
        bought = keys["product_id"].isin(self.terms["product_id"]) & ~keys["product_id"].isin(
            self.recipes["product_id"]
        )
        return lanes_in_use(keys.assign(own=made | bought), self.lanes)


class _Calendar:
    """Days as week numbers."""

    def __init__(self, as_of: date, weeks: list[date]) -> None:
        self.as_of, self.weeks, self.count = as_of, weeks, len(weeks)
        self.first = pd.Timestamp(weeks[0])
        self.end = weeks[-1] + timedelta(weeks=1)

    @classmethod
    def of(cls, as_of: date, count: int) -> _Calendar:
        monday = as_of - timedelta(days=as_of.weekday())
        return cls(as_of, [monday + timedelta(weeks=week) for week in range(count)])

    def week_of(self, days: pd.Series[pd.Timestamp]) -> pd.Series[float]:
        """Weeks after the first one; what is past counts as now, a missing day stays missing."""
        weeks = (pd.to_datetime(days) - self.first).dt.days // DAYS_A_WEEK
        return weeks.astype("float64").clip(lower=0)

    def shares(self, starts: pd.DatetimeIndex, *, monthly: bool) -> Floats:
        """(periods of a forecast, weeks): the part of a period that falls into each week, none before today."""
        step = pd.DateOffset(months=1) if monthly else pd.DateOffset(weeks=1)
        ends = starts + step
        monday = pd.DatetimeIndex(pd.to_datetime(self.weeks))
        begin = monday.where(monday > pd.Timestamp(self.as_of), pd.Timestamp(self.as_of))
        sunday = monday + pd.Timedelta(days=DAYS_A_WEEK)
        first = np.maximum(starts.to_numpy()[:, None], begin.to_numpy()[None, :])
        last = np.minimum(ends.to_numpy()[:, None], sunday.to_numpy()[None, :])
        overlap = (last - first) / np.timedelta64(1, "D")
        length = (ends - starts).to_numpy() / np.timedelta64(1, "D")
        return np.asarray(np.maximum(overlap, 0.0) / length[:, None], dtype=np.float64)


def _nodes(session: Session, runs: list[int], supply: _Supply) -> pd.DataFrame:
    """Items and places that are planned, the components of what is made there, and the places stock comes from."""
    known = rows.places(session, runs=runs)
    products, places = rows.products(session), rows.locations(session)
    retired = products.loc[products["life_cycle"] == "retired", "product_id"]
    keys = known[KEYS]
    while True:
        grown = pd.concat([keys, _taken(keys, supply), _origins(keys, supply, retired)])
        grown = grown.drop_duplicates().astype("int64")
        if len(grown) == len(keys):
            break
        keys = grown
    nodes = keys.merge(known, how="left", on=KEYS).merge(products, on="product_id").merge(places, on="location_id")
    nodes["made_at"] = supply.place_made(nodes)
    return nodes.sort_values(["code", "location"], kind="stable").reset_index(drop=True)


def _taken(keys: pd.DataFrame, supply: _Supply) -> pd.DataFrame:
    """The components of what is made, at the place it is made at."""
    made = keys.merge(supply.recipes, on="product_id")
    return pd.DataFrame({"product_id": made["component_id"], "location_id": supply.place_made(made)})


def _origins(keys: pd.DataFrame, supply: _Supply, retired: pd.Series[int]) -> pd.DataFrame:
    """The same items where lanes bring them from; what is retired is not moved."""
    moved = supply.moved(keys[~keys["product_id"].isin(retired)])
    return moved[["product_id", "from_location_id"]].set_axis(KEYS, axis="columns")


def _places_of(nodes: pd.DataFrame, frame: pd.DataFrame) -> pd.Series[float]:
    """The node of each row; missing where it is not planned."""
    numbers = pd.Series(nodes.index, index=pd.MultiIndex.from_frame(nodes[KEYS]))
    return pd.Series(numbers.reindex(pd.MultiIndex.from_frame(frame[KEYS])).to_numpy(), index=frame.index)


def _reach(forecast: Floats) -> int:
    """Weeks until the last one that is forecast."""
    forecast_weeks = np.flatnonzero(forecast.any(axis=1))
    return int(forecast_weeks[-1]) + 1 if forecast_weeks.size else 0


def _demand(
    session: Session, nodes: pd.DataFrame, recipes: pd.DataFrame, forecast: Floats, calendar: _Calendar
) -> Floats:
    """Forecast by week, or what is ordered and reserved where it is more; what is overdue comes on top."""
    reserved = order_promising.reserved(session, at=now())
    sales = pd.concat([rows.sales(session), reserved[[*KEYS, "due_on", "quantity"]]], ignore_index=True)
    sales = sales.assign(node=_places_of(nodes, sales), week=calendar.week_of(sales["due_on"])).dropna()
    late = pd.to_datetime(sales["due_on"]) < pd.Timestamp(calendar.as_of)
    ordered = _summed(sales[~late], "node", len(nodes), calendar)
    overdue = _summed(sales[late], "node", len(nodes), calendar)
    return np.maximum(forecast, ordered) + overdue + _usage(nodes, recipes, calendar)


def _forecast(session: Session, nodes: pd.DataFrame, runs: Sequence[Any], calendar: _Calendar) -> Floats:
    """Of each item and place the newest run that has it."""
    result = np.zeros((len(calendar.weeks), len(nodes)))
    done = np.zeros(len(nodes), dtype=bool)
    for run in runs:
        values = rows.forecast(session, run_id=run.id, as_of=calendar.as_of)
        values = values.assign(node=_places_of(nodes, values)).dropna()
        values = values[~done[values["node"].astype(int)]]
        if values.empty:
            continue
        starts, period = np.unique(pd.to_datetime(values["period"]).to_numpy(), return_inverse=True)
        table = np.zeros((len(starts), len(nodes)))
        node = values["node"].to_numpy(dtype=int)
        table[period, node] = values["quantity"].to_numpy(dtype=float)
        shares = calendar.shares(pd.DatetimeIndex(starts), monthly=run.frequency == "month")
        own = np.unique(node)
        result[:, own] = shares.T @ table[:, own]
        done[own] = True
    return result


def _with_agreed(forecast: Floats, nodes: pd.DataFrame, agreed: pd.DataFrame | None, calendar: _Calendar) -> Floats:
    """What people agreed on is agreed by month: it is spread evenly over the days of the month."""
    if agreed is None or agreed.empty:
        return forecast
    own = agreed.assign(node=_places_of(nodes, agreed)).dropna(subset=["node"])
    starts, period = np.unique(pd.to_datetime(own["period"]).to_numpy(), return_inverse=True)
    node = own["node"].to_numpy(dtype=int)
    table = np.zeros((len(starts), len(nodes)))
    table[period, node] = own["quantity"].to_numpy(dtype=float)
    shares = calendar.shares(pd.DatetimeIndex(starts), monthly=True)
    result, items = forecast.copy(), np.unique(node)
    result[:, items] = shares.T @ table[:, items]
    return result


def _usage(nodes: pd.DataFrame, recipes: pd.DataFrame, calendar: _Calendar) -> Floats:
    """What is used without a recipe that says for what: as much a week as so far."""
    known = nodes["product_id"].isin(recipes["component_id"])
    weekly = nodes["daily_usage"].astype(float).where(~known).fillna(0.0).to_numpy() * DAYS_A_WEEK
    usage: Floats = np.tile(weekly, (calendar.count, 1))
    usage[0] *= (DAYS_A_WEEK - calendar.as_of.weekday()) / DAYS_A_WEEK
    return usage


def _sources(nodes: pd.DataFrame, supply: _Supply) -> pd.DataFrame:
    """What has a recipe is made, anything else is bought from its suppliers; lanes bring what they are there for."""
    moving = _moving(nodes, supply)
    own = pd.concat([_making(nodes, supply.recipes), _buying(nodes, supply)], ignore_index=True)
    lane_nodes = (moving["share"].to_numpy(dtype=float), moving["node"].to_numpy(dtype=int))
    own["share"] = shares_beside(*lane_nodes, own["share"].to_numpy(dtype=float), own["node"].to_numpy(dtype=int))
    every = pd.concat([own[own["share"] > 0], moving], ignore_index=True)
    every = pd.concat([every, _standing_in(nodes, supply, every)], ignore_index=True)
    return every.sort_values("node", kind="stable").reset_index(drop=True)


def _making(nodes: pd.DataFrame, recipes: pd.DataFrame) -> pd.DataFrame:
    made = nodes[nodes["product_id"].isin(recipes["product_id"])]
    return _terms(
        made.index,
        "make",
        lead_time_days=made["lead_time_days"].astype(float).fillna(MADE_LEAD_DAYS),
        minimum=made["order_quantity"].astype(float).fillna(0.0),
    )


def _buying(nodes: pd.DataFrame, supply: _Supply) -> pd.DataFrame:
    made = nodes["product_id"].isin(supply.recipes["product_id"])
    bought = nodes[~made & (nodes["life_cycle"] != "retired")].reset_index(names="node")
    bought = bought.drop(columns="lead_time_days").merge(supply.terms, on="product_id")
    return _terms(
        bought["node"],
        "buy",
        supplier_id=bought["supplier_id"].astype("int64"),
        supplier=bought["supplier"],
        price=bought["price"].astype(float),
        lead_time_days=bought["lead_time_days"].astype(float),
        minimum=_at_least(bought),
        multiple=bought["multiple"].astype(float),
        share=bought["share"].astype(float),
    )


def _moving(nodes: pd.DataFrame, supply: _Supply) -> pd.DataFrame:
    """Lanes on which an item would come back to where it was are left out; data health names them."""
    moved = without_circles(supply.moved(nodes.loc[nodes["life_cycle"] != "retired", KEYS]))
    moved = moved.rename(columns={"to_location_id": "location_id"})
    origin = moved[["product_id", "from_location_id"]].set_axis(KEYS, axis="columns")
    names = nodes.drop_duplicates("location_id").set_index("location_id")["location_name"]
    to = _places_of(nodes, moved)
    return _terms(
        to.astype("int64"),
        "move",
        supplier=moved["from_location_id"].map(names),
        price=moved["price"].astype(float),
        lead_time_days=moved["lead_time_days"].astype(float),
        minimum=_at_least(moved.assign(order_quantity=nodes["order_quantity"].reindex(to).to_numpy())),
        multiple=moved["multiple"].astype(float),
        share=moved["share"].astype(float),
        lane_id=moved["lane_id"].astype("int64"),
        origin=_places_of(nodes, origin).astype("int64"),
    )


def _standing_in(nodes: pd.DataFrame, supply: _Supply, others: pd.DataFrame) -> pd.DataFrame:
    """Substitutes as sources of the components they stand in for, where the plan knows both. They have no share: the
    plan uses them where a component runs short. Those by which an item would stand in for itself are left out."""
    pairs = _pairs(nodes, supply).drop_duplicates(["component", "substitute", "factor"])
    pairs = pairs[pairs["component"].isin(others["node"])]
    made = nodes.loc[others.loc[others["kind"] == "make", "node"], ["product_id", "made_at"]].reset_index(names="node")
    lines = made.merge(supply.recipes, on="product_id")
    taken = pd.DataFrame({"product_id": lines["component_id"], "location_id": lines["made_at"]})
    moving = others[others["kind"] == "move"]
    parents = np.concatenate([pairs["component"], lines["node"], moving["node"]]).astype(np.int64)
    parts = np.concatenate([pairs["substitute"], _places_of(nodes, taken), moving["origin"]]).astype(np.int64)
    pairs = pairs[~circular(parents, parts)[: len(pairs)]]
    return _terms(
        pairs["component"],
        "substitute",
        supplier=nodes["name"].reindex(pairs["substitute"]).to_numpy(),
        lead_time_days=0.0,
        minimum=0.0,
        multiple=0.0,
        share=0.0,
        origin=pairs["substitute"].astype("int64"),
        factor=pairs["factor"].astype(float),
    )


def _pairs(nodes: pd.DataFrame, supply: _Supply) -> pd.DataFrame:
    """Which node may stand in for which in the recipe of what: component, substitute, factor, rank, the product made,
    its node, and the first day of the recipe."""
    made = nodes[["product_id", "made_at"]].reset_index(names="node")
    found = made.merge(supply.substitutes, on="product_id")
    for role in ("component", "substitute"):
        keys = found[[f"{role}_id", "made_at"]].set_axis(KEYS, axis="columns")
        found[role] = _places_of(nodes, keys)
    found = found.dropna(subset=["component", "substitute"]).astype(
        {"component": "int64", "substitute": "int64", "factor": float}
    )
    return found.sort_values(["rank", "node"], kind="stable")


def _substitutes(nodes: pd.DataFrame, sources: pd.DataFrame, supply: _Supply, network: SupplyNetwork) -> Substitutes:
    """The substitutes of the plan by rank, with the lines of recipes that each may serve."""
    pairs = _pairs(nodes, supply).rename(columns={"node": "parent"})
    own = sources[sources["kind"] == "substitute"].reset_index(names="source")
    own = own.rename(columns={"node": "component", "origin": "substitute"}).astype({"factor": float})
    own = own[["source", "component", "substitute", "factor"]]
    served = pairs.merge(own, on=["component", "substitute", "factor"])
    arcs = pd.DataFrame(
        {
            "arc": np.arange(len(network.arcs)),
            "parent": network.sources.node[network.arcs.source],
            "component": network.arcs.component,
        }
    )
    served = served.merge(arcs[(sources["kind"] == "make").to_numpy()[network.arcs.source]], on=["parent", "component"])
    numbers, entry = served["source"].drop_duplicates().to_numpy(dtype=np.int64), served["source"]
    place = pd.Series(np.arange(numbers.size), index=numbers)
    lines = pd.DataFrame({"entry": place.reindex(entry).to_numpy(), "arc": served["arc"]}).drop_duplicates()
    return Substitutes(numbers, lines["entry"].to_numpy(dtype=np.int64), lines["arc"].to_numpy(dtype=np.int64))


def _terms(node: pd.Index[int] | pd.Series[int], kind: str, **given: Any) -> pd.DataFrame:
    """Sources of a kind; what is not given is as usual for it."""
    usual: dict[str, Any] = {
        "supplier_id": 0,
        "supplier": None,
        "price": 0.0,
        "lead_time_days": 0.0,
        "minimum": 0.0,
        "multiple": 1.0,
        "share": 1.0,
        "lane_id": 0,
        "origin": NONE,
        "factor": 1.0,
    }
    figures = {name: np.broadcast_to(np.asarray(given.get(name, value)), len(node)) for name, value in usual.items()}
    return pd.DataFrame({"node": np.asarray(node, dtype=np.int64), "kind": kind} | figures)


def _at_least(terms: pd.DataFrame) -> pd.Series[float]:
    """The least that can be ordered, or what the policy orders at once if that is more."""
    return terms[["moq", "order_quantity"]].astype(float).max(axis=1)


def _network(
    nodes: pd.DataFrame,
    sources: pd.DataFrame,
    recipes: pd.DataFrame,
    calendar: _Calendar,
    working: tuple[Ints, NDArray[np.bool_]],
) -> SupplyNetwork:
    """``working``: of each source the row of the weeks in which it can work."""
    terms = Sources.of(
        sources["node"].to_numpy(dtype=int),
        np.ceil(sources["lead_time_days"].to_numpy(dtype=float) / DAYS_A_WEEK).astype(int),
        sources["minimum"].to_numpy(dtype=float),
        sources["multiple"].to_numpy(dtype=float),
        sources["share"].to_numpy(dtype=float),
        working[0],
    )
    return SupplyNetwork(len(nodes), terms, _arcs(nodes, sources, recipes, calendar), working[1])


def _arcs(nodes: pd.DataFrame, sources: pd.DataFrame, recipes: pd.DataFrame, calendar: _Calendar) -> Arcs:
    """Making takes the recipe's components, moving takes the item itself at the place it comes from, standing in for a
    component takes the substitute."""
    making = sources[sources["kind"] == "make"].reset_index(names="source")[["source", "node"]]
    making = making.join(nodes[["product_id", "made_at"]], on="node").merge(recipes, on="product_id")
    components = pd.DataFrame({"product_id": making["component_id"], "location_id": making["made_at"]})
    first = calendar.week_of(making["valid_from"]).where(
        pd.to_datetime(making["valid_from"]) > pd.Timestamp(calendar.as_of), 0
    )
    last = (calendar.week_of(making["next_from"]) - 1).fillna(calendar.count)
    used = effective_quantity(making["quantity"], scrap_share=making["scrap_share"], yield_share=making["yield_share"])
    moving = np.flatnonzero(sources["kind"].isin(["move", "substitute"]))
    factor = sources["factor"].to_numpy(dtype=float)[moving]
    always = (factor, np.zeros(moving.size), np.full(moving.size, calendar.count))
    return Arcs.of(
        np.append(making["source"].to_numpy(dtype=int), moving),
        np.append(_places_of(nodes, components).to_numpy(dtype=int), sources["origin"].to_numpy(dtype=int)[moving]),
        np.append(used, always[0]),
        np.append(first.to_numpy(dtype=int), always[1]),
        np.append(last.to_numpy(dtype=int), always[2]),
    )


def _working(sources: int, routings: Routings, hours: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """Of every source the row of its calendar, and the calendars: the first one is always open, in the others no
    resource of the source has an hour in the weeks that are closed."""
    periods = len(hours)
    routed, place = np.unique(routings.source, return_inverse=True)
    worked = np.zeros((routed.size, periods), dtype=bool)
    np.logical_or.at(worked, place, hours.T[routings.resource] > 0)
    calendars, number = np.unique(worked, axis=0, return_inverse=True)
    calendar_of = np.zeros(sources, dtype=np.int64)
    calendar_of[routed] = number.reshape(-1) + 1
    return calendar_of, np.vstack([np.ones((1, periods), dtype=bool), calendars])


def _firm(
    purchases: pd.DataFrame,
    production: pd.DataFrame,
    transfers: pd.DataFrame,
    nodes: pd.DataFrame,
    calendar: _Calendar,
) -> pd.DataFrame:
    """Open orders; what is overdue is taken to come this week."""
    kinds = (("buy", purchases), ("make", production), ("move", transfers))
    orders = pd.concat([found.assign(kind=kind) for kind, found in kinds], ignore_index=True)
    orders = orders.assign(node=_places_of(nodes, orders), week=calendar.week_of(orders["due_on"]))
    return orders.loc[orders["quantity"] > 0, FIRM].reset_index(drop=True)


def _firm_work(
    production: pd.DataFrame, transfers: pd.DataFrame, nodes: pd.DataFrame, sources: pd.DataFrame, calendar: _Calendar
) -> tuple[Floats, Floats]:
    """Open orders that have not begun take what they are made of when they begin: (weeks, sources), and what transfers
    without a lane in use take of the place they leave, (weeks, nodes)."""
    making = production[production["status"] != "running"]
    making = making.assign(week=calendar.week_of(making["starts_on"]), source=_made_by(making, nodes, sources)).dropna(
        subset=["source", "week"]
    )
    moving = transfers[transfers["status"] == "planned"]
    origin = moving[["product_id", "from_location_id"]].set_axis(KEYS, axis="columns")
    moving = moving.assign(
        week=calendar.week_of(moving["ships_on"]),
        node=_places_of(nodes, moving),
        origin=_places_of(nodes, origin),
    )
    lanes = sources[sources["kind"] == "move"].reset_index(names="source")[["source", "node", "origin"]]
    moving = moving.merge(lanes, how="left", on=["node", "origin"])
    work = np.zeros((len(calendar.weeks), len(sources)))
    _add(work, making, "source")
    _add(work, moving.dropna(subset="source"), "source")
    return work, _summed(moving[moving["source"].isna()], "origin", len(nodes), calendar)


def _made_by(orders: pd.DataFrame, nodes: pd.DataFrame, sources: pd.DataFrame) -> pd.Series[float]:
    """The source whose work a production order is: at its place, or where what lanes bring there is made."""
    making = sources[sources["kind"] == "make"].reset_index(names="source").set_index("node")["source"]
    node = _places_of(nodes, orders)
    made_at = node.map(nodes["made_at"])
    elsewhere = _places_of(nodes, orders.assign(location_id=made_at))
    return node.map(making).fillna(elsewhere.map(making))


def _running(production: pd.DataFrame, nodes: pd.DataFrame, sources: pd.DataFrame, calendar: _Calendar) -> Floats:
    """What is left of orders that have begun, spread evenly over the weeks until they are due."""
    orders = production[production["status"] == "running"]
    orders = orders.assign(source=_made_by(orders, nodes, sources), weeks=calendar.week_of(orders["due_on"]) + 1)
    orders = orders.dropna(subset=["source", "weeks"])
    weeks = orders["weeks"].to_numpy(dtype=int)
    each = orders.assign(quantity=orders["quantity"] / weeks).loc[orders.index.repeat(weeks)]
    work = np.zeros((len(calendar.weeks), len(sources)))
    _add(work, each.assign(week=each.groupby(level=0).cumcount()), "source")
    return work


def _stock(session: Session, nodes: pd.DataFrame, calendar: _Calendar) -> tuple[Floats, Floats]:
    """Usable stock, and what of it can't be sold after each week. A lot of this week can be sold this week still."""
    lots = rows.lots(session, as_of=calendar.as_of)
    lots = lots.assign(node=_places_of(nodes, lots))
    lots["week"] = (calendar.week_of(lots["expires_on"]) - 1).clip(lower=0)
    stock = np.zeros(len(nodes))
    np.add.at(stock, lots["node"].to_numpy(dtype=int), lots["quantity"].to_numpy(dtype=float))
    return stock, _summed(lots, "node", len(nodes), calendar)


def _good_for(nodes: pd.DataFrame) -> Floats:
    weeks = nodes["shelf_life_days"].astype("float64") // DAYS_A_WEEK
    return np.asarray(weeks.clip(lower=1.0).fillna(np.inf), dtype=np.float64)


def _summed(frame: pd.DataFrame, number: str, count: int, calendar: _Calendar) -> Floats:
    """(weeks, count) quantities by week; what is later than the last week or has no week is left out."""
    result = np.zeros((calendar.count, count))
    _add(result, frame, number)
    return result


def _add(result: Floats, frame: pd.DataFrame, number: str) -> None:
    within = frame[frame["week"] < len(result)]
    place = (within["week"].to_numpy(dtype=int), within[number].to_numpy(dtype=int))
    np.add.at(result, place, within["quantity"].to_numpy(dtype=float))


def _routings(session: Session, nodes: pd.DataFrame, sources: pd.DataFrame, resources: pd.DataFrame) -> Routings:
    numbers = pd.Series(resources.index, index=resources["resource_id"])
    making = sources[sources["kind"] == "make"].reset_index(names="source")[["source", "node"]]
    making = making.join(nodes["product_id"], on="node").merge(rows.routings(session), on="product_id")
    return Routings(
        making["source"].to_numpy(dtype=int),
        making["resource_id"].map(numbers).to_numpy(dtype=int),
        making["setup_hours"].to_numpy(dtype=float),
        making["hours_per_unit"].to_numpy(dtype=float),
    )


def _hours(resources: pd.DataFrame, days: pd.DataFrame, calendar: _Calendar, *, since: date | None = None) -> Floats:
    """Hours there are from a day on: the usual ones on five days, others on the days that are unlike them."""
    start = pd.Timestamp(since or calendar.weeks[0])
    usual = resources["hours_per_week"].to_numpy(dtype=float)
    hours = np.tile(usual, (calendar.count, 1))
    hours[0] *= max(WORKDAYS - start.weekday(), 0) / WORKDAYS
    if days.empty or resources.empty:
        return hours
    numbers = pd.Series(resources.index, index=resources["resource_id"])
    when = pd.to_datetime(days["day"])
    days = days.assign(resource=days["resource_id"].map(numbers), when=when)[when >= start].dropna(subset=["resource"])
    number = days["resource"].to_numpy(dtype=int)
    instead = np.where(days["when"].dt.day_of_week < WORKDAYS, usual[number] / WORKDAYS, 0.0)
    week = ((days["when"] - calendar.first).dt.days // DAYS_A_WEEK).to_numpy(dtype=int)
    np.add.at(hours, (week, number), days["hours"].to_numpy(dtype=float) - instead)
    at_least: Floats = np.maximum(hours, 0.0)
    return at_least
