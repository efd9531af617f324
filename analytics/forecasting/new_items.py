"""Items with little history: the level of their own first periods, the course and the rest from look-alikes.

A launch has no trend to go on with: the first orders fill shelves, and what follows lies on another level. So the
course after a launch is learnt from the items launched before, and a new item's own few periods only say how high
its course lies, leaning towards what its group sells.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray
from analytics.inputs import FloatArray

# Whether a series that begins with the panel, or a little later, was launched then or only not sold is not known.
_UNSEEN_LAUNCH_PERIODS = 2
# An item too young to know its own level cannot teach the course of one.
_DONOR_PERIODS = 8
# One big order does not make a launch curve: demand counts up to so many times what the curve expects.
_LARGEST_RATIO = 4.0
# Levels and curve depend on each other; after this many rounds they agree.
_ROUNDS = 4
# The look-alikes of all groups count as much as so many of the item's own group.
_CURVE_PRIOR_ITEMS = 10.0
_LEVEL_PRIOR_ITEMS = 3.0
# Every period back counts that much less. The group counts as much as a part of one period, a look-alike that was
# picked as several.
_DISCOUNT = 0.75
_GROUP_PERIODS = 0.1
_ANALOGUE_PERIODS = 4.0
# An item that has not sold is taken to sell this share of what is usual, not nothing for ever.
_SMALLEST_LEVEL = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class _Launches:
    """Demand by periods since launch x series, NaN where unknown, and the age of every series in periods."""

    demand: FloatArray
    ages: IntArray


def launch_forecast(
    values: FloatArray,
    *,
    groups: ArrayLike,
    horizon_periods: int,
    launched_within_periods: int,
    analogues: Mapping[int, int] | None = None,
) -> FloatArray:
    """Expected demand of new items on the launch course of their look-alikes, without a trend.

    Inputs: values: periods x series, quantity per period, NaN before a series began (all NaN: not sold yet); groups:
        label per series, such as its category or family; horizon_periods: steps ahead, >= 1;
        launched_within_periods: a series that began within so many last periods is new, the others are look-alikes;
        analogues: column of a new item to the column of the item whose level it is expected to reach, instead of
        its group's.
    Returns: horizon x series, >= 0; NaN in the columns of series that are not new.
    Raises: AnalyticsError for wrong shapes, a horizon below 1 or an analogue that is unknown or without demand.
    Source: launch curves of look-alikes, Kahn 2006, "New Product Forecasting", chapter 4; level by credibility,
        Bühlmann & Straub 1970, in logs because items differ by factors.
    """
    labels = np.asarray(groups)
    if values.ndim != 2 or labels.shape != values.shape[1:] or horizon_periods < 1:
        raise AnalyticsError("launches need periods x series, a group for each series and a horizon of at least 1")
    launches = _launches(values)
    seen = len(values) - launches.ages >= _UNSEEN_LAUNCH_PERIODS
    curves = _launch_curves(launches, seen & (launches.ages >= _DONOR_PERIODS), labels)
    own, periods = _own_levels(launches, curves)
    expected, weight = _group_levels(own, seen, labels), np.full(len(labels), _GROUP_PERIODS)
    for item, model in (analogues or {}).items():
        _require_analogue(item, model, own)
        expected[item], weight[item] = own[model], _ANALOGUE_PERIODS
    level = _credible(own, expected, share=periods / (periods + weight))
    steps = np.minimum(launches.ages + np.arange(horizon_periods)[:, None], len(curves) - 1)
    course = level * np.take_along_axis(curves, steps, axis=0)
    return np.where(launches.ages <= launched_within_periods, course, np.nan)


def _launches(values: FloatArray) -> _Launches:
    known = ~np.isnan(values)
    begin = np.where(known.any(axis=0), known.argmax(axis=0) if len(values) else 0, len(values))
    rows = begin + np.arange(len(values))[:, None]
    shifted = np.take_along_axis(values, np.minimum(rows, len(values) - 1), axis=0)
    return _Launches(np.where(rows < len(values), shifted, np.nan), len(values) - begin)


def _launch_curves(launches: _Launches, donors: NDArray[np.bool_], labels: NDArray[np.generic]) -> FloatArray:
    """Demand by periods since launch as a multiple of the item's level: (periods + 1) x series, 1 in the last row.

    The course of all donors, as far as it stands out from chance, with that of the series' own group worked in.
    """
    curve, ratios = _common_curve(launches.demand[:, donors])
    curves = np.repeat(curve[:, None], len(labels), axis=1)
    for label in np.unique(labels[donors]):
        own = ratios[:, labels[donors] == label]
        count = (~np.isnan(own)).sum(axis=1)
        mixed = (np.nansum(own, axis=1) + _CURVE_PRIOR_ITEMS * curve) / (count + _CURVE_PRIOR_ITEMS)
        curves[:, labels == label] = mixed[:, None]
    return np.concatenate([curves, np.ones((1, len(labels)))])


def _common_curve(demand: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The course of all items, around 1, and the demand of each (NaN without any) as a multiple of its level."""
    known = ~np.isnan(demand)
    curve, ratios = np.ones(len(demand)), np.full_like(demand, np.nan)
    for _ in range(_ROUNDS):
        weights = np.where(known, curve[:, None], 0.0).sum(axis=0)
        level = np.where(known, demand, 0.0).sum(axis=0) / np.where(weights > 0, weights, 1.0)
        multiples = demand / np.where(level > 0, level, np.nan)
        ratios = np.clip(multiples, 0.0, _LARGEST_RATIO * curve[:, None])
        curve = _beyond_chance(ratios)
    return curve, ratios


