"""Poisson demand: quantiles and the units expected beyond a stock level.

Array in, array out, one entry per item; NaN in, NaN out.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.inputs import FloatArray, floats, not_negative


def poisson_loss(level: ArrayLike, *, mean: ArrayLike) -> FloatArray:
    """Expected excess of Poisson demand over a whole level, E[(D - y)+].

    Inputs: level: y, whole units, may be negative; mean: units >= 0; per item.
    Returns: units >= 0.
    Raises: AnalyticsError when the lengths differ.
    Source: Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., appendix C.3.
    """
    stock, expected = floats(level, mean)
    (expected,) = not_negative(expected)
    whole = np.maximum(stock, 0.0)
    at_level = np.exp(np.minimum(special.xlogy(whole, expected) - expected - special.gammaln(whole + 1), 0.0))
    beyond = (expected - whole) * (1 - special.pdtr(whole, expected)) + expected * at_level
    return np.where(stock < 0, expected - stock, np.maximum(beyond, 0.0))


def poisson_quantile(probability: ArrayLike, *, mean: ArrayLike) -> FloatArray:
    """The least whole level that Poisson demand stays at or below with a given probability.

    Inputs: probability: 0 < p < 1; mean: units >= 0; per item.
    Returns: whole units; NaN where an input is missing or out of range.
    Raises: AnalyticsError when the lengths differ.
    Source: definition of the quantile.
    """
    p, expected = floats(probability, mean)
    (expected,) = not_negative(expected)
    p = np.where((p > 0) & (p < 1), p, np.nan)
    known = ~np.isnan(p + expected)
    beyond_zero = known & (special.pdtr(0, expected) < p)
    level = np.zeros_like(p)
    level[beyond_zero] = np.ceil(special.pdtrik(p[beyond_zero], expected[beyond_zero]))
    # The inverse is continuous and rounded: the whole level beside it may be the one.
    level = np.where((level > 0) & (special.pdtr(np.maximum(level - 1, 0), expected) >= p), level - 1, level)
    level = np.where(special.pdtr(level, expected) < p, level + 1, level)
    return np.where(known, level, np.nan)
