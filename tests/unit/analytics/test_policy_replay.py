"""Policies as they are handed out, replayed."""

import numpy as np
import pandas as pd
import pytest

from analytics.policy_replay import Kind, replayed, review_periods

ITEMS = pd.DataFrame(
    {
        "lead_time_mean": [0.0, 0.0, 1.0],
        "lead_time_sd": 0.0,
        "review_period": [1.0, np.nan, 1.4],
        "moq": [np.nan, 4.0, np.nan],
        "lot_multiple": np.nan,
        "shelf_life": [np.nan, np.nan, 2.0],
    }
)
POLICIES = pd.DataFrame(
    {
        "policy": [Kind.FIXED_LOT, Kind.MIN_MAX, Kind.NEWSVENDOR],
        "reorder_point": [2.0, 2.0, 0.0],
        "order_quantity": [5.0, 3.0, 6.0],
        "order_up_to": [7.0, 5.0, 6.0],
    }
)


def test_a_part_of_a_review_period_waits_for_its_end():
    assert review_periods(ITEMS).tolist() == [1, 1, 2]


def test_each_kind_orders_in_its_own_way():
    demand = np.array([[5.0, 4.0, 3.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])[:, :, None]
    found = replayed(POLICIES, items=ITEMS, demand=demand, unmet="lost")
    # Seven less five, a lot of five; five less four, at least four; six at every other review, good for two periods.
    assert found.mean_stock.mean == pytest.approx([(2 + 7 + 7 + 7) / 4, (1 + 5 + 5 + 5) / 4, (3 + 0 + 0 + 6) / 4])
    assert found.wasted.mean == pytest.approx([0, 0, 3 / 4])
    assert found.fill_rate.mean == pytest.approx([1, 1, 1])
