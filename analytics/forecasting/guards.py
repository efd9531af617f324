"""Limits no forecast of demand may leave, whatever method made it."""

import numpy as np

from analytics.inputs import FloatArray

# An extrapolated trend or a log model may at most triple the largest demand ever seen.
LARGEST_GROWTH = 3.0


def within_reason(paths: FloatArray, *, history: FloatArray) -> FloatArray:
    """Paths kept between zero and a multiple of the largest demand of their series.

    Inputs: paths: steps x series, NaN where there is none; history: periods x series, what was known.
    Returns: array like paths; NaN stays NaN.
    Raises: nothing.
    Source: house convention.
    """
    ceiling = LARGEST_GROWTH * np.where(np.isnan(history), 0.0, history).max(axis=0, initial=0.0)
    return np.clip(paths, 0.0, ceiling)
