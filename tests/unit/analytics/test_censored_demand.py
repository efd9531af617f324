"""Demand behind sales that ran out."""

import numpy as np
import pytest

from analytics.censored_demand import uncensored_demand
from analytics.errors import AnalyticsError


def test_a_stock_out_is_raised_to_the_mean_of_what_sold_more():
    found = uncensored_demand([[2.0], [4.0], [6.0], [3.0]], stocked_out=[[False], [False], [False], [True]])
    assert found[:, 0] == pytest.approx([2, 4, 6, 5])


def test_product_limit_weights_of_two_stock_outs():
    """Kaplan & Meier by hand: at 1, 2+, 3, 3+, 5 the masses are 1/5, 4/15 and 8/15."""
    sales = np.array([[1.0], [2.0], [3.0], [3.0], [5.0]])
    found = uncensored_demand(sales, stocked_out=[[False], [True], [False], [True], [False]])
    assert found[:, 0] == pytest.approx([1, (4 / 15 * 3 + 8 / 15 * 5) / (12 / 15), 3, 5, 5])


def test_the_highest_sales_stay_when_nothing_tells_more():
    assert uncensored_demand([[1.0], [9.0]], stocked_out=[[False], [True]])[:, 0] == pytest.approx([1, 9])


def test_periods_with_stock_and_unknown_periods_are_left_alone():
    sales = np.array([[np.nan, 1.0], [3.0, 2.0], [1.0, 0.0]])
    out = np.array([[True, False], [False, False], [True, False]])
    found = uncensored_demand(sales, stocked_out=out)
    np.testing.assert_array_equal(found, [[np.nan, 1], [3, 2], [3, 0]])


def test_lost_sales_bias_is_mostly_repaired():
    rng = np.random.default_rng(0)
    demand = rng.poisson(10, (400, 50)).astype(float)
    stock = rng.poisson(11, demand.shape)
    sales = np.minimum(demand, stock)
    found = uncensored_demand(sales, stocked_out=demand >= stock)
    assert sales.mean() < 8.7
    assert found.mean() == pytest.approx(10, abs=0.25)


def test_never_below_sales_and_nothing_of_nothing():
    rng = np.random.default_rng(1)
    sales = rng.poisson(3, (30, 20)).astype(float)
    out = rng.random(sales.shape) < 0.4
    assert (uncensored_demand(sales, stocked_out=out) >= sales).all()
    assert uncensored_demand(np.zeros((0, 2)), stocked_out=np.zeros((0, 2), dtype=bool)).shape == (0, 2)
    with pytest.raises(AnalyticsError, match="periods x items"):
        uncensored_demand(sales, stocked_out=out[:2])
