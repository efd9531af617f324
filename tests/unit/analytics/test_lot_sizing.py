"""Economic lot sizes against Snyder & Shen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.lot_sizing import eoq, eoq_all_units_discount, eoq_cost, eoq_with_backorders, epq

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


def test_published_production_lot() -> None:
    lot = epq(80, annual_production=110, order_cost=4, holding_cost_per_unit_year=0.08)
    assert lot[0] == pytest.approx(171.26976772)
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


@pytest.mark.parametrize("breaks", [[], [10, 20], [0, 0]])
def test_disordered_price_bands_are_refused(breaks: list[float]) -> None:
    with pytest.raises(AnalyticsError, match="ascend"):
        eoq_all_units_discount(
            10, order_cost=1, holding_rate_per_year=0.1, breaks=breaks, unit_costs=[1.0] * len(breaks)
        )


def test_a_free_order_has_no_economic_quantity() -> None:
    with pytest.raises(AnalyticsError, match="positive"):
        eoq_all_units_discount(10, order_cost=0, holding_rate_per_year=0.1, breaks=[0], unit_costs=[1])
    assert np.isnan(eoq([0, 10, np.nan], order_cost=[1, 0, 1], holding_cost_per_unit_year=1)).all()
    assert eoq([], order_cost=1, holding_cost_per_unit_year=1).size == 0


@given(st.floats(1, 1e6), st.floats(0.01, 1e4), st.floats(0.01, 1e3), st.floats(0.1, 10))
def test_no_other_quantity_is_cheaper(demand: float, order: float, holding: float, factor: float) -> None:
    terms = {"order_cost": order, "holding_cost_per_unit_year": holding}
    best = eoq(demand, **terms)
    at_best, elsewhere = eoq_cost(np.append(best, best * factor), annual_demand=demand, **terms)
    assert at_best <= elsewhere * (1 + 1e-9)
