"""What stock has to cover: demand from the moment the position lies at the reorder point to the arrival of the order.

That is the undershoot (how far the position has jumped below the reorder point when a review finds it there) and the
demand over the lead time. Its distribution is drawn from sampled futures of demand, and then told by the simplest
family that fits the draws: normal for smooth demand, gamma where demand is skewed, negative binomial for whole units
that come rarely; the draws themselves where none fits. Arrays hold one entry per item; draws are items x replications.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.demand_class import ERRATIC, SMOOTH
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.lead_time_demand import gamma_quantile, gamma_shortage
from analytics.normal_loss import normal_loss

IntArray = NDArray[np.int64]
Labels = NDArray[np.str_]

NORMAL, GAMMA, NEGATIVE_BINOMIAL, EMPIRICAL = "normal", "gamma", "negative binomial", "empirical"
FAMILIES = (NORMAL, GAMMA, NEGATIVE_BINOMIAL, EMPIRICAL)

# Reviews followed from an order; after these the undershoot is that of a process long under way.
FOLLOWED_REVIEWS = 4
_MOST_LONG_CYCLES = 0.5
_HALVINGS = 60
_GAP_HALVINGS = 7
_FIT_CHANCES = np.linspace(0.05, 0.95, 19)
# Kolmogorov's distance that one sample in twenty exceeds, times the root of its size.
_LARGEST_DISTANCE = 1.358
# A normal distribution that would often be below zero is none.
_LARGEST_NORMAL_VARIATION = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class WindowDraws:
    """Draws, items x replications: at_risk is undershoot and lead-time demand, until_arrival the demand over the lead
    time and one period more, random_time what is gone from the level ordered up to at a random period (see
    window_draws); order is the mean size of an order."""

    at_risk: FloatArray
    until_arrival: FloatArray
    random_time: FloatArray
    order: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DemandAtRisk:
    """The distribution of every item: its family, mean and standard deviation, and the draws behind it, ascending."""

    family: Labels
    mean: FloatArray
    sd: FloatArray
    draws: FloatArray


def window_draws(
    paths: FloatArray,
    *,
    lead_time_periods: IntArray,
    review_periods: IntArray,
    gap: FloatArray,
    whole: NDArray[np.bool_],
    seed: int,
) -> WindowDraws:
    """Draw what stock has to cover from futures of demand.

    Inputs: paths: periods x items x replications; lead_time_periods: items x replications; review_periods: whole, per
        item; gap: order-up-to level less reorder point, units, >= 0; whole: items in whole units; seed: of the draws.
        The paths are at least FOLLOWED_REVIEWS reviews and a lead time and a period long.
    Returns: WindowDraws; random_time is what is gone a lead time and a part of a review after any review, less gap.
    Raises: AnalyticsError when the paths are too short or a period is below its least.
    Source: Silver, Pyke & Thomas, (R, s, S) systems; undershoot as excess of a renewal process, Tijms 1994, ch. 1.
    """
    longest = int((FOLLOWED_REVIEWS * review_periods[:, None] + lead_time_periods).max(initial=0)) + 1
    if len(paths) < longest or (review_periods < 1).any() or (lead_time_periods < 0).any():
        raise AnalyticsError(f"paths have {len(paths)} periods, reviews and lead time take {longest}")
    rng = np.random.default_rng(seed)
    total = _total(paths)
    reviews = _at_reviews(total, review_periods)
    undershoot, count = _undershoot(reviews, gap, _excess_long_under_way(reviews, whole, rng))
    start = count * review_periods[:, None]
    lead_time = _up_to(total, start + lead_time_periods) - _up_to(total, start)
    until_arrival = _up_to(total, lead_time_periods + 1)
    part = 1 + np.floor(rng.random(lead_time.shape) * review_periods[:, None]).astype(np.int64)
    ahead = lead_time_periods + part
    gone = _gone_at_random(total, reviews, gap, review_periods=review_periods, ahead_periods=ahead, rng=rng)
    return WindowDraws(undershoot + lead_time, until_arrival, gone - gap[:, None], gap + undershoot.mean(axis=1))


def gap_for_order(
    paths: FloatArray, *, review_periods: IntArray, order: FloatArray, whole: NDArray[np.bool_], seed: int
) -> FloatArray:
    """The gap between reorder point and level ordered up to with which orders have a given mean size.

    Inputs: as window_draws; order: mean size wanted, units, per item.
    Returns: units >= 0, whole where the item is; 0 where orders are larger even if each review orders.
    Raises: nothing.
    Source: an order is the gap and the undershoot (Silver, Pyke & Thomas, ch. 6); bisection on sampled futures.
    """
    reviews = _at_reviews(_total(paths), review_periods)
    later = _excess_long_under_way(reviews, whole, np.random.default_rng(seed))
    low, high = np.zeros_like(order), order.copy()
    for _ in range(_GAP_HALVINGS):
        gap = (low + high) / 2
        size = gap + _undershoot(reviews, gap, later)[0].mean(axis=1)
        low, high = np.where(size <= order, gap, low), np.where(size <= order, high, gap)
    return np.where(whole, np.round(low), low)


def demand_at_risk(draws: FloatArray, *, demand_class: ArrayLike, whole: ArrayLike) -> DemandAtRisk:
    """The family that tells the draws of every item.

    Inputs: draws: items x replications, units; demand_class: of every item, as demand_class.py; whole: items in whole
        units.
    Returns: DemandAtRisk.
    Raises: AnalyticsError when there are no draws, or the lengths differ.
    Source: candidates by class, Syntetos, Babai & Altay 2012 (distributions of demand over the lead time); by fit,
        Kolmogorov's distance.
    """
    labels, integer = np.asarray(demand_class, dtype=str), np.asarray(whole, dtype=bool)
    if draws.ndim != 2 or draws.shape[1] < 2 or not len(draws) == len(labels) == len(integer):
        raise AnalyticsError("draws must be items x replications, at least two, with a class for each item")
    ordered = np.sort(draws, axis=1)
    mean, sd = ordered.mean(axis=1), ordered.std(axis=1, ddof=1)
    points = np.quantile(ordered, _FIT_CHANCES, axis=1, method="inverted_cdf")
    share = np.stack([(ordered <= point[:, None]).mean(axis=1) for point in points])
    limit = _LARGEST_DISTANCE / np.sqrt(draws.shape[1])
    able = {
        NORMAL: (labels == SMOOTH) & (sd <= _LARGEST_NORMAL_VARIATION * mean),
        GAMMA: np.isin(labels, (SMOOTH, ERRATIC)) | ~integer,
        NEGATIVE_BINOMIAL: integer & (sd**2 > mean),
    }
    family = np.full(len(mean), EMPIRICAL, dtype="<U17")
    for name in (NEGATIVE_BINOMIAL, GAMMA, NORMAL):
        rows = np.flatnonzero(able[name] & (mean > 0) & (sd > 0))
        told = _PROBABILITY[name](points[:, rows], mean[rows], sd[rows])
        family[rows[np.abs(told - share[:, rows]).max(axis=0, initial=0.0) <= limit]] = name
    return DemandAtRisk(family, mean, sd, ordered)


def expected_shortage(level: FloatArray, *, demand: DemandAtRisk) -> FloatArray:
    """Expected demand above a level.

    Inputs: level: units, per item; demand: its distribution.
    Returns: units >= 0.
    Raises: nothing.
    Source: Silver, Pyke & Thomas, ch. 6 (normal); Burgin 1975 (gamma); Johnson, Kemp & Kotz, ch. 5 (negative
        binomial, by its size-biased form).
    """
    found = np.maximum(demand.draws - level[:, None], 0.0).mean(axis=1)
    for name, shortage in _SHORTAGE.items():
        rows = demand.family == name
        found[rows] = shortage(level[rows], demand.mean[rows], demand.sd[rows])
    return np.asarray(found)


def level_for_shortage(shortage: FloatArray, *, demand: DemandAtRisk) -> FloatArray:
    """The lowest level at which no more is expected to be short.

    Inputs: shortage: units > 0, per item; demand: its distribution.
    Returns: units >= 0; 0 where even no stock is short by less.
    Raises: nothing.
    Source: bisection under Scarf's bound, E[(X - s)+] <= sd² / 4(s - mean).
    """
    low = np.zeros_like(demand.mean)
    high = np.maximum(demand.mean + demand.sd**2 / (4 * shortage), demand.draws[:, -1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = expected_shortage(middle, demand=demand) > shortage
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(expected_shortage(np.zeros_like(low), demand=demand) <= shortage, 0.0, high)


def level_for_probability(probability: FloatArray, *, demand: DemandAtRisk) -> FloatArray:
    """The level that demand stays within so often.

    Inputs: probability: in (0, 1), per item; demand: its distribution.
    Returns: units >= 0.
    Raises: nothing.
    Source: quantile functions; the smallest draw with that share of the draws at or below it.
    """
    place = np.ceil(probability * demand.draws.shape[1] - 1e-9).astype(np.int64) - 1
    found = np.take_along_axis(demand.draws, np.maximum(place, 0)[:, None], axis=1)[:, 0]
    for name, quantile in _QUANTILE.items():
        rows = demand.family == name
        found[rows] = quantile(probability[rows], demand.mean[rows], demand.sd[rows])
    return np.asarray(np.maximum(found, 0.0))


def _total(paths: FloatArray) -> FloatArray:
    """Demand before each period and after the last."""
    return np.concatenate([np.zeros((1, *paths.shape[1:])), np.cumsum(paths, axis=0)])


def _at_reviews(total: FloatArray, review_periods: IntArray) -> FloatArray:
    """Demand up to none, one, … of the followed reviews."""
    return np.stack([_up_to(total, (count * review_periods)[:, None]) for count in range(FOLLOWED_REVIEWS + 1)])


def _up_to(total: FloatArray, period: IntArray) -> FloatArray:
    """Demand of the first periods, items x replications."""
    at = np.broadcast_to(period, total.shape[1:])
    return np.asarray(np.take_along_axis(total, at[None], axis=0)[0])


def _undershoot(reviews: FloatArray, gap: FloatArray, later: FloatArray) -> tuple[FloatArray, IntArray]:
    """The undershoot of every draw, later where no review followed passes the gap; and after which it was found."""
    # A gap of nothing is passed by the first demand, not by none.
    passed = reviews[1:] >= np.maximum(gap, 1e-9)[:, None]
    within = passed.any(axis=0)
    count = np.where(within, passed.argmax(axis=0) + 1, FOLLOWED_REVIEWS)
    found = np.take_along_axis(reviews, count[None], axis=0)[0] - gap[:, None]
    return np.where(within, found, later), count


def _gone_at_random(
    total: FloatArray,
    reviews: FloatArray,
    gap: FloatArray,
    *,
    review_periods: IntArray,
    ahead_periods: IntArray,
    rng: np.random.Generator,
) -> FloatArray:
    """What is gone from the level ordered up to, some periods after a review at random."""
    places = np.arange(FOLLOWED_REVIEWS)[:, None, None] * review_periods[:, None]
    after = np.stack([_up_to(total, place + ahead_periods) - _up_to(total, place) for place in places])
    short_of = reviews[:-1] < np.maximum(gap, 1e-9)[:, None]
    # A cycle longer than the reviews followed: its positions lie evenly over the gap.
    long_cycle = short_of[-1].mean(axis=1)[:, None] > _MOST_LONG_CYCLES
    followed = _drawn_by(short_of, reviews[:-1] + after, rng)
    return np.where(long_cycle, after[0] + gap[:, None] * rng.random(after[0].shape), followed)


def _drawn_by(weights: ArrayLike, values: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Of every item as many of its values as there are replications, drawn by their weights; both are draws x items x
    replications."""
    items, replications = values.shape[1:]
    pool = values.transpose(1, 0, 2).reshape(items, -1)
    cumulated = np.cumsum(np.asarray(weights, dtype=np.float64).transpose(1, 0, 2).reshape(items, -1), axis=1)
    cumulated /= np.where(cumulated[:, -1:] > 0, cumulated[:, -1:], 1.0)
    item = np.arange(items)[:, None]
    chance = rng.random((items, replications)) + item
    place = np.searchsorted((cumulated + item).ravel(), chance, side="right") - item * pool.shape[1]
    return np.asarray(np.take_along_axis(pool, np.clip(place, 0, pool.shape[1] - 1), axis=1))


