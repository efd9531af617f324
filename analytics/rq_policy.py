"""Continuous review with a fixed lot (r, Q): exact costs, the best pair, and the approximations in use.

Demand is normal, or Poisson where said; the lead time is fixed, shortages wait. Times in years, money in one currency;
arrays hold one entry per item, NaN where an input is missing or not positive.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.inputs import FloatArray, floats, not_negative
from analytics.lot_sizing import eoq, eoq_with_backorders
from analytics.newsvendor import newsvendor_poisson_cost
from analytics.normal_loss import inverse_normal_loss, normal_loss, second_normal_loss
from analytics.poisson_loss import poisson_quantile

# Beyond, single units are lost in double precision.
_COUNTABLE = 1e15
_STEPS = 60
_HALVINGS = 80
_CLOSE = 1e-12
# A larger lot is no longer one of single units: the normal policy serves there.
WIDEST = 1024
# A lead time without spread is treated as one of this part of the lot: the formulas need a standard deviation.
_LEAST_SPREAD = 1e-7


class RqMethod(StrEnum):
    """How the pair is found."""

    EXACT = "exact"
    EOQ_WITH_BACKORDERS = "eoq_with_backorders"
    EOQ_WITH_SAFETY_STOCK = "eoq_with_safety_stock"
    LOSS_FUNCTION = "loss_function"


@dataclass(frozen=True, slots=True, eq=False)
class RqPolicy:
    """Reorder point and lot in units; the expected cost in money a year."""

    reorder_point: FloatArray
    order_quantity: FloatArray
    cost_per_year: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    demand: FloatArray
    mean: FloatArray
    sd: FloatArray
    order: FloatArray
    holding: FloatArray
    shortage: FloatArray

    def level_cost(self, level: FloatArray) -> FloatArray:
        """Cost rate g(y) while the inventory position is y."""
        short = self.sd * normal_loss((level - self.mean) / self.sd)
        return self.holding * (level - self.mean) + (self.holding + self.shortage) * short

    def level_slope(self, level: FloatArray) -> FloatArray:
        tail = special.ndtr(-(level - self.mean) / self.sd)
        return np.asarray(self.holding - (self.holding + self.shortage) * tail)

    def area(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """Integral of g between two levels."""
        beyond = second_normal_loss((low - self.mean) / self.sd) - second_normal_loss((high - self.mean) / self.sd)
        linear = ((high - self.mean) ** 2 - (low - self.mean) ** 2) / 2
        return self.holding * linear + (self.holding + self.shortage) * self.sd**2 * beyond


def rq_cost(
    reorder_point: ArrayLike,
    *,
    order_quantity: ArrayLike,
    annual_demand: ArrayLike,
    annual_demand_sd: ArrayLike,
    lead_time_years: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    backorder_cost_per_unit_year: ArrayLike,
) -> FloatArray:
    """Exact expected cost of a given pair under normal demand.

    Inputs: reorder_point, order_quantity: units; annual_demand, annual_demand_sd: units a year; lead_time_years;
        order_cost: money per order; holding_cost_per_unit_year, backorder_cost_per_unit_year: money.
    Returns: money a year, without the purchase itself.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 5.2: [Kλ + ∫ g(y) dy] / Q.
    """
    terms = _terms(
        annual_demand,
        annual_demand_sd,
        lead_time_years,
        order_cost,
        holding_cost_per_unit_year,
        backorder_cost_per_unit_year,
    )
    level, lot, _ = floats(reorder_point, order_quantity, terms.demand)
    return _exact_cost(level, np.where(lot > 0, lot, np.nan), terms)


def rq_reorder_point(
    order_quantity: ArrayLike,
    *,
    annual_demand: ArrayLike,
    annual_demand_sd: ArrayLike,
    lead_time_years: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    backorder_cost_per_unit_year: ArrayLike,
) -> FloatArray:
    """The best reorder point for a lot that is given.

    Inputs: as rq_cost.
    Returns: units: both ends of the position's range cost the same, g(r) = g(r + Q).
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 5.3.
    """
    terms = _terms(
        annual_demand,
        annual_demand_sd,
        lead_time_years,
        1.0,
        holding_cost_per_unit_year,
        backorder_cost_per_unit_year,
    )
    lot, _ = floats(order_quantity, terms.demand)
    return _best_reorder_point(np.where(lot > 0, lot, np.nan), terms)


def rq_policy(
    annual_demand: ArrayLike,
    *,
    annual_demand_sd: ArrayLike,
    lead_time_years: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    backorder_cost_per_unit_year: ArrayLike,
    method: RqMethod = RqMethod.EXACT,
) -> RqPolicy:
    """Reorder point and lot of every item under normal demand, with what they really cost.

    Inputs: as rq_cost; method: exact, or one of the approximations.
    Returns: RqPolicy; its cost is the exact one for any method.
    Raises: AnalyticsError when the lengths differ.
    Source: Zheng 1992 (exact: the level c with ∫ (c − g) = Kλ between the ends where g = c); Snyder & Shen, 2nd ed.,
        sections 5.4 (approximations); Hadley & Whitin 1963 (loss function).
    """
    terms = _terms(
        annual_demand,
        annual_demand_sd,
        lead_time_years,
        order_cost,
        holding_cost_per_unit_year,
        backorder_cost_per_unit_year,
    )
    find = {
        RqMethod.EXACT: _exact,
        RqMethod.EOQ_WITH_BACKORDERS: _eoq_with_backorders,
        RqMethod.EOQ_WITH_SAFETY_STOCK: _eoq_with_safety_stock,
        RqMethod.LOSS_FUNCTION: _loss_function,
    }[method]
    level, lot = find(terms)
    return RqPolicy(level, lot, _exact_cost(level, lot, terms))


def rq_expected_inventory(
    annual_demand: ArrayLike,
    *,
    annual_demand_sd: ArrayLike,
    lead_time_years: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
) -> RqPolicy:
    """Reorder point and lot where a unit short costs the same however long it waits (expected-inventory approximation).

    Inputs: as rq_cost; shortage_cost_per_unit: money per unit short.
    Returns: RqPolicy, its cost that of the approximation; NaN where no shortage is dear enough to hold stock for.
    Raises: AnalyticsError when the lengths differ.
    Source: Hadley & Whitin 1963; Snyder & Shen, 2nd ed., section 5.4.1.
    """
    terms = _terms(
        annual_demand, annual_demand_sd, lead_time_years, order_cost, holding_cost_per_unit_year, shortage_cost_per_unit
    )
    lot = eoq(terms.demand, order_cost=terms.order, holding_cost_per_unit_year=terms.holding)
    level = lot
    for _ in range(_STEPS):
        short_share = lot * terms.holding / (terms.shortage * terms.demand)
        level = terms.mean - terms.sd * special.ndtri(np.where(short_share < 1, short_share, np.nan))
        per_order = terms.order + terms.shortage * _short(level, terms)
        lot, before = np.sqrt(2 * terms.demand * per_order / terms.holding), lot
        if _settled(lot, before):
            break
    stock = terms.holding * (level - terms.mean + lot / 2)
    per_order = terms.order + terms.shortage * _short(level, terms)
    return RqPolicy(level, lot, stock + per_order * terms.demand / lot)


def rq_poisson(
    annual_demand: ArrayLike,
    *,
    lead_time_years: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit_year: ArrayLike,
    backorder_cost_per_unit_year: ArrayLike,
) -> RqPolicy:
    """The best pair in whole units under Poisson demand.

    Inputs: as rq_cost.
    Returns: RqPolicy, exact; NaN also where the best lot is larger than WIDEST units.
    Raises: AnalyticsError when the lengths differ.
    Source: Federgruen & Zheng 1992: the lot grows to the cheaper side while that lowers the average cost.
    """
    terms = _terms(
        annual_demand, 1.0, lead_time_years, order_cost, holding_cost_per_unit_year, backorder_cost_per_unit_year
    )
    ratio = terms.shortage / (terms.shortage + terms.holding)
    low = poisson_quantile(ratio, mean=np.where(terms.mean < _COUNTABLE, terms.mean, np.nan)) - 1
    high = low + 1
    total = terms.order * terms.demand + _poisson_cost(high, terms)
    known = ~np.isnan(total)
    growing = known.copy()
    for _ in range(WIDEST):
        below, above = _poisson_cost(low, terms), _poisson_cost(high + 1, terms)
        cheaper = np.minimum(below, above)
        growing &= known & (cheaper < total / (high - low))
        if not growing.any():
            break
        down = growing & (below <= above)
        total = np.where(growing, total + cheaper, total)
        low, high = np.where(down, low - 1, low), np.where(growing & ~down, high + 1, high)
    lot = np.where(growing, np.nan, high - low)
    return RqPolicy(np.where(growing, np.nan, low), lot, total / lot)


def _terms(*values: ArrayLike) -> _Terms:
    """Annual demand, its deviation, lead time, then the costs of an order, of holding and of a shortage."""
    rate, spread, wait, fixed, carry, late = floats(*values)
    spread, wait = not_negative(spread, wait)
    rate, fixed, carry, late = (np.where(value > 0, value, np.nan) for value in (rate, fixed, carry, late))
    lot = eoq(rate, order_cost=fixed, holding_cost_per_unit_year=carry)
    deviation = np.maximum(spread * np.sqrt(wait), _LEAST_SPREAD * lot)
    return _Terms(rate, rate * wait, deviation, fixed, carry, late)


def _exact_cost(level: FloatArray, lot: FloatArray, terms: _Terms) -> FloatArray:
    return (terms.order * terms.demand + terms.area(level, level + lot)) / lot


def _best_reorder_point(lot: FloatArray, terms: _Terms) -> FloatArray:
    cheapest = _cheapest_level(terms)
    low, high = cheapest - lot, cheapest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_high = terms.level_cost(middle) < terms.level_cost(middle + lot)
        low, high = np.where(too_high, low, middle), np.where(too_high, middle, high)
    return (low + high) / 2


def _cheapest_level(terms: _Terms) -> FloatArray:
    factor = special.ndtri(terms.shortage / (terms.shortage + terms.holding))
    return np.asarray(terms.mean + terms.sd * factor)


def _exact(terms: _Terms) -> tuple[FloatArray, FloatArray]:
    """Newton from above on the cost: the area between cost and g is convex in it and grows with the lot."""
    cost = _exact_cost(*_eoq_with_backorders(terms), terms)
    low, high = terms.mean, terms.mean
    for _ in range(_STEPS):
        low = _where_cost_is(cost, terms.mean - cost / terms.shortage, terms)
        high = _where_cost_is(cost, terms.mean + cost / terms.holding, terms)
        surplus = cost * (high - low) - terms.area(low, high) - terms.order * terms.demand
        cost, before = cost - surplus / np.where(high > low, high - low, np.nan), cost
        if _settled(cost, before):
            break
    return low, high - low


def _where_cost_is(cost: FloatArray, outside: FloatArray, terms: _Terms) -> FloatArray:
    """Newton from outside the valley of the convex g: never oversteps."""
    level = outside
    for _ in range(_STEPS):
        level, before = level - (terms.level_cost(level) - cost) / terms.level_slope(level), level
        if _settled(level, before):
            break
    return level


def _eoq_with_backorders(terms: _Terms) -> tuple[FloatArray, FloatArray]:
    lot, _waiting = eoq_with_backorders(
        terms.demand,
        order_cost=terms.order,
        holding_cost_per_unit_year=terms.holding,
        backorder_cost_per_unit_year=terms.shortage,
    )
    return _best_reorder_point(lot, terms), lot


def _eoq_with_safety_stock(terms: _Terms) -> tuple[FloatArray, FloatArray]:
    lot = eoq(terms.demand, order_cost=terms.order, holding_cost_per_unit_year=terms.holding)
    return _cheapest_level(terms), lot


def _loss_function(terms: _Terms) -> tuple[FloatArray, FloatArray]:
    lot = eoq(terms.demand, order_cost=terms.order, holding_cost_per_unit_year=terms.holding)
    factor = np.zeros_like(lot)
    both = terms.holding + terms.shortage
    for _ in range(_STEPS):
        factor = inverse_normal_loss(terms.holding * lot / (both * terms.sd))
        squared = both * terms.sd**2 * second_normal_loss(factor)
        lot, before = np.sqrt(2 * (terms.order * terms.demand + squared) / terms.holding), lot
        if _settled(lot, before):
            break
    return terms.mean + factor * terms.sd, lot


def _short(level: FloatArray, terms: _Terms) -> FloatArray:
    return terms.sd * normal_loss((level - terms.mean) / terms.sd)


def _poisson_cost(level: FloatArray, terms: _Terms) -> FloatArray:
    return newsvendor_poisson_cost(
        level,
        mean_demand=terms.mean,
        holding_cost_per_unit=terms.holding,
        shortage_cost_per_unit=terms.shortage,
    )


def _settled(now: FloatArray, before: FloatArray) -> bool:
    return bool(np.nanmax(np.abs(now - before) / (1 + np.abs(now)), initial=0.0) < _CLOSE)
