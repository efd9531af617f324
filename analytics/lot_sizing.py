"""Lot sizes of one item or of many: the economic order quantity and its near relatives.

Demand and holding cost are per year, money in one currency; arrays hold one entry per item. NaN where an input is
missing or not positive.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats


@dataclass(frozen=True, slots=True)
class DiscountedLot:
    """The lot size that is cheapest over all price bands, with the cost of a year."""

    quantity: float
    cost_per_year: float


def eoq(annual_demand: ArrayLike, *, order_cost: ArrayLike, holding_cost_per_unit_year: ArrayLike) -> FloatArray:
    """Economic order quantity.

    Inputs: annual_demand: units a year; order_cost: money per order; holding_cost_per_unit_year: money.
    Returns: units per order; NaN where an input is missing or not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 3.2.
    """
    demand, order, holding = _positive(annual_demand, order_cost, holding_cost_per_unit_year)
    return np.sqrt(2 * order * demand / holding)


def eoq_cost(
    quantity: ArrayLike,
    *,
    annual_demand: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
) -> FloatArray:
    """Cost of ordering and holding for a year at a given order quantity.

    Inputs: quantity: units per order; the others as in eoq.
    Returns: money a year, without the purchase itself; NaN where an input is missing or not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 3.2.
    """
    lot, demand, order, holding = _positive(quantity, annual_demand, order_cost, holding_cost_per_unit_year)
    return order * demand / lot + holding * lot / 2


def eoq_with_backorders(
    annual_demand: ArrayLike,
    *,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    backorder_cost_per_unit_year: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Economic order quantity when demand may wait, and the share of demand that waits.

    Inputs: as eoq; backorder_cost_per_unit_year: money for a unit that waits a year.
    Returns: units per order, fraction of demand backordered; NaN where an input is missing or not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 3.5.
    """
    demand, order, holding, backorder = _positive(
        annual_demand, order_cost, holding_cost_per_unit_year, backorder_cost_per_unit_year
    )
    quantity = np.sqrt(2 * order * demand * (holding + backorder) / (holding * backorder))
    return quantity, holding / (holding + backorder)


def eoq_with_backorders_cost(
    quantity: ArrayLike,
    *,
    annual_demand: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    backorder_cost_per_unit_year: ArrayLike,
    backordered_fraction: ArrayLike,
) -> FloatArray:
    """Cost of ordering, holding and letting wait for a year.

    Inputs: quantity: units per order; backordered_fraction: share of demand that waits; the others as in
        eoq_with_backorders.
    Returns: money a year, without the purchase itself; NaN where an input is missing or not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 3.5.
    """
    lot, demand, order, holding, backorder = _positive(
        quantity, annual_demand, order_cost, holding_cost_per_unit_year, backorder_cost_per_unit_year
    )
    lot, waiting = floats(lot, backordered_fraction)
    return order * demand / lot + lot * (holding * (1 - waiting) ** 2 + backorder * waiting**2) / 2


def epq(
    annual_demand: ArrayLike,
    *,
    annual_production: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
) -> FloatArray:
    """Economic production quantity: the lot arrives at a finite rate while demand goes on.

    Inputs: annual_production: units a year at full rate; the others as in eoq, order_cost per set-up.
    Returns: units per lot; NaN where an input is missing or production does not exceed demand.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 3.6.
    """
    demand, production, order, holding = _positive(
        annual_demand, annual_production, order_cost, holding_cost_per_unit_year
    )
    idle_share = 1 - demand / production
    return np.sqrt(2 * order * demand / (holding * np.where(idle_share > 0, idle_share, np.nan)))


