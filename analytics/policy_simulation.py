"""Stocking policies replayed on demand: on what really came, or on many sampled futures at once.

A period goes: what is due arrives and first serves those who wait; demand is met, the oldest stock first; what has
reached the end of its life is thrown away; where a review is due the inventory position is looked at, and an order
placed then arrives after its lead time, for the demand of period t + 1 + lead time. So a policy has to cover lead time
and review period, as the formulas say. Orders may overtake each other.

Arrays are periods x items x replications, or items x replications where a period is summed up; units, periods.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, floats

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Unmet = Literal["lost", "backordered"]

_ROUNDING = 1e-9
# Two-sided 95 %, of a normal mean.
_INTERVAL_SD = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class ReplayedPolicy:
    """What is done at a review, one entry an item.

    A position at or below reorder_point raises an order: whole lots of order_quantity until it is above, or, where
    order_quantity is NaN, what lacks to order_up_to, at least moq and in whole multiples (NaN = no such term).
    review_periods: whole periods between reviews; shelf_life_periods: of a unit from its arrival, NaN = no end.
    """

    reorder_point: FloatArray
    order_up_to: FloatArray
    order_quantity: FloatArray
    moq: FloatArray
    multiple: FloatArray
    review_periods: IntArray
    shelf_life_periods: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PeriodFlows:
    """One period, items x replications: start + received - shipped - wasted = end; met is the part of demand that was
    served at once, shipped has the waiting orders too; arrived tells where an order came in."""

    start: FloatArray
    received: FloatArray
    demand: FloatArray
    met: FloatArray
    shipped: FloatArray
    wasted: FloatArray
    end: FloatArray
    ordered: FloatArray
    arrived: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A figure of every item: mean over the replications and a 95 % interval (NaN with one replication)."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedService:
    """fill_rate: share of demand met at once; cycle_service: share of replenishment cycles without a shortage;
    ready_rate: share of periods that end with stock; mean_stock: units at the end of a period; orders and wasted: a
    period. demand and met are the totals behind the fill rate, items x replications."""

    fill_rate: Measured
    cycle_service: Measured
    ready_rate: Measured
    mean_stock: Measured
    orders: Measured
    wasted: Measured
    demand: FloatArray
    met: FloatArray


def replayed_policy(
    reorder_point: ArrayLike,
    *,
    order_up_to: ArrayLike = np.nan,
    order_quantity: ArrayLike = np.nan,
    moq: ArrayLike = np.nan,
    multiple: ArrayLike = np.nan,
    review_periods: ArrayLike = 1.0,
    shelf_life_periods: ArrayLike = np.nan,
) -> ReplayedPolicy:
    """A policy of every item, checked.

    Inputs: as ReplayedPolicy; each item has an order_quantity or an order_up_to, the quantity counts where it has both.
    Returns: ReplayedPolicy.
    Raises: AnalyticsError when lengths differ, an item has neither quantity nor level, a quantity is not positive, a
        level lies below the reorder point, or a review or a life is shorter than a period.
    Source: Silver, Pyke & Thomas, ch. 6: (s, Q) and (R, s, S).
    """
    point, level, quantity, least, step, review, life = floats(
        reorder_point, order_up_to, order_quantity, moq, multiple, review_periods, shelf_life_periods
    )
    if np.isnan(point).any() or (np.isnan(level) & np.isnan(quantity)).any():
        raise AnalyticsError("an item needs a reorder point, and an order quantity or a level to order up to")
    if (quantity <= 0).any() or (np.isnan(quantity) & (level < point)).any():
        raise AnalyticsError("an order quantity must be positive, a level not below the reorder point")
    if not (review >= 1).all() or (life < 1).any():
        raise AnalyticsError("a review period and a shelf life are at least one period")
    periods = np.ceil(review - _ROUNDING).astype(np.int64)
    return ReplayedPolicy(point, level, quantity, least, step, periods, np.floor(life + _ROUNDING))


def drawn_lead_times(mean_periods: ArrayLike, *, sd_periods: ArrayLike, shape: tuple[int, int], seed: int) -> IntArray:
    """Lead times in whole periods for every order that may be placed.

    Inputs: mean_periods, sd_periods: per item; shape: periods and replications; seed: of the draw.
    Returns: periods x items x replications, >= 0, with these means; a part of a period is rounded up as often as keeps
        the mean.
    Raises: AnalyticsError for missing or negative figures.
    Source: gamma lead times, Burgin 1975.
    """
    mean, sd = floats(mean_periods, sd_periods)
    if not ((mean >= 0) & (sd >= 0)).all():
        raise AnalyticsError("lead times and their standard deviations are not negative")
    rng = np.random.default_rng(seed)
    periods, replications = shape
    varies = (sd > 0) & (mean > 0)
    shape_, scale = np.ones_like(mean), np.ones_like(mean)
    shape_[varies], scale[varies] = (mean[varies] / sd[varies]) ** 2, sd[varies] ** 2 / mean[varies]
    drawn = rng.gamma(shape_[:, None], scale[:, None], size=(periods, len(mean), replications))
    times = np.where(varies[:, None], drawn, mean[:, None])
    return np.asarray(np.floor(times + rng.random(times.shape) * (1 - _ROUNDING) + _ROUNDING).astype(np.int64))


def period_flows(
    demand: FloatArray,
    *,
    policy: ReplayedPolicy,
    lead_time_periods: IntArray,
    start_stock: FloatArray,
    unmet: Unmet = "backordered",
) -> Iterator[PeriodFlows]:
    """Replay a policy period by period.

    Inputs: demand: periods x items x replications, units; lead_time_periods: of an order placed in the period, same
        shape or one that broadcasts to it; start_stock: units, items x replications (or broadcasting), fresh;
        unmet: whether unmet demand is lost or waits.
    Returns: the flows of every period.
    Raises: AnalyticsError when demand is negative or missing, or the shapes do not fit.
    Source: formulas.md 3.6; FEFO as in formulas.md 3.8.
    """
    times = _fitting(demand, policy, lead_time_periods)
    cells = demand.shape[1:]
    stock = _Stock(policy.shelf_life_periods, np.broadcast_to(start_stock, cells))
    horizon = int(times.max(initial=0)) + 2
    due, coming = np.zeros((horizon, *cells)), np.zeros((horizon, *cells), dtype=bool)
    backlog, on_order = np.zeros(cells), np.zeros(cells)
    item, replication = np.indices(cells)
    for period, wanted in enumerate(demand):
        slot = period % horizon
        start, received, arrived = stock.on_hand(), due[slot].copy(), coming[slot].copy()
        due[slot], coming[slot] = 0.0, False
        on_order -= received
        stock.receive(received)
        late = stock.issue(backlog)
        met = stock.issue(wanted)
        if unmet == "backordered":
            backlog += wanted - met - late
        wasted = stock.age()
        end = stock.on_hand()
        reviewed = period % policy.review_periods == policy.review_periods - 1
        ordered = np.where(reviewed[:, None], _orders(end + on_order - backlog, policy), 0.0)
        on_order += ordered
        arrival = (period + 1 + times[period]) % horizon
        due[arrival, item, replication] += ordered
        coming[arrival, item, replication] |= ordered > 0
        yield PeriodFlows(start, received, wanted, met, met + late, wasted, end, ordered, arrived)


def simulated_service(
    demand: FloatArray,
    *,
    policy: ReplayedPolicy,
    lead_time_periods: IntArray,
    start_stock: FloatArray,
    unmet: Unmet = "backordered",
    warm_up_periods: int = 0,
) -> SimulatedService:
    """Service, stock, orders and waste that a policy would give.

    Inputs: as period_flows; warm_up_periods: the first periods, which are not counted.
    Returns: SimulatedService; NaN where nothing was asked for, or no cycle ended.
    Raises: AnalyticsError as period_flows, or when no period is left to count.
    Source: Silver, Pyke & Thomas, ch. 6, the measures P1, P2 and P3; intervals over independent replications.
    """
    if not 0 <= warm_up_periods < len(demand):
        raise AnalyticsError("the warm-up must leave at least one period to count")
    total, met, on_hand, orders, wasted, ready, cycles, whole = np.zeros((8, *demand.shape[1:]))
    short = np.zeros(demand.shape[1:], dtype=bool)
    flows = period_flows(
        demand, policy=policy, lead_time_periods=lead_time_periods, start_stock=start_stock, unmet=unmet
    )
    for period, flow in enumerate(flows):
        counted = period >= warm_up_periods
        if counted:
            cycles += flow.arrived
            whole += flow.arrived & ~short
            total += flow.demand
            met += flow.met
            on_hand += flow.end
            orders += flow.ordered > 0
            wasted += flow.wasted
            ready += flow.end > _ROUNDING
        short = (short & ~flow.arrived) | (flow.met < flow.demand * (1 - _ROUNDING))
    periods = len(demand) - warm_up_periods
    return SimulatedService(
        fill_rate=_ratio(met, total),
        cycle_service=_ratio(whole, cycles),
        ready_rate=_mean(ready / periods),
        mean_stock=_mean(on_hand / periods),
        orders=_mean(orders / periods),
        wasted=_mean(wasted / periods),
        demand=total,
        met=met,
    )


class _Stock:
    """Units on hand by age, ages x items x replications; what keeps for ever stays in the youngest."""

    def __init__(self, shelf_life_periods: FloatArray, start: FloatArray) -> None:
        self._perishable = ~np.isnan(shelf_life_periods)
        ages = int(np.nanmax(shelf_life_periods)) if self._perishable.any() else 1
        self._units = np.zeros((ages, *start.shape))
        self._units[0] = start
        self._last = np.where(self._perishable, shelf_life_periods, 1).astype(np.int64) - 1

    def on_hand(self) -> FloatArray:
        return np.asarray(self._units.sum(axis=0))

    def receive(self, units: FloatArray) -> None:
        self._units[0] += units

    def issue(self, wanted: FloatArray) -> FloatArray:
        """Take what is wanted, the oldest first; as much as there is."""
        open_ = wanted.copy()
        for age in range(len(self._units) - 1, -1, -1):
            taken = np.minimum(self._units[age], open_)
            self._units[age] -= taken
            open_ -= taken
        return wanted - open_

    def age(self) -> FloatArray:
        """A period goes by: what reached the end of its life is gone."""
        if not self._perishable.any():
            return np.zeros(self._units.shape[1:])
        rows = np.flatnonzero(self._perishable)
        wasted = np.zeros(self._units.shape[1:])
        wasted[rows] = self._units[self._last[rows], rows]
        self._units[self._last[rows], rows] = 0.0
        self._units[1:, rows] = self._units[:-1, rows]
        self._units[0, rows] = 0.0
        return wasted


def _orders(position: FloatArray, policy: ReplayedPolicy) -> FloatArray:
    below = policy.reorder_point[:, None] - position
    lot = policy.order_quantity[:, None]
    lots = lot * (np.floor(below / lot + _ROUNDING) + 1)
    least, step = np.nan_to_num(policy.moq)[:, None], policy.multiple[:, None]
    lacking = np.maximum(policy.order_up_to[:, None] - position, least)
    stepped = np.where(step > 0, np.ceil(lacking / np.where(step > 0, step, 1.0) - _ROUNDING) * step, lacking)
    return np.where(below >= -_ROUNDING, np.where(np.isnan(lot), stepped, lots), 0.0)


def _fitting(demand: FloatArray, policy: ReplayedPolicy, lead_time_periods: IntArray) -> IntArray:
    if demand.ndim != 3 or demand.shape[1] != len(policy.reorder_point):
        raise AnalyticsError(
            f"demand is {demand.shape}, expected periods x {len(policy.reorder_point)} items x replications"
        )
    if not (demand >= 0).all():
        raise AnalyticsError("demand is never negative and known in every period")
    try:
        times = np.broadcast_to(lead_time_periods, demand.shape)
    except ValueError as error:
        raise AnalyticsError(f"lead times are {np.shape(lead_time_periods)}, demand is {demand.shape}") from error
    if (times < 0).any():
        raise AnalyticsError("a lead time is not negative")
    return times


def _mean(values: FloatArray) -> Measured:
    return _ratio(values, np.ones_like(values))


def _ratio(part: FloatArray, whole: FloatArray) -> Measured:
    """Ratio of the sums over replications, its interval by the delta method."""
    replications, total = whole.shape[1], whole.sum(axis=1)
    usable = np.where(total > 0, total, np.nan)
    mean = part.sum(axis=1) / usable
    if replications < 2:
        return Measured(mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan))
    residual = part - mean[:, None] * whole
    error = np.sqrt((residual**2).sum(axis=1) / (replications - 1) * replications) / usable
    return Measured(mean, mean - _INTERVAL_SD * error, mean + _INTERVAL_SD * error)
