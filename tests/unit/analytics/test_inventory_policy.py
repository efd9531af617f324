"""Stocking policies: textbook numbers, what a simulated item really gets, invariants and edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from analytics.errors import AnalyticsError
from analytics.inventory_policy import (
    ServiceMeasure,
    item_policies,
    reorder_point,
    safety_stock,
    safety_stock_for_fill_rate,
)

LEVELS = ["safety_stock", "reorder_point", "order_quantity", "order_up_to"]
TABLE_Z = ndtr(1.28)


def item(**changes: object) -> pd.DataFrame:
    row: dict[str, object] = {
        "mean_daily_demand": 30.0,
        "daily_demand_sd": 3.0,
        "lead_time_days": 7.0,
        "lead_time_sd_days": 4.0,
        "service_level": 0.9,
        "cover_days": 10.0,
        "moq": 100.0,
        "order_multiple": 24.0,
        "demand_class": "smooth",
    }
    return pd.DataFrame([row | changes], index=["KL-0001"])


def policy(service_measure: ServiceMeasure = "cycle", **changes: object) -> pd.Series:
    return item_policies(item(**changes), service_measure=service_measure).loc["KL-0001"]


def test_published_safety_stocks() -> None:
    gasoline = {"daily_demand_sd": 3, "lead_time_days": 7, "lead_time_sd_days": 4}
    assert safety_stock(30, service_level=TABLE_Z, **gasoline)[0] == pytest.approx(153.9356, abs=5e-5)
    assert safety_stock(30, service_level=0.9, **gasoline)[0] == pytest.approx(154.1222, abs=5e-5)
    hardware = safety_stock(5, daily_demand_sd=0, lead_time_days=3, lead_time_sd_days=2, service_level=0.95)
    assert hardware[0] == pytest.approx(16.449, abs=5e-4)


def test_erratic_demand_is_normal_only_over_a_long_time() -> None:
    def distribution(**changes: object) -> str:
        return str(policy(demand_class="erratic", daily_demand_sd=30.0, **changes)["distribution"])

    assert distribution(lead_time_days=16.0) == "normal"  # 30·4 of 480
    assert distribution(lead_time_days=3.0) == "gamma"  # 30·√3 of 90
    assert distribution(lead_time_days=3.0, review_days=13.0) == "normal"
    assert policy(daily_demand_sd=30.0, lead_time_days=3.0)["distribution"] == "normal"


def test_each_item_has_its_own_measure() -> None:
    both = pd.concat([item(measure="cycle"), item(measure="fill")])
    found = item_policies(both)["safety_stock"].to_numpy()
    assert found[0] == policy("cycle")["safety_stock"]
    assert found[1] == policy("fill_rate")["safety_stock"]


def test_published_weight_of_the_lead_time_spread() -> None:
    stock = safety_stock(2500, daily_demand_sd=500, lead_time_days=7, lead_time_sd_days=[7, 0], service_level=0.9)
    assert stock == pytest.approx([22_491, 1_695], abs=0.5)


def test_published_periodic_review() -> None:
    stock = safety_stock(50, daily_demand_sd=8, lead_time_days=4, review_days=1, service_level=0.70 / 0.88)
    level = reorder_point(50, lead_time_days=4, review_days=1, safety_stock=stock)
    assert level[0] == pytest.approx(264.766894, abs=5e-6)


def test_published_reorder_point() -> None:
    stock = safety_stock(60, daily_demand_sd=0, lead_time_days=6, lead_time_sd_days=2, service_level=TABLE_Z)
    assert reorder_point(60, lead_time_days=6, safety_stock=stock)[0] == pytest.approx(513.6)


def test_published_fill_rate() -> None:
    stock = safety_stock_for_fill_rate(125 * np.sqrt(6), order_quantity=1975.2253, fill_rate=0.98)
    assert stock[0] == pytest.approx(232.557, abs=5e-4)
    assert reorder_point(515, lead_time_days=6, safety_stock=stock)[0] == pytest.approx(3322.557, abs=5e-4)
    assert stock[0] / (125 * np.sqrt(6)) == pytest.approx(0.759528, abs=5e-7)


def test_a_policy_shows_the_inputs_that_made_it() -> None:
    made = policy()
    assert made["safety_stock"] == pytest.approx(154.1222, abs=5e-5)
    assert made["reorder_point"] == pytest.approx(364.1222, abs=5e-5)
    assert (made["order_quantity_wanted"], made["order_quantity"]) == (300, 312)
    assert (made["order_quantity_basis"], made["order_quantity_bound"]) == ("cover", "multiple")
    assert made["order_up_to"] == pytest.approx(676.1222, abs=5e-5)
    assert made["distribution"] == "normal"
    inputs = item().loc["KL-0001"]
    assert made[inputs.index].tolist() == inputs.tolist()
    assert not made["lead_time_sd_assumed_zero"]


def test_an_unknown_lead_time_spread_is_reported() -> None:
    made = policy(lead_time_sd_days=np.nan)
    assert made["lead_time_sd_assumed_zero"]
    assert made["safety_stock"] == pytest.approx(1.2815516 * 3 * np.sqrt(7))


def test_fill_rate_policy_uses_the_quantity_that_will_be_ordered() -> None:
    made = policy(
        "fill_rate",
        mean_daily_demand=515,
        daily_demand_sd=125,
        lead_time_days=6,
        lead_time_sd_days=0,
        service_level=0.98,
        cover_days=1975.2253 / 515,
        moq=np.nan,
        order_multiple=np.nan,
    )
    assert made["reorder_point"] == pytest.approx(3322.557, abs=5e-4)


def test_safety_stock_is_floored_and_says_so() -> None:
    low = policy("fill_rate", service_level=0.5)
    assert (low["safety_stock"], low["safety_stock_floored"]) == (0, True)
    assert low["reorder_point"] == 210
    assert not policy("fill_rate", service_level=0.99)["safety_stock_floored"]


def lumpy_days(count: int, days: int) -> np.ndarray:
    random = np.random.default_rng(11)
    return random.binomial(1, 0.1, (count, days)) * random.gamma(1.5, 40.0, (count, days))


def simulated_cycles(made: pd.Series, demand: np.ndarray, lead_time: int) -> tuple[float, float]:
    """Share of cycles without a stock-out, and of demand met, when ordering at the end of the day."""
    left = made["order_up_to"] - demand.cumsum(axis=1)
    ordered_on = np.argmax(left <= made["reorder_point"], axis=1)
    at_order = np.take_along_axis(left, ordered_on[:, None], axis=1)[:, 0]
    at_receipt = np.take_along_axis(left, ordered_on[:, None] + lead_time, axis=1)[:, 0]
    short, sold = np.maximum(-at_receipt, 0), made["order_up_to"] - at_order
    return float((at_receipt >= 0).mean()), float(1 - short.sum() / sold.sum())


@pytest.mark.parametrize(("measure", "target"), [("cycle", 0.90), ("cycle", 0.98), ("fill_rate", 0.95)])
def test_lumpy_items_get_the_service_they_were_promised(measure: ServiceMeasure, target: float) -> None:
    demand = lumpy_days(8000, 260)
    facts = {
        "mean_daily_demand": demand.mean(),
        "daily_demand_sd": demand.std(),
        "lead_time_sd_days": 0.0,
        "service_level": target,
        "cover_days": 30.0,
    }
    reached = [
        simulated_cycles(policy(measure, demand_class=name, **facts), demand, 7)[measure == "fill_rate"]
        for name in ("lumpy", "smooth")
    ]
    assert reached[0] == pytest.approx(target, abs=0.02)
    assert reached[1] < target - 0.02


@pytest.mark.parametrize("demand_class", ["smooth", "lumpy"])
@pytest.mark.parametrize("measure", ["cycle", "fill_rate"])
@pytest.mark.parametrize(
    "gap",
    [
        {"mean_daily_demand": np.nan},
        {"daily_demand_sd": np.nan},
        {"lead_time_days": np.nan},
        {"lead_time_days": -3.0},
        {"service_level": np.nan},
        {"service_level": 1.0},
        {"service_level": 0.0},
        {"cover_days": np.nan},
    ],
)
def test_an_item_without_its_inputs_has_no_policy(
    demand_class: str, measure: ServiceMeasure, gap: dict[str, float]
) -> None:
    assert np.isnan(policy(measure, demand_class=demand_class, **gap)["order_up_to"])


@pytest.mark.parametrize("demand_class", ["smooth", "lumpy"])
@pytest.mark.parametrize("measure", ["cycle", "fill_rate"])
def test_an_item_without_demand_needs_no_stock(demand_class: str, measure: ServiceMeasure) -> None:
    made = policy(measure, demand_class=demand_class, mean_daily_demand=0, daily_demand_sd=0)
    assert made[LEVELS].tolist() == [0, 0, 0, 0]


def test_one_bad_item_does_not_touch_the_others() -> None:
    both = item_policies(pd.concat([item(), item(lead_time_days=np.nan)]))
    assert both["order_up_to"].iloc[0] == pytest.approx(676.1222, abs=5e-5)
    assert np.isnan(both["order_up_to"].iloc[1])


def test_no_items_and_missing_columns() -> None:
    assert item_policies(item().iloc[:0])[LEVELS].shape == (0, 4)
    assert item_policies(item().drop(columns=["demand_class", "moq"]))["distribution"].item() == "normal"
    with pytest.raises(AnalyticsError, match="cover_days"):
        item_policies(item().drop(columns="cover_days"))


@settings(max_examples=60)
@given(
    mean=st.floats(0.01, 1e4),
    cv=st.floats(0, 8),
    lead_time=st.floats(0, 120),
    level=st.floats(0.5, 0.95),
    more=st.floats(0, 0.049),
    demand_class=st.sampled_from(["smooth", "lumpy"]),
    measure=st.sampled_from(["cycle", "fill_rate"]),
)
def test_higher_service_never_needs_less_stock(
    mean: float,
    cv: float,
    lead_time: float,
    level: float,
    more: float,
    demand_class: str,
    measure: ServiceMeasure,
) -> None:
    facts = {"mean_daily_demand": mean, "daily_demand_sd": cv * mean, "lead_time_days": lead_time}
    low, high = (
        policy(measure, service_level=target, demand_class=demand_class, **facts) for target in (level, level + more)
    )
    assert 0 <= low["safety_stock"] <= high["safety_stock"] * (1 + 1e-9) + 1e-9
    assert low["reorder_point"] >= mean * lead_time * (1 - 1e-9)
    assert low["order_up_to"] == pytest.approx(low["reorder_point"] + low["order_quantity"])


@settings(max_examples=60)
@given(st.floats(0, 60), st.floats(0, 60), st.floats(0, 20))
def test_longer_or_less_certain_lead_times_never_need_less(days: float, more: float, spread: float) -> None:
    short, long = policy(lead_time_days=days), policy(lead_time_days=days + more)
    assert short["reorder_point"] <= long["reorder_point"] * (1 + 1e-9)
    sure, unsure = policy(lead_time_sd_days=0.0), policy(lead_time_sd_days=spread)
    assert sure["safety_stock"] <= unsure["safety_stock"] * (1 + 1e-9)
