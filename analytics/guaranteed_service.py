"""Where safety stock stands in a network: guaranteed service times over a tree of stages.

Each stage promises its customers a service time and holds stock for the days by which what it is promised and its own
processing exceed that: k·σ·√(inbound + processing − service). The promises are chosen together, at least cost.

Stages (guaranteed_service), one row per stage, index = its name:
    processing_days             whole days
    holding_cost_per_unit       money per unit in safety stock, over the time costs are to be counted for
    safety_factor               k, standard deviations the stock covers
  and, where known (column may be absent, NaN = none):
    daily_demand_sd             units, of the stage's own customers; a stage that has none needs none
    inbound_service_days        whole days its outside supplier takes to deliver, 0 when missing
    max_service_days            whole days customers accept to wait; needed for a stage that supplies no other
Arcs: upstream, downstream (names); together a tree without direction, connected.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, require_columns

_REQUIRED = ("processing_days", "holding_cost_per_unit", "safety_factor")
_DAYS = ("processing_days", "inbound_service_days", "max_service_days")


@dataclass(frozen=True, slots=True, eq=False)
class GuaranteedService:
    """The least cost, and per stage (index of the input): demand_sd (units, of all it serves), inbound_service_days,
    service_days, net_replenishment_days, safety_stock (units), cost, and what a day is worth, money:
    saving_longer_promise and cost_shorter_promise (its customers' max_service_days one more, one less),
    saving_faster_stage (one day of processing less); NaN where there is no such day.
    """

    cost: float
    stages: pd.DataFrame


def guaranteed_service(stages: pd.DataFrame, *, arcs: pd.DataFrame) -> GuaranteedService:
    """Service times of all stages that together cost the least safety stock, and the shadow price of a day.

    Inputs: stages, arcs: contract above.
    Returns: GuaranteedService.
    Raises: AnalyticsError when a column or value is missing, days are not whole or negative, arcs name another stage,
        or the network is not a tree.
    Source: Graves & Willems 2000, 2003 (erratum); Inderfurth 1991; Snyder & Shen, 2nd ed., section 6.3. All whole days
        are searched: where the customers' service time is fixed, the best promise may be neither nothing nor all.
    """
    network = _network(stages, arcs)
    tree = _Tree(network)
    cost, inbound, service = tree.best()
    result = pd.DataFrame(index=stages.index)
    result["demand_sd"] = network.sd
    result["inbound_service_days"], result["service_days"] = inbound, service
    result["net_replenishment_days"] = inbound + network.processing - service
    covered = np.sqrt(result["net_replenishment_days"].to_numpy())
    result["safety_stock"] = network.factor * network.sd * covered
    result["cost"] = network.rate * covered
    prices = [tree.prices(stage, cost) for stage in range(len(stages))]
    names = ["saving_longer_promise", "cost_shorter_promise", "saving_faster_stage"]
    result[names] = np.array(prices).reshape(len(stages), len(names))
    return GuaranteedService(cost, result)


@dataclass(frozen=True, slots=True, eq=False)
class _Network:
    """Stages by number; rate is the cost of a stage with one day to cover, longest its longest possible wait."""

    processing: NDArray[np.intp]
    factor: FloatArray
    sd: FloatArray
    rate: FloatArray
    outside: NDArray[np.intp]
    limit: FloatArray
    longest: NDArray[np.intp]
    suppliers: list[list[int]]
    customers: list[list[int]]
    order: list[int]
    parent: list[int]


class _Tree:
    """Messages between neighbours: the least cost of all that lies behind one, by the day promised across the arc."""

    def __init__(self, network: _Network) -> None:
        self.network = network
        self.messages: dict[tuple[int, int], FloatArray] = {}
        for stage in reversed(network.order[1:]):
            self._send(stage, network.parent[stage])
        for stage in network.order[1:]:
            self._send(network.parent[stage], stage)

    def best(self) -> tuple[float, NDArray[np.intp], NDArray[np.intp]]:
        """Least cost; then the promises, from the root outwards, each the best for the one before."""
        network = self.network
        inbound, service = (np.zeros(network.processing.size, dtype=np.intp) for _ in range(2))
        cost = float("nan")
        for stage in network.order:
            parent = network.parent[stage]
            total = self._total(stage, apart_from=parent)
            if parent < 0:
                inbound[stage], service[stage] = np.unravel_index(total.argmin(), total.shape)
                cost = float(total.min())
            elif parent in network.customers[stage]:
                service[stage] = self.messages[stage, parent][: inbound[parent] + 1].argmin()
                inbound[stage] = total[:, service[stage]].argmin()
            else:
                promised = service[parent]
                inbound[stage] = promised + self.messages[stage, parent][promised:].argmin()
                service[stage] = total[inbound[stage]].argmin()
        return cost, inbound, service

    def prices(self, stage: int, cost: float) -> tuple[float, float, float]:
        limit, processing = self.network.limit[stage], self.network.processing[stage]
        longer = cost - self._least(stage, limit=limit + 1) if np.isfinite(limit) else np.nan
        shorter = self._least(stage, limit=limit - 1) - cost if np.isfinite(limit) and limit >= 1 else np.nan
        faster = cost - self._least(stage, faster=1) if processing >= 1 else np.nan
        # Exact zeros come out of sums in another order.
        noise = 1e-12 * (1 + abs(cost))
        rounded = [0.0 if abs(price) < noise else float(price) for price in (longer, shorter, faster)]
        return rounded[0], rounded[1], rounded[2]

    def _least(self, stage: int, *, limit: float | None = None, faster: int = 0) -> float:
        return float((self._own_cost(stage, limit=limit, faster=faster) + self._neighbours(stage)).min())

    def _total(self, stage: int, *, apart_from: int) -> FloatArray:
        return self._own_cost(stage) + self._neighbours(stage, apart_from=apart_from)

    def _own_cost(self, stage: int, *, limit: float | None = None, faster: int = 0) -> FloatArray:
        """Cost by inbound (rows) and outbound service days; inf where it cannot be promised."""
        network = self.network
        processing, longest = network.processing[stage], network.longest[stage]
        inbound, service = np.arange(longest - processing + 1)[:, None], np.arange(longest + 1)
        days = inbound + processing - faster - service
        accepted = service <= (network.limit[stage] if limit is None else limit)
        possible = (days >= 0) & accepted & (inbound >= network.outside[stage])
        return np.where(possible, network.rate[stage] * np.sqrt(np.maximum(days, 0)), np.inf)

    def _neighbours(self, stage: int, *, apart_from: int = -1) -> FloatArray:
        network = self.network
        rows, columns = network.longest[stage] - network.processing[stage] + 1, network.longest[stage] + 1
        by_inbound, by_service = np.zeros(rows), np.zeros(columns)
        for supplier in network.suppliers[stage]:
            if supplier != apart_from:
                by_inbound += self._of_supplier(self.messages[supplier, stage], rows)
        for customer in network.customers[stage]:
            if customer != apart_from:
                by_service += self._of_customer(self.messages[customer, stage], columns)
        return by_inbound[:, None] + by_service

    @staticmethod
    def _of_supplier(by_service: FloatArray, days: int) -> FloatArray:
        """A supplier may promise any time up to the one counted on."""
        least = np.minimum.accumulate(by_service)
        return np.append(least, np.full(max(days - least.size, 0), least[-1]))[:days]

    @staticmethod
    def _of_customer(by_inbound: FloatArray, days: int) -> FloatArray:
        """A customer may count on any time from the one promised."""
        return np.minimum.accumulate(by_inbound[::-1])[::-1][:days]

    def _send(self, stage: int, receiver: int) -> None:
        towards_customer = receiver in self.network.customers[stage]
        self.messages[stage, receiver] = self._total(stage, apart_from=receiver).min(axis=0 if towards_customer else 1)


def _network(stages: pd.DataFrame, arcs: pd.DataFrame) -> _Network:
    require_columns(stages, *_REQUIRED)
    require_columns(arcs, "upstream", "downstream")
    if stages.empty or not stages.index.is_unique:
        raise AnalyticsError("a network needs stages, each with a name of its own")
    limit = np.where(np.isnan(column(stages, "max_service_days")), np.inf, column(stages, "max_service_days"))
    _check(stages)
    processing = column(stages, "processing_days").astype(np.intp)
    outside = column(stages, "inbound_service_days", default=0.0).astype(np.intp)
    suppliers, customers = _neighbours_by_number(stages.index, arcs)
    order, parent = _walk(stages.index, suppliers, customers)
    for stage, served in enumerate(customers):
        if not served and np.isinf(limit[stage]):
            raise AnalyticsError(f"{stages.index[stage]} supplies no other stage and needs max_service_days")
    variance, longest = column(stages, "daily_demand_sd", default=0.0) ** 2, np.zeros_like(processing)
    downstream_last = _suppliers_first(suppliers, customers)
    for stage in downstream_last:
        waits = [longest[supplier] for supplier in suppliers[stage]]
        longest[stage] = processing[stage] + max([outside[stage], *waits])
    for stage in reversed(downstream_last):
        variance[stage] += sum(variance[customer] for customer in customers[stage])
    factor, sd = column(stages, "safety_factor"), np.sqrt(variance)
    rate = column(stages, "holding_cost_per_unit") * factor * sd
    return _Network(processing, factor, sd, rate, outside, limit, longest, suppliers, customers, order, parent)


def _check(stages: pd.DataFrame) -> None:
    for name in (*_REQUIRED, "daily_demand_sd", *_DAYS[1:]):
        values = column(stages, name)
        missing = np.isnan(values) if name in _REQUIRED else np.zeros(len(stages), dtype=bool)
        broken = (values % 1 != 0) & ~np.isnan(values) if name in _DAYS else np.zeros(len(stages), dtype=bool)
        bad = np.flatnonzero(missing | (values < 0) | broken)
        if bad.size:
            wanted = "whole days from 0" if name in _DAYS else "a number from 0"
            raise AnalyticsError(f"{stages.index[bad[0]]}: {name} must be {wanted}, not {values[bad[0]]:g}")


def _neighbours_by_number(names: pd.Index, arcs: pd.DataFrame) -> tuple[list[list[int]], list[list[int]]]:
    upstream, downstream = (names.get_indexer(pd.Index(arcs[end])) for end in ("upstream", "downstream"))
    for end, found in (("upstream", upstream), ("downstream", downstream)):
        if (found < 0).any():
            raise AnalyticsError(f"an arc names {arcs[end].iloc[int((found < 0).argmax())]}, which is no stage")
    suppliers: list[list[int]] = [[] for _ in names]
    customers: list[list[int]] = [[] for _ in names]
    for supplier, customer in zip(upstream.tolist(), downstream.tolist(), strict=True):
        suppliers[customer].append(supplier)
        customers[supplier].append(customer)
    return suppliers, customers


def _walk(names: pd.Index, suppliers: list[list[int]], customers: list[list[int]]) -> tuple[list[int], list[int]]:
    """Stages from the first outwards, and the neighbour each was reached from (-1 for the first)."""
    order, parent = [0], [-1] + [0] * (len(names) - 1)
    reached = {0}
    for stage in order:
        for neighbour in (*suppliers[stage], *customers[stage]):
            if neighbour not in reached:
                reached.add(neighbour)
                parent[neighbour] = stage
                order.append(neighbour)
    apart = sorted(set(range(len(names))) - reached)
    if apart:
        raise AnalyticsError(f"the network is not connected: {names[apart[0]]} has no way to {names[0]}")
    if sum(map(len, suppliers)) != len(names) - 1:
        raise AnalyticsError("the network is not a tree: two ways lead from one stage to another")
    return order, parent


def _suppliers_first(suppliers: list[list[int]], customers: list[list[int]]) -> list[int]:
    waiting = [len(found) for found in suppliers]
    ready = [stage for stage, count in enumerate(waiting) if count == 0]
    for stage in ready:
        for customer in customers[stage]:
            waiting[customer] -= 1
            if waiting[customer] == 0:
                ready.append(customer)
    return ready
