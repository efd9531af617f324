"""The nodes of one level through time: stock, receipts, demand, what expires, and the orders that keep the safety
stock. The loop is over periods; each step is array work over all nodes.

Lots are sold first expired, first out; what arrives later does not expire earlier, and stock without expiry is sold
last. Then what is unsold when it expires is the stock less what has come in and is still good, and no lot needs to be
followed.
"""

from dataclasses import dataclass

import numpy as np

from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import IntArray
from analytics.supply_plan.network import SupplyNetwork
from analytics.supply_plan.source_limits import Allowance

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class LevelInputs:
    """What is known of the nodes of a level; (periods, nodes) where time matters. ``good_for`` is the shelf life in
    periods, the one of arrival included; ``cover`` the periods of demand that an order is for; ``frozen`` the periods
    in which no new order is released."""

    demand: FloatArray
    receipts: FloatArray
    expiring: FloatArray
    safety: FloatArray
    stock: FloatArray
    good_for: FloatArray
    cover: IntArray
    frozen: int


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """Planned receipts by source, (periods, sources of the level), and stock at the end of each period (below zero:
    still owed) and what expires in it, (periods, nodes of the level)."""

    planned: FloatArray
    stock: FloatArray
    waste: FloatArray


def net(
    network: SupplyNetwork, sources: IntArray, place: IntArray, inputs: LevelInputs, allowance: Allowance | None = None
) -> LevelPlan:
    """Walk the nodes of a level through time.

    Inputs: network; sources: numbers of the level's sources; place: their node's place in the level; inputs; allowance:
        what is left for the sources of the network, None for no limits.
    Returns: LevelPlan.
    Raises: nothing.
    Source: Orlicky, Material Requirements Planning, 3rd ed., chapter 6 (netting); Silver, Pyke & Thomas, 4th ed.,
        section 13.4.
    """
    walk = _Walk(network, sources, place, inputs, allowance)
    for period in range(network.periods):
        walk.step(period)
    return LevelPlan(walk.planned, walk.projected, walk.waste)


class _Walk:
    """The state of a level on its way through time."""

    def __init__(
        self,
        network: SupplyNetwork,
        sources: IntArray,
        place: IntArray,
        inputs: LevelInputs,
        allowance: Allowance | None,
    ) -> None:
        periods, nodes = inputs.demand.shape
        self.inputs, self.periods = inputs, periods
        self.sources, self.allowance = sources, allowance
        self.choice = _Choice(network, sources, place, nodes, inputs.frozen)
        self.stock = inputs.stock.copy()
        self.planned = np.zeros((periods, len(sources)))
        self.projected = np.empty((periods, nodes))
        self.waste = np.zeros((periods, nodes))
        # What is wanted net of firm receipts, up to the beginning of each period.
        self.wanted = np.zeros((periods + 1, nodes))
        np.cumsum(inputs.demand - inputs.receipts, axis=0, out=self.wanted[1:])
        self.perishable = np.flatnonzero(np.isfinite(inputs.good_for) | (inputs.expiring.any(axis=0)))
        self.arrived = np.zeros((periods + 1, self.perishable.size))
        expiring = inputs.expiring[:, self.perishable]
        self.lasting = inputs.stock[self.perishable] - expiring.sum(axis=0)
        self.good_at_first = expiring.sum(axis=0) - np.cumsum(expiring, axis=0)

    def step(self, period: int) -> None:
        """One period: receipts, orders, demand, what expires."""
        inputs = self.inputs
        self.stock += inputs.receipts[period]
        short = self.stock < inputs.demand[period] + inputs.safety[period] - TOLERANCE
        arriving = self._order(period, np.flatnonzero(short))
        self.stock -= inputs.demand[period]
        if self.perishable.size:
            self._expire(period, arriving)
        self.projected[period] = self.stock

    def _order(self, period: int, short: IntArray) -> FloatArray:
        """What is ordered for each node; what a source may not deliver is ordered from the next one that can."""
        arriving = np.zeros(self.stock.size)
        while short.size:
            short, source = self.choice.of(period, short)
            wanted = self.choice.rounded(source, self._lacking(period, short, source))
            lot = self._granted(period, source, wanted)
            self.stock[short] += lot
            arriving[short] += lot
            self.planned[period, source] = lot
            self.choice.remember(source, lot)
            cut = lot < wanted - TOLERANCE
            self.choice.exhaust(period, source[cut])
            short = short[cut]
        return arriving

    def _granted(self, period: int, source: IntArray, wanted: FloatArray) -> FloatArray:
        if self.allowance is None:
            return wanted
        return self.allowance.grant(period, self.sources[source], wanted, self.choice.multiple[source])

    def _lacking(self, period: int, short: IntArray, source: IntArray) -> FloatArray:
        """Enough for this period, and until the next order of the item can arrive."""
        inputs = self.inputs
        now = inputs.demand[period, short] + inputs.safety[period, short]
        until = np.minimum(
            np.maximum(period + inputs.cover[short], self.choice.next_open(source, period)), self.periods
        )
        later = self.wanted[until, short] - self.wanted[period + 1, short]
        lacking: FloatArray = now + np.maximum(later, 0.0) - self.stock[short]
        return lacking

    def _expire(self, period: int, arriving: FloatArray) -> None:
        nodes = self.perishable
        came = self.inputs.receipts[period, nodes] + arriving[nodes]
        self.arrived[period + 1] = self.arrived[period] + came
        good_for = np.minimum(self.inputs.good_for[nodes], self.periods + 2)
        old = np.maximum(period + 2 - good_for, 0).astype(np.int64)
        still_good = self.arrived[period + 1] - self.arrived[old, np.arange(nodes.size)]
        there = np.maximum(self.stock[nodes], 0.0)
        self.lasting = np.minimum(self.lasting, there)
        lost = np.maximum(there - self.lasting - self.good_at_first[period] - still_good, 0.0)
        self.waste[period, nodes] = lost
        self.stock[nodes] -= lost


