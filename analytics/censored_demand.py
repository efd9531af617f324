"""Demand behind sales: in a period that ran out of stock sales are only the least that demand can have been."""

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray


def uncensored_demand(sales: ArrayLike, *, stocked_out: ArrayLike) -> FloatArray:
    """Sales with the periods out of stock raised to the demand expected in them.

    Inputs: sales: periods x items, units, NaN where not known; stocked_out: same shape, true where stock ran out.
    Returns: periods x items; in a period out of stock the expected demand, given that it was above the sales, of the
        item's own distribution; the sales themselves where no period with stock ever sold more.
    Raises: AnalyticsError when the shapes differ.
    Source: Kaplan & Meier 1958, product-limit estimator; for lost sales Nahmias 1994 and Lau & Lau 1996.
    """
    values, censored = np.asarray(sales, dtype=np.float64), np.asarray(stocked_out, dtype=bool)
    if values.ndim != 2 or values.shape != censored.shape:
        raise AnalyticsError(f"sales are {values.shape}, stock-outs {censored.shape}: expected periods x items")
    known = ~np.isnan(values)
    # A tie of both kinds: the period out of stock would have sold more. Unknown periods stand last.
    order = np.lexsort((censored, values), axis=0)
    size = np.take_along_axis(np.where(known, values, 0.0), order, axis=0)
    sold_all = np.take_along_axis(known & ~censored, order, axis=0)
    at_risk = known.sum(axis=0) - np.arange(len(values))[:, None]
    hazard = np.where(sold_all, 1.0 / np.maximum(at_risk, 1), 0.0)
    survival = np.cumprod(1.0 - hazard, axis=0)
    before = np.vstack([np.ones((1, values.shape[1])), survival[:-1]]) if len(values) else survival
    mass = np.asarray(hazard * before, dtype=np.float64)
    above = _sum_after(mass)
    expected = np.divide(_sum_after(mass * size), above, out=size.copy(), where=above > 0)
    found = np.empty_like(values)
    np.put_along_axis(found, order, expected, axis=0)
    return np.where(known & censored, np.fmax(found, values), values)


def _sum_after(values: FloatArray) -> FloatArray:
    """Of every row, the sum of the rows after it."""
    return np.asarray(np.cumsum(values[::-1], axis=0)[::-1] - values)
