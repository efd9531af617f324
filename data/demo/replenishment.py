"""Day by day through the past: demand takes stock, reviews place orders, orders arrive, what is too old goes.

All items advance together, one array operation an event. Quantities are whole numbers of the item's smallest unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_PART = 0.6  # of what comes on an order in two parts


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """How each item (one entry each) is stocked and what truly happens to its orders (days x items).

    forecast reaches as far past the last day of need as an order must cover; target_factor is what the planner
    orders up to, times what the rule says; an order comes in two parts, ``part_gap`` days before and after its
    lead time, where that is not 0. Unmet need is lost, or waits where ``waits``.
    """

    need: Ints
    forecast: Floats
    planned_lead: Ints
    review_days: Ints
    phase: Ints
    safety: Floats
    minimum: Ints
    multiple: Ints
    life_days: Ints
    lead: Ints
    received_share: Floats
    part_gap: Ints
    target_factor: Floats
    waits: bool


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What happened, days x items. ``arrived`` reaches past the last day: that part is still under way."""

    opening: Ints
    issued: Ints
    written_off: Ints
    on_hand: Ints
    ordered: Ints
    arrived: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """The orders of a past, one entry each: day placed, item, quantities, and days (index) of both parts.

    Of an order in one part the second quantity is 0.
    """

    day: Ints
    item: Ints
    quantity: Ints
    first_day: Ints
    first_quantity: Ints
    last_day: Ints
    last_quantity: Ints


def live_through(items: Items) -> Past:
    """Play the past of all items."""
    length, count = items.need.shape
    reach = length + int((items.lead + items.part_gap).max()) + 1
    column = np.arange(count)
    cumulative = np.concatenate([np.zeros((1, count)), np.cumsum(items.forecast, axis=0)])
    past = Past(
        opening=_opening(items, cumulative),
        issued=np.zeros((length, count), dtype=np.int64),
        written_off=np.zeros((length, count), dtype=np.int64),
        on_hand=np.zeros((length, count), dtype=np.int64),
        ordered=np.zeros((length, count), dtype=np.int64),
        arrived=np.zeros((reach, count), dtype=np.int64),
    )
    entered = np.zeros((length + 1, count), dtype=np.int64)
    stock, due, owed = past.opening.copy(), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for day in range(length):
        stock += past.arrived[day]
        due -= past.arrived[day]
        entered[day + 1] = entered[day] + past.arrived[day] + (past.opening if day == 0 else 0)
        wanted = items.need[day] + owed
        issued = np.minimum(stock, wanted)
        if items.waits:
            owed = wanted - issued
        stock -= issued
        young = entered[day + 1] - entered[np.maximum(day + 1 - items.life_days, 0), column]
        too_old = np.maximum(stock - young, 0)
        stock -= too_old
        past.issued[day], past.written_off[day], past.on_hand[day] = issued, too_old, stock
        order = _order(items, cumulative, day, stock + due - owed)
        past.ordered[day] = order
        due += _schedule(items, past.arrived, day, order)
    return past


def orders_of(items: Items, past: Past) -> Orders:
    """Every order placed, by day and item."""
    day, item = np.nonzero(past.ordered)
    quantity = past.ordered[day, item]
    lead, gap = items.lead[day, item], items.part_gap[day, item]
    first, last = _parts(quantity, items.received_share[day, item], gap)
    return Orders(day, item, quantity, day + lead - gap, first, day + lead + gap, last)


def safety_stock(need: Ints, *, days: Ints, factor: float) -> Floats:
    """Factor times the deviation of daily need over the days to cover."""
    return np.asarray(factor * need.std(axis=0) * np.sqrt(days))


def _opening(items: Items, cumulative: Floats) -> Ints:
    """As if everything had just arrived."""
    cover = np.minimum(items.planned_lead + items.review_days, len(items.forecast))
    start: Ints = np.ceil(cumulative[cover, np.arange(len(cover))] + items.safety).astype(np.int64)
    return start


def _order(items: Items, cumulative: Floats, day: int, position: Ints) -> Ints:
    reviewed = (day - items.phase) % items.review_days == 0
    last = np.minimum(day + 1 + items.planned_lead + items.review_days, len(items.forecast))
    coming = cumulative[last, np.arange(len(last))] - cumulative[day + 1]
    # What is not wanted any more is not ordered for safety's sake.
    target = np.where(coming > 0, coming + items.safety, 0.0) * items.target_factor[day]
    missing = target - position
    lots = np.ceil(np.maximum(missing, items.minimum) / items.multiple).astype(np.int64)
    return np.where(reviewed & (missing > 0), lots * items.multiple, 0)


def _schedule(items: Items, arrived: Ints, day: int, order: Ints) -> Ints:
    """Put the parts of today's orders on their days; the quantity that will come."""
    item = np.flatnonzero(order)
    gap, lead = items.part_gap[day, item], items.lead[day, item]
    first, last = _parts(order[item], items.received_share[day, item], gap)
    arrived[day + lead - gap, item] += first
    arrived[day + lead + gap, item] += last
    coming = np.zeros_like(order)
    coming[item] = first + last
    return coming


def _parts(quantity: Ints, share: Floats, gap: Ints) -> tuple[Ints, Ints]:
    received = np.floor(quantity * share).astype(np.int64)
    first = np.where(gap > 0, np.floor(received * FIRST_PART).astype(np.int64), received)
    return first, received - first
