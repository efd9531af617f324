"""Economic lot sizes against Snyder & Shen."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory_peer import eoq as peer

from analytics.errors import AnalyticsError
from analytics.lot_sizing import (
    eoq,
    eoq_all_units_discount,
    eoq_cost,
    eoq_incremental_discount,
    eoq_with_backorders,
    eoq_with_backorders_cost,
    epq,
    epq_cost,
)

EXAMPLE_31 = {"order_cost": 8, "holding_cost_per_unit_year": 0.225}


def test_published_economic_order_quantities() -> None:
    found = eoq([1300, 182500], order_cost=[8, 2250], holding_cost_per_unit_year=[0.225, 275])
    assert found == pytest.approx([304.0467800264, 1728.109845], rel=1e-9)
    assert eoq(25750, order_cost=250, holding_cost_per_unit_year=3.3)[0] == pytest.approx(1975.2253, abs=5e-5)


def test_published_costs() -> None:
    costs = eoq_cost([304.0467800264, 250], annual_demand=1300, **EXAMPLE_31)
    assert costs == pytest.approx([68.4105255059, 69.725], rel=1e-9)
    problem = eoq_cost(1728.109845, annual_demand=182500, order_cost=2250, holding_cost_per_unit_year=275)
    assert problem[0] == pytest.approx(475230.207373)


def test_published_backorders() -> None:
    quantity, waiting = eoq_with_backorders(1300, **EXAMPLE_31, backorder_cost_per_unit_year=5)
    assert quantity[0] == pytest.approx(310.81255516)
    assert waiting[0] == pytest.approx(0.0430622, abs=5e-8)
    cost = eoq_with_backorders_cost(
        quantity,
        annual_demand=1300,
        **EXAMPLE_31,
        backorder_cost_per_unit_year=5,
        backordered_fraction=waiting,
    )
    assert cost[0] == pytest.approx(66.92136355)


def test_published_production_lot() -> None:
    lot = epq(80, annual_production=110, order_cost=4, holding_cost_per_unit_year=0.08)
    assert lot[0] == pytest.approx(171.26976772)
    cost = epq_cost(lot, annual_demand=80, annual_production=110, order_cost=4, holding_cost_per_unit_year=0.08)
    assert cost[0] == pytest.approx(3.736794932)
    assert np.isnan(epq(110, annual_production=110, order_cost=4, holding_cost_per_unit_year=0.08)).all()


@pytest.mark.parametrize(
    ("demand", "order_cost", "rate", "breaks", "costs", "quantity", "cost"),
    [
        (1300, 8, 0.3, [0, 400, 800], [0.75, 0.72, 0.68], 800, 978.60),
        (1000, 200, 0.2, [0, 200, 500], [500, 475, 450], 500, 472_900),
        (1300, 8, 0.3, [0], [0.75], 304.04678003, 1043.41052551),
    ],
)
def test_published_discounts(
    demand: float,
    order_cost: float,
    rate: float,
    breaks: list[float],
    costs: list[float],
    quantity: float,
    cost: float,
) -> None:
    lot = eoq_all_units_discount(
        demand, order_cost=order_cost, holding_rate_per_year=rate, breaks=breaks, unit_costs=costs
    )
    assert (lot.quantity, lot.cost_per_year) == (pytest.approx(quantity), pytest.approx(cost))


@pytest.mark.parametrize(
    ("demand", "order_cost", "rate", "breaks", "costs", "quantity", "cost"),
    [
        (1300, 8, 0.3, [0, 400, 800], [0.75, 0.72, 0.68], 304.04678003, 1043.41052551),
        (2400, 150, 0.25, [0, 300, 600], [100, 90, 80], 1481.890684, 222762.813685),
    ],
)
def test_published_incremental_discounts(
    demand: float,
    order_cost: float,
    rate: float,
    breaks: list[float],
    costs: list[float],
    quantity: float,
    cost: float,
) -> None:
    lot = eoq_incremental_discount(
        demand, order_cost=order_cost, holding_rate_per_year=rate, breaks=breaks, unit_costs=costs
    )
    assert (lot.quantity, lot.cost_per_year) == (pytest.approx(quantity), pytest.approx(cost))


@pytest.mark.parametrize("discount", [eoq_all_units_discount, eoq_incremental_discount])
@pytest.mark.parametrize("breaks", [[], [10, 20], [0, 0]])
def test_disordered_price_bands_are_refused(breaks: list[float], discount: Callable[..., object]) -> None:
    with pytest.raises(AnalyticsError, match="ascend"):
        discount(10, order_cost=1, holding_rate_per_year=0.1, breaks=breaks, unit_costs=[1.0] * len(breaks))


@pytest.mark.parametrize("discount", [eoq_all_units_discount, eoq_incremental_discount])
def test_a_free_order_has_no_economic_quantity(discount: Callable[..., object]) -> None:
    with pytest.raises(AnalyticsError, match="positive"):
        discount(10, order_cost=0, holding_rate_per_year=0.1, breaks=[0], unit_costs=[1])


def test_a_price_that_rises_with_the_quantity_is_no_discount() -> None:
    with pytest.raises(AnalyticsError, match="rise"):
        eoq_incremental_discount(10, order_cost=1, holding_rate_per_year=0.1, breaks=[0, 5], unit_costs=[1, 2])


def test_missing_inputs_have_no_quantity() -> None:
    assert np.isnan(eoq([0, 10, np.nan], order_cost=[1, 0, 1], holding_cost_per_unit_year=1)).all()
    assert eoq([], order_cost=1, holding_cost_per_unit_year=1).size == 0


@given(st.floats(1, 1e6), st.floats(0.01, 1e4), st.floats(0.01, 1e3), st.floats(0.1, 10))
def test_no_other_quantity_is_cheaper(demand: float, order: float, holding: float, factor: float) -> None:
    terms = {"order_cost": order, "holding_cost_per_unit_year": holding}
    best = eoq(demand, **terms)
    at_best, elsewhere = eoq_cost(np.append(best, best * factor), annual_demand=demand, **terms)
    assert at_best <= elsewhere * (1 + 1e-9)


def test_two_hundred_random_items_agree_with_stockpyl() -> None:
    """Quantities and costs of the whole family; a peer answers one item at a time."""
    random = np.random.default_rng(31)
    demand, order, holding, late = random.uniform([[10], [1], [0.1], [0.5]], [[5000], [500], [20], [90]], (4, 200))
    production = demand * random.uniform(1.05, 5, 200)
    terms = {"order_cost": order, "holding_cost_per_unit_year": holding}

    simple = eoq(demand, **terms)
    waiting, fraction = eoq_with_backorders(demand, **terms, backorder_cost_per_unit_year=late)
    produced = epq(demand, annual_production=production, **terms)
    found = np.array(
        [
            simple,
            eoq_cost(simple, annual_demand=demand, **terms),
            waiting,
            fraction,
            eoq_with_backorders_cost(
                waiting,
                annual_demand=demand,
                **terms,
                backorder_cost_per_unit_year=late,
                backordered_fraction=fraction,
            ),
            produced,
            epq_cost(produced, annual_demand=demand, annual_production=production, **terms),
        ]
    )
    expected = [
        (
            *peer.economic_order_quantity(k, h, d),
            *peer.economic_order_quantity_with_backorders(k, h, p, d),
            *peer.economic_production_quantity(k, h, d, m),
        )
        for d, k, h, p, m in zip(demand, order, holding, late, production, strict=True)
    ]
    assert found == pytest.approx(np.array(expected).T, rel=1e-9)


def test_two_hundred_random_price_lists_agree_with_stockpyl() -> None:
    random = np.random.default_rng(35)
    for _ in range(200):
        demand, order, rate = random.uniform([50, 5, 0.1], [5000, 300, 0.5])
        breaks = [0.0, *np.cumsum(random.uniform(20, 600, 3))]
        costs = (random.uniform(5, 50) * np.cumprod([1, *random.uniform(0.85, 0.99, 3)])).tolist()
        terms = {"order_cost": order, "holding_rate_per_year": rate, "breaks": breaks, "unit_costs": costs}
        all_units = peer.economic_order_quantity_with_all_units_discounts(order, rate, demand, breaks, costs)
        incremental = peer.economic_order_quantity_with_incremental_discounts(order, rate, demand, breaks, costs)
        found = eoq_all_units_discount(demand, **terms), eoq_incremental_discount(demand, **terms)
        for lot, (quantity, _region, cost) in zip(found, (all_units, incremental), strict=True):
            assert (lot.quantity, lot.cost_per_year) == (pytest.approx(quantity), pytest.approx(cost))
