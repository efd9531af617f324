"""What to buy first: the demand that a planned order saves from being late, its price, and its return on the money."""

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import BoolArray, IntArray
from analytics.supply_plan.engine import SupplyPlan
from analytics.supply_plan.pegging import NONE, TOLERANCE

ORDERS = ["source", "node", "release", "arrival", "quantity"]


def orders_to_release(plan: SupplyPlan, *, periods: int) -> pd.DataFrame:
    """The planned orders to be released soon, with the demand that would be late without each.

    Demand is pegged to supply first come, first served. An order that is not released within the periods looked at
    can arrive after them and its lead time at the earliest; what it serves before that is late without it.

    Inputs: plan; periods: orders are released in one of so many periods from the first on.
    Returns: frame a row an order, with source, node, release, arrival (periods), quantity, needed (units that would
        be late without it), needed_from (the period of the first of them, -1 for none), late (units that are late even
        with it) and cover (periods of average demand from arrival on that it lasts; NaN where there is none).
    Raises: AnalyticsError for fewer than one period.
    Source: Orlicky, Material Requirements Planning, 3rd ed., chapter 9 (pegging); Lokad, prioritized ordering.
    """
    if periods < 1:
        raise AnalyticsError("orders are released in one period or more")
    planned = _planned_orders(plan)
    orders = planned[planned["release"] < periods].reset_index(drop=True)
    served = _served(plan, orders)
    period, arrival = np.arange(plan.network.periods), orders["arrival"].to_numpy()[:, None]
    at_stake = served * (period < arrival - orders["release"].to_numpy()[:, None] + periods)
    some = at_stake > TOLERANCE
    return orders[ORDERS].assign(
        needed=at_stake.sum(axis=1),
        needed_from=np.where(some.any(axis=1), some.argmax(axis=1), NONE),
        late=(served * (period < arrival)).sum(axis=1),
        cover=_cover(plan, orders),
    )


def break_prices(
    quantity: FloatArray, *, price: FloatArray, minimum: FloatArray, multiple: FloatArray, breaks: pd.DataFrame
) -> pd.DataFrame:
    """Prices of orders under all-units price breaks, and what the next break would take.

    Inputs: quantity: units of each order; price: money a unit below the first break; minimum, multiple: units, 0 for
        none; breaks: order (place in ``quantity``), from_quantity (units) and price (money a unit).
    Returns: frame a row an order, with price; next_quantity: the least quantity above that can be ordered at the next
        break, next_price; extra: money that it costs more (below zero: less), saving: money that the units of the
        order cost less. NaN where no break follows, or none that is cheaper.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., section 3.4.1 (all-units discounts).
    """
    if len({len(values) for values in (quantity, price, minimum, multiple)}) > 1:
        raise AnalyticsError("each order needs a price, a minimum and a multiple")
    known = breaks.sort_values("from_quantity", kind="stable")
    reached = known["from_quantity"].to_numpy(dtype=float) <= quantity[known["order"].to_numpy(dtype=int)] + TOLERANCE
    held = known[reached].groupby("order")["price"].last()
    following = known[~reached].groupby("order").first()
    place = pd.RangeIndex(len(quantity))
    own = held.reindex(place).fillna(pd.Series(price, index=place)).to_numpy(dtype=float)
    step = np.where(multiple > 0, multiple, np.nan)
    at_least = np.fmax(following["from_quantity"].reindex(place).to_numpy(dtype=float), minimum)
    lots = np.ceil(at_least / step - TOLERANCE) * step
    found = pd.DataFrame(
        {
            "price": own,
            "next_quantity": np.where(np.isnan(lots), at_least, lots),
            "next_price": following["price"].reindex(place).to_numpy(dtype=float),
        }
    )
    found["extra"] = found["next_quantity"] * found["next_price"] - quantity * own
    found["saving"] = quantity * (own - found["next_price"])
    columns = ["next_quantity", "next_price", "extra", "saving"]
    found.loc[~(found["saving"] > 0), columns] = np.nan
    return found


