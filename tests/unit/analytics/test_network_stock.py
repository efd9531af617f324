"""Safety stock in a network: the textbook's tree, units of components, what others use, what is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.network_stock import largest_flow_tree, network_stock

NAMES = ["raw", "wafers", "package", "base", "assembly", "ship", "camera", "board", "other", "build"]
DAYS = [2, 3, 2, 4, 2, 3, 6, 4, 3, 2]
COSTS = [0.01, 0.03, 0.04, 0.06, 0.12, 0.13, 0.20, 0.08, 0.04, 0.50]
WAYS = [
    *(("raw", "wafers"), ("wafers", "package"), ("package", "assembly"), ("base", "assembly"), ("assembly", "ship")),
    *(("ship", "build"), ("camera", "build"), ("board", "build"), ("other", "build")),
]
BUILD = NAMES.index("build")


def stages(days: list[int], costs: list[float], **more: Any) -> pd.DataFrame:
    """Stages of which the last one sells, ten units' spread a day."""
    last = np.arange(len(days)) == len(days) - 1
    usual = {"daily_demand_sd": np.where(last, 10.0, 0.0), "total_daily_demand_sd": np.nan, "service_target": 0.95}
    return pd.DataFrame({"processing_days": days, "unit_cost": costs, "customers": last} | usual | more)


def arcs(*ways: tuple[int, int, float, float]) -> pd.DataFrame:
    return pd.DataFrame(ways, columns=["upstream", "downstream", "quantity", "flow"])


def solve(known: pd.DataFrame, ways: pd.DataFrame, days: int = 0, start: int | None = None) -> Any:
    first = len(known) - 1 if start is None else start
    return network_stock(known, arcs=ways, start=first, customer_days=days, holding_rate=1.0)


# Snyder & Shen, 2nd ed., figure 6.14. Only all or nothing of each promise would cost 16.14 and 3.68 at 5 and 8 days.
@pytest.mark.parametrize(("days", "cost"), [(2, 18.8240044726), (5, 12.4686888), (8, 3.2578824), (12, 0.2326174)])
def test_the_tree_of_the_textbook(days: int, cost: float) -> None:
    ways = arcs(*((NAMES.index(start), NAMES.index(end), 1.0, 1.0) for start, end in WAYS))
    assert solve(stages(DAYS, COSTS), ways, days).cost == pytest.approx(cost, rel=1e-6)


def test_where_it_starts_changes_nothing() -> None:
    ways = arcs(*((NAMES.index(start), NAMES.index(end), 1.0, 1.0) for start, end in WAYS))
    costs = [solve(stages(DAYS, COSTS), ways, 5, start).cost for start in range(len(NAMES))]
    assert costs == pytest.approx([costs[0]] * len(costs))


def test_components_are_counted_in_their_own_units() -> None:
    # Two of the component in each product, at half the cost each: the same money, twice the units.
    one = solve(stages([4, 1], [1.0, 10.0]), arcs((0, 1, 1.0, 1.0)))
    two = solve(stages([4, 1], [0.5, 10.0]), arcs((0, 1, 2.0, 1.0)))
    assert two.cost == pytest.approx(one.cost)
    assert two.stages["safety_stock"].to_numpy() == pytest.approx(one.stages["safety_stock"].to_numpy() * [2, 1])


def test_what_others_use_is_promised_without_delay() -> None:
    alone = solve(stages([4, 1], [1.0, 1.0]), arcs((0, 1, 1.0, 1.0)))
    assert alone.stages.loc[0, "service_days"] == 4
    shared = solve(stages([4, 1], [1.0, 1.0], total_daily_demand_sd=[50.0, np.nan]), arcs((0, 1, 1.0, 1.0)))
    assert shared.stages.loc[0, "service_days"] == 0
    assert shared.stages.loc[0, "demand_sd"] == pytest.approx(50)
    assert shared.stages.loc[0, "safety_stock"] == pytest.approx(1.6448536 * 50 * 2)


def test_the_smallest_flow_that_closes_a_ring_is_left_out() -> None:
    ring = arcs((0, 1, 1.0, 5.0), (0, 2, 1.0, 1.0), (1, 2, 1.0, 9.0))
    found = solve(stages([1, 1, 1], [1.0, 1.0, 1.0]), ring)
    assert found.kept.tolist() == [True, False, True]
    assert found.left_out.tolist() == [False, True, False]


def test_what_the_start_has_no_way_to_is_not_part_of_it() -> None:
    found = solve(stages([1, 1, 1], [1.0, 1.0, 1.0]), arcs((0, 2, 1.0, 1.0)))
    assert found.stages.index.tolist() == [0, 2]


def test_one_stage_alone_holds_its_own_stock() -> None:
    found = solve(stages([9], [2.0]), arcs())
    assert found.stages["safety_stock"].tolist() == pytest.approx([1.6448536 * 10 * 3])


def test_without_spread_nothing_is_held() -> None:
    assert solve(stages([4, 1], [1.0, 1.0], daily_demand_sd=0.0), arcs((0, 1, 1.0, 0.0))).cost == 0


def test_of_two_ways_between_two_stages_the_larger_one_counts() -> None:
    ends = np.array([0, 0]), np.array([1, 1])
    assert largest_flow_tree(*ends, flow=np.array([1.0, 2.0]), stages=2, start=0).tolist() == [False, True]


@pytest.mark.parametrize(("days", "quantity"), [(-1, 1.0), (1.5, 1.0), (0, 0.0)])
def test_what_cannot_be_is_refused(days: float, quantity: float) -> None:
    with pytest.raises(AnalyticsError):
        solve(stages([4, 1], [1.0, 1.0]), arcs((0, 1, quantity, 1.0)), days)  # type: ignore[arg-type]
