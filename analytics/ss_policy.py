"""Periodic review with a cost per order (s, S): the exact pair for whole-unit demand, and the power approximation.

Each period: order up to S when the position is at s or below, then demand, then costs; shortages wait. Arrays hold one
entry per item, NaN where an input is missing or not positive.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats
from analytics.newsvendor import newsvendor_poisson_cost
from analytics.poisson_loss import poisson_quantile

# More levels than this between s and S is no longer demand in single units: the power approximation serves there.
WIDEST = 4096


@dataclass(frozen=True, slots=True, eq=False)
class SsPolicy:
    """Order when the position is at or below the reorder point, up to the other; the cost is a period's."""

    reorder_point: FloatArray
    order_up_to: FloatArray
    cost_per_period: FloatArray


def ss_cost_poisson(
    reorder_point: ArrayLike,
    *,
    order_up_to: ArrayLike,
    mean_demand: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
    lead_time_periods: ArrayLike = 0.0,
) -> FloatArray:
    """Exact expected cost of a given pair under Poisson demand.

    Inputs: reorder_point, order_up_to: whole units, s < S; mean_demand: units a period; order_cost: money per order;
        holding_cost_per_unit, shortage_cost_per_unit: money per unit and period; lead_time_periods: periods until an
        order arrives, 0 = before the demand of its period.
    Returns: money a period.
    Raises: AnalyticsError when the lengths differ, or a pair is not of whole units with s < S.
    Source: Zheng & Federgruen 1991; Snyder & Shen, 2nd ed., section 4.4.
    """
    low, high, mean, order, holding, shortage, lead_time = floats(
        reorder_point,
        order_up_to,
        mean_demand,
        order_cost,
        holding_cost_per_unit,
        shortage_cost_per_unit,
        lead_time_periods,
    )
    width = high - low
    if not ((width >= 1) & (width <= WIDEST) & (low % 1 == 0) & (high % 1 == 0)).all():
        raise AnalyticsError(f"s and S must be whole units, S above s by at most {WIDEST}")
    terms = _terms(mean, order, holding, shortage, lead_time)
    levels = high - np.arange(int(width.max(initial=1)))[:, None]
    renewals = np.where(levels > low, _renewals(terms.mean, len(levels)), 0.0)
    return np.asarray((terms.order + (renewals * terms.level_cost(levels)).sum(axis=0)) / renewals.sum(axis=0))


def ss_policy_poisson(
    mean_demand: ArrayLike,
    *,
    order_cost: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
    lead_time_periods: ArrayLike = 0.0,
) -> SsPolicy:
    """The best pair of every item under Poisson demand.

    Inputs: as ss_cost_poisson.
    Returns: SsPolicy, exact, whole units; NaN also where s and S can lie more than WIDEST levels apart.
    Raises: AnalyticsError when the lengths differ.
    Source: Zheng & Federgruen 1991: both levels lie where a period costs no more than a policy that is known.
    """
    terms = _terms(mean_demand, order_cost, holding_cost_per_unit, shortage_cost_per_unit, lead_time_periods)
    low, high = _bounds(terms)
    found = SsPolicy(*(np.full(low.size, np.nan) for _ in range(3)))
    width = high - low + 1
    # Items whose search is about equally wide are searched together.
    classes = np.where(width <= WIDEST, np.ceil(np.log2(np.maximum(width, 1))), np.nan)
    for wide in np.unique(classes[~np.isnan(classes)]):
        members = np.flatnonzero(classes == wide)
        best = _searched(terms.of(members), low[members], int(width[members].max()))
        for column, result in zip((found.reorder_point, found.order_up_to, found.cost_per_period), best, strict=True):
            column[members] = result
    return found