def _excess_long_under_way(reviews: FloatArray, whole: NDArray[np.bool_], rng: np.random.Generator) -> FloatArray:
    """A review's demand drawn by its size, and a random part of it."""
    steps = np.diff(reviews, axis=0)
    found = _drawn_by(steps, steps, rng) * rng.random(steps.shape[1:])
    return np.where(whole[:, None], np.floor(found), found)


_Distribution = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def _normal_probability(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return np.asarray(special.ndtr((level - mean) / sd))


def _gamma_probability(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return np.asarray(special.gammainc((mean / sd) ** 2, np.maximum(level, 0.0) * mean / sd**2))


def _binomial_probability(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return _binomial_cumulated(np.floor(level + 1e-9), mean, sd, more=0)


def _binomial_cumulated(units: FloatArray, mean: FloatArray, sd: FloatArray, *, more: int) -> FloatArray:
    """Probability of at most so many units; more raises the number of successes."""
    chance = mean / sd**2
    successes = mean * chance / (1 - chance) + more
    return np.where(units < 0, 0.0, special.betainc(successes, np.maximum(units, 0.0) + 1, chance))


def _normal_shortage(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return sd * normal_loss((level - mean) / sd)


def _gamma_shortage(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return gamma_shortage(level, mean=mean, sd=sd)


def _binomial_shortage(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Linear between whole units, as the expected shortage of whole units is."""
    below = np.floor(level)
    at, after = _whole_shortage(below, mean, sd), _whole_shortage(below + 1, mean, sd)
    return at + (level - below) * (after - at)


def _whole_shortage(units: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    above = mean * (1 - _binomial_cumulated(units - 1, mean, sd, more=1))
    return np.maximum(above - units * (1 - _binomial_cumulated(units, mean, sd, more=0)), 0.0)


def _normal_quantile(probability: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return np.asarray(mean + sd * special.ndtri(probability))


def _gamma_quantile(probability: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    return gamma_quantile(probability, mean=mean, sd=sd)


def _binomial_quantile(probability: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    # Cantelli's bound holds the quantile.
    low = np.full_like(mean, -1.0)
    high = np.ceil(mean + sd * np.sqrt(probability / (1 - probability)))
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        within = _binomial_cumulated(middle, mean, sd, more=0) >= probability
        low, high = np.where(within, low, middle), np.where(within, middle, high)
    return np.asarray(high)


_PROBABILITY: dict[str, _Distribution] = {
    NORMAL: _normal_probability,
    GAMMA: _gamma_probability,
    NEGATIVE_BINOMIAL: _binomial_probability,
}
_SHORTAGE: dict[str, _Distribution] = {
    NORMAL: _normal_shortage,
    GAMMA: _gamma_shortage,
    NEGATIVE_BINOMIAL: _binomial_shortage,
}
_QUANTILE: dict[str, _Distribution] = {
    NORMAL: _normal_quantile,
    GAMMA: _gamma_quantile,
    NEGATIVE_BINOMIAL: _binomial_quantile,
}
