"""Levels of the methods besides the reorder point: textbook numbers, order of the levels, edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.inventory_policy import item_policies
from analytics.policy_methods import BUFFER, NEWSVENDOR, PERIODIC, REORDER_POINT, with_methods

Z95 = 1.6448536269514722
METHODS = (REORDER_POINT, PERIODIC, NEWSVENDOR, BUFFER)


def made(method: str, *, shelf_life_days: float = math.nan, **changes: object) -> pd.Series:
    row: dict[str, object] = {
        "mean_daily_demand": 20.0,
        "daily_demand_sd": 4.0,
        "lead_time_days": 9.0,
        "lead_time_sd_days": 0.0,
        "review_days": 7.0,
        "service_level": 0.95,
        "cover_days": 28.0,
        "measure": "cycle",
        "demand_class": "smooth",
    }
    items = item_policies(pd.DataFrame([row | changes], index=[5]))
    found = with_methods(
        items,
        method=pd.Series([method], index=[5]),
        shelf_life_days=pd.Series([shelf_life_days], index=[5]),
        factors=pd.DataFrame({"lead_time_factor": [0.5], "variability_factor": [0.25]}, index=[5]),
    )
    return found.loc[5]


def test_reorder_point_stays_as_it_is() -> None:
    found = made(REORDER_POINT)
    assert found["order_up_to"] == found["reorder_point"] + found["order_quantity"]
    assert found["method"] == REORDER_POINT


def test_every_review_covers_lead_time_and_review() -> None:
    found = made(PERIODIC)
    # Demand of 16 days: 320 with a standard deviation of 4·4.
    assert found["order_up_to"] == pytest.approx(320 + Z95 * 16)
    assert found["safety_stock"] == pytest.approx(Z95 * 16)
    assert (found["order_quantity"], found["reorder_point"]) == (140, pytest.approx(180 + Z95 * 16))
    assert made(PERIODIC, moq=500.0)["order_quantity"] == 500
    assert made(PERIODIC, measure="fill")["order_up_to"] < found["order_up_to"]


def test_short_life_is_one_order_a_review() -> None:
    found = made(NEWSVENDOR, shelf_life_days=4.0)
    quantity = 80 + Z95 * 8  # 4 days
    assert found["order_quantity"] == pytest.approx(quantity)
    assert found["reorder_point"] == pytest.approx(quantity)  # one order is on its way for nine days
    assert found["order_up_to"] == pytest.approx(2 * quantity)
    assert found["method"] == NEWSVENDOR


@pytest.mark.parametrize("life", [8.0, math.nan], ids=["longer", "endless"])
def test_what_keeps_is_no_newspaper(life: float) -> None:
    found = made(NEWSVENDOR, shelf_life_days=life)
    assert found["method"] == REORDER_POINT
    assert found["order_up_to"] == made(REORDER_POINT)["order_up_to"]


def test_buffer_zones() -> None:
    found = made(BUFFER)
    red = 180 * 0.5 * 1.25
    assert found["safety_stock"] == pytest.approx(red)
    assert found["reorder_point"] == pytest.approx(red + 180)
    assert found["order_up_to"] == pytest.approx(red + 180 + 140)


def test_no_items() -> None:
    empty = made(REORDER_POINT).to_frame().T.iloc[:0]
    nothing = pd.Series([], dtype=object)
    factors = pd.DataFrame({"lead_time_factor": [], "variability_factor": []})
    assert with_methods(empty, method=nothing, shelf_life_days=pd.Series([], dtype=float), factors=factors).empty


@settings(max_examples=60, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    measure=st.sampled_from(["cycle", "fill"]),
    demand=st.just(0.0) | st.floats(1e-3, 1e4),
    variation=st.just(0.0) | st.floats(1e-3, 3),
    lead_time=st.floats(0, 200),
    life=st.sampled_from([1.0, 5.0, 30.0, math.nan]),
    target=st.floats(0.5, 0.999),
)
def test_levels_are_in_order(
    method: str, measure: str, demand: float, variation: float, lead_time: float, life: float, target: float
) -> None:
    facts = {"mean_daily_demand": demand, "daily_demand_sd": demand * variation, "lead_time_days": lead_time}
    found = made(method, shelf_life_days=life, measure=measure, service_level=target, **facts)
    levels = found[["safety_stock", "reorder_point", "order_quantity", "order_up_to"]].to_numpy(np.float64)
    assert (levels >= 0).all()
    assert found["order_up_to"] >= found["reorder_point"]
