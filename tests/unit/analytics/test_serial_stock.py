"""Chains of stages: textbook chains, drawn demand, what no other levels beat, edges."""

import numpy as np
import pytest
from scipy.special import ndtri

from analytics.errors import AnalyticsError
from analytics.newsvendor import newsvendor_normal
from analytics.serial_stock import serial_base_stock, serial_base_stock_heuristic, serial_cost

EXAMPLE_61 = {
    "echelon_holding_cost_per_unit": [3, 2, 2],
    "lead_time_periods": [1, 1, 2],
    "mean_demand": 5,
    "demand_sd": 1,
    "shortage_cost_per_unit": 37.12,
}
README = {
    "echelon_holding_cost_per_unit": [4, 3, 1],
    "lead_time_periods": [1, 1, 2],
    "mean_demand": 10,
    "demand_sd": 2,
    "shortage_cost_per_unit": 40,
}


@pytest.mark.parametrize(
    ("chain", "levels", "cost"),
    [
        (EXAMPLE_61, [6.5144, 12.0123, 22.7002], 47.66865),
        (README, [12.76498, 23.49687, 46.28014], 86.02533),
    ],
    ids=["example-6.1", "readme"],
)
def test_published_chains(chain: dict[str, object], levels: list[float], cost: float) -> None:
    """Published from a coarse grid of demand: levels stand up to a step of it apart, and are the dearer ones."""
    found = serial_base_stock(**chain)
    assert found.echelon_levels.tolist() == pytest.approx(levels, abs=0.035)
    assert found.cost_per_period == pytest.approx(cost, abs=0.01)
    assert found.cost_per_period <= serial_cost(levels, **chain)


def test_the_first_level_is_a_newsvendor_by_itself() -> None:
    exact = 5 + ndtri((37.12 + 4) / (37.12 + 7))
    assert serial_base_stock(**EXAMPLE_61).echelon_levels[0] == pytest.approx(exact, abs=1e-6)


def test_published_heuristic() -> None:
    found = serial_base_stock_heuristic(**EXAMPLE_61)
    assert found.cost_per_period == pytest.approx(47.68010, abs=0.015)
    assert found.cost_per_period > serial_base_stock(**EXAMPLE_61).cost_per_period


@pytest.mark.parametrize("levels", [[6.49, 12.02, 22.71], [7.5, 11, 24], [5, 14, 20]], ids=str)
def test_the_cost_is_what_drawn_demand_pays(levels: list[float]) -> None:
    random = np.random.default_rng(61)
    arriving, cost = np.full(1_000_000, np.inf), 0.0
    for level, holding, lead_time in zip(levels[::-1], [2, 2, 3], [2, 1, 1], strict=True):
        left = np.minimum(arriving, level) - random.normal(5 * lead_time, np.sqrt(lead_time), arriving.size)
        cost += holding * left.mean()
        arriving = left
    cost += (37.12 + 7) * np.maximum(-arriving, 0).mean()
    assert serial_cost(levels, **EXAMPLE_61) == pytest.approx(cost, rel=2e-3)


def test_no_other_levels_are_cheaper() -> None:
    best = serial_base_stock(**EXAMPLE_61)
    random = np.random.default_rng(62)
    for _ in range(8):
        other = best.echelon_levels + random.normal(0, 0.5, 3)
        assert serial_cost(other, **EXAMPLE_61) >= best.cost_per_period - 1e-6
    assert serial_cost(best.echelon_levels, **EXAMPLE_61) == pytest.approx(best.cost_per_period)


def test_one_stage_is_a_newsvendor() -> None:
    terms = {"lead_time_periods": 4, "mean_demand": 5, "demand_sd": 2, "shortage_cost_per_unit": 9}
    found = serial_base_stock(1, **terms)
    alone = newsvendor_normal(20, demand_sd=4, holding_cost_per_unit=1, shortage_cost_per_unit=9)
    assert found.echelon_levels == pytest.approx(alone.level, abs=1e-5)
    assert found.cost_per_period == pytest.approx(alone.cost[0])
    assert serial_base_stock_heuristic(1, **terms).echelon_levels == pytest.approx(alone.level)


def test_local_levels_add_up_to_the_echelon() -> None:
    found = serial_base_stock(**EXAMPLE_61)
    assert found.local_levels().cumsum() == pytest.approx(found.echelon_levels)
    assert (found.local_levels() >= 0).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"echelon_holding_cost_per_unit": [3, 0, 2]},
        {"lead_time_periods": [1, np.nan, 2]},
        {"lead_time_periods": [1, 2]},
        {"demand_sd": 0},
        {"shortage_cost_per_unit": float("nan")},
        {"echelon_holding_cost_per_unit": [], "lead_time_periods": []},
    ],
    ids=str,
)
def test_chains_that_are_none_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(AnalyticsError):
        serial_base_stock(**(EXAMPLE_61 | bad))


def test_every_stage_needs_a_level() -> None:
    with pytest.raises(AnalyticsError, match="level"):
        serial_cost([1, 2], **EXAMPLE_61)
