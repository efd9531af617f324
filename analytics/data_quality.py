"""How fit the stored rows are to plan with, from 0 to 100."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.inputs import floats


def entity_score(share_affected: ArrayLike, *, weight: ArrayLike) -> float:
    """Score of the rows of one kind.

    Inputs: share_affected: part of the rows that each finding is about, 0 to 1, missing = none; weight: points in a
        hundred that the finding takes when all rows have it, as a part of one.
    Returns: 100 * (1 - sum of weight * share), never below 0; 100 without findings.
    Raises: AnalyticsError when the lengths differ.
    Source: simple ratio of Pipino, Lee & Wang, Data quality assessment, CACM 45(4), 2002; deductions are added up, so
        that mending one finding raises the score by its own points.
    """
    shares, weights = floats(share_affected, weight)
    lost = np.nansum(np.clip(weights, 0.0, None) * np.clip(shares, 0.0, 1.0))
    return float(100.0 * max(0.0, 1.0 - lost))


def total_score(score: ArrayLike, *, importance: ArrayLike) -> float:
    """Score of all kinds of rows together.

    Inputs: score: of each kind, missing where it has no rows; importance: weight of each kind, above 0.
    Returns: mean of the scores weighted by importance, missing ones left out; NaN when all are missing.
    Raises: AnalyticsError when the lengths differ.
    Source: weighted average of Pipino, Lee & Wang, Data quality assessment, CACM 45(4), 2002.
    """
    scores, weights = floats(score, importance)
    known = np.isfinite(scores) & (weights > 0)
    return float(np.average(scores[known], weights=weights[known])) if known.any() else float("nan")
