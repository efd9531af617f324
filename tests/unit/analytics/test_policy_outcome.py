"""What policies are expected to give, and what service of one item costs."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.inventory_policy import item_policies
from analytics.policy_outcome import expected_fill_rate, service_curve

TARGETS = np.array([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


def item(**values: object) -> pd.DataFrame:
    known = {
        "mean_daily_demand": 20.0, "daily_demand_sd": 8.0, "lead_time_days": 10.0, "service_level": 0.95,
        "cover_days": 5.0, "review_days": 7.0, "lead_time_sd_days": 2.0,
    }  # fmt: skip
    return pd.DataFrame([{**known, **values}])


@pytest.mark.parametrize("demand_class", ["smooth", "lumpy"])
def test_a_policy_for_a_fill_rate_gives_it_back(demand_class: str) -> None:
    policies = item_policies(item(service_level=0.97, demand_class=demand_class), service_measure="fill_rate")
    assert expected_fill_rate(policies) == pytest.approx([0.97], abs=1e-6)


def test_textbook_fill_rate() -> None:
    # Chopra & Meindl, example 11-3: Q 10,000, reorder point 6,000, demand of two weeks 5,000 with sd 707: fr 0.9975.
    policies = item_policies(item()).assign(
        reorder_point=6000.0, order_quantity=10_000.0, lead_time_demand=5000.0, lead_time_demand_sd=707.0
    )
    assert expected_fill_rate(policies) == pytest.approx([0.9975], abs=5e-5)


def test_without_demand_or_policy_nothing_is_expected() -> None:
    rows = pd.concat([item(mean_daily_demand=0.0, daily_demand_sd=0.0), item(lead_time_days=np.nan)])
    assert np.isnan(expected_fill_rate(item_policies(rows))).all()
    assert expected_fill_rate(item_policies(item()).iloc[:0]).size == 0


@given(
    mean=st.floats(0.01, 1e4),
    variation=st.floats(0, 3),
    lead=st.floats(0, 200),
    demand_class=st.sampled_from(["smooth", "lumpy"]),
    measure=st.sampled_from(["cycle", "fill_rate"]),
)
def test_more_service_never_less_stock_nor_less_met(
    *, mean: float, variation: float, lead: float, demand_class: str, measure: Literal["cycle", "fill_rate"]
) -> None:
    known = item(
        mean_daily_demand=mean, daily_demand_sd=mean * variation, lead_time_days=lead, demand_class=demand_class
    )
    curve = service_curve(known, targets=TARGETS, service_measure=measure)
    assert (np.diff(curve["safety_stock"]) >= -1e-6 * mean).all()
    assert (np.diff(curve["expected_fill_rate"]) >= -1e-6).all()


def test_a_curve_is_of_one_item() -> None:
    with pytest.raises(AnalyticsError):
        service_curve(pd.concat([item(), item()]), targets=TARGETS)
