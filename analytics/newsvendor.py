"""One order for one selling period (newsvendor), and base stock, the same question over lead time and review.

Costs are per unit left over (holding) and per unit short (shortage); arrays hold one entry per item, NaN where an input
is missing, negative, or a cost not positive.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats, not_negative
from analytics.normal_loss import normal_loss
from analytics.poisson_loss import poisson_loss, poisson_quantile


@dataclass(frozen=True, slots=True, eq=False)
class StockLevel:
    """Units to have at the start of the period, and the cost of leftovers and shortages expected with them."""

    level: FloatArray
    cost: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SellingTerms:
    """What a unit left over and a unit short cost."""

    holding_cost_per_unit: FloatArray
    shortage_cost_per_unit: FloatArray


def selling_terms(
    price: ArrayLike, *, unit_cost: ArrayLike, salvage_value: ArrayLike = 0.0, lost_goodwill: ArrayLike = 0.0
) -> SellingTerms:
    """Costs of too much and of too little, from what a unit costs and brings.

    Inputs: price, unit_cost, salvage_value (of a unit left over, negative where disposal costs), lost_goodwill (of a
        unit short, beyond the margin): money per unit.
    Returns: SellingTerms; expected profit = shortage cost × mean demand − expected cost (without goodwill).
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.2 (explicit formulation).
    """
    revenue, cost, salvage, goodwill = floats(price, unit_cost, salvage_value, lost_goodwill)
    return SellingTerms(cost - salvage, revenue - cost + goodwill)


def critical_ratio(holding_cost_per_unit: ArrayLike, *, shortage_cost_per_unit: ArrayLike) -> FloatArray:
    """The probability of no shortage that balances too much against too little.

    Inputs: holding_cost_per_unit, shortage_cost_per_unit: money.
    Returns: fraction, 0 < ratio < 1; NaN where a cost is missing or not positive.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.
    """
    holding, shortage = _costs(holding_cost_per_unit, shortage_cost_per_unit)
    return shortage / (shortage + holding)


def newsvendor_normal(
    mean_demand: ArrayLike,
    *,
    demand_sd: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
) -> StockLevel:
    """Best stock for one period of normal demand.

    Inputs: mean_demand, demand_sd: units a period; holding_cost_per_unit, shortage_cost_per_unit: money.
    Returns: StockLevel.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.2.
    """
    ratio = critical_ratio(holding_cost_per_unit, shortage_cost_per_unit=shortage_cost_per_unit)
    mean, sd, ratio = not_negative(mean_demand, demand_sd, ratio)
    level = mean + sd * special.ndtri(ratio)
    cost = newsvendor_normal_cost(
        level,
        mean_demand=mean,
        demand_sd=sd,
        holding_cost_per_unit=holding_cost_per_unit,
        shortage_cost_per_unit=shortage_cost_per_unit,
    )
    return StockLevel(level, cost)


def newsvendor_normal_cost(
    level: ArrayLike,
    *,
    mean_demand: ArrayLike,
    demand_sd: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
) -> FloatArray:
    """Expected cost of a given stock under normal demand.

    Inputs: level: units; the others as in newsvendor_normal.
    Returns: money a period.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.2.
    """
    stock, mean, sd = floats(level, mean_demand, demand_sd)
    mean, sd = not_negative(mean, sd)
    varying = np.where(sd > 0, sd, 1.0)
    short = np.where(sd > 0, varying * normal_loss((stock - mean) / varying), np.maximum(mean - stock, 0.0))
    return _cost(stock - mean, short, holding_cost_per_unit, shortage_cost_per_unit)


def newsvendor_poisson(
    mean_demand: ArrayLike, *, holding_cost_per_unit: ArrayLike, shortage_cost_per_unit: ArrayLike
) -> StockLevel:
    """Best stock for one period of Poisson demand.

    Inputs: mean_demand: units a period; holding_cost_per_unit, shortage_cost_per_unit: money.
    Returns: StockLevel, whole units.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.2.5.
    """
    ratio = critical_ratio(holding_cost_per_unit, shortage_cost_per_unit=shortage_cost_per_unit)
    level = poisson_quantile(ratio, mean=mean_demand)
    cost = newsvendor_poisson_cost(
        level,
        mean_demand=mean_demand,
        holding_cost_per_unit=holding_cost_per_unit,
        shortage_cost_per_unit=shortage_cost_per_unit,
    )
    return StockLevel(level, cost)


def newsvendor_poisson_cost(
    level: ArrayLike, *, mean_demand: ArrayLike, holding_cost_per_unit: ArrayLike, shortage_cost_per_unit: ArrayLike
) -> FloatArray:
    """Expected cost of a given stock under Poisson demand.

    Inputs: level: whole units, negative = demand already waiting; the others as in newsvendor_poisson.
    Returns: money a period.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.2.5.
    """
    stock, mean = floats(level, mean_demand)
    short = poisson_loss(stock, mean=mean)
    return _cost(stock - mean, short, holding_cost_per_unit, shortage_cost_per_unit)


def newsvendor_empirical(
    demand: ArrayLike, *, holding_cost_per_unit: ArrayLike, shortage_cost_per_unit: ArrayLike
) -> StockLevel:
    """Best stock for one period, from observed or sampled demands, whatever their distribution.

    Inputs: demand: samples x items, units, NaN = no sample; holding_cost_per_unit, shortage_cost_per_unit: money.
    Returns: StockLevel; the least sampled demand that enough samples do not exceed; NaN without samples.
    Raises: AnalyticsError when demand is not two-dimensional or the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.2.6 (discrete distributions).
    """
    samples = np.asarray(demand, dtype=np.float64)
    if samples.ndim != 2:
        raise AnalyticsError(f"demand must be samples x items, not {samples.ndim}-dimensional")
    ratio = critical_ratio(holding_cost_per_unit, shortage_cost_per_unit=shortage_cost_per_unit)
    ratio, _ = floats(ratio, np.zeros(samples.shape[1]))
    count = (~np.isnan(samples)).sum(axis=0)
    ordered = np.vstack([np.sort(samples, axis=0), np.full(samples.shape[1], np.nan)])
    known = ~np.isnan(ratio) & (count > 0)
    # Rounded first: 0.8 × 5 is the fourth sample, whatever the last binary digit says.
    rank = np.ceil(np.round(np.where(known, ratio, 0.0) * count, 9)).astype(np.intp) - 1
    level = np.where(known, ordered[np.maximum(rank, 0), np.arange(samples.shape[1])], np.nan)
    counted = np.maximum(count, 1)
    short = np.nansum(np.maximum(samples - level, 0.0), axis=0) / counted
    surplus = level - np.nansum(samples, axis=0) / counted
    return StockLevel(level, _cost(surplus, short, holding_cost_per_unit, shortage_cost_per_unit))


def base_stock(
    mean_demand_per_period: ArrayLike,
    *,
    demand_sd_per_period: ArrayLike,
    lead_time_periods: ArrayLike,
    review_periods: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
) -> StockLevel:
    """Order-up-to level of periodic review without a cost per order (R, S), normal demand.

    Inputs: mean_demand_per_period, demand_sd_per_period: units; lead_time_periods, review_periods: periods; costs:
        money per unit and period.
    Returns: StockLevel, inventory position after each order; cost a period.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, 2nd ed., section 4.3.4.
    """
    mean, sd, lead_time, review = not_negative(
        *floats(mean_demand_per_period, demand_sd_per_period, lead_time_periods, review_periods)
    )
    exposed = lead_time + review
    return newsvendor_normal(
        mean * exposed,
        demand_sd=sd * np.sqrt(exposed),
        holding_cost_per_unit=holding_cost_per_unit,
        shortage_cost_per_unit=shortage_cost_per_unit,
    )


def _costs(holding_cost: ArrayLike, shortage_cost: ArrayLike) -> tuple[FloatArray, FloatArray]:
    holding, shortage = floats(holding_cost, shortage_cost)
    return np.where(holding > 0, holding, np.nan), np.where(shortage > 0, shortage, np.nan)


def _cost(surplus: FloatArray, short: FloatArray, holding_cost: ArrayLike, shortage_cost: ArrayLike) -> FloatArray:
    """Left over is what stock exceeds mean demand by, plus what was short."""
    holding, shortage = _costs(holding_cost, shortage_cost)
    surplus, short, holding, shortage = floats(surplus, short, holding, shortage)
    return holding * (surplus + short) + shortage * short
