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
from analytics.supply_plan.network import Arcs, Sources, SupplyNetwork
from data.queries import policies
from data.queries import supply_plan as rows

KEYS = ["product_id", "location_id"]
MOST_WEEKS, LEAST_WEEKS = 52, 13
DAYS_A_WEEK = 7
WORKDAYS = 5
MADE_LEAD_DAYS = 7.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PlanModel:
    """A network with its inputs, and what its numbers stand for.

    ``nodes``: a row a node with product, place and terms; ``sources``: a row a source with node, kind (buy, make),
    supplier, price, least quantity and multiple; ``weeks``: the Monday of each period, the first one that of today;
    ``resources`` with their ``hours`` (periods, resources); ``firm``: open orders with node, period, number, kind and
    quantity; ``firm_work`` (periods, sources): units of open production orders in the week they begin; ``run_ids``:
    the forecasts that are used.
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
    run_ids: list[int]


def plan_model(session: Session, *, as_of: date) -> PlanModel:
    """Read everything that a plan from a day on is made of.

    Inputs: an open session, and the first day.
    Returns: PlanModel over the weeks that are forecast (LEAST_WEEKS to MOST_WEEKS), the current one, as far as it is
        still to come, the first.
    Raises: nothing of its own.
    Source: screens.md 1; Vollmann et al., 5th ed., chapter 7.
    """
    calendar = _Calendar.of(as_of, MOST_WEEKS)
    runs = policies.forecast_runs(session, as_of=as_of, until=calendar.end)
    recipes = rows.recipes(session, as_of=as_of)
    nodes = _nodes(session, [run.id for run in runs], recipes)
    forecast = _forecast(session, nodes, runs, calendar)
    calendar = _Calendar.of(as_of, max(_reach(forecast), LEAST_WEEKS))
    demand = _demand(session, nodes, recipes, forecast[: calendar.count], calendar)
    sources = _sources(session, nodes, recipes)
    network = _network(nodes, sources, recipes, calendar)
    production = rows.production(session)
    firm = _firm(rows.purchases(session), production, nodes, calendar)
    firm_work = _firm_work(production, nodes, sources, calendar)
    stock, expiring = _stock(session, nodes, calendar)
    resources = rows.resources(session)
    inputs = SupplyInputs.of(
        demand,
        stock=stock,
        expiring=expiring,
        receipts=_summed(firm, "node", len(nodes), calendar),
        safety=np.broadcast_to(nodes["safety_stock"].fillna(0.0).to_numpy(dtype=float), demand.shape),
        good_for=_good_for(nodes),
        releases=firm_work,
    )
    return PlanModel(
        nodes=nodes,
        sources=sources,
        weeks=calendar.weeks,
        network=network,
        inputs=inputs,
        resources=resources,
        routings=_routings(session, nodes, sources, resources),
        hours=_hours(session, resources, calendar),
        firm=firm,
        firm_work=firm_work,
        run_ids=[run.id for run in runs],
    )


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


def _nodes(session: Session, runs: list[int], recipes: pd.DataFrame) -> pd.DataFrame:
    """Items and places that are planned, and the components of what is made there."""
    known = rows.places(session, runs=runs)
    made_at = rows.made_at(session).set_index("product_id")["location_id"]
    keys = known[KEYS]
    while True:
        taken = _taken(keys, recipes, made_at)[["component_id", "at"]].drop_duplicates()
        taken.columns = pd.Index(KEYS)
        grown = pd.concat([keys, taken]).drop_duplicates().astype("int64")
        if len(grown) == len(keys):
            break
        keys = grown
    products, places = rows.products(session), rows.locations(session)
    nodes = keys.merge(known, how="left", on=KEYS).merge(products, on="product_id").merge(places, on="location_id")
    nodes["made_at"] = nodes["product_id"].map(made_at).fillna(nodes["location_id"]).astype("int64")
    return nodes.sort_values(["code", "location"], kind="stable").reset_index(drop=True)


def _taken(keys: pd.DataFrame, recipes: pd.DataFrame, made_at: pd.Series[int]) -> pd.DataFrame:
    """What is made, with the lines of its recipe and the place its components are taken at."""
    made = keys.merge(recipes, on="product_id")
    return made.assign(at=made["product_id"].map(made_at).fillna(made["location_id"]))


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
    """Forecast by week, or the customers' orders where they are more; what is overdue comes on top."""
    sales = rows.sales(session)
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


def _usage(nodes: pd.DataFrame, recipes: pd.DataFrame, calendar: _Calendar) -> Floats:
    """What is used without a recipe that says for what: as much a week as so far."""
    known = nodes["product_id"].isin(recipes["component_id"])
    weekly = nodes["daily_usage"].astype(float).where(~known).fillna(0.0).to_numpy() * DAYS_A_WEEK
    usage: Floats = np.tile(weekly, (calendar.count, 1))
    usage[0] *= (DAYS_A_WEEK - calendar.as_of.weekday()) / DAYS_A_WEEK
    return usage


