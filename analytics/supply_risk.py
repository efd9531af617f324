"""Lots and stock when the supplier may fail or deliver another quantity than ordered.

Arrays hold one entry per item, NaN where an input is missing or out of range; money in one currency.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.inputs import FloatArray, floats

_HALVINGS = 100
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class RiskyOrder:
    """Units to order (or to stock up to), and the cost expected with them a year (or a period)."""

    quantity: FloatArray
    cost: FloatArray


def eoq_with_disruptions(
    annual_demand: ArrayLike,
    *,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    lost_sale_cost_per_unit: ArrayLike,
    disruptions_per_year: ArrayLike,
    recoveries_per_year: ArrayLike,
) -> RiskyOrder:
    """Economic order quantity from a supplier who is at times out of action.

    Inputs: annual_demand: units a year; order_cost: money per order; holding_cost_per_unit_year: money;
        lost_sale_cost_per_unit: money; disruptions_per_year (while it delivers) and recoveries_per_year (while it does
        not): 1 / mean years.
    Returns: RiskyOrder, cost a year.
    Raises: AnalyticsError when the lengths differ.
    Source: Berk & Arreola-Risa 1994; Snyder & Shen, 2nd ed., section 9.2.1. Start: Snyder 2014.
    """
    source = _source(
        annual_demand,
        order_cost,
        holding_cost_per_unit_year,
        lost_sale_cost_per_unit,
        disruptions_per_year,
        recoveries_per_year,
    )
    near = source.near_lot()
    low, high = near / 10, near * 10
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        falling = source.slope(middle) < 0
        low, high = np.where(falling, middle, low), np.where(falling, high, middle)
    quantity = (low + high) / 2
    return RiskyOrder(quantity, source.cost(quantity))


def eoq_with_disruptions_cost(
    quantity: ArrayLike,
    *,
    annual_demand: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    lost_sale_cost_per_unit: ArrayLike,
    disruptions_per_year: ArrayLike,
    recoveries_per_year: ArrayLike,
) -> FloatArray:
    """Cost of a given lot from a supplier who is at times out of action.

    Inputs: quantity: units per order; the others as in eoq_with_disruptions.
    Returns: money a year.
    Raises: AnalyticsError when the lengths differ.
    Source: Berk & Arreola-Risa 1994; Snyder & Shen, 2nd ed., section 9.2.1.
    """
    lot, *values = floats(
        quantity,
        annual_demand,
        order_cost,
        holding_cost_per_unit_year,
        lost_sale_cost_per_unit,
        disruptions_per_year,
        recoveries_per_year,
    )
    return _source(*values).cost(np.where(lot > 0, lot, np.nan))


def base_stock_with_disruptions(
    demand_per_period: ArrayLike,
    *,
    disruption_probability: ArrayLike,
    recovery_probability: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
) -> RiskyOrder:
    """Stock up to this level each period, for steady demand and a supplier who is at times out of action.

    Inputs: demand_per_period: units; disruption_probability (that the next period is disrupted after one that was not),
        recovery_probability (the other way round): between 0 and 1; costs: money per unit and period.
    Returns: RiskyOrder, whole periods of demand; cost a period.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 9.2.2 (newsvendor with disruptions).
    """
    supply = _supply(
        demand_per_period, disruption_probability, recovery_probability, holding_cost_per_unit, shortage_cost_per_unit
    )
    beyond = supply.holding / (supply.holding + supply.shortage)
    periods = np.ceil(np.log(beyond / supply.down) / np.log1p(-supply.recovers) - _ROUNDING)
    level = supply.demand * (1 + np.maximum(periods, 0.0))
    return RiskyOrder(level, supply.cost(level))


def base_stock_with_disruptions_cost(
    level: ArrayLike,
    *,
    demand_per_period: ArrayLike,
    disruption_probability: ArrayLike,
    recovery_probability: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
) -> FloatArray:
    """Cost of a given base stock from a supplier who is at times out of action.

    Inputs: level: units; the others as in base_stock_with_disruptions.
    Returns: money a period.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 9.2.2.
    """
    stock, *values = floats(
        level,
        demand_per_period,
        disruption_probability,
        recovery_probability,
        holding_cost_per_unit,
        shortage_cost_per_unit,
    )
    return _supply(*values).cost(stock)


def eoq_with_additive_yield(
    annual_demand: ArrayLike,
    *,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
) -> RiskyOrder:
    """Economic order quantity when a delivery differs from the order by an amount of its own.

    Inputs: annual_demand: units a year; order_cost: money per order; holding_cost_per_unit_year: money; yield_mean
        (negative = less arrives), yield_sd: units.
    Returns: RiskyOrder, cost a year.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 9.3.1.
    """
    demand, order, holding = _positive(annual_demand, order_cost, holding_cost_per_unit_year)
    demand, mean, sd = floats(demand, yield_mean, np.where(np.asarray(yield_sd) >= 0, yield_sd, np.nan))
    arriving = np.sqrt(2 * order * demand / holding + sd**2)
    return RiskyOrder(arriving - mean, holding * arriving)


def eoq_with_proportional_yield(
    annual_demand: ArrayLike,
    *,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
) -> RiskyOrder:
    """Economic order quantity when a varying share of each order arrives.

    Inputs: as eoq_with_additive_yield; yield_mean, yield_sd: fractions of the order, mean above 0.
    Returns: RiskyOrder, cost a year.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 9.3.2.
    """
    demand, order, holding, mean = _positive(annual_demand, order_cost, holding_cost_per_unit_year, yield_mean)
    demand, sd = floats(demand, np.where(np.asarray(yield_sd) >= 0, yield_sd, np.nan))
    second_moment = sd**2 + mean**2
    quantity = np.sqrt(2 * order * demand / (holding * second_moment))
    return RiskyOrder(quantity, holding * quantity * second_moment / mean)


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A supplier who is out of action at times, continuous review."""

    demand: FloatArray
    order: FloatArray
    holding: FloatArray
    lost: FloatArray
    fails: FloatArray
    recovers: FloatArray

    def near_lot(self) -> FloatArray:
        """The best lot if an order found the supplier out of action as often as any day does."""
        down = self.fails / (self.fails + self.recovers)
        drag = down * self.demand * self.holding
        spend = self.order * self.demand * self.recovers + self.demand**2 * self.lost * down
        return 2 * spend / (np.sqrt(drag**2 + 2 * self.holding * self.recovers * spend) + drag)

    def cost(self, lot: FloatArray) -> FloatArray:
        both = self.fails + self.recovers
        down = self.fails / both * -np.expm1(-both * lot / self.demand)
        spent = self.order + self.holding * lot**2 / (2 * self.demand) + self.lost * self.demand * down / self.recovers
        return spent / (lot / self.demand + down / self.recovers)

    def slope(self, lot: FloatArray) -> FloatArray:
        """Sign of the derivative of the cost: money a cycle against length of a cycle."""
        down_slope = self.fails / self.demand * np.exp(-(self.fails + self.recovers) * lot / self.demand)
        spent_slope = self.holding * lot / self.demand + self.lost * self.demand * down_slope / self.recovers
        return spent_slope - self.cost(lot) * (1 / self.demand + down_slope / self.recovers)


