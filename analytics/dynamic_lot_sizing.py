"""Lot sizes for demand that changes from period to period: the cheapest plan (Wagner-Whitin) and Silver-Meal.

Demand is periods x items; an order arrives at the start of its period, and stock is charged at the end of each.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats

# No order in the period: its demand, if any, comes from stock.
_NO_ORDER = -1


@dataclass(frozen=True, slots=True, eq=False)
class LotPlan:
    """Orders (periods x items, units) and what ordering and holding cost over all periods, per item."""

    orders: FloatArray
    cost: FloatArray


def wagner_whitin(demand: ArrayLike, *, order_cost: ArrayLike, holding_cost_per_unit_period: ArrayLike) -> LotPlan:
    """The cheapest plan of orders that meets every period's demand, for all items at once.

    Inputs: demand: periods x items, units >= 0; order_cost: money per order; holding_cost_per_unit_period: money;
        both per item or one for all.
    Returns: LotPlan; NaN for an item with a missing or negative input.
    Raises: AnalyticsError when demand is not two-dimensional or the lengths differ.
    Source: Wagner & Whitin 1958; Snyder & Shen, 2nd ed., section 3.7.
    """
    return _planned(_cheapest_starts, demand, order_cost, holding_cost_per_unit_period)


def silver_meal(demand: ArrayLike, *, order_cost: ArrayLike, holding_cost_per_unit_period: ArrayLike) -> LotPlan:
    """A plan that extends each order while its cost per period falls: near the cheapest, and calm when demand changes.

    Inputs: as wagner_whitin.
    Returns: LotPlan; NaN for an item with a missing or negative input.
    Raises: AnalyticsError when demand is not two-dimensional or the lengths differ.
    Source: Silver & Meal 1973; Silver, Pyke & Thomas, ch. 5.
    """
    return _planned(_silver_meal_orders, demand, order_cost, holding_cost_per_unit_period)


def lot_plan_cost(
    orders: ArrayLike, *, demand: ArrayLike, order_cost: ArrayLike, holding_cost_per_unit_period: ArrayLike
) -> FloatArray:
    """What a given plan of orders costs.

    Inputs: orders, demand: periods x items, units; the others as in wagner_whitin.
    Returns: money over all periods, per item; inf where a demand is not met in its period.
    Raises: AnalyticsError when the shapes differ.
    Source: Snyder & Shen, 2nd ed., section 3.7.
    """
    plan, need = np.asarray(orders, dtype=np.float64), np.asarray(demand, dtype=np.float64)
    if plan.shape != need.shape or plan.ndim != 2:
        raise AnalyticsError("orders and demand must both be periods x items")
    order, holding = _per_item(need.shape[1], order_cost, holding_cost_per_unit_period)
    stock = (plan - need).cumsum(axis=0)
    served = (stock >= -1e-9 * (1 + need.sum(axis=0))).all(axis=0) | np.isnan(stock).any(axis=0)
    cost = order * (plan > 0).sum(axis=0) + holding * np.maximum(stock, 0.0).sum(axis=0)
    return np.where(served, cost, np.inf)


_Placing = Callable[[FloatArray, FloatArray, FloatArray], NDArray[np.bool_]]


def _planned(placing: _Placing, demand: ArrayLike, order_cost: ArrayLike, holding_cost: ArrayLike) -> LotPlan:
    """Orders placed where the method says, each of what is needed until the next."""
    need = np.asarray(demand, dtype=np.float64)
    if need.ndim != 2:
        raise AnalyticsError(f"demand must be periods x items, not {need.ndim}-dimensional")
    order, holding = _per_item(need.shape[1], order_cost, holding_cost)
    usable = (np.isfinite(need) & (need >= 0)).all(axis=0) & (order >= 0) & (holding >= 0)
    known = np.where(usable, need, 0.0)
    placed = placing(known, np.where(usable, order, 0.0), np.where(usable, holding, 0.0))
    orders = np.where(usable, _quantities(known, placed), np.nan)
    cost = lot_plan_cost(orders, demand=need, order_cost=order, holding_cost_per_unit_period=holding)
    return LotPlan(orders, np.where(usable, cost, np.nan))


def _per_item(items: int, *costs: ArrayLike) -> tuple[FloatArray, ...]:
    arrays = floats(np.zeros(items), *costs)[1:]
    if any(array.size != items for array in arrays):
        raise AnalyticsError(f"costs of {arrays[0].size} items for demand of {items}")
    return arrays


def _cheapest_starts(need: FloatArray, order: FloatArray, holding: FloatArray) -> NDArray[np.bool_]:
    """Dynamic programme over the period of the last order; period t is best served from last_order[t]."""
    periods, items = need.shape
    number = np.arange(periods)[:, None]
    total, weighted = need.cumsum(axis=0), (number * need).cumsum(axis=0)
    best, last_order = np.full((periods, items), np.inf), np.full((periods, items), _NO_ORDER)
    before = np.zeros(items)
    for start in range(periods):
        earlier_total, earlier_weighted = total[start] - need[start], weighted[start] - start * need[start]
        carried = (weighted[start:] - earlier_weighted) - start * (total[start:] - earlier_total)
        cost = before + order + holding * carried
        cheaper = cost < best[start:]
        best[start:] = np.where(cheaper, cost, best[start:])
        last_order[start:] = np.where(cheaper, start, last_order[start:])
        idle = (need[start] == 0) & (before <= best[start])
        last_order[start] = np.where(idle, _NO_ORDER, last_order[start])
        before = best[start] = np.where(idle, before, best[start])
    return _backtracked(last_order)


def _backtracked(last_order: NDArray[np.int_]) -> NDArray[np.bool_]:
    placed = np.zeros(last_order.shape, dtype=bool)
    items = np.arange(last_order.shape[1])
    end = np.full(items.size, last_order.shape[0] - 1)
    for period in range(last_order.shape[0] - 1, -1, -1):
        here = end == period
        start = last_order[period]
        ordered = here & (start != _NO_ORDER)
        placed[start[ordered], items[ordered]] = True
        end = np.where(ordered, start - 1, np.where(here, period - 1, end))
    return placed


def _silver_meal_orders(need: FloatArray, order: FloatArray, holding: FloatArray) -> NDArray[np.bool_]:
    placed = np.zeros(need.shape, dtype=bool)
    length, cost = np.zeros(need.shape[1]), np.full(need.shape[1], np.nan)
    for period, quantity in enumerate(need):
        extended = cost + holding * length * quantity
        keeps = extended / (length + 1) <= cost / np.maximum(length, 1)
        starts = ~keeps & (quantity > 0)
        placed[period] = starts
        cost = np.where(starts, order, np.where(keeps, extended, np.nan))
        length = np.where(starts, 1, np.where(keeps, length + 1, 0))
    return placed


def _quantities(need: FloatArray, placed: NDArray[np.bool_]) -> FloatArray:
    """What is needed from each order until the next one."""
    orders = np.zeros_like(need)
    waiting = np.zeros(need.shape[1])
    for period in range(need.shape[0] - 1, -1, -1):
        waiting = waiting + need[period]
        orders[period] = np.where(placed[period], waiting, 0.0)
        waiting = np.where(placed[period], 0.0, waiting)
    return orders
