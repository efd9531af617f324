"""Fixed lots under continuous review: textbook figures, stockpyl, what no other pair beats, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory_peer import rq as peer
from scipy import integrate

from analytics.newsvendor import newsvendor_normal_cost
from analytics.rq_policy import RqMethod, rq_cost, rq_expected_inventory, rq_poisson, rq_policy, rq_reorder_point

LEAD_TIME = {"annual_demand_sd": 150, "lead_time_years": 1 / 12}
COSTS = {"order_cost": 8, "holding_cost_per_unit_year": 0.225}
EXAMPLE_51 = LEAD_TIME | COSTS | {"backorder_cost_per_unit_year": 7.5}


def test_published_costs() -> None:
    found = rq_cost([126.8, 100], order_quantity=[328.5, 250], annual_demand=1300, **EXAMPLE_51)
    assert found == pytest.approx([78.0711625, 87.3464780])


@pytest.mark.parametrize(
    ("method", "level", "lot"),
    [
        (RqMethod.EOQ_WITH_BACKORDERS, 128.6378, 308.5738),
        (RqMethod.EOQ_WITH_SAFETY_STOCK, 190.3370, 304.0468),
        (RqMethod.LOSS_FUNCTION, 126.8671, 328.4491),
        (RqMethod.EXACT, 126.8671, 328.4491),
    ],
)
def test_published_pairs(method: RqMethod, level: float, lot: float) -> None:
    found = rq_policy(1300, **EXAMPLE_51, method=method)
    assert (found.reorder_point[0], found.order_quantity[0]) == (
        pytest.approx(level, abs=5e-5),
        pytest.approx(lot, abs=5e-5),
    )


def test_published_expected_inventory() -> None:
    found = rq_expected_inventory(1300, **LEAD_TIME, **COSTS, shortage_cost_per_unit=7.5)
    assert found.reorder_point[0] == pytest.approx(213.9704, abs=5e-5)
    assert found.order_quantity[0] == pytest.approx(318.5902, abs=5e-5)
    assert found.cost_per_year[0] == pytest.approx(95.4511, abs=5e-5)


def test_published_poisson_pair() -> None:
    found = rq_poisson(
        1.5, lead_time_years=2, order_cost=100, holding_cost_per_unit_year=20, backorder_cost_per_unit_year=150
    )
    assert (found.reorder_point[0], found.order_quantity[0]) == (3, 5)
    assert found.cost_per_year[0] == pytest.approx(107.9235806)


def random_items() -> dict[str, np.ndarray]:
    demand, spread, wait, order, holding, late = np.random.default_rng(51).uniform(
        [[20], [0.05], [0.01], [1], [0.1], [2]], [[3000], [0.5], [0.5], [200], [4], [60]], (6, 200)
    )
    return {
        "annual_demand": demand,
        "annual_demand_sd": spread * demand,
        "lead_time_years": wait,
        "order_cost": order,
        "holding_cost_per_unit_year": holding,
        "backorder_cost_per_unit_year": holding * late,
    }


def by_item(items: dict[str, np.ndarray], *names: str) -> list[tuple[float, ...]]:
    return list(zip(*(items[name] for name in names), strict=True))


ARGUMENTS = (
    "holding_cost_per_unit_year",
    "backorder_cost_per_unit_year",
    "order_cost",
    "annual_demand",
    "annual_demand_sd",
    "lead_time_years",
)


@pytest.mark.parametrize(
    ("method", "approximation"),
    [
        (RqMethod.EOQ_WITH_BACKORDERS, "r_q_eoqb_approximation"),
        (RqMethod.EOQ_WITH_SAFETY_STOCK, "r_q_eoqss_approximation"),
    ],
)
def test_approximations_of_two_hundred_random_items_agree_with_stockpyl(method: RqMethod, approximation: str) -> None:
    items = random_items()
    found = rq_policy(**items, method=method)
    expected = np.array([getattr(peer, approximation)(*values) for values in by_item(items, *ARGUMENTS)]).T
    assert found.order_quantity == pytest.approx(expected[1])
    assert found.reorder_point == pytest.approx(expected[0], rel=1e-4, abs=1e-3)


def test_exact_costs_of_two_hundred_random_items_agree_with_stockpyl() -> None:
    items = random_items()
    found = rq_policy(**items)
    pairs = zip(found.reorder_point, found.order_quantity, by_item(items, *ARGUMENTS), strict=True)
    expected = [peer.r_q_cost(level, lot, *values) for level, lot, values in pairs]
    assert found.cost_per_year == pytest.approx(expected, rel=1e-5)


def test_two_hundred_random_loss_functions_agree_with_stockpyl_and_never_beat_the_best() -> None:
    items = random_items()
    found, exact = rq_policy(**items, method=RqMethod.LOSS_FUNCTION), rq_policy(**items)
    assert (found.cost_per_year >= exact.cost_per_year * (1 - 1e-9)).all()
    for item, values in enumerate(by_item(items, *ARGUMENTS)):
        level, lot = peer.r_q_loss_function_approximation(*(float(value) for value in values))
        assert (found.reorder_point[item], found.order_quantity[item]) == (
            pytest.approx(level, rel=1e-4, abs=1e-3),
            pytest.approx(lot, rel=1e-4),
        )


def test_two_hundred_random_expected_inventories_agree_with_stockpyl() -> None:
    items = random_items()
    short = items.pop("backorder_cost_per_unit_year")
    found = rq_expected_inventory(**items, shortage_cost_per_unit=short)
    arguments = by_item(items | {"short": short}, ARGUMENTS[0], "short", *ARGUMENTS[2:])
    expected = np.array([peer.r_q_eil_approximation(*values) for values in arguments]).T
    assert found.reorder_point == pytest.approx(expected[0], rel=1e-5)
    assert found.order_quantity == pytest.approx(expected[1], rel=1e-5)
    assert found.cost_per_year == pytest.approx(expected[2], rel=1e-5)


def test_two_hundred_random_poisson_pairs_agree_with_stockpyl() -> None:
    demand, wait, order, holding, late = np.random.default_rng(58).uniform(
        [[0.5], [0.1], [1], [1], [2]], [[12], [3], [80], [20], [20]], (5, 200)
    )
    found = rq_poisson(
        demand,
        lead_time_years=wait,
        order_cost=order,
        holding_cost_per_unit_year=holding,
        backorder_cost_per_unit_year=holding * late,
    )
    expected = np.array(
        [
            peer.r_q_poisson_exact(h, h * p, k, d, w)
            for d, w, k, h, p in zip(demand, wait, order, holding, late, strict=True)
        ]
    ).T
    assert found.cost_per_year == pytest.approx(expected[2])
    assert found.reorder_point.tolist() == expected[0].tolist()
    assert found.order_quantity.tolist() == expected[1].tolist()


@given(st.floats(0.2, 3), st.floats(-200, 200), st.floats(0, 300), st.floats(0.3, 30))
def test_no_other_pair_is_cheaper(factor: float, shift: float, spread: float, late: float) -> None:
    terms = EXAMPLE_51 | {"annual_demand_sd": spread, "backorder_cost_per_unit_year": late}
    best = rq_policy(1300, **terms)
    other = rq_cost(
        best.reorder_point + shift, order_quantity=best.order_quantity * factor, annual_demand=1300, **terms
    )
    assert best.cost_per_year[0] <= other[0] * (1 + 1e-9)


def test_the_cost_is_the_integral_of_what_each_position_costs() -> None:
    rates = {"mean_demand": 1300 / 12, "demand_sd": 150 / np.sqrt(12)}
    costs = {"holding_cost_per_unit": 0.225, "shortage_cost_per_unit": 7.5}
    area, _error = integrate.quad(lambda level: newsvendor_normal_cost(level, **rates, **costs)[0], 100, 350)
    found = rq_cost(100, order_quantity=250, annual_demand=1300, **EXAMPLE_51)
    assert found[0] == pytest.approx((8 * 1300 + area) / 250)


def test_without_spread_it_is_the_lot_with_backorders() -> None:
    found = rq_policy(1300, **(EXAMPLE_51 | {"annual_demand_sd": 0, "backorder_cost_per_unit_year": 5}))
    assert found.order_quantity[0] == pytest.approx(310.81255516, rel=1e-5)
    assert found.cost_per_year[0] == pytest.approx(66.92136355, rel=1e-5)


def test_one_bad_item_does_not_touch_the_others() -> None:
    for method in RqMethod:
        found = rq_policy([1300, np.nan, 0, 1300], **(EXAMPLE_51 | {"order_cost": [8, 8, 8, 0]}), method=method)
        alone = rq_policy(1300, **EXAMPLE_51, method=method)
        assert found.cost_per_year[0] == pytest.approx(alone.cost_per_year[0])
        assert np.isnan(found.cost_per_year[1:]).all()
    assert rq_policy([], **EXAMPLE_51).cost_per_year.size == 0


def test_whole_unit_demand_without_its_inputs_or_in_masses_has_no_pair() -> None:
    found = rq_poisson(
        [np.nan, 0, 1e9],
        lead_time_years=1,
        order_cost=1,
        holding_cost_per_unit_year=1,
        backorder_cost_per_unit_year=1,
    )
    assert np.isnan(found.order_quantity).all()


def test_shortages_that_cost_nothing_are_not_held_against() -> None:
    found = rq_expected_inventory(1300, **LEAD_TIME, **COSTS, shortage_cost_per_unit=0.01)
    assert np.isnan(found.reorder_point).all()


def test_a_larger_lot_needs_a_lower_reorder_point() -> None:
    terms = {name: value for name, value in EXAMPLE_51.items() if name != "order_cost"}
    levels = rq_reorder_point([100, 300, 900], annual_demand=1300, **terms)
    assert levels[1] == pytest.approx(129.42728, abs=1e-4)
    assert (np.diff(levels) < 0).all()
