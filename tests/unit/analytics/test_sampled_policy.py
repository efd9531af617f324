"""Policies keep their targets in a replay, obey the supplier's terms and the shelf life, and grow with service."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.policy_replay import replayed
from analytics.sampled_policy import sampled_policies
from analytics.window_forecast import WindowForecast

ITEMS = 40
TERMS = {
    "lead_time_mean": 2.0,
    "lead_time_sd": 0.0,
    "review_period": 1.0,
    "unit_cost": 1.0,
    "order_cost": np.nan,
    "holding_rate": 0.2,
    "moq": np.nan,
    "lot_multiple": np.nan,
    "shelf_life": np.nan,
    "service_measure": "fill",
    "service_target": 0.95,
}


def items(count=ITEMS, **changed):
    return pd.DataFrame(TERMS | changed, index=pd.RangeIndex(count))


def policies(history, *, certain=True, **changed):
    count, terms = history.shape[1], items(history.shape[1], **changed)
    mean = np.nan_to_num(history).mean(axis=0)
    forecast = WindowForecast(mean, np.zeros(count), np.full(count, 3))
    variance = np.full(count, 1e-4) if certain else None
    return sampled_policies(
        history, items=terms, forecast=forecast, periods_per_year=52.0, level_variance=variance
    ), terms


def demand(kind, *, periods=200, count=ITEMS, replications=1, seed=0):
    rng, shape = np.random.default_rng(seed), (periods, count, replications)
    found = {
        "smooth": lambda: rng.poisson(30.0, shape),
        "erratic": lambda: np.round(rng.gamma(1.0, 20.0, shape)),
        "intermittent": lambda: (rng.random(shape) < 0.3) * rng.poisson(3.0, shape),
        "lumpy": lambda: (rng.random(shape) < 0.3) * np.ceil(rng.gamma(0.6, 20.0, shape)),
    }[kind]()
    return found.astype(float)


@pytest.mark.parametrize("kind", ["smooth", "erratic", "intermittent", "lumpy"])
@pytest.mark.parametrize("order_cost", [np.nan, 60.0])
def test_the_promised_fill_rate_is_kept(kind, order_cost):
    found, terms = policies(demand(kind)[:, :, 0], order_cost=order_cost)
    came = replayed(found, items=terms, demand=demand(kind, seed=1, replications=20), warm_up_periods=50)
    # Of large and rare sizes a history shows few: a little less comes than it promised.
    assert came.fill_rate.mean.mean() == pytest.approx(found["expected_fill_rate"].mean(), abs=0.02)
    assert 0.93 < came.fill_rate.mean.mean() < 0.985  # whole units and large orders give some more


@pytest.mark.parametrize("kind", ["smooth", "lumpy"])
def test_the_promised_stock_is_what_comes(kind):
    found, terms = policies(demand(kind)[:, :, 0], order_cost=30.0)
    came = replayed(found, items=terms, demand=demand(kind, seed=1, replications=20), warm_up_periods=50)
    assert came.mean_stock.mean.sum() == pytest.approx(found["expected_stock"].sum(), rel=0.07)


@pytest.mark.parametrize("kind", ["smooth", "erratic"])
def test_cycle_service_is_kept(kind):
    found, terms = policies(demand(kind)[:, :, 0], service_measure="cycle", service_target=0.9, order_cost=60.0)
    came = replayed(found, items=terms, demand=demand(kind, seed=1, replications=20), warm_up_periods=50)
    assert came.cycle_service.mean.mean() == pytest.approx(0.9, abs=0.025)


def test_ready_rate_is_kept():
    found, terms = policies(demand("lumpy")[:, :, 0], service_measure="ready", service_target=0.9)
    came = replayed(found, items=terms, demand=demand("lumpy", seed=1, replications=20), warm_up_periods=50)
    assert came.ready_rate.mean.mean() == pytest.approx(0.9, abs=0.03)


def test_random_lead_times_cost_stock_and_keep_the_promise():
    history = demand("smooth")[:, :, 0]
    sure, _ = policies(history, order_cost=60.0)
    found, terms = policies(history, order_cost=60.0, lead_time_sd=1.0)
    came = replayed(found, items=terms, demand=demand("smooth", seed=1, replications=20), warm_up_periods=50)
    assert found["reorder_point"].sum() > 1.02 * sure["reorder_point"].sum()
    assert came.fill_rate.mean.mean() == pytest.approx(0.955, abs=0.015)


def test_more_service_never_less_stock():
    history = demand("lumpy")[:, :, 0]
    levels = [policies(history, service_target=target)[0]["reorder_point"] for target in (0.7, 0.9, 0.95, 0.99, 0.999)]
    assert all((after >= before).all() for before, after in itertools.pairwise(levels))


def test_uncertain_levels_cost_stock():
    history = demand("smooth")[:, :, 0]
    forecast = WindowForecast(history.mean(axis=0), np.zeros(ITEMS), np.full(ITEMS, 3))
    levels = [
        sampled_policies(
            history,
            items=items(),
            forecast=forecast,
            periods_per_year=52.0,
            level_variance=np.full(ITEMS, variance),
        )["reorder_point"].sum()
        for variance in (0.01, 0.1, 0.5)
    ]
    assert levels == sorted(levels)


def test_orders_keep_to_moq_and_multiple():
    found, _ = policies(demand("smooth")[:, :, 0], moq=100.0, lot_multiple=24.0)
    assert (found["order_quantity"] >= 100).all()
    assert (found["order_up_to"] > found["reorder_point"]).all()


def test_a_multiple_above_the_need_is_ordered_in_lots():
    found, _terms = policies(demand("intermittent")[:, :, 0], lot_multiple=50.0)
    assert set(found["policy"]) == {"fixed_lot"}
    assert (found["order_quantity"] == 50).all()


def test_levels_of_whole_units_are_whole():
    found, _ = policies(demand("intermittent")[:, :, 0], order_cost=20.0)
    levels = found[["reorder_point", "order_up_to"]].to_numpy()
    assert (levels == np.round(levels)).all()


def test_no_more_is_held_than_sells_before_expiry():
    history = demand("smooth")[:, :, 0]
    free, _ = policies(history, order_cost=500.0)
    found, terms = policies(history, order_cost=500.0, shelf_life=4.0)
    assert (found["order_up_to"] <= found["demand_per_period"] * (2 + 4) + 1e-6).all()
    assert (free["order_up_to"] > found["order_up_to"]).all()
    paths = demand("smooth", seed=1, replications=10)
    wasted, without = (
        replayed(policy, items=terms, demand=paths, unmet="lost", warm_up_periods=50).wasted.mean.sum()
        for policy in (found, free)
    )
    assert wasted < 0.2 * without


def test_what_does_not_keep_is_ordered_for_one_review():
    history = demand("erratic")[:, :, 0]
    found, terms = policies(history, shelf_life=1.0, service_target=0.9, service_measure="cycle")
    assert set(found["policy"]) == {"newsvendor"}
    share = (demand("erratic", seed=1, replications=5) <= found["order_quantity"].to_numpy()[:, None]).mean()
    assert share == pytest.approx(0.9, abs=0.03)  # the newsvendor's critical ratio
    came = replayed(
        found, items=terms, demand=demand("erratic", seed=2, replications=20), unmet="lost", warm_up_periods=50
    )
    assert came.fill_rate.mean.mean() == pytest.approx(found["expected_fill_rate"].mean(), abs=0.02)


def test_items_without_demand_get_no_stock():
    history = np.column_stack([np.zeros(30), np.full(30, np.nan), demand("smooth", periods=30, count=1)[:, 0, 0]])
    found, _ = policies(history)
    assert found["policy"].tolist()[:2] == ["none", "none"]
    assert (found[["reorder_point", "order_up_to", "order_quantity", "expected_stock"]].iloc[:2] == 0).all(axis=None)
    assert found["reorder_point"].iloc[2] > 0


def test_one_period_of_history_is_enough_for_an_answer():
    found, _ = policies(np.array([[5.0]]))
    assert np.isfinite(found.select_dtypes("number")).all(axis=None)


def test_the_index_and_order_of_the_items_are_kept():
    history = demand("smooth", count=3)[:, :, 0] * [1.0, 10.0, 100.0]
    terms = items(3, lead_time_mean=[9.0, 1.0, 4.0]).set_axis(["c", "a", "b"])
    forecast = WindowForecast(history.mean(axis=0), np.zeros(3), np.full(3, 3))
    found = sampled_policies(history, items=terms, forecast=forecast, periods_per_year=52.0)
    assert found.index.tolist() == ["c", "a", "b"]
    assert found["demand_per_period"].tolist() == pytest.approx([30, 300, 3000], rel=0.1)


@pytest.mark.parametrize(
    "changed", [{"service_target": 1.0}, {"service_target": np.nan}, {"service_measure": "luck"}], ids=str
)
def test_terms_that_mean_nothing_are_refused(changed):
    with pytest.raises(AnalyticsError, match="service"):
        policies(np.ones((5, 1)), **changed)


def test_items_and_histories_must_match():
    forecast = WindowForecast(np.ones(2), np.zeros(2), np.full(2, 3))
    with pytest.raises(AnalyticsError, match="3 items and 2 histories"):
        sampled_policies(np.ones((5, 2)), items=items(3), forecast=forecast, periods_per_year=52.0)
    with pytest.raises(AnalyticsError, match="missing columns: moq"):
        sampled_policies(np.ones((5, 2)), items=items(2).drop(columns="moq"), forecast=forecast, periods_per_year=52.0)