def _beyond_chance(ratios: FloatArray) -> FloatArray:
    """Mean of every row relative to that of all, drawn to 1 by the positive part of 1 - 1/F."""
    overall = float(np.nan_to_num(mean_known(ratios, axis=(0, 1)))) or 1.0
    mean, count = mean_known(ratios, axis=1), (~np.isnan(ratios)).sum(axis=1)
    squares = mean_known((ratios - mean[:, None]) ** 2, axis=1) / np.maximum(count - 1, 1)
    signal = np.where(count > 2, (mean - overall) ** 2, 0.0)
    kept = np.clip(1 - squares / np.where(signal > 0, signal, np.inf), 0.0, 1.0) * (signal > 0)
    return np.asarray(1 + np.nan_to_num(kept * (mean - overall)) / overall)


def _own_levels(launches: _Launches, curves: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Level of every series on its curve, recent periods first, and how many periods it rests on."""
    known = ~np.isnan(launches.demand)
    back = launches.ages - 1 - np.arange(len(launches.demand))[:, None]
    weights = np.where(known, _DISCOUNT ** np.maximum(back, 0), 0.0)
    demand = (weights * np.where(known, launches.demand, 0.0)).sum(axis=0)
    expected = (weights * curves[:-1]).sum(axis=0)
    return demand / np.where(expected > 0, expected, 1.0), weights.sum(axis=0)


def _group_levels(levels: FloatArray, seen: NDArray[np.bool_], labels: NDArray[np.generic]) -> FloatArray:
    """The usual (geometric mean) level of every series' group, drawn to that of all; 0 where nothing sells.

    Of the items whose launch was seen: what has always been sold does not tell how a new item sells.
    """
    sells = levels > 0
    counted = sells & seen if (sells & seen).any() else sells
    if not counted.any():
        return np.zeros(len(levels))
    logs = np.log(np.where(counted, levels, 1.0))
    _, group = np.unique(labels, return_inverse=True)
    total, count = np.bincount(group, logs), np.bincount(group, counted)
    mean = (total + _LEVEL_PRIOR_ITEMS * logs.sum() / counted.sum()) / (count + _LEVEL_PRIOR_ITEMS)
    return np.asarray(np.exp(mean[group]))


def _require_analogue(item: int, model: int, levels: FloatArray) -> None:
    for column in (item, model):
        if not 0 <= column < len(levels):
            raise AnalyticsError(f"analogues name column {column} of {len(levels)}")
    if levels[model] <= 0:
        raise AnalyticsError(f"column {model} has no demand that another item could be expected to reach")


def _credible(own: FloatArray, expected: FloatArray, *, share: FloatArray) -> FloatArray:
    """Geometric mean of own and expected level, the own one weighing its share."""
    usual = np.where(expected > 0, expected, 1.0)
    ratio = np.maximum(own / usual, _SMALLEST_LEVEL)
    return np.where(expected > 0, usual * ratio**share, 0.0)
