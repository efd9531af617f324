"""How far one stocking policy is from another, in stock and as a share."""

import numpy as np
from numpy.typing import ArrayLike

from analytics.inputs import FloatArray, floats


def mean_stock(safety_stock: ArrayLike, *, order_quantity: ArrayLike) -> FloatArray:
    """Units that lie there on average under a policy.

    Inputs: safety_stock, order_quantity: units, per item.
    Returns: units; NaN where an input is missing.
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 6: safety stock and half an order.
    """
    buffer, lot = floats(safety_stock, order_quantity)
    return np.asarray(buffer + lot / 2)


def change_share(before: ArrayLike, *, after: ArrayLike) -> FloatArray:
    """How much a level changes, as a share of what it was.

    Inputs: before, after: units, per item.
    Returns: >= 0; 0 where both are the same, inf where there was nothing, NaN where one is missing.
    Raises: AnalyticsError when the lengths differ.
    Source: none; ours.
    """
    was, will = floats(before, after)
    apart = np.abs(will - was)
    share = np.divide(apart, was, out=np.full_like(apart, np.inf), where=was > 0)
    return np.where(np.isnan(apart), np.nan, np.where(apart == 0, 0.0, share))
