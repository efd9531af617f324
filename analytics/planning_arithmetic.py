"""The sums of a plan: forecasts consumed by orders, stock carried from period to period, simple proposals.

Panels are periods x items, units; a missing quantity counts as none unless said otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats
from analytics.kpi import days_of_supply


@dataclass(frozen=True, slots=True, eq=False)
class ForecastConsumption:
    """Periods x items: forecast still to come beside the orders, and orders beyond any forecast in reach."""

    net_forecast: FloatArray
    orders_over_forecast: FloatArray

    def total_demand(self, orders: ArrayLike) -> FloatArray:
        """Demand to plan for: orders, and the forecast they have not consumed."""
        return self.net_forecast + _panel(orders)


def consumed_forecast(
    forecast: ArrayLike, *, orders: ArrayLike, backward_periods: int = 0, forward_periods: int = 0
) -> ForecastConsumption:
    """Forecast left after orders have consumed it: their own period first, then earlier, then later ones.

    Inputs: forecast, orders: periods x items; backward_periods, forward_periods: how far an order reaches for
        forecast, nearest first; earlier orders reach first.
    Returns: ForecastConsumption, nothing below 0.
    Raises: AnalyticsError when the shapes differ or a reach is negative.
    Source: glossary, forecast consumption (frePPLe); APICS, forecast consumption.
    """
    left, open_orders = _panel(forecast).copy(), _panel(orders).copy()
    if left.shape != open_orders.shape:
        raise AnalyticsError("forecast and orders must cover the same periods and items")
    if backward_periods < 0 or forward_periods < 0:
        raise AnalyticsError("the reach of an order is a number of periods from 0")
    # Every order takes its own period's forecast before any reaches for another's.
    taken = np.minimum(left, open_orders)
    left, open_orders = left - taken, open_orders - taken
    periods = left.shape[0]
    steps = [-step for step in range(1, backward_periods + 1)] + list(range(1, forward_periods + 1))
    for period in range(periods):
        for step in steps:
            other = period + step
            if 0 <= other < periods:
                part = np.minimum(left[other], open_orders[period])
                left[other] -= part
                open_orders[period] -= part
    return ForecastConsumption(left, open_orders)


def projected_stock(opening: ArrayLike, *, receipts: ArrayLike, demand: ArrayLike) -> FloatArray:
    """Stock at the end of every period; below zero is demand not met in time.

    Inputs: opening: units, per item; receipts, demand: periods x items.
    Returns: periods x items: end = start + receipts - demand, the next start = this end. Demand waits.
    Raises: AnalyticsError when the shapes differ.
    Source: glossary, PSI identity.
    """
    received, needed = _panel(receipts), _panel(demand)
    if received.shape != needed.shape:
        raise AnalyticsError("receipts and demand must cover the same periods and items")
    start, _ = floats(opening, np.zeros(needed.shape[1]))
    return np.asarray(np.nan_to_num(start) + (received - needed).cumsum(axis=0))


def needed_supply(
    opening: ArrayLike, *, demand: ArrayLike, safety_target: ArrayLike, dependent_demand: ArrayLike = 0.0
) -> FloatArray:
    """What a period must supply to end at its safety target.

    Inputs: opening, demand, safety_target, dependent_demand: units of one period, per item.
    Returns: max(0, safety target - opening + demand + dependent demand), before MOQ, multiple and maximum
        (order_quantity.bounded_quantity); NaN where an input is missing.
    Raises: AnalyticsError when the lengths differ.
    Source: glossary, MPS proposal (Odoo).
    """
    start, needed, target, dependent = floats(opening, demand, safety_target, dependent_demand)
    return np.maximum(target - start + needed + dependent, 0.0)


def simple_suggestion(
    quantity_sold: ArrayLike, *, sold_in_days: ArrayLike, cover_days: ArrayLike, growth_factor: ArrayLike = 1.0
) -> FloatArray:
    """An order without a forecast: what sold a day, times growth, for the days to cover, in whole units.

    Inputs: quantity_sold: units in the window; sold_in_days: its days; cover_days: days to order for; growth_factor:
        1 = as before.
    Returns: whole units, nearest (halves up), >= 0; NaN where an input is missing or there are no days.
    Raises: AnalyticsError when the lengths differ.
    Source: glossary, simple suggestion (Odoo).
    """
    sold, days, cover, growth = floats(quantity_sold, sold_in_days, cover_days, growth_factor)
    wanted = sold / np.where(days > 0, days, np.nan) * growth * cover
    return np.floor(np.maximum(wanted, 0.0) + 0.5)


def periods_of_cover(stock: ArrayLike, *, demand: ArrayLike) -> FloatArray:
    """How long stock lasts against the demand that is planned, not its average.

    Inputs: stock: units at the start, per item; demand: periods x items from the start on.
    Returns: periods, the last one in part; beyond the plan at the mean demand of the plan; inf without any demand, 0
        without stock, NaN where the stock is missing.
    Raises: AnalyticsError when demand is not two-dimensional or the lengths differ.
    Source: SCOR, forward days of supply: until the projected stock is zero.
    """
    needed = np.maximum(_panel(demand), 0.0)
    there, _ = floats(stock, np.zeros(needed.shape[1]))
    there = np.maximum(there, 0.0)
    before = np.vstack([np.zeros(needed.shape[1]), needed.cumsum(axis=0)])
    covered = np.minimum(np.maximum(there - before[:-1], 0.0), needed)
    part = np.where(needed > 0, covered / np.where(needed > 0, needed, 1.0), np.where(before[:-1] < there, 1.0, 0.0))
    left = there - before[-1]
    mean = before[-1] / max(needed.shape[0], 1)
    beyond = np.where(left > 0, days_of_supply(np.maximum(left, 0.0), usage_per_day=mean), 0.0)
    return np.where(np.isnan(there), np.nan, part.sum(axis=0) + beyond)


def _panel(values: ArrayLike) -> NDArray[np.float64]:
    panel = np.asarray(values, dtype=np.float64)
    if panel.ndim != 2:
        raise AnalyticsError(f"values must be periods x items, not {panel.ndim}-dimensional")
    return np.where(np.isfinite(panel), panel, 0.0)
