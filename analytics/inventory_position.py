"""Where stock stands against its policy, what that costs, and what to order.

Stock (inventory_position), one row per item and location; any index, kept as it is. Units in the base unit of
measure, days from the data date on (day 0 = the data date, its demand still to come), money in one currency:
    on_hand, on_order, allocated     units, missing = none; allocated is promised and no longer free for demand
    mean_daily_demand                units a day
    unit_cost                        money
    safety_stock, reorder_point, order_up_to   units, missing = no policy
    lead_time_days                   days from ordering to receipt
  and, where known (column may be absent, NaN = not known):
    days_to_next_receipt             days to the next open receipt; a negative one is overdue and not relied on
    shortage_cost_per_unit           money lost per unit not sold (price or margin); unit_cost where missing
    moq, order_multiple, max_order_quantity    units per order
Result: the columns of the contract (missing optional ones as NaN) and
    position                         on hand + on order - allocated
    days_of_cover                    what is on hand and free, in days of demand; inf without demand, NaN without both
    days_to_stock_out                whole days until that is used up; NaN when never
    days_to_replenishment            the next receipt, or the lead time if that is sooner or nothing is due
    shortage_quantity, shortage_value        demand that cannot be met before the replenishment
    surplus_order_quantity, surplus_order_value    part of the open orders above order-up-to
    excess_quantity, excess_value    part of the stock above order-up-to; with the surplus order it makes up
                                     max(0, position - order-up-to)
    status (StockStatus), money_at_stake (the value of what its status names, 0 when healthy or without policy)
"""

from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray, column, require_columns
from analytics.kpi import days_of_supply
from analytics.order_quantity import bounded_quantity

_NONE_WHEN_MISSING = ("on_hand", "on_order", "allocated")
_REQUIRED = (
    *_NONE_WHEN_MISSING,
    "mean_daily_demand",
    "unit_cost",
    "safety_stock",
    "reorder_point",
    "order_up_to",
    "lead_time_days",
)
_OPTIONAL = ("days_to_next_receipt", "shortage_cost_per_unit", "moq", "order_multiple", "max_order_quantity")


class StockStatus(StrEnum):
    """One status per item; the first that holds, in this order."""

    STOCKED_OUT = "stocked_out"
    AT_RISK = "at_risk"
    NO_POLICY = "no_policy"
    EXCESS = "excess"
    OVER_ORDERED = "over_ordered"
    HEALTHY = "healthy"


def inventory_position(stock: pd.DataFrame) -> pd.DataFrame:
    """Position, cover, status and money at stake of every item.

    Inputs: stock: contract above.
    Returns: frame on the same index, contract above.
    Raises: AnalyticsError when a required column is missing.
    Source: glossary, inventory (excess, days of supply); status and its money as in exception-first inventory tools.
        Stocked out: nothing on hand, and demand. At risk: runs out before the earliest replenishment. Excess and
        over-ordered: more than order-up-to on hand, or on hand and on order, by at least one order multiple, since
        less than that is only the rounding of an order.
    """
    require_columns(stock, *_REQUIRED)
    result = pd.DataFrame({name: column(stock, name) for name in (*_REQUIRED, *_OPTIONAL)}, index=stock.index)
    result[list(_NONE_WHEN_MISSING)] = result[list(_NONE_WHEN_MISSING)].fillna(0.0)
    result["position"] = result["on_hand"] + result["on_order"] - result["allocated"]
    _add_cover(result)
    _add_shortage(result)
    _add_surplus(result)
    result["status"] = _status(result)
    result["money_at_stake"] = _money_at_stake(result)
    return result


