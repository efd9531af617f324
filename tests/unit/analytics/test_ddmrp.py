"""Demand-driven buffers: the published item through its orders, spikes, edges."""

import numpy as np
import pytest

from analytics.ddmrp import (
    Buffer,
    buffer_priority,
    buffer_zones,
    ddmrp_buffer,
    ddmrp_order,
    net_flow_position,
    qualified_demand,
)
from analytics.errors import AnalyticsError


def published(**changes: object) -> Buffer:
    terms = {"lead_time_days": 10, "lead_time_factor": 0.5, "variability_factor": 0.5}
    return ddmrp_buffer(**({"average_daily_usage": 4} | terms | changes))


def test_published_zones() -> None:
    buffer = published()
    assert (buffer.red_base[0], buffer.red_safety[0], buffer.yellow[0], buffer.green[0]) == (20, 10, 40, 20)
    assert (buffer.top_of_red[0], buffer.top_of_yellow[0], buffer.top_of_green[0]) == (30, 70, 90)


def test_published_course_of_the_item() -> None:
    buffer = published()
    full = net_flow_position(200, on_order=0, qualified_demand=0)
    assert buffer_priority(full, zone_top=buffer.top_of_green)[0] == pytest.approx(2.2222, abs=5e-5)
    assert buffer_priority(200, zone_top=buffer.top_of_red)[0] == pytest.approx(6.6667, abs=5e-5)
    assert ddmrp_order(full, buffer=buffer).quantity[0] == 0
    shipped = net_flow_position(50, on_order=0, qualified_demand=0)
    assert ddmrp_order(shipped, buffer=buffer).quantity[0] == 40
    assert ddmrp_order(shipped + 10, buffer=buffer).quantity[0] == 30
    ordered = net_flow_position(50, on_order=40, qualified_demand=0)
    assert ddmrp_order(ordered, buffer=buffer).quantity[0] == 0


def test_green_is_the_largest_of_its_reasons() -> None:
    assert published(moq=[10, 25, np.nan], order_cycle_days=[1, 1, 8]).green.tolist() == [20, 25, 32]


def test_an_order_is_due_at_the_top_of_yellow_and_not_above() -> None:
    buffer = published()
    assert ddmrp_order([70, 70.5], buffer=published(moq=[1, 1])).quantity.tolist() == [20, 0]
    assert ddmrp_order(50, buffer=buffer, moq=24, multiple=24).quantity[0] == 48


def test_zones_of_a_position() -> None:
    buffer = published(average_daily_usage=[4, 4, 4, 4, 4, 4, np.nan])
    zones = buffer_zones([-1, 0, 30, 70, 90, 91, 5], buffer=buffer)
    assert zones.tolist() == ["empty", "empty", "red", "yellow", "green", "above", "none"]


def test_only_spikes_within_the_horizon_count() -> None:
    orders = np.array([[3, 0], [14, 14], [15, 15], [40, 0], [90, 90]])
    found = qualified_demand(orders, past_due=[2, 0], spike_threshold=15, spike_horizon_days=[3, 2])
    assert found.tolist() == [2 + 3 + 15 + 40, 15]
    never = qualified_demand(orders, spike_threshold=[np.nan, 0], spike_horizon_days=10)
    assert never.tolist() == [3, 14 + 15 + 90]


def test_an_item_without_its_inputs_has_no_buffer() -> None:
    buffer = published(average_daily_usage=[np.nan, -1, 4])
    assert np.isnan(buffer.top_of_green).tolist() == [True, True, False]
    assert np.isnan(ddmrp_order([1, 1, 1], buffer=buffer).quantity).tolist() == [True, True, False]
    idle = published(average_daily_usage=0)
    assert (idle.top_of_green[0], ddmrp_order(0, buffer=idle).quantity[0]) == (0, 0)
    assert np.isnan(buffer_priority(0, zone_top=idle.top_of_green)).all()


def test_orders_are_days_by_items() -> None:
    for orders in ([1.0, 2.0], np.empty((0, 2))):
        with pytest.raises(AnalyticsError, match="days x items"):
            qualified_demand(orders, spike_threshold=1, spike_horizon_days=1)
