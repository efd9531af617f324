"""Sampled futures have the item's level, spread and kind."""

import numpy as np
import pytest

from analytics.demand_paths import LEAST_LEVEL_VARIANCE, demand_paths, outlook
from analytics.errors import AnalyticsError


def known(history, **changed):
    items = history.shape[1]
    given = {
        "expected": np.nan_to_num(history).mean(axis=0),
        "window_sd": np.zeros(items),
        "window_periods": np.full(items, 3),
    }
    return outlook(history, **given | changed)


def test_paths_have_the_level_between_forecast_and_recent_mean():
    history = np.random.default_rng(0).poisson(4.0, (200, 2)).astype(float)
    found = known(history, expected=np.array([4.0, 8.0]))
    paths = demand_paths(found, periods=10, replications=2000, seed=1)
    assert paths.mean(axis=(0, 2)) == pytest.approx(found.level, rel=0.03)
    assert found.level[1] == pytest.approx(6.0, rel=0.1)


def test_whole_units_stay_whole_and_others_do_not():
    history = np.column_stack([np.arange(20.0), np.arange(20) / 3])
    paths = demand_paths(known(history), periods=5, replications=50, seed=0)
    assert (paths[:, 0] == np.round(paths[:, 0])).all()
    assert (paths[:, 1] != np.round(paths[:, 1])).any()


def test_recent_periods_are_drawn_more_often():
    history = np.concatenate([np.full((80, 1), 10.0), np.full((26, 1), 2.0)])
    found = known(history, level_variance=np.array([1e-6]), expected=np.array([2.0]))
    paths = demand_paths(found, periods=4, replications=2000, seed=0) / found.scale
    assert (paths < 5).mean() == pytest.approx(0.53, abs=0.03)  # half of the weight lies within a half-life


def test_the_level_is_as_uncertain_as_told():
    history = np.full((50, 1), 100.0)
    found = known(history, level_variance=np.array([0.25]))
    totals = demand_paths(found, periods=8, replications=4000, seed=0).sum(axis=0)[0]
    assert (totals.std() / totals.mean()) ** 2 == pytest.approx(0.25, rel=0.1)


def test_the_level_variance_is_what_independent_periods_do_not_explain():
    rng = np.random.default_rng(0)
    history = rng.poisson(10.0, (150, 30)).astype(float)
    as_forecast = np.sqrt(3 * 10 + 0.1 * 30**2)
    found = known(history, window_sd=np.full(30, as_forecast))
    assert found.level_variance == pytest.approx(np.full(30, 0.1), abs=0.02)
    assert known(history).level_variance == pytest.approx(np.full(30, LEAST_LEVEL_VARIANCE))


def test_a_single_event_is_not_stocked_for():
    history = np.ones((60, 1))
    history[-5] = 5000
    found = known(history, expected=np.ones(1))
    assert found.level == pytest.approx([1.0], abs=0.1)
    assert demand_paths(found, periods=5, replications=200, seed=0).max() < 10


def test_periods_before_an_item_began_are_not_drawn_and_gaps_count_as_the_mean():
    history = np.array([[np.nan], [np.nan], [6.0], [np.nan], [6.0]])
    found = known(history, expected=np.array([6.0]), level_variance=np.array([1e-9]))
    assert demand_paths(found, periods=6, replications=50, seed=0) == pytest.approx(6.0, abs=1.01)


def test_blocks_keep_runs_together():
    history = np.tile([0.0, 10.0], 60)[:, None]
    found = known(history, level_variance=np.array([1e-9]), expected=np.array([5.0]))
    pairs = demand_paths(found, periods=2, replications=500, seed=0, block_periods=2).sum(axis=0)
    apart = demand_paths(found, periods=2, replications=500, seed=0).sum(axis=0)
    assert pairs.std() < 3.5 < apart.std()


def test_items_without_demand_or_history_draw_nothing():
    history = np.column_stack([np.zeros(10), np.full(10, np.nan)])
    found = known(history, expected=np.array([1.0, 1.0]))
    assert (found.level == 0).all()
    assert (demand_paths(found, periods=3, replications=4, seed=0) == 0).all()


def test_the_same_seed_draws_the_same():
    found = known(np.random.default_rng(0).gamma(1.0, 5.0, (40, 3)))
    first, again = (demand_paths(found, periods=6, replications=7, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_nonsense_is_refused():
    with pytest.raises(AnalyticsError, match="negative"):
        known(np.array([[-1.0]]))
    with pytest.raises(AnalyticsError, match="forecast for each item"):
        known(np.ones((3, 2)), window_sd=np.zeros(1))
    with pytest.raises(AnalyticsError, match="at least one"):
        demand_paths(known(np.ones((3, 1))), periods=0, replications=1, seed=0)
