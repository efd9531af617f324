"""Nodes, sources and arcs, put into the order in which a plan is worked out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from analytics.bom_explosion import low_level_codes
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray
from analytics.supply_plan.calendars import BoolArray, IntArray, next_open, release_periods

ALWAYS = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Sources:
    """Ways to replenish nodes, one entry each: the node, lead time in worked periods, least quantity, multiple (0 for
    any quantity), part of the node's orders, and the calendar that it works by."""

    node: IntArray
    lead_time: IntArray
    minimum: FloatArray
    multiple: FloatArray
    share: FloatArray
    calendar: IntArray

    @classmethod
    def of(  # noqa: PLR0917
        cls,
        node: ArrayLike,
        lead_time: ArrayLike = 0,
        minimum: ArrayLike = 0.0,
        multiple: ArrayLike = 0.0,
        share: ArrayLike = 1.0,
        calendar: ArrayLike = 0,
    ) -> "Sources":
        """From arrays or one value for all.

        Inputs: as the attributes.
        Returns: Sources.
        Raises: ValueError when the lengths differ.
        Source: none; ours.
        """
        nodes = np.atleast_1d(np.asarray(node, dtype=np.int64))

        def whole(values: ArrayLike) -> IntArray:
            return np.broadcast_to(np.asarray(values, dtype=np.int64), nodes.shape)

        def real(values: ArrayLike) -> FloatArray:
            return np.broadcast_to(np.asarray(values, dtype=np.float64), nodes.shape)

        return cls(nodes, whole(lead_time), real(minimum), real(multiple), real(share), whole(calendar))

    def __len__(self) -> int:
        return len(self.node)

    def take(self, places: NDArray[np.int64]) -> "Sources":
        """Some of them, in that order.

        Inputs: places: indexes.
        Returns: Sources.
        Raises: IndexError for a place that is none.
        Source: none; ours.
        """
        return Sources(*(getattr(self, name)[places] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Arcs:
    """What a unit released by a source takes of a node, scrap and yield included, for releases from ``first`` to
    ``last`` period."""

    source: IntArray
    component: IntArray
    quantity: FloatArray
    first: IntArray
    last: IntArray

    @classmethod
    def of(
        cls,
        source: ArrayLike = (),
        component: ArrayLike = (),
        quantity: ArrayLike = 1.0,
        first: ArrayLike = 0,
        last: ArrayLike = ALWAYS,
    ) -> "Arcs":
        """From arrays or one value for all.

        Inputs: as the attributes.
        Returns: Arcs.
        Raises: ValueError when the lengths differ.
        Source: none; ours.
        """
        sources = np.atleast_1d(np.asarray(source, dtype=np.int64))

        def spread(values: ArrayLike, kind: type) -> NDArray[np.generic]:
            return np.broadcast_to(np.asarray(values, dtype=kind), sources.shape)

        return cls(
            sources,
            spread(component, np.int64),  # type: ignore[arg-type]
            spread(quantity, np.float64),  # type: ignore[arg-type]
            spread(first, np.int64),  # type: ignore[arg-type]
            spread(last, np.int64),  # type: ignore[arg-type]
        )

    def __len__(self) -> int:
        return len(self.source)

    def take(self, places: NDArray[np.int64]) -> "Arcs":
        """Some of them, in that order.

        Inputs: places: indexes.
        Returns: Arcs.
        Raises: IndexError for a place that is none.
        Source: none; ours.
        """
        return Arcs(*(getattr(self, name)[places] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Level:
    """Nodes that can be planned at once: all that draw on them are done."""

    nodes: IntArray
    sources: IntArray
    components: IntArray
    matrix: csr_array
    limited: Arcs


class SupplyNetwork:
    """Nodes with their sources and arcs, by level.

    Inputs: nodes: how many; sources; arcs; open_periods: (calendars, periods), whether work is done.
    Raises: AnalyticsError for an index out of range, a quantity that is none, or arcs that go round in a circle.
    """

    def __init__(self, nodes: int, sources: Sources, arcs: Arcs, open_periods: BoolArray) -> None:
        self.nodes, self.sources, self.arcs = nodes, sources, arcs
        self.open_periods = open_periods
        self._check()
        self.level = low_level_codes(sources.node[arcs.source], component=arcs.component, items=nodes)

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return int(self.open_periods.shape[1])

    @cached_property
    def release(self) -> IntArray:
        """(kinds, periods): release for a receipt then, for each pair of calendar and lead time; see kind_of."""
        calendar, lead_time = self._kinds[0].T
        return release_periods(self.open_periods[calendar], lead_time_periods=lead_time)

    @property
    def kind_of(self) -> IntArray:
        """(sources,): row of ``release``."""
        return self._kinds[1]

    @cached_property
    def _kinds(self) -> tuple[IntArray, IntArray]:
        pairs = np.column_stack([self.sources.calendar, self.sources.lead_time])
        kinds, of = np.unique(pairs, axis=0, return_inverse=True)
        return kinds.reshape(-1, 2), of.reshape(-1)

    @cached_property
    def next_open(self) -> IntArray:
        """(calendars, periods): the next period in which something can arrive."""
        return next_open(self.open_periods)

    @cached_property
    def by_level(self) -> list[Level]:
        """The levels, those that end demand draws on first."""
        of_source = self.level[self.sources.node]
        of_arc = of_source[self.arcs.source]
        return [self._level(number, of_source, of_arc) for number in range(int(self.level.max(initial=-1)) + 1)]

    def _level(self, number: int, of_source: IntArray, of_arc: IntArray) -> Level:
        sources = np.flatnonzero(of_source == number)
        arcs = self.arcs.take(np.flatnonzero(of_arc == number))
        always = (arcs.first <= 0) & (arcs.last >= self.periods - 1)
        plain, limited = arcs.take(np.flatnonzero(always)), arcs.take(np.flatnonzero(~always))
        components, column = np.unique(plain.component, return_inverse=True)
        shape = (len(components), len(sources))
        matrix = csr_array((plain.quantity, (column, np.searchsorted(sources, plain.source))), shape=shape)
        return Level(np.flatnonzero(self.level == number), sources, components, matrix, limited)

    def below(self, nodes: IntArray) -> IntArray:
        """The nodes and all that their replenishment takes, directly or not.

        Inputs: nodes: some nodes.
        Returns: node numbers in order.
        Raises: IndexError for a node that is none.
        Source: none; ours.
        """
        reached = np.zeros(self.nodes, dtype=bool)
        reached[nodes] = True
        parents = self.sources.node[self.arcs.source]
        while True:
            further = self.arcs.component[reached[parents]]
            further = further[~reached[further]]
            if not further.size:
                return np.flatnonzero(reached)
            reached[further] = True

    def _check(self) -> None:
        calendars = len(self.open_periods)
        within = (
            (self.sources.node, self.nodes, "node of a source"),
            (self.sources.calendar, calendars, "calendar"),
            (self.arcs.source, len(self.sources), "source of an arc"),
            (self.arcs.component, self.nodes, "component"),
        )
        for values, limit, name in within:
            wrong = values[(values < 0) | (values >= limit)]
            if wrong.size:
                raise AnalyticsError(f"{name}: {wrong[0]} is not among {limit}")
        figures = (self.sources.minimum, self.sources.multiple, self.sources.share, self.arcs.quantity)
        if not all(np.isfinite(values).all() and (values >= 0).all() for values in figures):
            raise AnalyticsError("minimum, multiple, share and quantity have to be numbers from zero up")
