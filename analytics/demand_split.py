"""A total shared out to its parts: exact to the last unit, and what is held keeps what it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analytics.demand_consensus import Ints
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

Flags = NDArray[np.bool_]
RULES = ("forecast", "history", "equal")
PER_UNIT = 10_000
"""Quantities are stored with four decimals."""
LARGEST = 1e11
"""Totals above are not exact in a float."""
_BELOW_ONE = 1 - 2.0**-50


class BelowHeld(AnalyticsError):
    """A total is not what its held parts can add up to: ``group`` and ``period`` say which, ``held`` is their sum."""

    def __init__(self, group: int, period: int, held: float) -> None:
        super().__init__(f"total of group {group}, period {period}: {held:g} is held")
        self.group, self.period, self.held = group, period, held


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """``quantity``: children x periods. ``fallback``: groups x periods, where nothing weighed anything and the parts
    became equal."""

    quantity: FloatArray
    fallback: Flags


def split_weights(rule: str, *, forecast: FloatArray, history: FloatArray) -> FloatArray:
    """What each child weighs when a total is shared out.

    Inputs: rule: one of RULES; forecast: children x periods, units as planned now; history: (children,), units sold in
        the last twelve months.
    Returns: children x periods, none below 0.
    Raises: AnalyticsError for another rule.
    Source: proportional and equal disaggregation as in SAP IBP; docs/demand-plan.md.
    """
    if rule not in RULES:
        raise AnalyticsError(f"rule must be one of {', '.join(RULES)}")
    if rule == "forecast":
        return np.maximum(forecast, 0.0)
    if rule == "history":
        return np.repeat(np.maximum(history, 0.0)[:, None], forecast.shape[1], axis=1)
    return np.ones(forecast.shape)


def split(total: FloatArray, *, group: Ints, weights: FloatArray, held: FloatArray, whole: Flags) -> Split:
    """Share totals out in proportion to weights, by the largest remainder.

    Inputs: total: groups x periods, units from 0 to LARGEST, rounded to four decimals; group: (children,), the group
        of each child; weights: children x periods, none below 0; held: children x periods, what a child keeps, NaN
        where it is free; whole: (children,), whether its unit has no decimals.
    Returns: Split; the children of a group add up to its total in every period, exactly in four decimals, nothing is
        below 0. In whole units where all free children are whole, what is left for them is whole, and every child that
        weighs anything gets one at least: slow movers are not rounded away. Of equal remainders the first child's wins.
    Raises: BelowHeld when a total is below its held children, or differs from them and nobody is free; AnalyticsError
        for a total or weight below 0, missing or above LARGEST.
    Source: Hamilton's method (largest remainder), Balinski & Young 1982.
    """
    if not ((total >= 0) & (total <= LARGEST)).all() or not (weights >= 0).all():
        raise AnalyticsError("totals and weights must be quantities")
    free = np.isnan(held)
    left = _scaled(total) - _grouped(np.where(free, 0, _scaled(np.where(free, 0.0, held))), group, len(total))
    count = _grouped(free.astype(np.int64), group, len(total))
    _require_room(left, count, total)
    weight = np.where(free, weights, 0.0)
    fallback = (_grouped(weight, group, len(total)) <= 0) & (left > 0)
    weight = np.where(fallback[group] & free, 1.0, weight)
    share = weight / np.where(left > 0, _grouped(weight, group, len(total)), 1.0)[group]
    quota = left[group] * share
    step = _steps(left, quota, share, group, whole[:, None] | ~free)
    parts = _apportioned(left // step, quota / step[group], group) * step[group]
    return Split(np.where(free, parts / PER_UNIT, held), fallback)


def _scaled(quantity: FloatArray) -> Ints:
    return np.rint(quantity * PER_UNIT).astype(np.int64)


Numbers = TypeVar("Numbers", Ints, FloatArray)


def _grouped(values: Numbers, group: Ints, groups: int) -> Numbers:
    """Sums of the children of each group."""
    found = np.zeros((groups, values.shape[1]), dtype=values.dtype)
    np.add.at(found, group, values)
    return found


def _require_room(left: Ints, count: Ints, total: FloatArray) -> None:
    wrong = np.argwhere((left < 0) | ((count == 0) & (left != 0)))
    if len(wrong):
        group, period = (int(place) for place in wrong[0])
        raise BelowHeld(group, period, float(total[group, period]) - float(left[group, period]) / PER_UNIT)


def _steps(left: Ints, quota: FloatArray, share: FloatArray, group: Ints, whole: Flags) -> Ints:
    """groups x periods: PER_UNIT where whole units are shared out, else 1."""
    fits = (whole & ((share == 0) | (quota >= PER_UNIT))).astype(np.int64)
    children = np.bincount(group, minlength=len(left))[:, None]
    return np.where((_grouped(fits, group, len(left)) == children) & (left % PER_UNIT == 0), PER_UNIT, 1)


def _apportioned(seats: Ints, quota: FloatArray, group: Ints) -> Ints:
    """Whole seats by quota; floors first, then one each by remainder."""
    quota = quota * _BELOW_ONE  # so that floors never add up to more than there is
    floors = np.floor(quota).astype(np.int64)
    spare = seats - _grouped(floors, group, len(seats))
    remainder = quota - floors
    rank = np.empty_like(floors)
    begins = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=len(seats)))])
    for period in range(quota.shape[1]):
        order = np.lexsort((-remainder[:, period], group))
        rank[order, period] = np.arange(len(group)) - begins[group[order]]
    return floors + (rank < spare[group])
