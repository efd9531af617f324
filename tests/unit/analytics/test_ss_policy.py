"""(s, S): textbook tables, stockpyl, what no other pair beats, edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_peer import ss as peer

from analytics.errors import AnalyticsError
from analytics.ss_policy import WIDEST, ss_cost_poisson, ss_policy_poisson, ss_power_approximation

EXAMPLE_47 = {"order_cost": 5, "holding_cost_per_unit": 1, "shortage_cost_per_unit": 4}


def test_published_pairs() -> None:
    found = ss_policy_poisson(6, **EXAMPLE_47)
    assert (found.reorder_point[0], found.order_up_to[0]) == (4, 10)
    assert found.cost_per_period[0] == pytest.approx(8.0341116)
    problem = ss_policy_poisson(4, order_cost=150, holding_cost_per_unit=40, shortage_cost_per_unit=125)
    assert (problem.reorder_point[0], problem.order_up_to[0]) == (2, 7)
    assert problem.cost_per_period[0] == pytest.approx(223.5748296)


def test_published_costs() -> None:
    found = ss_cost_poisson([4, 6], order_up_to=[10, 18], mean_demand=6, **EXAMPLE_47)
    assert found == pytest.approx([8.0341116, 10.1937987])


def test_table_of_zheng_and_federgruen() -> None:
    found = ss_policy_poisson([10, 15, 20, 25, 50], order_cost=64, holding_cost_per_unit=1, shortage_cost_per_unit=9)
    assert found.reorder_point.tolist() == [6, 10, 14, 19, 42]
    assert found.order_up_to.tolist() == [40, 49, 62, 56, 108]
    assert found.cost_per_period == pytest.approx([35.022, 42.698, 49.173, 54.262, 70.975], abs=6e-4)


def test_published_power_approximation() -> None:
    level, up_to = ss_power_approximation(
        50, demand_sd=8, order_cost=2.5, holding_cost_per_unit=0.18, shortage_cost_per_unit=0.70
    )
    assert (level[0], up_to[0]) == (pytest.approx(40.194617), pytest.approx(74.290170))


def random_items() -> dict[str, np.ndarray]:
    mean, order, holding, late = np.random.default_rng(47).uniform(
        [[0.3], [1], [0.5], [2]], [[8], [30], [4], [20]], (4, 200)
    )
    return {
        "mean_demand": mean,
        "order_cost": order,
        "holding_cost_per_unit": holding,
        "shortage_cost_per_unit": holding * late,
    }


@pytest.mark.slow
def test_two_hundred_random_items_agree_with_stockpyl() -> None:
    items = random_items()
    found = ss_policy_poisson(**items)
    expected = np.array(
        [peer.s_s_discrete_exact(h, p, k, True, m) for m, k, h, p in zip(*items.values(), strict=True)]
    ).T
    assert found.cost_per_period == pytest.approx(expected[2])
    assert found.reorder_point.tolist() == expected[0].tolist()
    assert found.order_up_to.tolist() == expected[1].tolist()


def test_two_hundred_random_approximations_agree_with_stockpyl() -> None:
    items = random_items()
    found = ss_power_approximation(**items, demand_sd=items["mean_demand"] * 0.4)
    expected = [peer.s_s_power_approximation(h, p, k, m, 0.4 * m) for m, k, h, p in zip(*items.values(), strict=True)]
    assert np.array(found) == pytest.approx(np.array(expected).T)


@settings(deadline=None)
@given(
    st.floats(0.1, 12),
    st.floats(0.5, 80),
    st.floats(0.5, 40),
    st.integers(0, 3),
    st.integers(-6, 6),
    st.integers(1, 40),
)
def test_no_other_pair_is_cheaper(
    mean: float, order: float, shortage: float, lead_time: int, shift: int, width: int
) -> None:
    terms = {
        "mean_demand": mean,
        "order_cost": order,
        "holding_cost_per_unit": 1,
        "shortage_cost_per_unit": shortage,
        "lead_time_periods": lead_time,
    }
    best = ss_policy_poisson(**terms)
    level = best.reorder_point + shift
    assert best.cost_per_period[0] <= ss_cost_poisson(level, order_up_to=level + width, **terms)[0] + 1e-9
    exact = ss_cost_poisson(best.reorder_point, order_up_to=best.order_up_to, **terms)
    assert best.cost_per_period[0] == pytest.approx(exact[0])


def test_the_promised_cost_is_what_a_simulation_pays() -> None:
    demand = np.random.default_rng(48).poisson(6, 200_000)
    position, cost = 10, 0.0
    for quantity in demand.tolist():
        if position <= 4:
            position, cost = 10, cost + 5
        position -= quantity
        cost += max(position, 0) + 4 * max(-position, 0)
    assert cost / demand.size == pytest.approx(8.0341116, rel=0.01)


def test_one_bad_item_does_not_touch_the_others() -> None:
    found = ss_policy_poisson([6, np.nan, 0, 1e7], **EXAMPLE_47)
    assert (found.reorder_point[0], found.order_up_to[0]) == (4, 10)
    assert np.isnan(found.cost_per_period[1:]).all()
    assert ss_policy_poisson([], **EXAMPLE_47).order_up_to.size == 0


@pytest.mark.parametrize("pair", [(10, 10), (10, 4), (4.5, 10), (0, WIDEST + 1), (np.nan, 10)], ids=str)
def test_pairs_that_are_none_are_refused(pair: tuple[float, float]) -> None:
    with pytest.raises(AnalyticsError, match="whole units"):
        ss_cost_poisson(pair[0], order_up_to=pair[1], mean_demand=6, **EXAMPLE_47)