def ranked(orders: pd.DataFrame, *, budget: float | None = None) -> pd.DataFrame:
    """Orders by what each unit of money spent on them prevents; those that a budget pays for first.

    The budget is spent down the ranking; an order that what is left does not pay for is passed over, but not for one
    that prevents nothing.

    Inputs: orders: frame with money (to pay), prevented (money of shortage) and needed_from (period, -1 for none);
        budget: money, None for no limit.
    Returns: the frame with score (prevented per money; endless where it costs nothing), rank by it from 1, within
        (whether the budget pays for it) and spent (its own money and that of all above), what is within on top, each
        part by rank.
    Raises: AnalyticsError for a budget below zero.
    Source: Lokad, prioritized ordering; Dantzig (1957), Discrete-variable extremum problems, Operations Research 5(2)
        (the greedy rule of the knapsack).
    """
    if budget is not None and not budget >= 0:
        raise AnalyticsError("a budget is zero or more")
    money, prevented = orders["money"].to_numpy(dtype=float), orders["prevented"].to_numpy(dtype=float)
    score = np.where(prevented > 0, np.divide(prevented, money, out=np.full(len(money), np.inf), where=money > 0), 0.0)
    never = orders["needed_from"].max() + 1 if len(orders) else 0
    first = orders["needed_from"].where(orders["needed_from"] != NONE, never).to_numpy()
    order = np.lexsort((money, -prevented, first, -score))
    result = orders.assign(score=score).iloc[order].reset_index(drop=True)
    result = result.assign(rank=result.index + 1, within=_paid(money[order], budget, useful=prevented[order] > 0))
    result = result.sort_values("within", ascending=False, kind="stable").reset_index(drop=True)
    return result.assign(spent=result["money"].cumsum())


def _paid(money: FloatArray, budget: float | None, *, useful: BoolArray) -> BoolArray:
    """Which orders a budget pays for when it is spent on one after the other, the useful ones first."""
    if budget is None:
        return np.ones(len(money), dtype=bool)
    paid, left = np.zeros(len(money), dtype=bool), budget + TOLERANCE
    for place, asked in enumerate(money):
        if asked <= left and (useful[place] or paid[useful].all()):
            paid[place], left = True, left - asked
    return paid


def _planned_orders(plan: SupplyPlan) -> pd.DataFrame:
    """All of them, with the supply of their node that comes ``before`` each."""
    network = plan.network
    arrival, source = np.nonzero(plan.receipts > TOLERANCE)
    node: IntArray = network.sources.node[source]
    orders = pd.DataFrame(
        {
            "source": source,
            "node": node,
            "release": network.release[network.kind_of[source], arrival],
            "arrival": arrival,
            "quantity": plan.receipts[arrival, source],
        }
    ).sort_values(["node", "arrival", "source"])
    earlier = orders.groupby("node")["quantity"].cumsum() - orders["quantity"]
    firm = np.cumsum(plan.inputs.receipts, axis=0)[orders["arrival"], orders["node"]]
    return orders.assign(before=earlier + firm + np.maximum(plan.inputs.stock, 0.0)[orders["node"]])


def _served(plan: SupplyPlan, orders: pd.DataFrame) -> FloatArray:
    """(orders, periods): the demand of each period that an order serves; supply and demand are laid end to end, what
    expires in a period after its demand."""
    owed = np.maximum(-plan.inputs.stock, 0.0)
    demand = plan.demand.copy()
    demand[0] += owed
    end = np.cumsum(demand + plan.waste, axis=0) - plan.waste
    node = orders["node"].to_numpy()
    first = orders["before"].to_numpy()[:, None]
    last = first + orders["quantity"].to_numpy()[:, None]
    served: FloatArray = np.minimum(last, end[:, node].T) - np.maximum(first, (end - demand)[:, node].T)
    return np.maximum(served, 0.0)


def _cover(plan: SupplyPlan, orders: pd.DataFrame) -> FloatArray:
    arrival, node = orders["arrival"].to_numpy(), orders["node"].to_numpy()
    to_come = np.cumsum(plan.demand[::-1], axis=0)[::-1][arrival, node]
    demand = to_come / (plan.network.periods - arrival)
    quantity = orders["quantity"].to_numpy(dtype=float)
    cover: FloatArray = np.divide(quantity, demand, out=np.full(len(quantity), np.nan), where=demand > 0)
    return cover
