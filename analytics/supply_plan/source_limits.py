"""What sources may deliver at most: quantities that some of them share over some periods, and what is left of these."""

from dataclasses import dataclass

import numpy as np

from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import BoolArray, IntArray

NONE = -1
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """Pools of units that planned orders may use. ``source``: the limited ones; ``pool`` (layers, periods, limited
    sources): the number of the pool that an order arriving then uses, NONE for none, one of each layer; ``quantity``
    (pools,) units."""

    source: IntArray
    pool: IntArray
    quantity: FloatArray

    def within(self, sources: IntArray, *, planned: FloatArray) -> "SourceLimits":
        """What is left for some sources when all others stay as planned.

        Inputs: sources: their numbers in order; planned: (periods, sources) receipts of the whole plan.
        Returns: SourceLimits with the sources numbered by their place.
        Raises: nothing.
        Source: none; ours.
        """
        own = np.isin(self.source, sources)
        used = np.zeros(len(self.quantity))
        for pool in self.pool[:, :, ~own]:
            limited = pool != NONE
            np.add.at(used, pool[limited], planned[:, self.source[~own]][limited])
        place = np.searchsorted(sources, self.source[own])
        return SourceLimits(place, self.pool[:, :, own], np.maximum(self.quantity - used, 0.0))


class Allowance:
    """What is left of the limits while a plan is made, the same for all of its levels.

    Inputs: limits, None for none; sources: how many there are.
    """

    def __init__(self, limits: SourceLimits | None, sources: int) -> None:
        self.place = np.full(sources, NONE, dtype=np.int64)
        self.pool = np.zeros((0, 0, 0), dtype=np.int64) if limits is None else limits.pool
        self.left = np.zeros(0) if limits is None else limits.quantity.copy()
        if limits is not None:
            self.place[limits.source] = np.arange(limits.source.size)

    def grant(self, period: int, source: IntArray, wanted: FloatArray, multiple: FloatArray) -> FloatArray:
        """The part of some orders that the limits allow; it is used up from then on.

        Inputs: period of arrival; source, wanted (units) and multiple, an entry an order.
        Returns: units, whole multiples where an order is cut; below the least quantity of an order if need be.
        Raises: nothing.
        Source: Silver, Pyke & Thomas, 4th ed., section 10.5 (fair shares of what is short); the rest by order.
        """
        place = self.place[source]
        own = np.flatnonzero(place != NONE)
        if not own.size:
            return wanted
        pools, granted, step = self.pool[:, period, place[own]], wanted[own], multiple[own]
        for pool in pools:
            limited = pool != NONE
            granted[limited] = _shared(granted[limited], pool[limited], self.left, step[limited])
        for pool in pools:
            limited = pool != NONE
            np.subtract.at(self.left, pool[limited], granted[limited])
        result = wanted.copy()
        result[own] = granted
        return result


def closed_calendars(
    calendar: IntArray, open_periods: BoolArray, *, group: IntArray, closed: BoolArray
) -> tuple[IntArray, BoolArray]:
    """Calendars of sources some of which are closed by group.

    Inputs: calendar: of each source; open_periods: (calendars, periods); group: of each source, NONE for none; closed:
        (groups, periods).
    Returns: calendar of each source and (calendars, periods), the old ones first.
    Raises: nothing.
    Source: none; ours.
    """
    ever: BoolArray = np.append(np.any(closed, axis=1), False)  # the last one is that of NONE
    shut = np.flatnonzero(ever[group])
    if not shut.size:
        return calendar, open_periods
    pairs, own = np.unique(np.column_stack([calendar[shut], group[shut]]), axis=0, return_inverse=True)
    result = calendar.copy()
    result[shut] = len(open_periods) + own.reshape(-1)
    return result, np.vstack([open_periods, open_periods[pairs[:, 0]] & ~closed[pairs[:, 1]]])


def _shared(wanted: FloatArray, pool: IntArray, left: FloatArray, step: FloatArray) -> FloatArray:
    """Each order its part of what is left, then what multiples leave over to the first ones that can use it."""
    asked = np.bincount(pool, weights=wanted, minlength=left.size)
    part = np.minimum(left / np.where(asked > 0, asked, 1.0), 1.0)
    first = _whole(wanted * part[pool], step)
    rest = left - np.bincount(pool, weights=first, minlength=left.size)
    order = np.argsort(pool, kind="stable")
    more = (wanted - first)[order]
    before = np.cumsum(more) - more
    starts = np.searchsorted(pool[order], pool[order], side="left")
    second = np.empty_like(first)
    second[order] = _whole(np.clip(rest[pool[order]] - (before - before[starts]), 0.0, more), step[order])
    return first + second


def _whole(quantity: FloatArray, step: FloatArray) -> FloatArray:
    steps = np.where(step > 0, step, 1.0)
    return np.where(step > 0, np.floor(quantity / steps + TOLERANCE) * steps, quantity)
