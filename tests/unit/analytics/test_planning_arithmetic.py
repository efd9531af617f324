"""The sums of a plan: glossary figures, identities in every cell, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.errors import AnalyticsError
from analytics.order_quantity import bounded_quantity
from analytics.planning_arithmetic import (
    consumed_forecast,
    needed_supply,
    periods_of_cover,
    projected_stock,
    simple_suggestion,
)

PANELS = arrays(np.float64, (6, 3), elements=st.integers(0, 100).map(float))


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_consumption_of_the_glossary() -> None:
    found = consumed_forecast(column(350, 350, 350), orders=column(130, 100, 80))
    assert found.net_forecast[:, 0].tolist() == [220, 250, 270]
    assert found.total_demand(column(130, 100, 80))[:, 0].tolist() == [350, 350, 350]


def test_orders_reach_back_before_they_reach_on() -> None:
    forecast, orders = column(100, 100, 100, 100), column(0, 0, 270, 0)
    reach = {"backward_periods": 1, "forward_periods": 1}
    found = consumed_forecast(forecast, orders=orders, **reach)
    assert found.net_forecast[:, 0].tolist() == [100, 0, 0, 30]
    alone = consumed_forecast(forecast, orders=orders)
    assert alone.net_forecast[:, 0].tolist() == [100, 100, 0, 100]
    assert alone.orders_over_forecast[:, 0].tolist() == [0, 0, 170, 0]
    twice = consumed_forecast(column(100, 100), orders=column(150, 100), **reach)
    assert twice.orders_over_forecast[:, 0].tolist() == [50, 0]


@given(PANELS, PANELS, st.integers(0, 6), st.integers(0, 6))
def test_consumption_loses_nothing(forecast: np.ndarray, orders: np.ndarray, back: int, forward: int) -> None:
    found = consumed_forecast(forecast, orders=orders, backward_periods=back, forward_periods=forward)
    assert (found.net_forecast >= 0).all()
    assert (found.net_forecast <= forecast).all()
    consumed = (forecast - found.net_forecast).sum(axis=0)
    assert consumed == pytest.approx((orders - found.orders_over_forecast).sum(axis=0))
    if back == forward == 6:
        assert found.net_forecast.sum(axis=0) == pytest.approx(np.maximum(forecast.sum(axis=0) - orders.sum(axis=0), 0))


@given(PANELS, PANELS, arrays(np.float64, 3, elements=st.integers(0, 100).map(float)))
def test_stock_is_what_was_there_plus_received_less_demand(
    receipts: np.ndarray, demand: np.ndarray, opening: np.ndarray
) -> None:
    end = projected_stock(opening, receipts=receipts, demand=demand)
    start = np.vstack([opening, end[:-1]])
    assert (end == start + receipts - demand).all()


def test_supply_proposal_of_the_glossary() -> None:
    """Chairs: target 10, stock 60, demand 75, at most 20 an order."""
    need = needed_supply([60, 90, np.nan], demand=75, safety_target=10)
    assert need[:2].tolist() == [25, 0]
    assert np.isnan(need[2])
    assert bounded_quantity(need[:1], moq=5, maximum=20).quantity[0] == 20
    assert needed_supply(60, demand=75, safety_target=10, dependent_demand=5)[0] == 30


def test_suggestions_of_the_glossary() -> None:
    found = simple_suggestion(
        [40, 166, 0, 5], sold_in_days=[30, 7, 30, 0], cover_days=[14, 30, 9, 9], growth_factor=[1, 1.2, 1, 1]
    )
    assert found[:3].tolist() == [19, 854, 0]
    assert np.isnan(found[3])
    assert simple_suggestion(1, sold_in_days=2, cover_days=5)[0] == 3


def test_cover_follows_the_plan() -> None:
    demand = np.array([[10, 0, 0, 10], [20, 5, 0, 10], [40, 0, 0, 10]], dtype=float)
    cover = periods_of_cover([25, 5, 3, 45], demand=demand)
    assert cover[:2].tolist() == pytest.approx([1.75, 2])
    assert np.isinf(cover[2])
    assert cover[3] == pytest.approx(4.5)
    assert periods_of_cover([0, np.nan, -4], demand=np.ones((2, 3)))[[0, 2]].tolist() == [0, 0]


def test_shapes_are_judged() -> None:
    with pytest.raises(AnalyticsError, match="same periods"):
        consumed_forecast(column(1), orders=column(1, 2))
    with pytest.raises(AnalyticsError, match="reach"):
        consumed_forecast(column(1), orders=column(1), backward_periods=-1)
    with pytest.raises(AnalyticsError, match="same periods"):
        projected_stock(1, receipts=column(1), demand=column(1, 2))
    with pytest.raises(AnalyticsError, match="periods x items"):
        periods_of_cover(1, demand=[1.0])


def test_a_missing_quantity_is_none() -> None:
    assert projected_stock(np.nan, receipts=column(np.nan, 5), demand=column(1, np.nan))[:, 0].tolist() == [-1, 4]
    assert consumed_forecast(column(np.nan), orders=column(4)).orders_over_forecast.tolist() == [[4]]
    assert projected_stock([], receipts=np.empty((3, 0)), demand=np.empty((3, 0))).shape == (3, 0)