def ss_power_approximation(
    mean_demand: ArrayLike,
    *,
    demand_sd: ArrayLike,
    order_cost: ArrayLike,
    holding_cost_per_unit: ArrayLike,
    shortage_cost_per_unit: ArrayLike,
    lead_time_periods: ArrayLike = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """A pair near the best for demand of any known mean and spread.

    Inputs: as ss_cost_poisson; demand_sd: units a period.
    Returns: reorder point and order-up-to level, units; NaN without spread.
    Raises: AnalyticsError when the lengths differ.
    Source: Ehrhardt & Mosier 1984; Snyder & Shen, 2nd ed., section 4.4.4.
    """
    *values, lead_time = floats(
        mean_demand, demand_sd, order_cost, holding_cost_per_unit, shortage_cost_per_unit, lead_time_periods
    )
    mean, sd, order, holding, shortage = _positive(*values)
    exposed = np.where(lead_time >= 0, lead_time, np.nan) + 1
    expected, spread = mean * exposed, sd * np.sqrt(exposed)
    lot = 1.30 * mean**0.494 * (order / holding) ** 0.506 * (1 + (spread / mean) ** 2) ** 0.116
    factor = np.sqrt(lot / spread * holding / shortage)
    level = 0.973 * expected + spread * (0.183 / factor + 1.063 - 2.192 * factor)
    return level, level + lot


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    mean: FloatArray
    order: FloatArray
    holding: FloatArray
    shortage: FloatArray
    lead_time: FloatArray

    def of(self, members: np.ndarray) -> "_Terms":
        return _Terms(
            self.mean[members],
            self.order[members],
            self.holding[members],
            self.shortage[members],
            self.lead_time[members],
        )

    def level_cost(self, level: FloatArray) -> FloatArray:
        """Cost of a period that begins at a position, levels x items or one level each."""
        shape = np.broadcast_shapes(level.shape, self.mean.shape)
        exposed = self.mean * (self.lead_time + 1)
        flat = [np.broadcast_to(value, shape).ravel() for value in (level, exposed, self.holding, self.shortage)]
        cost = newsvendor_poisson_cost(
            flat[0], mean_demand=flat[1], holding_cost_per_unit=flat[2], shortage_cost_per_unit=flat[3]
        )
        return cost.reshape(shape)


def _terms(*values: ArrayLike) -> _Terms:
    """Mean demand, then the costs of an order, of holding and of a shortage, then the lead time."""
    mean, order, holding, shortage, lead_time = floats(*values)
    mean, order, holding, shortage = _positive(mean, order, holding, shortage)
    return _Terms(mean, order, holding, shortage, np.where(lead_time >= 0, lead_time, np.nan))


def _positive(*values: FloatArray) -> tuple[FloatArray, ...]:
    return tuple(np.where(value > 0, value, np.nan) for value in values)


def _renewals(mean: FloatArray, width: int) -> FloatArray:
    """How many periods a position is expected to stand at S - j between two orders, levels x items."""
    number = np.arange(width)[:, None]
    probability = np.exp(special.xlogy(number, mean) - mean - special.gammaln(number + 1))
    renewals = np.empty((width, mean.size))
    renewals[0] = -1 / np.expm1(-mean)
    for level in range(1, width):
        renewals[level] = renewals[0] * (probability[1 : level + 1] * renewals[level - 1 :: -1][:level]).sum(axis=0)
    return renewals


def _bounds(terms: _Terms) -> tuple[FloatArray, FloatArray]:
    """Lowest s and highest S that can be best: beside them a period costs more than a policy that is known."""
    exposed = terms.mean * (terms.lead_time + 1)
    cheapest = poisson_quantile(terms.shortage / (terms.shortage + terms.holding), mean=exposed)
    every_time = terms.order * -np.expm1(-terms.mean) + terms.level_cost(cheapest)
    known = np.minimum(every_time, _cost_of_a_lot(terms, cheapest))
    low = np.floor(np.minimum(cheapest, exposed - known / terms.shortage)) - 1
    high = np.ceil(np.maximum(cheapest, exposed + known / terms.holding)) + 1
    return low, high


def _cost_of_a_lot(terms: _Terms, cheapest: FloatArray) -> FloatArray:
    """No more than this costs a lot placed around the cheapest level: it lasts for its mean demand at least, and a
    convex cost is highest at an end.
    """
    lot = np.maximum(np.ceil(np.sqrt(terms.order * terms.mean / terms.holding)), 1.0)
    high = cheapest + np.ceil((lot - 1) * terms.shortage / (terms.shortage + terms.holding))
    ends = np.maximum(terms.level_cost(high), terms.level_cost(high - lot + 1))
    return np.asarray(terms.order * terms.mean / lot + ends)


def _searched(terms: _Terms, low: FloatArray, width: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The cheapest of all pairs of levels low + 0 … low + width - 1."""
    items = np.arange(low.size)
    renewals = _renewals(terms.mean, width)
    periods = renewals.cumsum(axis=0)
    costs = terms.level_cost(low + np.arange(width)[:, None])
    best = np.full((3, low.size), np.inf)
    for upper in range(1, width):
        spent = terms.order + (renewals[:upper] * costs[upper:0:-1]).cumsum(axis=0)
        average = spent / periods[:upper]
        steps = average.argmin(axis=0)
        cost = average[steps, items]
        pair = np.array([low + upper - steps - 1, low + upper, cost])
        best = np.where(cost < best[2], pair, best)
    return best[0], best[1], best[2]
