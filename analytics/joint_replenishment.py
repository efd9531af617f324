"""Items ordered together: one order shared by all items of a supplier, each item in it every so many orders."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats


@dataclass(frozen=True, slots=True, eq=False)
class JointOrders:
    """Years between two orders; per item every how many orders it joins, and its quantity; money a year."""

    cycle_years: float
    multiples: FloatArray
    quantity: FloatArray
    cost_per_year: float


def common_cycle(
    annual_demand: ArrayLike,
    *,
    shared_order_cost: float,
    item_order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
) -> JointOrders:
    """Every item in every order, at the best interval.

    Inputs: annual_demand: units a year, per item; shared_order_cost: money per order; item_order_cost: money for an
        item's line in it; holding_cost_per_unit_year: money.
    Returns: JointOrders, all multiples 1.
    Raises: AnalyticsError without items, or when an input is missing or not positive (order costs: negative, all 0).
    Source: Silver, Pyke & Thomas, ch. 10; Snyder & Shen, 2nd ed., section 3.8.
    """
    demand, line, holding = _terms(annual_demand, shared_order_cost, item_order_cost, holding_cost_per_unit_year)
    return _at_best_interval(demand, shared_order_cost, line, holding, np.ones(demand.size))


def joint_replenishment(
    annual_demand: ArrayLike,
    *,
    shared_order_cost: float,
    item_order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
) -> JointOrders:
    """Each item in every m-th order, m by Silver's rule; never dearer than all items in every order.

    Inputs: as common_cycle.
    Returns: JointOrders.
    Raises: AnalyticsError as common_cycle.
    Source: Silver 1976; Silver, Pyke & Thomas, ch. 10.
    """
    demand, line, holding = _terms(annual_demand, shared_order_cost, item_order_cost, holding_cost_per_unit_year)
    ratio = line / (holding * demand)
    most_frequent = int(np.argmin(ratio))
    base = (shared_order_cost + line[most_frequent]) / (holding * demand)[most_frequent]
    multiples = np.maximum(np.round(np.sqrt(ratio / base)), 1.0)
    multiples[most_frequent] = 1.0
    found = _at_best_interval(demand, shared_order_cost, line, holding, multiples)
    simple = _at_best_interval(demand, shared_order_cost, line, holding, np.ones(demand.size))
    return min(found, simple, key=lambda orders: orders.cost_per_year)


def _terms(
    annual_demand: ArrayLike, shared: float, item_order_cost: ArrayLike, holding_cost: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    demand, line, holding = floats(annual_demand, item_order_cost, holding_cost)
    if demand.size == 0 or not ((demand > 0) & (holding > 0) & (line >= 0)).all():
        raise AnalyticsError("a joint order needs items with positive demand and holding cost")
    if not (np.isfinite(shared) and shared >= 0) or shared + line.min() <= 0:
        raise AnalyticsError("a joint order must cost something")
    return demand, line, holding


def _at_best_interval(
    demand: FloatArray, shared: float, line: FloatArray, holding: FloatArray, multiples: FloatArray
) -> JointOrders:
    ordering = shared + float((line / multiples).sum())
    carrying = float((holding * multiples * demand).sum())
    cycle = float(np.sqrt(2 * ordering / carrying))
    return JointOrders(cycle, multiples, cycle * multiples * demand, ordering / cycle + carrying * cycle / 2)
