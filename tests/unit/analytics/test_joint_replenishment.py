"""Joint orders: the published family, stockpyl, and what must always hold."""

import numpy as np
import pytest
from inventory_peer import eoq as peer

from analytics.errors import AnalyticsError
from analytics.joint_replenishment import common_cycle, joint_replenishment

FAMILY = {"shared_order_cost": 40.0, "item_order_cost": 15, "holding_cost_per_unit_year": 0.24}
DEMAND = [86000, 12500, 1400, 3000]


def test_published_family() -> None:
    found = joint_replenishment(DEMAND, **FAMILY)
    assert found.cycle_years == pytest.approx(0.0761734026)
    assert found.multiples.tolist() == [1, 1, 4, 3]
    assert found.quantity == pytest.approx([6550.91, 952.17, 426.57, 685.56], abs=5e-3)
    assert found.cost_per_year == pytest.approx(2067.650841)


def test_the_common_cycle_is_the_best_single_interval() -> None:
    found = common_cycle(DEMAND, **FAMILY)
    carrying = 0.24 * sum(DEMAND) / 2

    def cost(years: float) -> float:
        return 100 / years + carrying * years

    assert found.cost_per_year == pytest.approx(cost(found.cycle_years))
    assert found.cost_per_year <= min(cost(found.cycle_years * 0.99), cost(found.cycle_years * 1.01))
    assert found.multiples.tolist() == [1, 1, 1, 1]


def test_two_hundred_random_families_agree_with_stockpyl() -> None:
    """Silver's rule can be dearer than one common order; then the common order stands."""
    random = np.random.default_rng(38)
    for _ in range(200):
        line, holding = random.uniform(1, 60, 5), random.uniform(0.1, 5, 5)
        demand, shared = random.uniform(5, 20_000, 5), random.uniform(5, 300)
        terms = {"shared_order_cost": shared, "item_order_cost": line, "holding_cost_per_unit_year": holding}
        found, common = joint_replenishment(demand, **terms), common_cycle(demand, **terms)
        _quantity, _cycle, _multiples, cost = peer.joint_replenishment_problem_silver_heuristic(
            shared, line.tolist(), holding.tolist(), demand.tolist()
        )
        assert found.cost_per_year == pytest.approx(min(cost, common.cost_per_year))


@pytest.mark.parametrize(
    "terms",
    [
        {"annual_demand": []},
        {"annual_demand": [10, 0]},
        {"annual_demand": [10, np.nan]},
        {"holding_cost_per_unit_year": 0},
        {"shared_order_cost": 0, "item_order_cost": 0},
        {"shared_order_cost": -1.0},
    ],
    ids="-".join,
)
def test_bad_families_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises(AnalyticsError):
        joint_replenishment(**({"annual_demand": DEMAND} | FAMILY | terms))
