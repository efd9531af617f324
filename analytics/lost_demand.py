"""Demand as it would have been, had there been something to sell."""

import numpy as np

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

# With nothing to sell for longer than this share of a period, the rest says too little about the whole.
LONGEST_SHARE = 0.5


def uncensored(sold: FloatArray, *, stocked_out_share: FloatArray) -> FloatArray:
    """What was sold, scaled up for the days without stock; unknown where those were most of the period.

    Inputs: sold: periods x series, quantity per period, NaN where unknown; stocked_out_share: the same shape, share
        of the period's days without stock, 0 to 1.
    Returns: periods x series; NaN where the share is above LONGEST_SHARE, and where it was before.
    Raises: AnalyticsError when the shapes differ or a share is not within 0 and 1.
    Source: proportional correction of censored demand as in Nahmias 1994, "Demand estimation in lost sales inventory
        systems", for demand that is even over a period.
    """
    if sold.shape != stocked_out_share.shape:
        raise AnalyticsError(f"shares are {stocked_out_share.shape}, expected {sold.shape}")
    if not ((stocked_out_share >= 0) & (stocked_out_share <= 1)).all():
        raise AnalyticsError("a share of days must be within 0 and 1")
    told = stocked_out_share <= LONGEST_SHARE
    return np.where(told, sold / np.where(told, 1 - stocked_out_share, 1.0), np.nan)