def _sources(session: Session, nodes: pd.DataFrame, recipes: pd.DataFrame) -> pd.DataFrame:
    """What has a recipe is made, anything else is bought from its suppliers."""
    made = nodes["product_id"].isin(recipes["product_id"])
    lead = nodes["lead_time_days"].astype(float)
    making = pd.DataFrame(
        {
            "node": nodes.index[made],
            "kind": "make",
            "supplier_id": 0,
            "supplier": None,
            "price": 0.0,
            "lead_time_days": lead[made].fillna(MADE_LEAD_DAYS).to_numpy(),
            "minimum": nodes.loc[made, "order_quantity"].astype(float).fillna(0.0).to_numpy(),
            "multiple": 1.0,
            "share": 1.0,
        }
    )
    bought = nodes[~made & (nodes["life_cycle"] != "retired")].reset_index(names="node")
    bought = bought.drop(columns="lead_time_days").merge(rows.terms(session), on="product_id")
    buying = pd.DataFrame(
        {
            "node": bought["node"],
            "kind": "buy",
            "supplier_id": bought["supplier_id"].astype("int64"),
            "supplier": bought["supplier"],
            "price": bought["price"].astype(float),
            "lead_time_days": bought["lead_time_days"].astype(float),
            "minimum": np.fmax(bought["moq"].astype(float), bought["order_quantity"].astype(float).fillna(0.0)),
            "multiple": bought["multiple"].astype(float),
            "share": bought["share"].astype(float),
        }
    )
    return pd.concat([making, buying], ignore_index=True).sort_values("node", kind="stable").reset_index(drop=True)


def _network(nodes: pd.DataFrame, sources: pd.DataFrame, recipes: pd.DataFrame, calendar: _Calendar) -> SupplyNetwork:
    making = sources[sources["kind"] == "make"].reset_index(names="source")[["source", "node"]]
    making = making.join(nodes[["product_id", "made_at"]], on="node").merge(recipes, on="product_id")
    components = pd.DataFrame({"product_id": making["component_id"], "location_id": making["made_at"]})
    first = calendar.week_of(making["valid_from"]).where(
        pd.to_datetime(making["valid_from"]) > pd.Timestamp(calendar.as_of), 0
    )
    last = (calendar.week_of(making["next_from"]) - 1).fillna(calendar.count)
    arcs = Arcs.of(
        making["source"].to_numpy(dtype=int),
        _places_of(nodes, components).to_numpy(dtype=int),
        effective_quantity(making["quantity"], scrap_share=making["scrap_share"], yield_share=making["yield_share"]),
        first.to_numpy(dtype=int),
        last.to_numpy(dtype=int),
    )
    terms = Sources.of(
        sources["node"].to_numpy(dtype=int),
        np.ceil(sources["lead_time_days"].to_numpy(dtype=float) / DAYS_A_WEEK).astype(int),
        sources["minimum"].to_numpy(dtype=float),
        sources["multiple"].to_numpy(dtype=float),
        sources["share"].to_numpy(dtype=float),
    )
    return SupplyNetwork(len(nodes), terms, arcs, np.ones((1, len(calendar.weeks)), dtype=bool))


def _firm(purchases: pd.DataFrame, production: pd.DataFrame, nodes: pd.DataFrame, calendar: _Calendar) -> pd.DataFrame:
    """Open orders; what is overdue is taken to come this week."""
    orders = pd.concat([purchases.assign(kind="buy"), production.assign(kind="make")], ignore_index=True)
    orders = orders.assign(node=_places_of(nodes, orders), week=calendar.week_of(orders["due_on"]))
    return orders.loc[orders["quantity"] > 0, ["node", "week", "number", "kind", "supplier", "quantity"]].reset_index(
        drop=True
    )


def _firm_work(production: pd.DataFrame, nodes: pd.DataFrame, sources: pd.DataFrame, calendar: _Calendar) -> Floats:
    """Open production orders that have not begun take their components when they begin."""
    orders = production[production["status"] != "running"]
    making = sources[sources["kind"] == "make"].reset_index(names="source").set_index("node")["source"]
    orders = orders.assign(week=calendar.week_of(orders["starts_on"]), node=_places_of(nodes, orders))
    orders = orders.assign(source=orders["node"].map(making)).dropna(subset=["source", "week"])
    work = np.zeros((len(calendar.weeks), len(sources)))
    _add(work, orders, "source")
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


def _hours(session: Session, resources: pd.DataFrame, calendar: _Calendar) -> Floats:
    """Hours there are: the usual ones on five days, others on the days that are unlike them."""
    usual = resources["hours_per_week"].to_numpy(dtype=float)
    hours = np.tile(usual, (calendar.count, 1))
    days = rows.resource_days(session, first=calendar.weeks[0], end=calendar.end)
    if days.empty or resources.empty:
        return hours
    numbers = pd.Series(resources.index, index=resources["resource_id"])
    days = days.assign(resource=days["resource_id"].map(numbers)).dropna(subset=["resource"])
    when = pd.to_datetime(days["day"])
    number = days["resource"].to_numpy(dtype=int)
    instead = np.where(when.dt.day_of_week < WORKDAYS, usual[number] / WORKDAYS, 0.0)
    week = ((when - calendar.first).dt.days // DAYS_A_WEEK).to_numpy(dtype=int)
    np.add.at(hours, (week, number), days["hours"].to_numpy(dtype=float) - instead)
    at_least: Floats = np.maximum(hours, 0.0)
    return at_least
