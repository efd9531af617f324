"""Sampled futures of demand: the history's own periods, at the level expected now, as uncertain as forecasts were.

A path is a draw of blocks of consecutive periods of the item's history, recent ones more often, so that sizes, gaps
and short runs are those of the item and no distribution is assumed. It is brought to the expected level, half the
forecast and half the recent mean, and multiplied by one factor a path: the level itself is not known, by as much as
the forecast's errors over the window exceed what independent periods explain. Whole units stay whole.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

_HALF_LIFE_PERIODS = 26
# Chosen on the development sets of docs/inventory-policy-benchmarks.md.
_FORECAST_SHARE = 0.5
LEAST_LEVEL_VARIANCE, _MOST_LEVEL_VARIANCE = 0.02, 0.5
# One entry of a history beyond so many times its third largest was an event, not demand to stock for.
_EVENT_BEYOND = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What is known of the demand of every item, ready to be drawn from.

    periods: history, periods x items, events capped, the mean where not known; lengths: periods of it, of every item;
    level: expected units a period; scale: level over the history's own; level_variance: squared coefficient of
    variation of the level, of every item; whole: items that are sold in whole units.
    """

    periods: FloatArray
    lengths: NDArray[np.int64]
    level: FloatArray
    scale: FloatArray
    level_variance: FloatArray
    whole: NDArray[np.bool_]

    def of(self, items: NDArray[np.int64]) -> "Outlook":
        """The same of some items only."""
        return Outlook(
            self.periods[:, items],
            self.lengths[items],
            self.level[items],
            self.scale[items],
            self.level_variance[items],
            self.whole[items],
        )


def outlook(
    history: FloatArray,
    *,
    expected: FloatArray,
    window_sd: FloatArray,
    window_periods: NDArray[np.int64],
    level_variance: FloatArray | None = None,
) -> Outlook:
    """Level, spread and shape of the demand to come.

    Inputs: history: periods x items, units >= 0, the last row the newest, NaN before an item began; expected: of the
        forecast, units a period; window_sd: standard deviation of the forecast of the sum over window_periods, units;
        level_variance: squared coefficient of variation of the level, per item, None = from window_sd.
    Returns: Outlook.
    Raises: AnalyticsError when history is not two-dimensional or negative, or the lengths differ.
    Source: Willemain, Smart & Schwarz 2004 (bootstrap of intermittent demand); Prak, Teunter & Syntetos 2017 (the
        error of the level adds to the variance over the lead time).
    """
    if history.ndim != 2 or not len(expected) == len(window_sd) == len(window_periods) == history.shape[1]:
        raise AnalyticsError("history must be periods x items, with a forecast for each item")
    if (history < 0).any():
        raise AnalyticsError("demand is never negative")
    capped = np.minimum(history, _event_limit(history))
    known = ~np.isnan(history)
    age = np.arange(len(history))[::-1, None]
    weights = np.where(known, 0.5 ** (age / _HALF_LIFE_PERIODS), 0.0)
    weights = np.divide(weights, weights.sum(axis=0), out=np.zeros_like(weights), where=known.any(axis=0))
    filled = np.nan_to_num(capped)
    recent = (weights * filled).sum(axis=0)
    variance = (weights * (filled - recent) ** 2).sum(axis=0)
    level = np.where(recent > 0, _FORECAST_SHARE * np.maximum(expected, 0.0) + (1 - _FORECAST_SHARE) * recent, 0.0)
    scale = np.divide(level, recent, out=np.zeros_like(level), where=recent > 0)
    if level_variance is None:
        level_variance = _level_variance(level, variance * scale**2, window_sd, window_periods)
    whole = np.asarray(((history == np.round(history)) | ~known).all(axis=0))
    begun = np.where(known.any(axis=0), known.argmax(axis=0), len(history))
    shown = np.where(known, capped, recent)
    return Outlook(shown, len(history) - begun, level, scale, level_variance, whole)


def demand_paths(known: Outlook, *, periods: int, replications: int, seed: int, block_periods: int = 1) -> FloatArray:
    """Futures of every item.

    Inputs: known: of the items; periods: length of a path; replications: paths an item; seed: of the draw;
        block_periods: consecutive periods of history drawn together.
    Returns: periods x items x replications, units >= 0, in whole units where the item is sold so.
    Raises: AnalyticsError when a count is below one.
    Source: block bootstrap, Künsch 1989; weights by age, Boylan & Syntetos 2021, ch. 13.
    """
    if min(periods, replications, block_periods) < 1:
        raise AnalyticsError("paths need at least one period, one replication, and blocks of at least one period")
    rng = np.random.default_rng(seed)
    rows, items = known.periods.shape
    blocks = -(-periods // block_periods)
    start = rows - 1 - _drawn_ages(known.lengths, rng.random((blocks, items, replications)))
    row = np.minimum(start[:, None] + np.arange(block_periods)[:, None, None], rows - 1)
    row = row.reshape(blocks * block_periods, items, replications)[:periods]
    drawn = known.periods[row, np.arange(items)[:, None]]
    shape = 1 / known.level_variance[:, None]
    factor = rng.gamma(np.broadcast_to(shape, (items, replications)), known.level_variance[:, None])
    paths = drawn * (known.scale[:, None] * factor)
    return np.asarray(np.where(known.whole[:, None], np.floor(paths + rng.random(paths.shape)), paths))


def _drawn_ages(lengths: NDArray[np.int64], chance: FloatArray) -> NDArray[np.int64]:
    """Ages of periods, drawn by their weight: of an exponential distribution cut at the length of the history."""
    decay = np.log(2) / _HALF_LIFE_PERIODS
    within = -np.expm1(-decay * lengths)[:, None]
    ages = np.floor(np.log1p(-chance * within) / -decay).astype(np.int64)
    return np.asarray(np.minimum(ages, np.maximum(lengths - 1, 0)[:, None]))


def _event_limit(history: FloatArray) -> FloatArray:
    ranked = np.sort(np.nan_to_num(history), axis=0)[::-1][:3]
    if len(ranked) < 3:
        return np.full(history.shape[1], np.inf)
    typical = np.where(ranked[2] > 0, ranked[2], ranked[1])
    return np.asarray(np.where(typical > 0, _EVENT_BEYOND * typical, np.inf))


def _level_variance(
    level: FloatArray, variance: FloatArray, window_sd: FloatArray, window_periods: NDArray[np.int64]
) -> FloatArray:
    """Of all items together: of one item it cannot be told from chance."""
    able = (level > 0) & (window_periods > 0)
    if not able.any():
        return np.full(len(level), LEAST_LEVEL_VARIANCE)
    beyond = window_sd**2 - window_periods * variance
    relative = beyond[able] / (level[able] * window_periods[able]) ** 2
    found = np.clip(np.median(relative), LEAST_LEVEL_VARIANCE, _MOST_LEVEL_VARIANCE)
    return np.full(len(level), float(found))
