"""Orders that expire: how much can be ordered so that it still sells before its date."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.inputs import FloatArray, floats, not_negative


def shelf_life_cap(
    mean_daily_demand: ArrayLike,
    *,
    shelf_life_days: ArrayLike,
    unsellable_days_before_expiry: ArrayLike = 0.0,
    stock_at_arrival: ArrayLike = 0.0,
    daily_demand_sd: ArrayLike = 0.0,
    sell_out_probability: ArrayLike = 0.5,
) -> FloatArray:
    """The most to order so that it sells, after the stock before it, while it may be sold.

    Inputs: mean_daily_demand, daily_demand_sd: units a day; shelf_life_days: left when the order arrives, missing =
        does not expire; unsellable_days_before_expiry: shelf life that customers want left; stock_at_arrival: units
        that expire earlier and sell first; sell_out_probability: that the demand until then reaches the cap, 0.5 =
        plan by the mean.
    Returns: units >= 0; inf for an item that does not expire; NaN where an input is missing or out of range.
    Raises: AnalyticsError when the lengths differ.
    Source: glossary, shelf-life cap (no more than sells before expiry, FEFO); normal demand over the sellable days.
    """
    demand, unsellable, stock, sd, probability, life = floats(
        mean_daily_demand,
        unsellable_days_before_expiry,
        stock_at_arrival,
        daily_demand_sd,
        sell_out_probability,
        shelf_life_days,
    )
    demand, unsellable, stock, sd = not_negative(demand, unsellable, stock, sd)
    probability = np.where((probability > 0) & (probability < 1), probability, np.nan)
    days = np.maximum(life - unsellable, 0.0)
    sellable = np.maximum(demand * days - special.ndtri(probability) * sd * np.sqrt(days), 0.0)
    cap = np.maximum(sellable - stock, 0.0)
    known = ~np.isnan(demand + unsellable + stock + sd + probability)
    return np.where(known & np.isnan(life), np.inf, cap)
