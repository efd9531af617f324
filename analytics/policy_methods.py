"""Levels of items that are not replenished by a reorder point: at every review, for one short life, in buffer zones.

All of them are stored as the same four levels, so that one rule decides when to order: at or below the reorder point,
up to order-up-to.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analytics.ddmrp import ddmrp_buffer
from analytics.inputs import FloatArray, column, require_columns
from analytics.inventory_policy import safety_stock_for_fill_rate
from analytics.lead_time_demand import gamma_level, gamma_quantile, lead_time_demand_sd
from analytics.order_quantity import bounded_quantity

REORDER_POINT, PERIODIC, NEWSVENDOR, BUFFER = "reorder_point", "periodic", "newsvendor", "buffer"
LEVELS = ["safety_stock", "reorder_point", "order_quantity", "order_up_to"]

_ROUNDING = 1e-9

Rows = NDArray[np.bool_]


def with_methods(
    policies: pd.DataFrame, *, method: "pd.Series[str]", shelf_life_days: "pd.Series[float]", factors: pd.DataFrame
) -> pd.DataFrame:
    """Policies with the levels of each item's method.

    Inputs: policies: result of inventory_policy.item_policies, with ``measure`` (cycle, fill) of each item; method: one
        of the four above; shelf_life_days: NaN where nothing expires; factors: lead_time_factor and
        variability_factor of a buffer. All on the same index.
    Returns: the frame with its levels and ``method``: that in force, which is the reorder point where newsvendor is
        asked for and stock keeps from one review to the next.
    Raises: AnalyticsError when a column is missing.
    Source: Silver, Pyke & Thomas, ch. 6, (R, S): stock has to cover lead time and review; ch. 9 (newsvendor);
        Ptak & Smith (buffer zones).
    """
    require_columns(policies, "measure", "review_days", "distribution", *LEVELS)
    found = policies.copy()
    life = shelf_life_days.to_numpy(np.float64)
    asked = method.to_numpy(dtype=object)
    short_lived = (asked == NEWSVENDOR) & (life <= np.maximum(found["review_days"].to_numpy(), 1.0))
    found["method"] = np.where((asked == NEWSVENDOR) & ~short_lived, REORDER_POINT, asked)
    for rows, levels in (
        (asked == PERIODIC, _periodic),
        (short_lived, lambda part: _short_lived(part, life[short_lived])),
        (asked == BUFFER, lambda part: _buffered(part, factors.loc[part.index])),
    ):
        if rows.any():
            found.loc[rows, LEVELS] = levels(found[rows])
    return found


def _periodic(items: pd.DataFrame) -> FloatArray:
    """Up to one level at every review; an order is due once a review's demand is used."""
    mean, sd = _demand_over(items, items["lead_time_days"].to_numpy() + items["review_days"].to_numpy())
    used = items["mean_daily_demand"].to_numpy() * np.maximum(items["review_days"].to_numpy(), 1.0)
    level = np.maximum(_level(items, mean, sd, per_cycle=used), mean)
    return np.column_stack([level - mean, np.maximum(level - used, 0.0), _lot(items, used), level])


def _short_lived(items: pd.DataFrame, life_days: FloatArray) -> FloatArray:
    """One order a review, whatever is on its way; what is left of it expires before the next."""
    mean = items["mean_daily_demand"].to_numpy() * life_days
    sd = items["daily_demand_sd"].to_numpy() * np.sqrt(life_days)
    quantity = _lot(items, _level(items, mean, sd, per_cycle=mean))
    review = np.maximum(items["review_days"].to_numpy(), 1.0)
    on_its_way = quantity * np.floor(items["lead_time_days"].to_numpy() / review + _ROUNDING)
    return np.column_stack([np.maximum(quantity - mean, 0.0), on_its_way, quantity, on_its_way + quantity])


def _buffered(items: pd.DataFrame, factors: pd.DataFrame) -> FloatArray:
    buffer = ddmrp_buffer(
        items["mean_daily_demand"],
        lead_time_days=items["lead_time_days"],
        lead_time_factor=factors["lead_time_factor"],
        variability_factor=factors["variability_factor"],
        order_cycle_days=items["review_days"],
        moq=column(items, "moq"),
    )
    return np.column_stack([buffer.top_of_red, buffer.top_of_yellow, buffer.green, buffer.top_of_green])


def _demand_over(items: pd.DataFrame, days: FloatArray) -> tuple[FloatArray, FloatArray]:
    daily = items["mean_daily_demand"].to_numpy()
    spread = lead_time_demand_sd(
        daily,
        daily_demand_sd=items["daily_demand_sd"],
        lead_time_days=days,
        lead_time_sd_days=items["lead_time_sd_days"],
    )
    return daily * days, spread


def _level(items: pd.DataFrame, mean: FloatArray, sd: FloatArray, *, per_cycle: FloatArray) -> FloatArray:
    """What demand of this mean and spread stays below, or is short of by no more than the target allows a cycle."""
    target = items["service_level"].to_numpy()
    normal = (items["distribution"] == "normal").to_numpy()
    short = np.maximum((1 - target) * per_cycle, np.finfo(float).tiny)
    by_gamma = np.where(_fill(items), gamma_level(short, mean=mean, sd=sd), gamma_quantile(target, mean=mean, sd=sd))
    filled = mean + safety_stock_for_fill_rate(sd, order_quantity=per_cycle, fill_rate=target)
    by_normal = np.where(_fill(items), filled, mean + special.ndtri(target) * sd)
    return np.where(normal, by_normal, by_gamma)


def _fill(items: pd.DataFrame) -> Rows:
    return (items["measure"] == "fill").to_numpy()


def _lot(items: pd.DataFrame, wanted: FloatArray) -> FloatArray:
    return bounded_quantity(
        wanted,
        moq=column(items, "moq"),
        multiple=column(items, "order_multiple"),
        maximum=column(items, "max_order_quantity"),
    ).quantity