@dataclass(frozen=True, slots=True, eq=False)
class _Supply:
    """Steady demand a period; the number of periods without supply is geometric, P(N > n) = down · (1 - recovers)^n."""

    demand: FloatArray
    down: FloatArray
    recovers: FloatArray
    holding: FloatArray
    shortage: FloatArray

    def cost(self, level: FloatArray) -> FloatArray:
        mean = self.down / self.recovers
        spare = level / self.demand - 1
        whole = np.floor(np.maximum(spare, 0.0))
        part = np.maximum(spare, 0.0) - whole
        beyond = self.down * (1 - self.recovers) ** whole * (1 / self.recovers - part)
        short = np.where(spare < 0, mean - spare, beyond)
        return self.demand * (self.holding * (spare - mean + short) + self.shortage * short)


def _source(*values: ArrayLike) -> _Source:
    demand, order, holding, lost, fails, recovers = _positive(*values)
    return _Source(demand, order, holding, lost, fails, recovers)


def _supply(*values: ArrayLike) -> _Supply:
    demand, fails, recovers, holding, shortage = _positive(*values)
    fails, recovers = np.where(fails < 1, fails, np.nan), np.where(recovers < 1, recovers, np.nan)
    return _Supply(demand, fails / (fails + recovers), recovers, holding, shortage)


def _positive(*values: ArrayLike) -> tuple[FloatArray, ...]:
    return tuple(np.where(array > 0, array, np.nan) for array in floats(*values))
