"""The situations a planner finds this morning: orders that are late, and orders that were too large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo.flows import Sourcing
from data.demo.scale import Scale

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RUN_OUT_DAYS = 10  # orders of so many days more than lead and review are held up: the safety stock is gone
RUN_LOW_DAYS = 2
TOP_SELLERS_SHARE = 0.4
OVERSTOCK_FACTOR = 3.0
TOO_LONG = 1.5  # an expiring item was ordered for so many of its shelf lives


@dataclass(frozen=True, slots=True, eq=False)
class Situations:
    """Positions of the items in each situation."""

    stocked_out: Ints
    at_risk: Ints
    overstocked: Ints
    expiring: Ints


def choose(
    rng: np.random.Generator, scale: Scale, *, able: Ints, value: Floats, short_lived: Ints, parts: int = 1
) -> Situations:
    """Draw them among the items that are able to be in one: what is missing sells well, what is too much does not.

    value: of a day's use, per item; ``parts`` divides the numbers of the scale.
    """
    ranked = able[np.argsort(-value[able], kind="stable")]
    top = max(int(len(ranked) * TOP_SELLERS_SHARE), scale.stocked_out + scale.at_risk)
    missing, slower = rng.permutation(ranked[:top]), rng.permutation(ranked[top:])
    expiring = slower[np.isin(slower, short_lived)][: scale.expiring // parts]
    slower = slower[~np.isin(slower, expiring)]
    out, low = max(scale.stocked_out // parts, 1), max(scale.at_risk // parts, 1)
    return Situations(missing[:out], missing[out : out + low], slower[: max(scale.overstocked // parts, 1)], expiring)


def hold_up(rng: np.random.Generator, sourcing: Sourcing, found: Situations, *, cover: Ints) -> None:
    """The last orders of the items that run out or low come some days from today on. ``cover``: lead and review."""
    days = len(sourcing.lead)
    for chosen, more in ((found.stocked_out, RUN_OUT_DAYS), (found.at_risk, RUN_LOW_DAYS)):
        for item in chosen:
            held = np.arange(max(days - int(cover[item]) - more, 0), days)
            sourcing.lead[held, item] = np.maximum(days - held + int(rng.integers(1, 7)), sourcing.lead[held, item])
            sourcing.part_gap[held, item] = 0


def target_factors(
    rng: np.random.Generator, found: Situations, *, days: int, planned_lead: Ints, review: Ints, life: Ints
) -> Floats:
    """What the planner ordered up to, times what the rule says: days x items."""
    factor = np.ones((days, len(review)))
    for item in found.overstocked:
        end = max(days - int(planned_lead[item]) - 5, 1)
        factor[max(end - 2 * int(review[item]), 0) : end, item] = OVERSTOCK_FACTOR
    for item in found.expiring:
        left = int(rng.integers(6, max(min(int(life[item]) // 3, 40), 7)))
        arrival = days - (int(life[item]) - left)
        end = max(arrival - int(planned_lead[item]), int(review[item]))
        span = int(planned_lead[item] + review[item])
        factor[end - int(review[item]) : end, item] = TOO_LONG * int(life[item]) / span
    return factor
