"""Stock against policy: position, cover, status, money, proposals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.inventory_position import inventory_position, reorder_proposals

ROW: dict[str, float] = {
    "on_hand": 80.0,
    "on_order": 0.0,
    "allocated": 0.0,
    "mean_daily_demand": 5.0,
    "unit_cost": 2.0,
    "safety_stock": 10.0,
    "reorder_point": 60.0,
    "order_up_to": 100.0,
    "lead_time_days": 10.0,
    "days_to_next_receipt": np.nan,
    "shortage_cost_per_unit": 3.0,
    "moq": np.nan,
    "order_multiple": np.nan,
    "max_order_quantity": np.nan,
}
QUANTITY = st.integers(0, 10**8).map(lambda thousandths: thousandths / 1000)
MAYBE = st.one_of(st.just(np.nan), QUANTITY)
KNOWN = dict.fromkeys(("on_hand", "on_order", "allocated", "mean_daily_demand", "unit_cost"), QUANTITY)


def stock(*changes: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame([ROW | change for change in changes], columns=list(ROW))


def position(**changes: float) -> pd.Series:
    return inventory_position(stock(changes)).iloc[0]


def test_published_surplus_order() -> None:
    found = position(on_hand=80, on_order=50)
    assert (found["surplus_order_quantity"], found["excess_quantity"]) == (30, 0)
    assert (found["status"], found["money_at_stake"]) == ("over_ordered", 60)


@pytest.mark.parametrize(
    ("changes", "status", "money"),
    [
        ({}, "healthy", 0),
        ({"on_hand": 0, "on_order": 90}, "stocked_out", 10 * 5 * 3),
        ({"on_hand": 0, "on_order": 90, "days_to_next_receipt": 4}, "stocked_out", 4 * 5 * 3),
        ({"on_hand": 0, "mean_daily_demand": 0, "reorder_point": 0, "order_up_to": 0}, "healthy", 0),
        ({"on_hand": 35}, "at_risk", 15 * 3),
        ({"on_hand": 35, "on_order": 65, "days_to_next_receipt": 6}, "healthy", 0),
        ({"on_hand": 35, "on_order": 65, "days_to_next_receipt": -6}, "at_risk", 15 * 3),
        ({"on_hand": 35, "on_order": 65, "days_to_next_receipt": 60}, "at_risk", 15 * 3),
        ({"on_hand": 60, "allocated": 25}, "at_risk", 15 * 3),
        ({"on_hand": 20, "allocated": 25, "mean_daily_demand": 0}, "at_risk", 5 * 3),
        ({"on_hand": 35, "shortage_cost_per_unit": np.nan}, "at_risk", 15 * 2),
        ({"order_up_to": np.nan, "reorder_point": np.nan}, "no_policy", 0),
        ({"on_hand": 0, "order_up_to": np.nan, "reorder_point": np.nan}, "stocked_out", 150),
        ({"on_hand": 130}, "excess", 30 * 2),
        ({"on_hand": 130, "on_order": 50}, "excess", 30 * 2),
        ({"on_hand": 130, "allocated": 20}, "excess", 10 * 2),
        ({"on_hand": 60, "mean_daily_demand": 0, "reorder_point": 0, "order_up_to": 0}, "excess", 120),
        ({"on_hand": 80, "on_order": 50, "order_multiple": 40}, "healthy", 0),
        ({"on_hand": 130, "order_multiple": 40}, "healthy", 0),
    ],
)
def test_status_and_its_money(changes: dict[str, float], status: str, money: float) -> None:
    found = position(**changes)
    assert (found["status"], found["money_at_stake"]) == (status, money)


def test_cover_and_stock_out() -> None:
    found = inventory_position(
        stock(
            {"on_hand": 42},
            {"on_hand": 45, "allocated": 45},
            {"mean_daily_demand": 0},
            {"mean_daily_demand": 0, "on_hand": 0},
            {"mean_daily_demand": np.nan},
        )
    )
    assert found["days_of_cover"].tolist() == pytest.approx([8.4, 0, np.inf, np.nan, np.nan], nan_ok=True)
    assert found["days_to_stock_out"].tolist() == pytest.approx([8, 0, np.nan, np.nan, np.nan], nan_ok=True)


def test_a_forecast_decayed_to_almost_nothing_lasts_for_ever() -> None:
    assert position(mean_daily_demand=5e-324)["days_of_cover"] == np.inf


def test_missing_stock_rows_mean_none_and_missing_columns_are_named() -> None:
    found = position(on_hand=np.nan, on_order=np.nan, allocated=np.nan)
    assert (found["position"], found["status"]) == (0, "stocked_out")
    required = stock({}).drop(columns=["moq", "order_multiple", "max_order_quantity", "days_to_next_receipt"])
    assert inventory_position(required)["status"].item() == "healthy"
    with pytest.raises(AnalyticsError, match="unit_cost, lead_time_days"):
        inventory_position(stock({}).drop(columns=["unit_cost", "lead_time_days"]))
    assert inventory_position(stock()).empty
    assert reorder_proposals(inventory_position(stock())).empty


def test_unknown_lead_time_gives_no_invented_shortage() -> None:
    found = position(on_hand=0, lead_time_days=np.nan)
    assert found["status"] == "stocked_out"
    assert np.isnan(found["money_at_stake"])


def test_proposals_are_ranked_by_money_then_time() -> None:
    positions = inventory_position(
        stock(
            {"on_hand": 61},
            {"on_hand": 58},
            {"on_hand": 55},
            {"on_hand": 40},
            {"on_hand": 20, "shortage_cost_per_unit": 9.0},
            {"on_hand": 20, "on_order": 60},
            {"on_hand": 20, "order_up_to": np.nan, "reorder_point": np.nan},
            {"on_hand": 0, "mean_daily_demand": 0, "reorder_point": 0, "order_up_to": 0},
        )
    )
    proposals = reorder_proposals(positions)
    assert proposals.index.tolist() == [4, 3, 2, 1]
    assert proposals["rank"].tolist() == [1, 2, 3, 4]
    assert proposals["quantity"].tolist() == [80, 60, 45, 42]
    assert proposals["shortage_value"].tolist() == [270, 30, 0, 0]
    assert proposals["order_value"].tolist() == [160, 120, 90, 84]


def test_a_proposal_names_the_term_that_bound_it() -> None:
    due = {"on_hand": 40}
    proposals = reorder_proposals(
        inventory_position(
            stock(due | {"moq": 90}, due | {"order_multiple": 25}, due | {"max_order_quantity": 50}, due)
        )
    )
    assert dict(zip(proposals["bound"], proposals["quantity"], strict=True)) == {
        "moq": 90,
        "multiple": 75,
        "maximum": 50,
        "nothing": 60,
    }
    assert (proposals["quantity_needed"] == 60).all()


def test_an_accepted_proposal_is_not_proposed_again_nor_an_exception() -> None:
    before = stock({"on_hand": 52, "order_multiple": 24, "moq": 48})
    ordered = reorder_proposals(inventory_position(before))["quantity"]
    after = inventory_position(before.assign(on_order=before["on_order"] + ordered))
    assert reorder_proposals(after).empty
    assert after["status"].item() == "healthy"


@settings(max_examples=60)
@given(st.lists(st.fixed_dictionaries(KNOWN | dict.fromkeys(ROW.keys() - KNOWN.keys(), MAYBE)), max_size=6))
def test_whatever_is_stored_never_breaks_the_page(rows: list[dict[str, float]]) -> None:
    found = inventory_position(pd.DataFrame(rows, columns=list(ROW)))
    for name in ("excess_quantity", "surplus_order_quantity", "shortage_quantity", "excess_value"):
        assert not (found[name] < 0).any()
    above = (found["position"] - found["order_up_to"]).clip(lower=0)
    split = found["excess_quantity"] + found["surplus_order_quantity"]
    assert split.to_numpy() == pytest.approx(above.to_numpy(), nan_ok=True)
    risky = found["status"].isin(["stocked_out", "at_risk"])
    assert not (found["shortage_quantity"][~risky] > 0).any()
    proposals = reorder_proposals(found)
    assert (proposals["quantity"] > 0).all()
    assert (proposals["position"] <= proposals["reorder_point"]).all()
    assert proposals["shortage_value"].dropna().is_monotonic_decreasing
    pd.testing.assert_frame_equal(proposals, reorder_proposals(found))
