"""What can still be promised of the stock and the planned receipts, so that no earlier promise comes late.

All arrays are (weeks, items). Supply can be used from the week it arrives in to its last week, and what is committed is
served first expired, first out. What can be promised on top of that is the room left in a network flow from supplies to
weeks, found by its smallest cuts: a cut is a set of weeks, what lies in a gap between them serves none of them.
"""

from dataclasses import dataclass

import numpy as np

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Supply:
    """``stock`` (items) usable at the start, of it ``expiring`` after the week; ``receipts`` by week of arrival;
    ``good_for`` (items) weeks that a receipt can be used, the one of arrival included, inf for no expiry."""

    stock: FloatArray
    receipts: FloatArray
    expiring: FloatArray
    good_for: FloatArray

    @classmethod
    def of(cls, receipts: FloatArray, *, stock: FloatArray | float = 0.0) -> "Supply":
        """Supply that never expires.

        Inputs: receipts: (weeks, items); stock: (items), or one value for all.
        Returns: Supply.
        Raises: AnalyticsError when receipts are not (weeks, items).
        Source: none; ours.
        """
        receipts = np.asarray(receipts, dtype=np.float64)
        if receipts.ndim != 2:
            raise AnalyticsError("receipts have to be (weeks, items)")
        items = receipts.shape[1]
        return cls(
            stock=np.broadcast_to(np.asarray(stock, dtype=np.float64), (items,)),
            receipts=receipts,
            expiring=np.zeros(receipts.shape),
            good_for=np.full(items, np.inf),
        )


@dataclass(frozen=True, slots=True)
class Available:
    """(weeks, items). ``served``: commitments in the week in which there is something for them; ``owed``: due by the
    end of the week and not served by then; ``discrete``: ATP, what each week adds to what can be promised;
    ``cumulative``: all that can be promised up to the week; ``on_week``: what can be promised for that very week, less
    than the cumulative where a lot expires before it."""

    served: FloatArray
    owed: FloatArray
    discrete: FloatArray
    cumulative: FloatArray
    on_week: FloatArray


def available_to_promise(supply: Supply, committed: FloatArray) -> Available:
    """Discrete and cumulative ATP with look-ahead: a later shortage takes back what an earlier week could promise.

    Inputs: supply; committed: (weeks, items) units promised already, by the week they are due.
    Returns: Available; nothing in it is below zero.
    Raises: AnalyticsError for shapes that do not fit, or figures that are missing or below zero.
    Source: Vollmann et al., Manufacturing Planning and Control, 5th ed., chapter 6; APICS Dictionary, "cumulative
        available-to-promise with look-ahead"; expiry: ours, by the rank of a transversal polymatroid.
    """
    served, owed = served_commitments(supply, committed)
    cuts = _Cuts(supply, served)
    room = supply.stock + supply.receipts.sum(axis=0) - served.sum(axis=0)
    before, after = cuts.before(), cuts.after()
    cumulative = _positive(room + after)
    return Available(
        served=served,
        owed=owed,
        discrete=_positive(np.diff(cumulative, axis=0, prepend=0.0)),
        cumulative=cumulative,
        on_week=_positive(room + before + after),
    )


def served_commitments(supply: Supply, committed: FloatArray) -> tuple[FloatArray, FloatArray]:
    """When commitments are met, first expired, first out; what can't be met in its week waits for the next receipt.

    Inputs: supply; committed: (weeks, items) units promised, by the week they are due.
    Returns: (weeks, items) units served in each week, and units that are due by its end and not served by then.
    Raises: AnalyticsError as available_to_promise does.
    Source: shelf life: first expired, first out; backlog: Vollmann et al., 5th ed., chapter 6.
    """
    _check(supply, committed)
    weeks, items = committed.shape
    left = _by_last_week(supply)
    good_for = np.minimum(supply.good_for, weeks).astype(np.int64)
    served, owed = np.zeros(committed.shape), np.zeros(committed.shape)
    waiting = np.zeros(items)
    every = np.arange(items)
    for week in range(weeks):
        left[np.minimum(week + good_for - 1, weeks - 1), every] += supply.receipts[week]
        wanted = committed[week] + waiting
        usable = left[week:]
        taken = np.clip(wanted - (np.cumsum(usable, axis=0) - usable), 0.0, usable)
        usable -= taken
        served[week] = taken.sum(axis=0)
        waiting = _positive(wanted - served[week])
        owed[week] = waiting
    return served, owed


def earliest_week(
    available: Available, *, quantity: FloatArray, week: IntArray, limit: FloatArray | float = np.inf
) -> IntArray:
    """The first week, not before the one wanted, for which a quantity can be promised as a whole.

    Inputs: available; quantity, week: (items) units and number of the wanted week; limit: (weeks, items) units that
        may be promised up to each week, as channel_limits gives them.
    Returns: (items) numbers of weeks; the number of weeks where there is none.
    Raises: nothing.
    Source: Vollmann et al., 5th ed., chapter 6 (order promising).
    """
    weeks = len(available.on_week)
    number = np.arange(weeks)[:, None]
    offered = np.minimum(available.on_week, limit)
    enough = (offered >= np.asarray(quantity) - TOLERANCE) & (number >= np.asarray(week))
    found: IntArray = np.where(enough.any(axis=0), enough.argmax(axis=0), weeks)
    return found


