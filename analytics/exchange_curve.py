"""Exchange curve of cycle stock: how much stock against how many orders, whatever an order is said to cost."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats


def cycle_stock_exchange_curve(annual_value: ArrayLike, *, order_cost_over_holding_rate: ArrayLike) -> pd.DataFrame:
    """Total cycle stock and orders a year if every item is ordered by its economic quantity.

    Inputs: annual_value: demand at cost, money a year, per item (missing or negative counts as none);
        order_cost_over_holding_rate: A/r, money·years, one per point of the curve, > 0.
    Returns: frame, one row per point: order_cost_over_holding_rate, cycle_stock_value (money), orders_per_year. The
        product of the last two is the same on every row.
    Raises: AnalyticsError when a point is not positive.
    Source: Silver, Pyke & Thomas, ch. 5 (exchange curves).
    """
    (ratio,) = floats(order_cost_over_holding_rate)
    if not (ratio > 0).all():
        raise AnalyticsError("order cost over holding rate must be positive")
    roots = _sum_of_roots(annual_value)
    return pd.DataFrame(
        {
            "order_cost_over_holding_rate": ratio,
            "cycle_stock_value": np.sqrt(ratio / 2) * roots,
            "orders_per_year": np.sqrt(1 / (2 * ratio)) * roots,
        }
    )


def implied_order_cost_over_holding_rate(annual_value: ArrayLike, *, cycle_stock_value: float) -> float:
    """The A/r at which economic quantities would bind a given money in cycle stock.

    Inputs: annual_value: as cycle_stock_exchange_curve; cycle_stock_value: money, > 0.
    Returns: A/r in money·years; NaN without demand.
    Raises: AnalyticsError when the money is not positive.
    Source: Silver, Pyke & Thomas, ch. 5 (exchange curves, the implied ratio of today's orders).
    """
    if not cycle_stock_value > 0:
        raise AnalyticsError("money in cycle stock must be positive")
    roots = _sum_of_roots(annual_value)
    return 2 * (cycle_stock_value / roots) ** 2 if roots > 0 else float("nan")


def _sum_of_roots(annual_value: ArrayLike) -> float:
    (value,) = floats(annual_value)
    counted: FloatArray = np.where(value > 0, value, 0.0)
    return float(np.sqrt(counted).sum())
