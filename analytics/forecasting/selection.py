"""Which method a series gets: rolling-origin error, leaning on what the method did for its demand class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.demand_class import ERRATIC, INTERMITTENT, LUMPY, NO_DEMAND, SMOOTH
from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray

BENCHMARK = "seasonal_naive"
_REGULAR = (BENCHMARK, "ses", "theta", "ets", "sarimax", "sarima")
_SPORADIC = (BENCHMARK, "ses", "croston", "sba")
POOLS: dict[str, tuple[str, ...]] = {
    SMOOTH: _REGULAR,
    ERRATIC: _REGULAR,
    INTERMITTENT: _SPORADIC,
    LUMPY: _SPORADIC,
    NO_DEMAND: (BENCHMARK,),
}
# Without any evidence the first method of this list that can do the series is taken.
_CAUTIOUS_FIRST = ("ses", "sba", "theta", "ets", "sarimax", "croston", "sarima", BENCHMARK)
# The class counts as much as this many origins of the series itself.
POOL_WEIGHT_ORIGINS = 4.0


def candidates(
    labels: NDArray[np.str_], lengths: NDArray[np.int64], *, methods: Sequence[str], minimum: Sequence[int]
) -> NDArray[np.bool_]:
    """Which methods are tried on which series: the pool of its demand class, as far as its history reaches.

    Inputs: labels: demand class per series; lengths: observed periods per series; methods: names on offer,
        the benchmark among them; minimum: periods each of them needs.
    Returns: methods x series; a method no pool knows is tried on every class, the benchmark always.
    Raises: nothing.
    Source: Syntetos, Boylan & Croston 2005 for the classes.
    """
    known = {name for pool in POOLS.values() for name in pool}
    names = np.array(methods)[:, None]
    asked = np.zeros((len(methods), len(labels)), dtype=bool)
    for label, pool in POOLS.items():
        asked |= (labels == label) & (np.isin(names, pool) | ~np.isin(names, list(known)))
    return np.asarray((asked & (lengths >= np.array(minimum)[:, None])) | (names == BENCHMARK))


def origin_errors(actual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Root mean squared error of every method at every origin.

    Inputs: actual: origins x steps x series; forecast: methods x origins x steps x series; NaN = not judged.
    Returns: methods x origins x series, NaN where nothing was judged.
    Raises: nothing.
    Source: squared error keeps the level of intermittent demand, where absolute error rewards forecasting
        zero (Kolassa 2016, "Evaluating predictive count data distributions").
    """
    return np.sqrt(mean_known((actual - forecast) ** 2, axis=2))


def scores(errors: FloatArray, *, labels: NDArray[np.str_], asked: NDArray[np.bool_]) -> FloatArray:
    """Relative error of every method on every series, shrunk towards its mean in the demand class.

    Inputs: errors: methods x origins x series; labels: class per series; asked: methods x series.
    Returns: methods x series, 1 = as good as the methods of the series on average, lower is better;
        infinite where a method must not be chosen: not asked, or never judged while others were.
    Raises: nothing.
    Source: shrinkage as James & Stein 1961; relative errors so that large series do not rule the pool.
    """
    own, weight = _relative(errors, asked)
    pooled = _class_means(own, labels)
    prior = np.where(np.isnan(pooled), 1.0, pooled)
    shrunk = (weight * np.nan_to_num(own) + POOL_WEIGHT_ORIGINS * prior) / (weight + POOL_WEIGHT_ORIGINS)
    judged = (weight > 0) | ~(weight > 0).any(axis=0)
    return np.where(asked & judged, shrunk, np.inf)


def ranking(score: FloatArray, *, methods: Sequence[str]) -> NDArray[np.int64]:
    """Methods of every series from best to worst; equal scores in the order of caution.

    Inputs: score: methods x series; methods: their names.
    Returns: methods x series of positions in `methods`.
    Raises: nothing.
    Source: house convention.
    """
    order = [_CAUTIOUS_FIRST.index(name) if name in _CAUTIOUS_FIRST else -1 for name in methods]
    caution = np.broadcast_to(np.array(order)[:, None], score.shape)
    return np.lexsort((caution, score), axis=0)


def _relative(errors: FloatArray, asked: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Error over the mean error of the methods present at all origins, and how many origins it rests on."""
    judged = ~np.isnan(errors) & asked[:, None]
    happened = judged.any(axis=0)
    steady = (judged | ~happened).all(axis=1, keepdims=True) & judged
    reference = np.where(steady, errors, 0.0).sum(axis=0) / np.maximum(steady.sum(axis=0), 1)
    used = judged & (reference > 0)
    total = np.where(used, errors, 0.0).sum(axis=1)
    expected = np.where(used, reference, 0.0).sum(axis=1)
    own = np.where(expected > 0, total / np.where(expected > 0, expected, 1.0), np.nan)
    return own, used.sum(axis=1).astype(np.float64)


def _class_means(own: FloatArray, labels: NDArray[np.str_]) -> FloatArray:
    means = np.full_like(own, np.nan)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        means[:, members] = mean_known(own[:, members], axis=1)[:, None]
    return means
