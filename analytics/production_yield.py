"""How much of what was produced is good."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.inputs import FloatArray, floats


def yield_share(made: ArrayLike, scrap: ArrayLike) -> FloatArray:
    """Good units as a share of all that were produced.

    Inputs: made: good units; scrap: units scrapped, both from zero up and of one shape.
    Returns: shares from 0 to 1; NaN where nothing was produced.
    Raises: AnalyticsError for shapes that do not fit.
    Source: ISO 22400-2, quality ratio.
    """
    good, lost = floats(made, scrap)
    produced = good + lost
    share: FloatArray = np.divide(good, produced, out=np.full(produced.shape, np.nan), where=produced > 0)
    return share
