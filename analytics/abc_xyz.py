"""Classes of items: ABC by what they are worth, XYZ by how evenly they sell, velocity by how often they move.

The one place of these rules. Limits are settings; arrays hold one entry per item. An item that cannot be judged is
UNKNOWN.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats

ABC = ("A", "B", "C")
XYZ = ("X", "Y", "Z")
FAST, MEDIUM, SLOW, NOT_MOVING = "fast", "medium", "slow", "not moving"
VELOCITY = (FAST, MEDIUM, SLOW, NOT_MOVING)
UNKNOWN = "unknown"

_ROUNDING = 1e-9

Codes = NDArray[np.str_]


def abc_classes(
    value: ArrayLike, *, a_limit_share: float = 0.80, b_limit_share: float = 0.95, decimals: int = 2
) -> Codes:
    """A, B or C for every item by its cumulative share of the total, the largest first.

    Inputs: value: of a year (revenue, margin, cost or units), per item; a_limit_share, b_limit_share: cumulative
        shares; decimals: values are rounded to them first, so that no last binary digit decides.
    Returns: A up to and with the A limit, B up to and with the B limit, else C; the largest item is A whatever its
        share, an item worth nothing or less is C; equal values rank as they come.
    Raises: AnalyticsError when the limits do not rise from 0 to 1.
    Source: Pareto analysis; glossary: cumulative share <= limit.
    """
    if not 0 < a_limit_share <= b_limit_share <= 1:
        raise AnalyticsError("limits must rise: 0 < A <= B <= 1")
    (known,) = floats(value)
    worth, share = _cumulated(known, decimals)
    largest = np.zeros(worth.size, dtype=bool)
    largest[np.argsort(-worth, kind="stable")[:1]] = True
    conditions = [
        np.isnan(known),
        worth == 0,
        largest | (share <= a_limit_share + _ROUNDING),
        share <= b_limit_share + _ROUNDING,
    ]
    return np.select(conditions, [UNKNOWN, "C", "A", "B"], default="C")


def cumulative_shares(value: ArrayLike, *, decimals: int = 2) -> FloatArray:
    """Share of the total that an item and all larger ones make up: what abc_classes compares with its limits.

    Inputs: value: per item; decimals: values are rounded to them first.
    Returns: fractions, 1 for an item worth nothing or less; NaN where the value is unknown, and everywhere when
        nothing is worth anything.
    Raises: AnalyticsError when value is not one-dimensional.
    Source: Pareto analysis.
    """
    (known,) = floats(value)
    worth, share = _cumulated(known, decimals)
    return np.where(np.isnan(known) | (worth.sum() == 0), np.nan, share)


def _cumulated(known: FloatArray, decimals: int) -> tuple[FloatArray, FloatArray]:
    # Whole cents: their sums are exact.
    worth = np.maximum(np.rint(np.nan_to_num(known) * 10.0**decimals), 0.0)
    order = np.argsort(-worth, kind="stable")
    share = np.empty_like(worth)
    share[order] = worth[order].cumsum() / max(worth.sum(), 1.0)
    return worth, share


def coefficient_of_variation(values: ArrayLike) -> FloatArray:
    """How much demand varies from period to period, relative to its mean.

    Inputs: values: periods x items, units, periods without demand as 0, NaN before an item's first period.
    Returns: population deviation over mean, per item; NaN without demand.
    Raises: AnalyticsError when values is not two-dimensional.
    Source: glossary, XYZ.
    """
    panel = np.asarray(values, dtype=np.float64)
    if panel.ndim != 2:
        raise AnalyticsError(f"values must be periods x items, not {panel.ndim}-dimensional")
    known = np.isfinite(panel)
    count = np.maximum(known.sum(axis=0), 1)
    # Relative to the largest period: absurd magnitudes do not overflow.
    largest = np.where(known, np.abs(panel), 0.0).max(axis=0, initial=0.0)
    scaled = np.where(known, panel, 0.0) / np.where(largest > 0, largest, 1.0)
    mean = scaled.sum(axis=0) / count
    variance = (np.where(known, scaled - mean, 0.0) ** 2).sum(axis=0) / count
    return np.asarray(np.sqrt(variance) / np.where(mean > 0, mean, np.nan))


def xyz_classes(variation: ArrayLike, *, x_limit: float = 0.5, y_limit: float = 1.0) -> Codes:
    """X, Y or Z for every item by the variation of its demand.

    Inputs: variation: coefficient of variation per planning period, per item; x_limit, y_limit: settings.
    Returns: X below the X limit, Y from it up to and with the Y limit, Z above.
    Raises: AnalyticsError when the limits do not rise.
    Source: glossary, XYZ: X < 0.5, Y 0.5-1.0, Z > 1.0.
    """
    if not 0 < x_limit <= y_limit:
        raise AnalyticsError("limits must rise: 0 < X <= Y")
    (cv,) = floats(variation)
    conditions = [np.isnan(cv), cv < x_limit - _ROUNDING, cv <= y_limit + _ROUNDING]
    return np.select(conditions, [UNKNOWN, "X", "Y"], default="Z")


def velocity_classes(
    movements: ArrayLike, *, fast_limit_share: float = 0.80, medium_limit_share: float = 0.95
) -> Codes:
    """How fast every item moves, by its cumulative share of all movements.

    Inputs: movements: order lines or picks of a window, per item; fast_limit_share, medium_limit_share: cumulative
        shares.
    Returns: fast, medium, slow, or not moving (none in the window).
    Raises: AnalyticsError when the limits do not rise from 0 to 1.
    Source: Tompkins et al., Facilities Planning, 4th ed., popularity; the ABC rule on counts.
    """
    (count,) = floats(movements)
    classes = abc_classes(count, a_limit_share=fast_limit_share, b_limit_share=medium_limit_share)
    conditions = [classes == UNKNOWN, count <= 0, classes == "A", classes == "B"]
    return np.select(conditions, [UNKNOWN, NOT_MOVING, FAST, MEDIUM], default=SLOW)


def nine_box(abc: ArrayLike, *, xyz: ArrayLike, value: ArrayLike) -> pd.DataFrame:
    """How many items, and how much value, stand in each of the nine classes.

    Inputs: abc, xyz: classes, per item; value: what ABC went by, per item, missing counts as nothing.
    Returns: frame of nine rows, A-X to C-Z: abc, xyz, items, value, item_share, value_share (of all items judged; NaN
        when there are none, or nothing is worth anything).
    Raises: AnalyticsError when the lengths differ.
    Source: Silver, Pyke & Thomas, ch. 2 (ABC); nine-box of ABC and XYZ.
    """
    (worth,) = floats(value)
    rows, columns = np.atleast_1d(np.asarray(abc)), np.atleast_1d(np.asarray(xyz))
    if not rows.size == columns.size == worth.size:
        raise AnalyticsError(f"lengths differ: {[rows.size, columns.size, worth.size]}")
    boxes = pd.MultiIndex.from_product([ABC, XYZ], names=["abc", "xyz"])
    judged = pd.DataFrame({"abc": rows, "xyz": columns, "value": np.nan_to_num(worth)})
    found = judged.groupby(["abc", "xyz"])["value"].agg(items="size", value="sum").reindex(boxes, fill_value=0)
    for share, measure in (("item_share", "items"), ("value_share", "value")):
        total = float(found[measure].sum())
        found[share] = found[measure] / (total if total > 0 else np.nan)
    return found.reset_index()