def epq_cost(
    quantity: ArrayLike,
    *,
    annual_demand: ArrayLike,
    annual_production: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
) -> FloatArray:
    """Cost of set-ups and holding for a year at a given production lot.

    Inputs: quantity: units per lot; the others as in epq.
    Returns: money a year, without the production itself; NaN where an input is missing or production does not
        exceed demand.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 3.6.
    """
    lot, demand, production, order, holding = _positive(
        quantity, annual_demand, annual_production, order_cost, holding_cost_per_unit_year
    )
    idle_share = 1 - demand / production
    return order * demand / lot + holding * np.where(idle_share > 0, idle_share, np.nan) * lot / 2


def eoq_all_units_discount(
    annual_demand: float,
    *,
    order_cost: float,
    holding_rate_per_year: float,
    breaks: ArrayLike,
    unit_costs: ArrayLike,
) -> DiscountedLot:
    """Lot size under all-units price breaks, for one item.

    Inputs: annual_demand: units; order_cost: money; holding_rate_per_year: fraction of unit cost; breaks: smallest
        quantity of each price band, ascending from 0; unit_costs: money per unit in each band.
    Returns: DiscountedLot, its cost with purchase, ordering and holding.
    Raises: AnalyticsError when bands are not ascending from 0 or any figure is not positive.
    Source: Snyder & Shen, 2nd ed., section 3.4.
    """
    least, cost = _price_bands(breaks, unit_costs)
    holding = holding_rate_per_year * cost
    best = _known(eoq(annual_demand, order_cost=order_cost, holding_cost_per_unit_year=holding))
    quantity = np.maximum(best, least)
    in_band = quantity < np.append(least[1:], np.inf)
    total = cost * annual_demand + eoq_cost(
        quantity, annual_demand=annual_demand, order_cost=order_cost, holding_cost_per_unit_year=holding
    )
    cheapest = int(np.argmin(np.where(in_band, total, np.inf)))
    return DiscountedLot(float(quantity[cheapest]), float(total[cheapest]))


def eoq_incremental_discount(
    annual_demand: float,
    *,
    order_cost: float,
    holding_rate_per_year: float,
    breaks: ArrayLike,
    unit_costs: ArrayLike,
) -> DiscountedLot:
    """Lot size when each price counts only for the units within its band, for one item.

    Inputs: as eoq_all_units_discount; prices may not rise from band to band.
    Returns: DiscountedLot, its cost with purchase, ordering and holding.
    Raises: AnalyticsError when bands are not ascending from 0, a price rises or any figure is not positive.
    Source: Snyder & Shen, 2nd ed., section 3.4.
    """
    least, cost = _price_bands(breaks, unit_costs)
    if (np.diff(cost) > 0).any():
        raise AnalyticsError("prices of incremental bands may not rise")
    # What an order costs beyond its units at the price of the band: paid once, like the order itself.
    surcharge = np.append(0.0, np.cumsum(-np.diff(cost) * least[1:]))
    fixed, holding = order_cost + surcharge, holding_rate_per_year * cost
    quantity = _known(eoq(annual_demand, order_cost=fixed, holding_cost_per_unit_year=holding))
    ordering = eoq_cost(quantity, annual_demand=annual_demand, order_cost=fixed, holding_cost_per_unit_year=holding)
    total = cost * annual_demand + holding_rate_per_year * surcharge / 2 + ordering
    # The cost has a kink down at every break: the cheapest of the bands' own optima lies within its band.
    cheapest = int(np.argmin(total))
    return DiscountedLot(float(quantity[cheapest]), float(total[cheapest]))


def _price_bands(breaks: ArrayLike, unit_costs: ArrayLike) -> tuple[FloatArray, ...]:
    least, cost = floats(breaks, unit_costs)
    if least.size == 0 or least[0] != 0 or not (np.diff(least) > 0).all():
        raise AnalyticsError("price breaks must ascend from 0")
    return least, cost


def _known(quantity: FloatArray) -> FloatArray:
    if np.isnan(quantity).any():
        raise AnalyticsError("demand, costs and holding rate must be positive")
    return quantity


def _positive(*values: ArrayLike) -> tuple[FloatArray, ...]:
    return tuple(np.where(array > 0, array, np.nan) for array in floats(*values))
