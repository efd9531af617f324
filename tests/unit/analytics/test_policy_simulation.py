"""Replayed policies: nothing appears or vanishes, and long runs give what theory says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.errors import AnalyticsError
from analytics.normal_loss import normal_loss
from analytics.policy_simulation import drawn_lead_times, period_flows, replayed_policy, simulated_service

NO_WAIT = np.zeros((1, 1, 1), dtype=np.int64)


def paths(values):
    """One item, one replication."""
    return np.asarray(values, dtype=float)[:, None, None]


def ledger(demand, **given):
    return list(period_flows(demand, **given))


@given(
    seed=st.integers(0, 10_000),
    unmet=st.sampled_from(["lost", "backordered"]),
    life=st.sampled_from([np.nan, 1.0, 2.0, 5.0]),
    quantity=st.sampled_from([np.nan, 3.0, 7.5]),
)
@settings(max_examples=40, deadline=None)
def test_every_cell_balances(seed, unmet, life, quantity):
    rng = np.random.default_rng(seed)
    demand = rng.poisson(2.0, (30, 3, 4)).astype(float)
    policy = replayed_policy(
        rng.integers(0, 8, 3),
        order_up_to=20.0,
        order_quantity=quantity,
        moq=2.0,
        review_periods=[1, 2, 3],
        shelf_life_periods=[np.nan, life, 3.0],
    )
    times = drawn_lead_times([0.0, 1.5, 4.0], sd_periods=[0.0, 1.0, 2.0], shape=(30, 4), seed=seed)
    flows = ledger(demand, policy=policy, lead_time_periods=times, start_stock=np.full((3, 4), 5.0), unmet=unmet)
    before = np.full((3, 4), 5.0)
    for flow in flows:
        np.testing.assert_allclose(flow.start, before)
        np.testing.assert_allclose(flow.start + flow.received - flow.shipped - flow.wasted, flow.end, atol=1e-9)
        assert (flow.met <= flow.demand + 1e-9).all()
        assert (flow.end >= -1e-9).all()
        assert (flow.wasted >= 0).all()
        before = flow.end
    ordered, received = (sum(getattr(flow, name) for flow in flows) for name in ("ordered", "received"))
    assert (received <= ordered + 1e-9).all()
    if unmet == "lost":
        np.testing.assert_allclose(sum(flow.shipped for flow in flows), sum(flow.met for flow in flows))


def test_an_order_arrives_after_its_lead_time_for_the_period_that_follows():
    policy = replayed_policy(2.0, order_up_to=10.0)
    flows = ledger(paths([8, 0, 0, 0]), policy=policy, lead_time_periods=NO_WAIT + 2, start_stock=np.array([[10.0]]))
    assert [flow.ordered.item() for flow in flows] == [8, 0, 0, 0]
    assert [flow.received.item() for flow in flows] == [0, 0, 0, 8]
    assert [flow.end.item() for flow in flows] == [2, 2, 2, 10]


def test_orders_come_in_whole_lots_until_above_the_reorder_point():
    policy = replayed_policy(5.0, order_quantity=4.0)
    (flow,) = ledger(paths([8]), policy=policy, lead_time_periods=NO_WAIT, start_stock=np.array([[9.0]]))
    assert flow.ordered.item() == 8  # 1 on hand: one lot leaves 5, which is not above


def test_orders_keep_to_moq_and_multiple():
    policy = replayed_policy(5.0, order_up_to=9.0, moq=10.0, multiple=6.0)
    (flow,) = ledger(paths([8]), policy=policy, lead_time_periods=NO_WAIT, start_stock=np.array([[9.0]]))
    assert flow.ordered.item() == 12


def test_reviews_are_at_the_end_of_every_review_period():
    policy = replayed_policy(9.0, order_up_to=10.0, review_periods=3)
    flows = ledger(paths([1] * 6), policy=policy, lead_time_periods=NO_WAIT, start_stock=np.array([[10.0]]))
    assert [flow.ordered.item() for flow in flows] == [0, 0, 3, 0, 0, 3]


def test_the_oldest_units_go_first_and_expired_ones_are_wasted():
    policy = replayed_policy(5.0, order_quantity=5.0, shelf_life_periods=2.0)
    flows = ledger(paths([1, 2, 0, 9]), policy=policy, lead_time_periods=NO_WAIT, start_stock=np.array([[6.0]]))
    assert flows[0].wasted.item() == 0
    assert flows[0].ordered.item() == 5
    assert flows[1].wasted.item() == 3  # six came, one and two sold, the rest is two periods old; the five are fresh
    assert flows[1].end.item() == 5
    assert flows[2].wasted.item() == 5


def test_lost_demand_does_not_come_back_and_backordered_demand_is_served_late():
    given = {"policy": replayed_policy(0.0, order_up_to=5.0), "lead_time_periods": NO_WAIT}
    demand, start = paths([3, 0]), np.array([[1.0]])
    lost = ledger(demand, unmet="lost", start_stock=start, **given)
    waits = ledger(demand, unmet="backordered", start_stock=start, **given)
    assert [flow.ordered.item() for flow in lost] == [5, 0]
    assert [flow.ordered.item() for flow in waits] == [7, 0]
    assert waits[1].shipped.item() == 2
    assert waits[1].met.item() == 0
    assert waits[1].end.item() == 5


def test_lots_under_poisson_demand_agree_with_theory():
    """Position uniform on r+1 .. r+Q, Poisson demand over the lead time (Snyder & Shen, section 5.5)."""
    rate, lead, point, lot = 1.5, 2, 3, 5
    rng = np.random.default_rng(7)
    demand = rng.poisson(rate, (1100, 1, 60)).astype(float)
    found = simulated_service(
        demand,
        policy=replayed_policy(point, order_quantity=lot),
        lead_time_periods=NO_WAIT + lead,
        start_stock=np.array([[8.0]]),
        warm_up_periods=100,
    )
    position, needed, wanted = np.arange(point + 1, point + lot + 1), np.arange(80), np.arange(40)
    level = position[:, None] - needed
    # A period ends when the lead time and the period itself have gone by; its demand met the stock before.
    at_end, before = (stats.poisson.pmf(needed, rate * periods) for periods in (lead + 1, lead))
    stock = (np.maximum(level, 0) * at_end).sum() / lot
    ready = ((level > 0) * at_end).sum() / lot
    met = (np.minimum(wanted, np.maximum(level, 0)[..., None]) * stats.poisson.pmf(wanted, rate)).sum(axis=-1)
    fill = (met * before).sum() / lot / rate
    expected = {"mean_stock": stock, "ready_rate": ready, "fill_rate": fill}
    for name, value in expected.items():
        measured = getattr(found, name)
        width = measured.high.item() - measured.low.item()
        assert measured.mean.item() == pytest.approx(value, abs=0.75 * width)
        assert width < 0.03 * value
    assert found.orders.mean.item() < rate / lot + 0.01


def test_base_stock_under_normal_demand_agrees_with_theory():
    """Snyder & Shen, example 4.4: N(50, 8²), lead time 4, review 1, level 264.766894."""
    level, spread = 264.766894, 8 * np.sqrt(5)
    demand = np.random.default_rng(3).normal(50, 8, (600, 1, 60))
    found = simulated_service(
        demand,
        policy=replayed_policy(level, order_up_to=level),
        lead_time_periods=NO_WAIT + 4,
        start_stock=np.array([[level]]),
        warm_up_periods=50,
    )
    factor = (level - 250) / spread
    stock = spread * (factor + normal_loss(factor).item())
    assert found.mean_stock.low.item() < stock < found.mean_stock.high.item()
    assert found.cycle_service.low.item() < stats.norm.cdf(factor) < found.cycle_service.high.item()
    assert stats.norm.cdf(factor) == pytest.approx(0.70 / 0.88, abs=1e-6)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    demand = np.random.default_rng(1).poisson(2.0, (60, 400, 20)).astype(float)
    found = simulated_service(
        demand,
        policy=replayed_policy(np.full(400, 5.0), order_up_to=9.0),
        lead_time_periods=NO_WAIT + 1,
        start_stock=np.full((400, 1), 9.0),
        warm_up_periods=20,
    )
    truth = found.mean_stock.mean.mean()
    covered = (found.mean_stock.low < truth) & (truth < found.mean_stock.high)
    assert 0.9 < covered.mean() < 0.98


def test_more_safety_never_serves_less():
    demand = np.random.default_rng(2).gamma(0.5, 4.0, (80, 6, 10))
    points = np.arange(6.0) * 2
    found = simulated_service(
        np.broadcast_to(demand[:, :1], demand.shape),
        policy=replayed_policy(points, order_up_to=points + 6),
        lead_time_periods=NO_WAIT + 2,
        start_stock=(points + 6)[:, None],
        unmet="backordered",
    )
    assert (np.diff(found.fill_rate.mean) >= -1e-9).all()
    assert (np.diff(found.mean_stock.mean) > 0).all()


def test_nothing_asked_for_is_no_service_and_one_replication_no_interval():
    found = simulated_service(
        np.zeros((5, 1, 1)),
        policy=replayed_policy(0.0, order_up_to=3.0),
        lead_time_periods=NO_WAIT,
        start_stock=np.array([[1.0]]),
    )
    assert np.isnan(found.fill_rate.mean).all()
    assert np.isnan(found.mean_stock.low).all()
    assert found.mean_stock.mean.item() == 1.0


def test_lead_times_keep_their_mean_and_spread():
    times = drawn_lead_times([2.5, 4.0, 0.0], sd_periods=[0.0, 2.0, 1.0], shape=(400, 200), seed=0)
    assert times.mean(axis=(0, 2)) == pytest.approx([2.5, 4.0, 0.0], abs=0.05)
    assert set(np.unique(times[:, 0])) == {2, 3}
    assert times[:, 1].std() == pytest.approx(2.0, abs=0.1)


WRONG = {
    "no level": lambda: replayed_policy(1.0),
    "level below point": lambda: replayed_policy(5.0, order_up_to=4.0),
    "lot of nothing": lambda: replayed_policy(5.0, order_quantity=0.0),
    "no review": lambda: replayed_policy(5.0, order_quantity=1.0, review_periods=0.0),
    "no life": lambda: replayed_policy(5.0, order_quantity=1.0, shelf_life_periods=0.5),
    "negative lead time": lambda: drawn_lead_times(-1.0, sd_periods=0.0, shape=(1, 1), seed=0),
    "negative demand": lambda: ledger(
        paths([-1]),
        policy=replayed_policy(1.0, order_up_to=2.0),
        lead_time_periods=NO_WAIT,
        start_stock=np.zeros((1, 1)),
    ),
    "demand not known": lambda: ledger(
        paths([np.nan]),
        policy=replayed_policy(1.0, order_up_to=2.0),
        lead_time_periods=NO_WAIT,
        start_stock=np.zeros((1, 1)),
    ),
    "other items": lambda: ledger(
        np.zeros((2, 3, 1)),
        policy=replayed_policy(1.0, order_up_to=2.0),
        lead_time_periods=NO_WAIT,
        start_stock=np.zeros((1, 1)),
    ),
    "nothing counted": lambda: simulated_service(
        np.zeros((2, 1, 1)),
        policy=replayed_policy(1.0, order_up_to=2.0),
        lead_time_periods=NO_WAIT,
        start_stock=np.zeros((1, 1)),
        warm_up_periods=2,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused(name):
    with pytest.raises(AnalyticsError):
        WRONG[name]()
