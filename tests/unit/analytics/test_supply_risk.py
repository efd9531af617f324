"""Suppliers who fail or deliver another quantity: textbook figures, stockpyl, edges."""

import numpy as np
import pytest
from inventory_peer import supply_uncertainty as peer

from analytics.lot_sizing import eoq
from analytics.supply_risk import (
    base_stock_with_disruptions,
    base_stock_with_disruptions_cost,
    eoq_with_additive_yield,
    eoq_with_disruptions,
    eoq_with_disruptions_cost,
    eoq_with_proportional_yield,
)

EXAMPLE_91 = {
    "order_cost": 8,
    "holding_cost_per_unit_year": 0.225,
    "lost_sale_cost_per_unit": 5,
    "disruptions_per_year": 1.5,
    "recoveries_per_year": 14,
}
EXAMPLE_93 = {
    "disruption_probability": 0.04,
    "recovery_probability": 0.25,
    "holding_cost_per_unit": 0.25,
    "shortage_cost_per_unit": 3,
}
YIELD = {"order_cost": 18_500, "holding_cost_per_unit_year": 0.06}


def test_published_disruptions() -> None:
    """The cost is so flat at the best lot that the published one stands 6e-6 units beside it."""
    found = eoq_with_disruptions(1300, **EXAMPLE_91)
    assert found.quantity[0] == pytest.approx(772.811074, abs=1e-5)
    assert found.cost[0] == pytest.approx(173.950003)
    assert eoq_with_disruptions_cost(700, annual_demand=1300, **EXAMPLE_91)[0] == pytest.approx(174.78711738886236)


def test_published_base_stock() -> None:
    found = base_stock_with_disruptions(2000, **EXAMPLE_93)
    assert (found.quantity[0], found.cost[0]) == (8000, pytest.approx(2737.0689, abs=1e-4))
    other = base_stock_with_disruptions_cost(1200, demand_per_period=2000, **EXAMPLE_93)
    assert other[0] == pytest.approx(5710.3448, abs=1e-4)


def test_published_yields() -> None:
    additive = eoq_with_additive_yield(75_000, **YIELD, yield_mean=-15_000, yield_sd=9000)
    assert (additive.quantity[0], additive.cost[0]) == (
        pytest.approx(230246.37046881882),
        pytest.approx(12914.78222812913),
    )
    share = eoq_with_proportional_yield(75_000, **YIELD, yield_mean=0.8333, yield_sd=np.sqrt(0.0198))
    assert (share.quantity[0], share.cost[0]) == (
        pytest.approx(254477.46130342316),
        pytest.approx(13086.16169098594),
    )


def test_two_hundred_random_suppliers_agree_with_stockpyl() -> None:
    random = np.random.default_rng(91)
    demand, order, holding, lost, fails, recovers = random.uniform(
        [[50], [5], [0.1], [1], [0.2], [3]], [[3000], [200], [3], [30], [3], [50]], (6, 200)
    )
    found = eoq_with_disruptions(
        demand,
        order_cost=order,
        holding_cost_per_unit_year=holding,
        lost_sale_cost_per_unit=lost,
        disruptions_per_year=fails,
        recoveries_per_year=recovers,
    )
    columns = zip(order, holding, lost, demand, fails, recovers, strict=True)
    expected = np.array([peer.eoq_with_disruptions(*values) for values in columns]).T
    assert found.quantity == pytest.approx(expected[0], rel=1e-4)
    assert found.cost == pytest.approx(expected[1])


def test_two_hundred_random_base_stocks_agree_with_the_sum_over_all_disruptions() -> None:
    """Summed here: stockpyl's own function for this case does not run."""
    random = np.random.default_rng(93)
    demand, fails, recovers, holding, short = random.uniform(
        [[10], [0.01], [0.1], [0.1], [1]], [[3000], [0.3], [0.9], [3], [40]], (5, 200)
    )
    costs = {"holding_cost_per_unit": holding, "shortage_cost_per_unit": short}
    supply = {"disruption_probability": fails, "recovery_probability": recovers} | costs
    found = base_stock_with_disruptions(demand, **supply)
    length = np.arange(600)[:, None]
    chance = np.where(length == 0, recovers, fails * recovers * (1 - recovers) ** np.maximum(length - 1, 0)) / (
        fails + recovers
    )

    def summed(level: np.ndarray) -> np.ndarray:
        spare = level - (length + 1) * demand
        return (chance * np.where(spare > 0, holding * spare, -short * spare)).sum(axis=0)

    assert found.cost == pytest.approx(summed(found.quantity))
    for periods in (0.4, 1, 2.3, 3, 7):
        other = base_stock_with_disruptions_cost(periods * demand, demand_per_period=demand, **supply)
        assert other == pytest.approx(summed(periods * demand))
        assert (found.cost <= other + 1e-9).all()


def test_no_other_lot_is_cheaper() -> None:
    found = eoq_with_disruptions(1300, **EXAMPLE_91)
    others = eoq_with_disruptions_cost(np.linspace(50, 5000, 500), annual_demand=1300, **EXAMPLE_91)
    assert found.cost[0] <= others.min()


def test_a_supplier_who_never_fails_needs_the_plain_lot() -> None:
    never = eoq_with_disruptions(1300, **(EXAMPLE_91 | {"disruptions_per_year": 1e-12}))
    exact = eoq_with_additive_yield(1300, order_cost=8, holding_cost_per_unit_year=0.225, yield_mean=0, yield_sd=0)
    plain = eoq(1300, order_cost=8, holding_cost_per_unit_year=0.225)
    assert never.quantity == pytest.approx(plain, rel=1e-6)
    assert exact.quantity == pytest.approx(plain)


def test_bad_inputs_have_no_lot() -> None:
    assert np.isnan(eoq_with_disruptions([0, np.nan], **EXAMPLE_91).quantity).all()
    assert np.isnan(base_stock_with_disruptions(10, **(EXAMPLE_93 | {"recovery_probability": 1})).quantity).all()
    assert np.isnan(eoq_with_additive_yield(10, **YIELD, yield_mean=0, yield_sd=-1).quantity).all()
    assert np.isnan(eoq_with_proportional_yield(10, **YIELD, yield_mean=0, yield_sd=0.1).quantity).all()
    assert eoq_with_disruptions([], **EXAMPLE_91).quantity.size == 0
