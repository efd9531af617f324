"""How steady plans are: how much of what was planned the next plan changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray


def nervousness(now: ArrayLike, before: ArrayLike) -> float:
    """The part of a plan that the next one changed: the sum of |now - before| over the sum of before.

    Inputs: now, before: the same cells of two plans in the same unit, any shape.
    Returns: a share, 0.15 for 15 %; NaN where nothing was planned before or a figure is missing. Plan adherence is
        one less it.
    Raises: AnalyticsError when the shapes differ.
    Source: SPT, nervousness: 100, 100 changed to 120, 90 is 15 %.
    """
    new, old = np.asarray(now, dtype=np.float64), np.asarray(before, dtype=np.float64)
    if new.shape != old.shape:
        raise AnalyticsError(f"now has the shape {new.shape}, before has {old.shape}")
    return float(changed_share(np.abs(new - old).sum(), old.sum()))


def changed_share(changed: ArrayLike, planned: ArrayLike) -> FloatArray:
    """The same of sums that are known already.

    Inputs: changed: sums of |now - before|; planned: sums of before, of the same shape.
    Returns: shares of that shape, NaN where planned is not above 0.
    Raises: nothing.
    Source: as nervousness.
    """
    total = np.asarray(planned, dtype=np.float64)
    found: FloatArray = np.asarray(changed, dtype=np.float64) / np.where(total > 0, total, np.nan)
    return found
