"""What planned events add to and take from a monthly forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.errors import AnalyticsError
from analytics.event_sales import AFTER_DAYS, Ints
from analytics.inputs import FloatArray

FEWEST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class EventRows:
    """An entry for each leaf of each event: ``event`` and ``leaf`` count from 0; ``first`` and ``last`` are days from
    the first day of the first month (below 0 before it); shares as of planning_event."""

    event: Ints
    leaf: Ints
    first: Ints
    last: Ints
    uplift: FloatArray
    pull_forward: FloatArray
    cannibalisation: FloatArray

    def of(self, chosen: object) -> EventRows:
        """Some of the entries."""
        values = (getattr(self, name)[chosen] for name in EventRows.__slots__)
        return EventRows(*values)


def monthly_effect(rows: EventRows, month_days: Ints, leaves: int) -> FloatArray:
    """Mean effect of events on the sales of each month, as a share of what would be sold without them.

    Inputs: rows; month_days: days of each month, the first one beginning at day 0; leaves: how many there are.
    Returns: leaves x months. Uplift while an event runs, pull-forward in the AFTER_DAYS after it; of events that
        overlap the factors are multiplied.
    Raises: AnalyticsError for a leaf that is none.
    Source: multiplicative promotion effects: Blattberg & Neslin 1990; dip: docs/guide/marketing-calendar.md.
    """
    if len(rows.leaf) and not (rows.leaf.min() >= 0 and rows.leaf.max() < leaves):
        raise AnalyticsError("an event names a leaf that is none")
    effect = np.zeros((leaves, len(month_days)))
    touched, place = np.unique(rows.leaf, return_inverse=True)
    days = int(month_days.sum())
    factor = np.ones((len(touched), days))
    for first, last, share in (
        (rows.first, rows.last, 1.0 + rows.uplift),
        (rows.last + 1, rows.last + AFTER_DAYS, 1.0 - rows.pull_forward),
    ):
        row, day = _days(np.maximum(first, 0), np.minimum(last, days - 1))
        np.multiply.at(factor, (place[row], day), share[row])
    starts = np.concatenate([[0], np.cumsum(month_days)[:-1]]).astype(np.int64)
    if len(touched) and len(month_days):
        effect[touched] = np.add.reduceat(factor, starts, axis=1) / month_days - 1.0
    return effect


def above_usual(clean: FloatArray, effect: FloatArray, usual: FloatArray, counted: FloatArray) -> FloatArray:
    """Units that events add to a forecast which already holds the usual share of events, spread evenly.

    Inputs: clean: leaves x months, units without any event; effect: of the events to add, shares of clean; usual:
        (leaves,), what events usually add, as a share of clean, which the forecast holds on top of it; counted: leaves
        x months, effect of further events that the usual share stands for already, shares of clean.
    Returns: leaves x months, units to add to the forecast, which is clean x (1 + usual). The usual share up to the
        month of the last event of the leaf is used up first: its units move into the months of the events, and only
        what events bring beyond it comes on top. Without events 0.
    Raises: nothing.
    Source: ours; docs/guide/marketing-calendar.md.
    """
    months = np.arange(effect.shape[1])
    last = np.where(np.abs(effect) > FEWEST, months, -1).max(axis=1, initial=-1)
    until = months <= last[:, None]
    added = np.where(until, clean * effect, 0.0).sum(axis=1)
    held = np.where(until, clean * usual[:, None], 0.0).sum(axis=1)
    held -= np.where(until, clean * counted, 0.0).sum(axis=1)
    used = np.clip(added, 0.0, np.maximum(held, 0.0))
    basis = np.where(until, clean, 0.0)
    whole = basis.sum(axis=1)
    moved = np.divide(used, whole, out=np.zeros_like(used), where=whole > 0)
    found: FloatArray = basis * (effect - moved[:, None])
    return found


def sister_losses(rows: EventRows, clean: FloatArray, month_days: Ints, group: Ints) -> FloatArray:
    """Units that leaves lose to events of others in their group.

    Inputs: rows; clean: leaves x months, units without any event; month_days; group: (leaves,), the family at a
        place in a channel, counted from 0.
    Returns: leaves x months, at most clean. Of what an event adds the share cannibalisation is missing in the rest of
        the group, in proportion to what it sells.
    Raises: nothing.
    Source: cannibalisation rate: Blattberg & Neslin 1990, chapter 12.
    """
    taking = rows.of((rows.cannibalisation > 0) & (rows.uplift > 0))
    lost = np.zeros_like(clean)
    if not len(taking.leaf):
        return lost
    groups = int(group.max()) + 1
    key, place = np.unique(taking.event * groups + group[taking.leaf], return_inverse=True)
    ends = np.cumsum(month_days)
    overlap = np.minimum(taking.last[:, None], ends - 1) - np.maximum(taking.first[:, None], ends - month_days) + 1
    added = clean[taking.leaf] * np.maximum(overlap, 0) / month_days * (taking.uplift * taking.cannibalisation)[:, None]
    by_group = np.zeros((groups, clean.shape[1]))
    np.add.at(by_group, group, clean)
    given, own = (np.zeros((len(key), clean.shape[1])) for _ in range(2))
    np.add.at(given, place, added)
    np.add.at(own, place, clean[taking.leaf])
    rest = by_group[key % groups] - own
    share = np.divide(given, rest, out=np.zeros_like(given), where=rest > FEWEST)
    of_group = np.zeros((groups, clean.shape[1]))
    np.add.at(of_group, key % groups, share)
    of_leaf = of_group[group]
    np.subtract.at(of_leaf, taking.leaf, share[place])
    found: FloatArray = clean * np.clip(of_leaf, 0.0, 1.0)
    return found


def _days(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Each day from first to last of each row: the rows and the days."""
    count = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(count)), count)
    start = np.concatenate([[0], np.cumsum(count)[:-1]]) if len(count) else count
    return row, np.arange(len(row)) - start[row] + first[row]
