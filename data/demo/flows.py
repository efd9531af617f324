"""A flow: items of one kind at their locations, and all that happened to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo.replenishment import Items, Orders, Past
from data.demo.rules import SupplierRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ORDER_DAYS = 545  # purchase and production orders are kept so far back
NEVER_OLD = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """One entry an item in product_id, location_id, unit (size of the smallest unit); first_day: calendar index of
    day 0; supplier: days x items, 0 where the item is made."""

    product_id: Ints
    location_id: Ints
    unit: Floats
    first_day: int
    items: Items
    past: Past
    orders: Orders
    supplier: Ints

    @property
    def days(self) -> int:
        return len(self.items.need)


@dataclass(frozen=True, slots=True, eq=False)
class Sourcing:
    """Who each order would go to and what would happen to it: days x items."""

    supplier: Ints
    lead: Ints
    received_share: Floats
    part_gap: Ints


def bought(
    rng: np.random.Generator,
    *,
    days: int,
    first: Ints,
    second: Ints,
    second_share: Floats,
    rules: tuple[SupplierRule, ...],
) -> Sourcing:
    """Draw supplier, lead time, split and shortfall of every order that might be placed.

    first and second: supplier ids per item (equal where there is one only).
    """
    shape = (days, len(first))
    supplier = np.where(rng.random(shape) < second_share, second, first)
    mean, sd, split, short = (
        np.array([0.0, *(getattr(rule, name) for rule in rules)])[supplier]
        for name in ("mean_days", "sd_days", "split_share", "short_share")
    )
    lead = np.maximum(np.rint(rng.gamma((mean / sd) ** 2, 1.0, shape) * sd**2 / mean), 1).astype(np.int64)
    gap = np.where(rng.random(shape) < split, rng.integers(1, 4, shape), 0)
    is_short = rng.random(shape) < short
    share = np.where(is_short, rng.uniform(0.88, 0.98, shape), 1.0)
    return Sourcing(supplier, lead, share, np.where(lead > gap, gap, 0))


def made(rng: np.random.Generator, *, days: int, notice_days: Ints, late_share: float) -> Sourcing:
    """The plant keeps its notice (per item), but some orders come one to four days late; a batch loses a little."""
    shape = (days, len(notice_days))
    late = np.where(rng.random(shape) < late_share, rng.integers(1, 5, shape), 0)
    share = np.where(rng.random(shape) < 0.3, rng.uniform(0.97, 1.0, shape), 1.0)
    none = np.zeros(shape, dtype=np.int64)
    return Sourcing(none, notice_days + late, share, none)


def beside(left: Sourcing, right: Sourcing, *, use_right: NDArray[np.bool_]) -> Sourcing:
    """Item by item the one or the other."""
    return Sourcing(
        *(
            np.where(use_right, getattr(right, name), getattr(left, name))
            for name in ("supplier", "lead", "received_share", "part_gap")
        )
    )


def smoothed(need: Ints, *, window: int, horizon: int) -> Floats:
    """What a planner who knows the plan expects: mean need of the days around, the last one for days to come."""
    total = np.concatenate([np.zeros((1, need.shape[1])), np.cumsum(need, axis=0)])
    day = np.arange(len(need))
    start, end = np.maximum(day - window // 2, 0), np.minimum(day + window // 2, len(need))
    mean = (total[end] - total[start]) / (end - start)[:, None]
    recent = (total[-1] - total[-1 - min(window, len(need))]) / min(window, len(need))
    return np.concatenate([mean, np.broadcast_to(recent, (horizon, need.shape[1]))])
