"""Limits no forecast of demand may leave, whatever method made it."""

import numpy as np

from analytics.inputs import FloatArray

# An extrapolated trend or a log model may at most triple the largest demand ever seen.
LARGEST_GROWTH = 3.0


def within_reason(paths: FloatArray, *, history: FloatArray) -> FloatArray:
    """Paths kept between zero (or the lowest demand ever, where returns went below) and a multiple of the largest.

    Inputs: paths: steps x series, NaN where there is none; history: periods x series, what was known.
    Returns: array like paths; NaN stays NaN.
    Raises: nothing.
    Source: house convention.
    """
    known = np.where(np.isnan(history), 0.0, history)
    return np.clip(paths, lowest(history), LARGEST_GROWTH * known.max(axis=0, initial=0.0))


def lowest(history: FloatArray) -> FloatArray:
    """The least a forecast may be: zero, or what was seen where demand net of returns was negative.

    Inputs: history: periods x series, NaN where unknown.
    Returns: one per series, at most zero.
    Raises: nothing.
    Source: house convention.
    """
    return np.asarray(np.where(np.isnan(history), 0.0, history).min(axis=0, initial=0.0))