class _Choice:
    """Which source an order goes to: the one that is furthest behind its share, among those that can deliver."""

    def __init__(self, network: SupplyNetwork, sources: IntArray, place: IntArray, nodes: int, frozen: int) -> None:
        own = network.sources.take(sources)
        self.release = network.release[network.kind_of[sources]]
        self.minimum, self.multiple, self.share = own.minimum, own.multiple, own.share
        # What has no share is there for firm orders only.
        self.can = (self.release >= frozen) & (self.share > 0)[:, None]
        self.following = network.next_open[own.calendar]
        self.first = np.full(nodes, -1, dtype=np.int64)
        order = np.lexsort((-own.share, place))
        ordered = place[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        self.first[ordered[starts]] = order[starts]
        counts = np.diff(np.append(starts, ordered.size))
        several = starts[counts > 1]
        width = int(counts.max(initial=1))
        self.rank = np.full(nodes, -1, dtype=np.int64)
        self.rank[ordered[several]] = np.arange(several.size)
        column = np.arange(width)
        self.options = np.where(
            column < counts[counts > 1][:, None],
            order[np.minimum(several[:, None] + column, max(ordered.size - 1, 0))] if several.size else -1,
            -1,
        ).reshape(several.size, width)
        self.given = np.zeros(sources.size)

    def of(self, period: int, nodes: IntArray) -> tuple[IntArray, IntArray]:
        """The nodes that can get something in a period, and from where."""
        source = self.first[nodes]
        several = np.flatnonzero(self.rank[nodes] >= 0)
        if several.size:
            source = source.copy()
            source[several] = self._behind(period, self.options[self.rank[nodes[several]]])
        can = source >= 0
        can[can] = self.can[source[can], period]
        return nodes[can], source[can]

    def _behind(self, period: int, options: IntArray) -> IntArray:
        there = options >= 0
        share = np.where(there, self.share[options], 0.0)
        given = np.where(there, self.given[options], 0.0)
        behind = share * (given.sum(axis=1, keepdims=True) + 1.0) - given * share.sum(axis=1, keepdims=True)
        behind = np.where(there & self.can[options, period], behind, -np.inf)
        best: IntArray = np.take_along_axis(options, behind.argmax(axis=1)[:, None], axis=1)[:, 0]
        return best

    def remember(self, source: IntArray, lot: FloatArray) -> None:
        self.given[source] += lot

    def exhaust(self, period: int, source: IntArray) -> None:
        """These can deliver no more in a period."""
        self.can[source, period] = False

    def next_open(self, source: IntArray, period: int) -> IntArray:
        following: IntArray = self.following[source, period]
        return following

    def rounded(self, source: IntArray, quantity: FloatArray) -> FloatArray:
        lot = np.maximum(quantity, self.minimum[source])
        step = self.multiple[source]
        some = step > 0
        lot[some] = np.ceil(lot[some] / step[some] - TOLERANCE) * step[some]
        return lot