def reorder_proposals(positions: pd.DataFrame) -> pd.DataFrame:
    """What to order now, the most money at stake first.

    Inputs: positions: result of inventory_position.
    Returns: its rows with position at or below the reorder point and something to order, with quantity_needed (up to
        order-up-to), quantity (within MOQ, multiple, maximum), bound (order_quantity.Bound), order_value (quantity at
        unit cost), rank (1 = first: shortage value, then days to stock-out, then order value). Same rows, same
        ranks.
    Raises: AnalyticsError when a column is missing.
    Source: Silver, Pyke & Thomas, (s, S) rule; glossary, MOQ / multiple / max.
    """
    require_columns(positions, *_REQUIRED, *_OPTIONAL, "position", "days_to_stock_out", "shortage_value")
    due = positions[positions["position"] <= positions["reorder_point"]].copy()
    due["quantity_needed"] = due["order_up_to"] - due["position"]
    bounded = bounded_quantity(
        due["quantity_needed"],
        moq=due["moq"],
        multiple=due["order_multiple"],
        maximum=due["max_order_quantity"],
    )
    due["quantity"], due["bound"] = bounded.quantity, bounded.bound
    due["order_value"] = due["quantity"] * due["unit_cost"]
    ranked = due[due["quantity"] > 0].sort_values(
        ["shortage_value", "days_to_stock_out", "order_value"],
        ascending=[False, True, False],
        kind="stable",
        na_position="last",
    )
    ranked["rank"] = np.arange(1, len(ranked) + 1)
    return ranked


def _add_cover(result: pd.DataFrame) -> None:
    free = (result["on_hand"] - result["allocated"]).clip(lower=0.0)
    cover = days_of_supply(free, usage_per_day=result["mean_daily_demand"])
    result["days_of_cover"] = cover
    result["days_to_stock_out"] = np.where(np.isinf(cover), np.nan, np.floor(cover))


def _add_shortage(result: pd.DataFrame) -> None:
    next_receipt = result["days_to_next_receipt"].where(result["days_to_next_receipt"] >= 0)
    wait = np.fmin(next_receipt, result["lead_time_days"])
    needed = result["mean_daily_demand"] * wait + result["allocated"]
    cost = result["shortage_cost_per_unit"].fillna(result["unit_cost"])
    result["days_to_replenishment"] = wait
    result["shortage_quantity"] = np.maximum(needed - result["on_hand"], 0.0)
    result["shortage_value"] = result["shortage_quantity"] * cost


def _add_surplus(result: pd.DataFrame) -> None:
    above = np.maximum(result["position"] - result["order_up_to"], 0.0)
    result["surplus_order_quantity"] = np.minimum(above, result["on_order"])
    result["excess_quantity"] = above - result["surplus_order_quantity"]
    result["surplus_order_value"] = result["surplus_order_quantity"] * result["unit_cost"]
    result["excess_value"] = result["excess_quantity"] * result["unit_cost"]


def _status(result: pd.DataFrame) -> "pd.Series[str]":
    lot = result["order_multiple"].fillna(0.0)
    excess, surplus = result["excess_quantity"], result["surplus_order_quantity"]
    conditions = [
        (result["on_hand"] <= 0) & (result["mean_daily_demand"] > 0),
        result["shortage_quantity"] > 0,
        result["reorder_point"].isna() | result["order_up_to"].isna(),
        (excess > 0) & (excess >= lot),
        (surplus > 0) & (surplus >= lot),
    ]
    order = [
        StockStatus.STOCKED_OUT,
        StockStatus.AT_RISK,
        StockStatus.NO_POLICY,
        StockStatus.EXCESS,
        StockStatus.OVER_ORDERED,
    ]
    return pd.Series(np.select(conditions, order, default=StockStatus.HEALTHY), index=result.index, dtype="str")


def _money_at_stake(result: pd.DataFrame) -> FloatArray:
    status = result["status"]
    return np.select(
        [
            status.isin([StockStatus.STOCKED_OUT, StockStatus.AT_RISK]),
            status == StockStatus.EXCESS,
            status == StockStatus.OVER_ORDERED,
        ],
        [result["shortage_value"], result["excess_value"], result["surplus_order_value"]],
        default=0.0,
    )
