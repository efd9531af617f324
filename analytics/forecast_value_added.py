"""What each step of a forecast is worth: by how much it came nearer to what was sold than the step before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.inputs import FloatArray, require_columns

SAME = 1e-9
"""Units: figures that differ less are the same."""
SUMS = ("cells", "better", "worse", "actual", "before", "after")


def value_added(errors: ArrayLike) -> FloatArray:
    """What each step after the first added.

    Inputs: errors: of the steps in their order, shares (0.40 for 40 %); NaN where a step has none.
    Returns: error of the step before less that of the step, one fewer: above 0 the step came nearer.
    Raises: nothing.
    Source: Gilliland (SAS), forecast value added: 40 % before and 38 % after managers is +2 percentage points.
    """
    found: FloatArray = -np.diff(np.asarray(errors, dtype=np.float64))
    return found


def value_added_by(sums: pd.DataFrame, *, by: list[str]) -> pd.DataFrame:
    """Forecast value added of groups of cells.

    Inputs: sums: any rows with the columns of ``by`` and SUMS: cells, how many of them came nearer and how many went
        away, units sold, and the absolute errors before and after the step, units.
    Returns: a row a group, indexed by it: SUMS; before_wmape and after_wmape (NaN where nothing was sold) and
        value_added, their difference.
    Raises: AnalyticsError when a column is missing.
    Source: Gilliland (SAS); WMAPE by sums: analytics.accuracy.wmape.
    """
    require_columns(sums, *by, *SUMS)
    found = sums.groupby(by, observed=True, sort=False)[list(SUMS)].sum()
    sold = found["actual"].where(found["actual"] > 0)
    before, after = found["before"] / sold, found["after"] / sold
    return found.assign(before_wmape=before, after_wmape=after, value_added=before - after)


def touchless(items: pd.DataFrame, *, least_months: int, least_gain: float) -> pd.Series[bool]:
    """Which items are better left alone: people spoke often enough, and it was not worth it.

    Inputs: items: months (in which somebody spoke and which are over), actual, before, after (absolute errors of
        these cells, units); least_months: to be judged by; least_gain: WMAPE that people have to add, a share.
    Returns: a truth value a row; with nothing sold the errors themselves are compared.
    Raises: AnalyticsError when a column is missing.
    Source: Gilliland, touchless forecasting; screens.md 5.
    """
    require_columns(items, "months", "actual", "before", "after")
    gained = items["before"] - items["after"]
    needed = np.maximum(items["actual"], 0.0) * least_gain
    return (items["months"] >= least_months) & (gained <= needed + SAME)
