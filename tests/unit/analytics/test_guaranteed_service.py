"""Safety stock in networks: textbook trees, every other promise, stockpyl, shadow prices, edges."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_peer import SupplyChainNetwork, SupplyChainNode, gsm_tree
from scipy.special import ndtri

from analytics.errors import AnalyticsError
from analytics.guaranteed_service import guaranteed_service

CAMERA = {
    "raw": (2, 0.01),
    "wafers": (3, 0.03),
    "package": (2, 0.04),
    "imager base": (4, 0.06),
    "imager assembly": (2, 0.12),
    "ship": (3, 0.13),
    "camera": (6, 0.20),
    "board": (4, 0.08),
    "other": (3, 0.04),
    "build": (2, 0.50),
}
CAMERA_ARCS = [
    ("raw", "wafers"),
    ("wafers", "package"),
    ("package", "imager assembly"),
    ("imager base", "imager assembly"),
    ("imager assembly", "ship"),
    ("ship", "build"),
    ("camera", "build"),
    ("board", "build"),
    ("other", "build"),
]


def arcs(*pairs: tuple[object, object]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["upstream", "downstream"])


def network(
    facts: dict[object, tuple[float, float]],
    *,
    factor: float,
    demand_sd: dict[object, float],
    outside: dict[object, float],
    promised: dict[object, float],
) -> pd.DataFrame:
    stages = pd.DataFrame.from_dict(facts, orient="index", columns=["processing_days", "holding_cost_per_unit"])
    stages["safety_factor"] = factor
    for name, values in (
        ("daily_demand_sd", demand_sd),
        ("inbound_service_days", outside),
        ("max_service_days", promised),
    ):
        stages[name] = pd.Series(values, dtype="float64").reindex(stages.index)
    return stages


def camera(promised: float) -> pd.DataFrame:
    return network(CAMERA, factor=ndtri(0.95), demand_sd={"build": 10}, outside={}, promised={"build": promised})


def test_published_serial_systems() -> None:
    serial = arcs((3, 2), (2, 1))
    example = network({3: (1, 2), 2: (0, 4), 1: (1, 7)}, factor=1, demand_sd={1: 1}, outside={3: 1}, promised={1: 1})
    found = guaranteed_service(example, arcs=serial)
    assert found.cost == pytest.approx(2.828427, abs=5e-7)
    assert found.stages["service_days"].to_dict() == {3: 0, 2: 0, 1: 1}
    problem = network({3: (1, 2), 2: (1, 3), 1: (2, 4)}, factor=4, demand_sd={1: 10}, outside={3: 1}, promised={1: 0})
    found = guaranteed_service(problem, arcs=serial)
    assert found.cost == pytest.approx(357.770876, abs=5e-7)
    assert found.stages["service_days"].to_dict() == {3: 2, 2: 3, 1: 0}


def test_published_tree() -> None:
    stages = network(
        {1: (2, 1), 2: (1, 3), 3: (1, 2), 4: (1, 3)},
        factor=1,
        demand_sd={2: 1, 4: 1},
        outside={1: 1},
        promised={2: 0, 4: 1},
    )
    found = guaranteed_service(stages, arcs=arcs((1, 3), (3, 2), (3, 4)))
    assert found.cost == pytest.approx(8.277917, abs=5e-7)
    assert found.stages["service_days"].to_dict() == {1: 0, 3: 0, 2: 0, 4: 1}
    assert found.stages["demand_sd"].to_dict() == pytest.approx({1: 2**0.5, 2: 1, 3: 2**0.5, 4: 1})
    assert found.stages["cost"].sum() == pytest.approx(found.cost)


def test_published_chain_of_ten() -> None:
    days = [5, 10, 2, 15, 8, 5, 9, 5, 1, 5]
    costs = [5.73, 4.56, 3.04, 2.93, 2.47, 2.37, 1.15, 1.1, 0.98, 0.87]
    facts = {number + 1: pair for number, pair in enumerate(zip(days, costs, strict=True))}
    stages = network(facts, factor=ndtri(0.98), demand_sd={1: 15.8}, outside={10: 7}, promised={1: 3})
    found = guaranteed_service(stages, arcs=arcs(*((number + 1, number) for number in range(1, 10))))
    assert found.cost == pytest.approx(1378.31, abs=0.01)
    expected = {1: 3, 2: 10, 3: 0, 4: 28, 5: 13, 6: 5, 7: 0, 8: 18, 9: 13, 10: 12}
    assert found.stages["service_days"].to_dict() == expected


@pytest.mark.parametrize(("promised", "cost"), [(2, 18.8240044726), (5, 12.4686888), (8, 3.2578824), (12, 0.2326174)])
def test_published_camera_where_customers_wait_a_fixed_time(promised: int, cost: float) -> None:
    """With 5 and 8 days a search of nothing-or-all promises ends at 16.14 and 3.68."""
    assert guaranteed_service(camera(promised), arcs=arcs(*CAMERA_ARCS)).cost == pytest.approx(cost, abs=5e-8)


def test_a_day_is_worth_what_the_network_costs_without_it() -> None:
    pairs = arcs(*CAMERA_ARCS)
    for promised in (2, 5, 8):
        found = guaranteed_service(camera(promised), arcs=pairs)
        build = found.stages.loc["build"]
        longer, shorter = (guaranteed_service(camera(promised + step), arcs=pairs).cost for step in (1, -1))
        assert build["saving_longer_promise"] == pytest.approx(found.cost - longer)
        assert build["cost_shorter_promise"] == pytest.approx(shorter - found.cost)
        for name in CAMERA:
            faster = camera(promised)
            faster.loc[name, "processing_days"] -= 1
            saved = found.cost - guaranteed_service(faster, arcs=pairs).cost
            assert found.stages.loc[name, "saving_faster_stage"] == pytest.approx(saved, abs=1e-9)


@st.composite
def small_trees(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = draw(st.integers(1, 5))
    pairs = []
    for stage in range(1, count):
        other = draw(st.integers(0, stage - 1))
        pairs.append((stage, other) if draw(st.booleans()) else (other, stage))
    sinks = set(range(count)) - {upstream for upstream, _ in pairs}
    served = draw(st.sets(st.integers(0, count - 1))) | sinks
    stages = network(
        {stage: (draw(st.integers(0, 3)), draw(st.sampled_from([0.5, 1, 2, 3.5]))) for stage in range(count)},
        factor=1.5,
        demand_sd={stage: draw(st.sampled_from([1, 2, 5])) for stage in served},
        outside={stage: draw(st.integers(0, 2)) for stage in draw(st.sets(st.integers(0, count - 1)))},
        promised={stage: draw(st.integers(0, 4)) for stage in served},
    )
    return stages, arcs(*pairs)


def cheapest_of_all_promises(stages: pd.DataFrame, pairs: pd.DataFrame) -> float:
    processing = stages["processing_days"].tolist()
    outside = stages["inbound_service_days"].fillna(0).tolist()
    limit = stages["max_service_days"].fillna(np.inf).tolist()
    suppliers = [pairs.loc[pairs["downstream"] == stage, "upstream"].tolist() for stage in stages.index]
    sd = guaranteed_service(stages, arcs=pairs).stages["demand_sd"].tolist()
    rate = [1.5 * cost * spread for cost, spread in zip(stages["holding_cost_per_unit"], sd, strict=True)]
    longest = int(sum(processing) + max(outside))
    best = np.inf
    choices = [range(int(min(longest, stage_limit)) + 1) for stage_limit in limit]
    for promise in product(*choices):
        cost = 0.0
        for stage, promised in enumerate(promise):
            inbound = max([outside[stage], *(promise[supplier] for supplier in suppliers[stage])])
            days = inbound + processing[stage] - promised
            cost += rate[stage] * days**0.5 if days >= 0 else np.inf
        best = min(best, cost)
    return best


@settings(deadline=None, max_examples=40)
@given(small_trees())
def test_no_other_promises_are_cheaper(tree: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    stages, pairs = tree
    found = guaranteed_service(stages, arcs=pairs)
    assert found.cost == pytest.approx(cheapest_of_all_promises(stages, pairs), abs=1e-9)
    assert found.stages["cost"].sum() == pytest.approx(found.cost, abs=1e-9)
    assert (found.stages["net_replenishment_days"] >= 0).all()
    for pair in pairs.itertuples():
        counted = found.stages.loc[pair.downstream, "inbound_service_days"]
        assert found.stages.loc[pair.upstream, "service_days"] <= counted
    prices = found.stages[["saving_longer_promise", "cost_shorter_promise", "saving_faster_stage"]]
    assert (prices.fillna(0) >= 0).all(axis=None)


def random_tree(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = int(random.integers(2, 7))
    pairs = []
    for stage in range(1, count):
        other = int(random.integers(0, stage))
        pairs.append((stage, other) if random.random() < 0.5 else (other, stage))
    sinks = sorted(set(range(count)) - {upstream for upstream, _ in pairs})
    stages = network(
        {stage: (int(random.integers(0, 5)), float(random.uniform(0.1, 5))) for stage in range(count)},
        factor=1.645,
        demand_sd={stage: float(random.uniform(1, 9)) for stage in sinks},
        outside={0: float(random.integers(0, 3))},
        promised={stage: float(random.integers(0, 4)) for stage in sinks},
    )
    return stages, arcs(*pairs)


def peer_cost(stages: pd.DataFrame, pairs: pd.DataFrame) -> float:
    nodes = [
        SupplyChainNode(
            int(name),
            processing_time=int(row["processing_days"]),
            local_holding_cost=row["holding_cost_per_unit"],
            demand_bound_constant=row["safety_factor"],
            external_inbound_cst=0 if np.isnan(row["inbound_service_days"]) else int(row["inbound_service_days"]),
        )
        for name, row in stages.iterrows()
    ]
    tree = SupplyChainNetwork()
    for node in nodes:
        tree.add_node(node)
    for pair in pairs.itertuples():
        tree.add_edge(int(pair.upstream), int(pair.downstream))
    for name in stages.index[stages["daily_demand_sd"].notna()]:
        nodes[name].demand_source.type = "N"
        nodes[name].demand_source.mean = 0
        nodes[name].demand_source.standard_deviation = stages.loc[name, "daily_demand_sd"]
        nodes[name].external_outbound_cst = int(stages.loc[name, "max_service_days"])
    return float(gsm_tree.optimize_committed_service_times(tree)[1])


@pytest.mark.slow
def test_two_hundred_random_trees_agree_with_stockpyl() -> None:
    random = np.random.default_rng(614)
    for _ in range(200):
        stages, pairs = random_tree(random)
        assert guaranteed_service(stages, arcs=pairs).cost == pytest.approx(peer_cost(stages, pairs), abs=1e-9)


def test_one_stage_alone_covers_its_own_time() -> None:
    stages = network({"mill": (9, 2)}, factor=1, demand_sd={"mill": 3}, outside={}, promised={"mill": 0})
    found = guaranteed_service(stages, arcs=arcs())
    assert (found.cost, found.stages.loc["mill", "safety_stock"]) == (18, 9)
    assert np.isnan(found.stages.loc["mill", "cost_shorter_promise"])


def test_nobody_holds_stock_for_customers_who_wait_long_enough() -> None:
    found = guaranteed_service(camera(40), arcs=arcs(*CAMERA_ARCS))
    assert found.cost == 0
    assert found.stages.loc["build", "saving_longer_promise"] == 0


@pytest.mark.parametrize(
    ("changes", "pairs", "complaint"),
    [
        ({"processing_days": 1.5}, [("a", "b")], "whole days"),
        ({"processing_days": -1}, [("a", "b")], "from 0"),
        ({"holding_cost_per_unit": np.nan}, [("a", "b")], "from 0"),
        ({"max_service_days": np.nan}, [("a", "b")], "needs max_service_days"),
        ({}, [("a", "c")], "names c"),
        ({}, [], "not connected"),
        ({}, [("a", "b"), ("b", "a")], "not a tree"),
        ({}, [("a", "a"), ("a", "b")], "not a tree"),
    ],
    ids=["half-day", "negative", "no-cost", "no-promise", "unknown", "apart", "cycle", "itself"],
)
def test_networks_that_are_none_are_refused(
    changes: dict[str, float], pairs: list[tuple[str, str]], complaint: str
) -> None:
    stages = network({"a": (1, 1), "b": (1, 2)}, factor=1, demand_sd={"b": 1}, outside={}, promised={"b": 0})
    for name, value in changes.items():
        stages[name] = stages[name].astype("float64")
        stages.loc["b", name] = value
    with pytest.raises(AnalyticsError, match=complaint):
        guaranteed_service(stages, arcs=arcs(*pairs))


def test_a_network_needs_stages() -> None:
    empty = network({}, factor=1, demand_sd={}, outside={}, promised={})
    with pytest.raises(AnalyticsError, match="needs stages"):
        guaranteed_service(empty, arcs=arcs())
    with pytest.raises(AnalyticsError, match="missing columns"):
        guaranteed_service(camera(2), arcs=pd.DataFrame())
