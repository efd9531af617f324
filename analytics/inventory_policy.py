"""Stocking policy of every item: safety stock, reorder point, order quantity, order-up-to level.

Items (item_policies), one row per item and location; any index, kept as it is:
    mean_daily_demand, daily_demand_sd      units a day, of the demand to be served (forecast error where known)
    lead_time_days                          mean, days
    service_level                           target as a fraction, 0 < level < 1
    cover_days                              days a regular order should last when no EOQ costs are known
  and, where known (column may be absent, NaN = not known):
    lead_time_sd_days, review_days          days; an unknown spread counts as 0 and is reported
    demand_class                            smooth, erratic, intermittent, lumpy
    measure                                 what service_level means: cycle (no stock-out a cycle), fill (fill rate)
    order_cost, holding_cost_per_unit_year  money
    moq, order_multiple, max_order_quantity units per order
Result: every input as it was used, and
    distribution (normal, gamma), lead_time_demand, lead_time_demand_sd, undershoot, order_quantity_wanted,
    order_quantity_basis, order_quantity_bound, order_quantity, safety_stock, reorder_point, order_up_to,
    lead_time_sd_assumed_zero, safety_stock_floored (the target alone would allow less than no safety stock).
An item whose inputs are missing gets NaN policies: it has none.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.inputs import FloatArray, column, floats, not_negative, require_columns
from analytics.lead_time_demand import gamma_level, gamma_quantile, lead_time_demand_sd, undershoot
from analytics.normal_loss import inverse_normal_loss
from analytics.order_quantity import order_quantity

ServiceMeasure = Literal["cycle", "fill_rate"]

_REQUIRED = ("mean_daily_demand", "daily_demand_sd", "lead_time_days", "service_level", "cover_days")
_ZERO_WHEN_UNKNOWN = ("lead_time_sd_days", "review_days")
_NOT_A_TERM_WHEN_UNKNOWN = (
    "order_cost",
    "holding_cost_per_unit_year",
    "moq",
    "order_multiple",
    "max_order_quantity",
)
_SKEWED_CLASSES, _ERRATIC = ("intermittent", "lumpy"), "erratic"
# Beyond this ratio of spread and mean a normal distribution expects demand below zero.
_NORMAL_VARIATION = 0.5


def safety_stock(
    mean_daily_demand: ArrayLike,
    *,
    daily_demand_sd: ArrayLike,
    lead_time_days: ArrayLike,
    service_level: ArrayLike,
    lead_time_sd_days: ArrayLike = 0.0,
    review_days: ArrayLike = 0.0,
) -> FloatArray:
    """Safety stock for a cycle service level under varying demand and lead time, normal demand.

    Inputs: mean_daily_demand, daily_demand_sd: units a day; lead_time_days, lead_time_sd_days, review_days: days;
        service_level: probability of no stock-out per cycle, 0 < level < 1.
    Returns: units, negative for a target below 0.5; NaN where an input is missing or out of range.
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 6: k·√((L + R)·σd² + d²·σL²), k the exact normal quantile.
    """
    spread = lead_time_demand_sd(
        mean_daily_demand,
        daily_demand_sd=daily_demand_sd,
        lead_time_days=lead_time_days,
        lead_time_sd_days=lead_time_sd_days,
        review_days=review_days,
    )
    level, spread = floats(service_level, spread)
    return np.asarray(special.ndtri(_target(level)) * spread)


def safety_stock_for_fill_rate(
    lead_time_demand_sd: ArrayLike, *, order_quantity: ArrayLike, fill_rate: ArrayLike
) -> FloatArray:
    """Safety stock for a share of demand met from stock (Type 2), normal demand.

    Inputs: lead_time_demand_sd: units; order_quantity: units per order; fill_rate: 0 < rate < 1.
    Returns: units, negative where large orders alone exceed the target; NaN where an input is missing or out of
        range.
    Raises: AnalyticsError when the lengths differ.
    Source: Chopra & Meindl, ch. 11: k solves G(k) = (1 - β)·Q/σ.
    """
    spread, quantity, rate = floats(lead_time_demand_sd, order_quantity, fill_rate)
    short = (1 - _target(rate)) * np.where(quantity > 0, quantity, np.nan)
    varying = np.where(spread > 0, spread, np.nan)
    return np.where(spread == 0, 0.0 * _target(rate), inverse_normal_loss(short / varying) * varying)


def reorder_point(
    mean_daily_demand: ArrayLike,
    *,
    lead_time_days: ArrayLike,
    safety_stock: ArrayLike,
    review_days: ArrayLike = 0.0,
) -> FloatArray:
    """Inventory position at which to order: expected demand until the goods are there, plus safety stock.

    Inputs: mean_daily_demand: units a day; lead_time_days, review_days: days; safety_stock: units.
    Returns: units; NaN where an input is missing.
    Raises: AnalyticsError when the lengths differ.
    Source: Heizer & Render, ch. 12.
    """
    demand, lead_time, review = not_negative(mean_daily_demand, lead_time_days, review_days)
    demand, lead_time, review, stock = floats(demand, lead_time, review, safety_stock)
    return demand * (lead_time + review) + stock


def item_policies(items: pd.DataFrame, *, service_measure: ServiceMeasure = "cycle") -> pd.DataFrame:
    """Policy of every item, with the inputs that made it.

    Inputs: items: contract above; service_measure: the measure of items that name none.
    Returns: frame on the same index, contract above; levels in units, safety stock never below 0.
    Raises: AnalyticsError when a required column is missing.
    Source: normal demand: Silver, Pyke & Thomas, ch. 6; erratic only up to a coefficient of variation of 0.5 over the
        lead time and review. Beyond that, intermittent and lumpy: gamma lead-time demand (Burgin 1975) with
        undershoot; never normal for lumpy (PLOS ONE 0263655; Strijbosch & Moors).
    """
    require_columns(items, *_REQUIRED)
    policies = _inputs_used(items, service_measure)
    _add_order_quantity(policies)
    _add_lead_time_demand(policies)
    skewed = (policies["distribution"] == "gamma").to_numpy()
    level = _normal_reorder_point(policies)
    level[skewed] = _gamma_reorder_point(policies[skewed])
    expected = policies["lead_time_demand"].to_numpy()
    policies["safety_stock"] = np.maximum(level - expected, 0.0)
    policies["safety_stock_floored"] = level < expected * (1 - 1e-9)
    policies["reorder_point"] = expected + policies["safety_stock"]
    policies["order_up_to"] = policies["reorder_point"] + policies["order_quantity"]
    return policies


def _inputs_used(items: pd.DataFrame, service_measure: ServiceMeasure) -> pd.DataFrame:
    used = pd.DataFrame(index=items.index)
    for name in (*_REQUIRED, *_NOT_A_TERM_WHEN_UNKNOWN):
        used[name] = column(items, name)
    used["lead_time_sd_assumed_zero"] = np.isnan(column(items, "lead_time_sd_days"))
    for name in _ZERO_WHEN_UNKNOWN:
        used[name] = column(items, name, default=0.0)
    classes = items["demand_class"] if "demand_class" in items.columns else pd.Series(None, index=items.index)
    used["demand_class"] = classes.astype("object")
    skewed = classes.isin(_SKEWED_CLASSES) | ((classes == _ERRATIC) & _varies(used))
    used["distribution"] = np.where(skewed, "gamma", "normal")
    same = "fill" if service_measure == "fill_rate" else "cycle"
    used["measure"] = items["measure"] if "measure" in items.columns else same
    return used


def _varies(used: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether demand over lead time and review, each of its mean length, varies too much to be normal."""
    days = (used["lead_time_days"] + used["review_days"]).to_numpy()
    spread = lead_time_demand_sd(
        used["mean_daily_demand"], daily_demand_sd=used["daily_demand_sd"], lead_time_days=days
    )
    return np.asarray(spread > _NORMAL_VARIATION * used["mean_daily_demand"].to_numpy() * days)