def partial_quantities(
    available: Available, *, quantity: FloatArray, week: IntArray, limit: FloatArray | float = np.inf
) -> FloatArray:
    """How much of a quantity can be promised when, as early as possible from the wanted week on.

    Inputs: available; quantity, week: (items) units and number of the wanted week; limit: as for earliest_week.
    Returns: (weeks, items); together at most the quantity.
    Raises: nothing.
    Source: Vollmann et al., 5th ed., chapter 6 (order promising).
    """
    number = np.arange(len(available.on_week))[:, None]
    wanted = np.asarray(week)
    offered = np.where(number == wanted, available.on_week, np.where(number > wanted, available.discrete, 0.0))
    allowed = np.where(number >= wanted, limit, 0.0)
    total = np.minimum(np.minimum(np.cumsum(offered, axis=0), allowed), np.asarray(quantity))
    return _positive(np.diff(total, axis=0, prepend=0.0))


def channel_limits(available: Available, *, shares: FloatArray, committed: FloatArray) -> FloatArray:
    """What a channel may be promised: what is left of its own share, then of what is nobody's.

    Inputs: available; shares: (items, channels) of all that can be delivered, adding up to at most 1 an item;
        committed: (weeks, items, channels) what each channel was promised already. Who has no channel is one without a
        share.
    Returns: (weeks, items, channels) units up to a week, never below zero; ``on_week`` limits them further.
    Raises: AnalyticsError when the shares of an item are below zero or more than 1.
    Source: none; ours: allocated ATP with a common pool.
    """
    if (shares < 0).any() or (shares.sum(axis=1) > 1 + TOLERANCE).any():
        raise AnalyticsError("the shares of an item have to be 0 or more and at most 1 together")
    deliverable = available.cumulative + np.cumsum(available.served, axis=0)
    own = shares * deliverable[:, :, None]
    used = np.cumsum(committed, axis=0)
    pool = deliverable * (1 - shares.sum(axis=1)) - np.maximum(used - own, 0.0).sum(axis=2)
    left = np.maximum(own - used, 0.0) + np.maximum(pool, 0.0)[:, :, None]
    ahead: FloatArray = np.minimum.accumulate(left[::-1], axis=0)[::-1]
    return _positive(ahead)


def _by_last_week(supply: Supply) -> FloatArray:
    """Stock by the last week it can be used in; what outlives all weeks counts to the last one."""
    stock = supply.expiring.copy()
    stock[-1] += np.maximum(supply.stock - stock.sum(axis=0), 0.0)
    return stock


class _Cuts:
    """Smallest cuts before and after each week. A gap from one week to another saves the supply that can serve only
    weeks inside it, and costs what is served inside it."""

    def __init__(self, supply: Supply, served: FloatArray) -> None:
        self.weeks, self.items = served.shape
        none = np.zeros((1, self.items))
        self.wanted = np.concatenate([none, np.cumsum(served, axis=0)])
        self.arrived = np.concatenate([none, np.cumsum(supply.receipts, axis=0)])
        self.gone = np.cumsum(_by_last_week(supply), axis=0)
        last = np.arange(self.weeks)[:, None] + 1 - np.minimum(supply.good_for, self.weeks).astype(np.int64)
        last[-1] = self.weeks - 1
        self.ended = np.take_along_axis(self.arrived, np.maximum(last + 1, 0), axis=0)

    def before(self) -> FloatArray:
        """(weeks, items) the smallest cost of the weeks before each one that is in the cut."""
        best = np.zeros((self.weeks, self.items))
        for week in range(1, self.weeks):
            gap = self._cost(slice(0, week), slice(week - 1, week))
            gap[0] -= self.gone[week - 1]
            gap[1:] += best[: week - 1]
            best[week] = np.minimum(best[week - 1], gap.min(axis=0))
        return best

    def after(self) -> FloatArray:
        """(weeks, items) the smallest cost of the weeks after each one that is in the cut."""
        best = np.zeros((self.weeks + 1, self.items))
        for week in range(self.weeks - 2, -1, -1):
            gap = self._cost(slice(week + 1, week + 2), slice(week + 1, self.weeks)) + best[week + 2 :]
            best[week] = np.minimum(best[week + 1], gap.min(axis=0))
        return best[: self.weeks]

    def _cost(self, first: slice, last: slice) -> FloatArray:
        """Of gaps from each first to each last week, one of the two being a single one."""
        inside = np.maximum(self.ended[last] - self.arrived[first], 0.0)
        ends = slice(last.start + 1, last.stop + 1)
        return np.asarray(self.wanted[ends] - self.wanted[first] - inside)


def _positive(values: FloatArray) -> FloatArray:
    """Without what only rounding left."""
    return np.where(values > TOLERANCE, values, 0.0)


def _check(supply: Supply, committed: FloatArray) -> None:
    shape = committed.shape
    if len(shape) != 2 or not shape[0]:
        raise AnalyticsError("commitments have to be (weeks, items), of a week or more")
    if supply.receipts.shape != shape or supply.expiring.shape != shape:
        raise AnalyticsError(f"receipts and expiring stock have to be (weeks, items) = {shape}")
    if supply.stock.shape != shape[1:] or supply.good_for.shape != shape[1:]:
        raise AnalyticsError("stock and shelf life have to be of the same items")
    if any(not np.isfinite(v).all() or (v < 0).any() for v in (committed, supply.stock, supply.receipts)):
        raise AnalyticsError("supply and commitments have to be numbers from zero up")
    if not (supply.good_for >= 1).all():
        raise AnalyticsError("shelf life is a week or more")