def _add_order_quantity(policies: pd.DataFrame) -> None:
    orders = order_quantity(
        policies["mean_daily_demand"],
        cover_days=policies["cover_days"],
        order_cost=policies["order_cost"],
        holding_cost_per_unit_year=policies["holding_cost_per_unit_year"],
        moq=policies["moq"],
        multiple=policies["order_multiple"],
        maximum=policies["max_order_quantity"],
    )
    policies["order_quantity_wanted"] = orders.wanted
    policies["order_quantity_basis"] = orders.basis
    policies["order_quantity"] = orders.quantity
    policies["order_quantity_bound"] = orders.bound


def _add_lead_time_demand(policies: pd.DataFrame) -> None:
    """Expected demand until arrival and its spread; a skewed item waits for its jump, not for its review."""
    skewed = (policies["distribution"] == "gamma").to_numpy()
    waiting = np.where(skewed, 0.0, policies["review_days"])
    jump, jump_sd = undershoot(
        policies["mean_daily_demand"],
        daily_demand_sd=policies["daily_demand_sd"],
        review_days=policies["review_days"],
    )
    spread = lead_time_demand_sd(
        policies["mean_daily_demand"],
        daily_demand_sd=policies["daily_demand_sd"],
        lead_time_days=policies["lead_time_days"],
        lead_time_sd_days=policies["lead_time_sd_days"],
        review_days=waiting,
    )
    policies["undershoot"] = np.where(skewed, jump, 0.0)
    policies["lead_time_demand"] = reorder_point(
        policies["mean_daily_demand"],
        lead_time_days=policies["lead_time_days"],
        review_days=waiting,
        safety_stock=0.0,
    )
    policies["lead_time_demand_sd"] = np.where(skewed, np.hypot(spread, jump_sd), spread)


def _normal_reorder_point(policies: pd.DataFrame) -> FloatArray:
    buffer = safety_stock(
        policies["mean_daily_demand"],
        daily_demand_sd=policies["daily_demand_sd"],
        lead_time_days=policies["lead_time_days"],
        service_level=policies["service_level"],
        lead_time_sd_days=policies["lead_time_sd_days"],
        review_days=policies["review_days"],
    )
    by_fill_rate = _by_fill_rate(policies)
    buffer[by_fill_rate] = safety_stock_for_fill_rate(
        policies["lead_time_demand_sd"][by_fill_rate],
        order_quantity=policies["order_quantity"][by_fill_rate],
        fill_rate=policies["service_level"][by_fill_rate],
    )
    return policies["lead_time_demand"].to_numpy() + buffer


def _gamma_reorder_point(policies: pd.DataFrame) -> FloatArray:
    mean = (policies["lead_time_demand"] + policies["undershoot"]).to_numpy()
    spread = policies["lead_time_demand_sd"].to_numpy()
    target = _target(policies["service_level"])
    ordered_per_cycle = (policies["order_quantity"] + policies["undershoot"]).to_numpy()
    return np.where(
        _by_fill_rate(policies),
        gamma_level((1 - target) * ordered_per_cycle, mean=mean, sd=spread),
        gamma_quantile(target, mean=mean, sd=spread),
    )


def _by_fill_rate(policies: pd.DataFrame) -> NDArray[np.bool_]:
    return (policies["measure"] == "fill").to_numpy()


def _target(level: ArrayLike) -> FloatArray:
    (fraction,) = floats(level)
    return np.where((fraction > 0) & (fraction < 1), fraction, np.nan)
