"""One order for one period: textbook figures, stockpyl, what no other stock beats, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory_peer import newsvendor as peer

from analytics.errors import AnalyticsError
from analytics.newsvendor import (
    base_stock,
    critical_ratio,
    newsvendor_empirical,
    newsvendor_normal,
    newsvendor_normal_cost,
    newsvendor_poisson,
    newsvendor_poisson_cost,
    selling_terms,
)

EXAMPLE_43 = {"holding_cost_per_unit": 0.18, "shortage_cost_per_unit": 0.70}
EXAMPLE_47 = {"holding_cost_per_unit": 1, "shortage_cost_per_unit": 4}


def test_published_normal_demand() -> None:
    found = newsvendor_normal(50, demand_sd=8, **EXAMPLE_43)
    assert (found.level[0], found.cost[0]) == (pytest.approx(56.6039559), pytest.approx(1.9976052))
    at_40 = newsvendor_normal_cost(40, mean_demand=50, demand_sd=8, **EXAMPLE_43)
    assert at_40[0] == pytest.approx(7.3561316)
    other = newsvendor_normal(120, demand_sd=10, holding_cost_per_unit=2, shortage_cost_per_unit=18)
    assert (other.level[0], other.cost[0]) == (pytest.approx(132.8155157), pytest.approx(35.0996664))


def test_published_profit_from_prices() -> None:
    terms = selling_terms(1, unit_cost=0.3, salvage_value=0.12)
    found = newsvendor_normal(
        50,
        demand_sd=8,
        holding_cost_per_unit=terms.holding_cost_per_unit,
        shortage_cost_per_unit=terms.shortage_cost_per_unit,
    )
    assert found.level[0] == pytest.approx(56.6039559)
    assert terms.shortage_cost_per_unit[0] * 50 - found.cost[0] == pytest.approx(33.0023948)


def test_published_poisson_demand() -> None:
    found = newsvendor_poisson(6, **EXAMPLE_47)
    assert (found.level[0], found.cost[0]) == (8, pytest.approx(3.5701069))
    assert newsvendor_poisson_cost(5, mean_demand=6, **EXAMPLE_47)[0] == pytest.approx(6.5902960)


def test_published_base_stock() -> None:
    found = base_stock(50, demand_sd_per_period=8, lead_time_periods=4, review_periods=1, **EXAMPLE_43)
    assert (found.level[0], found.cost[0]) == (pytest.approx(264.766894), pytest.approx(4.466781))


def test_two_hundred_random_items_agree_with_stockpyl() -> None:
    random = np.random.default_rng(43)
    mean, share, holding, shortage = random.uniform([[1], [0.05], [0.1], [0.5]], [[400], [0.6], [5], [90]], (4, 200))
    costs = {"holding_cost_per_unit": holding, "shortage_cost_per_unit": shortage}
    normal, poisson = newsvendor_normal(mean, demand_sd=share * mean, **costs), newsvendor_poisson(mean, **costs)
    expected = [
        (*peer.newsvendor_normal(h, p, m, s * m), *peer.newsvendor_poisson(h, p, m))
        for m, s, h, p in zip(mean, share, holding, shortage, strict=True)
    ]
    found = np.array([normal.level, normal.cost, poisson.level, poisson.cost])
    assert found == pytest.approx(np.array(expected).T, rel=1e-6)


def test_two_hundred_random_histories_agree_with_stockpyl() -> None:
    random = np.random.default_rng(46)
    history = random.integers(0, 40, (25, 200)).astype(float)
    holding, shortage = random.uniform([[0.1], [0.5]], [[5], [90]], (2, 200))
    found = newsvendor_empirical(history, holding_cost_per_unit=holding, shortage_cost_per_unit=shortage)
    for item in range(200):
        values, counts = np.unique(history[:, item], return_counts=True)
        chances = dict(zip(values.tolist(), (counts / 25).tolist(), strict=True))
        level, cost = peer.newsvendor_discrete(holding[item], shortage[item], demand_pmf=chances)
        assert (found.level[item], found.cost[item]) == (level, pytest.approx(cost))


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=15), st.floats(0.01, 50), st.floats(0.01, 50))
def test_no_other_stock_would_have_cost_less(demands: list[float], holding: float, shortage: float) -> None:
    samples = np.array(demands)
    found = newsvendor_empirical(samples[:, None], holding_cost_per_unit=holding, shortage_cost_per_unit=shortage)

    def cost(level: float) -> float:
        return float((holding * np.maximum(level - samples, 0) + shortage * np.maximum(samples - level, 0)).mean())

    assert found.cost[0] == pytest.approx(cost(found.level[0]), rel=1e-6, abs=1e-6)
    assert cost(found.level[0]) <= min(cost(level) for level in demands) + 1e-6


def test_a_ratio_that_falls_on_a_sample_takes_that_sample() -> None:
    found = newsvendor_empirical(np.arange(1.0, 6.0)[:, None], **EXAMPLE_47)
    assert found.level.tolist() == [4]


def test_missing_samples_do_not_count() -> None:
    samples = np.array([[1, np.nan], [3, np.nan], [np.nan, np.nan]])
    found = newsvendor_empirical(samples, **EXAMPLE_47)
    assert (found.level[0], found.cost[0]) == (3, 1)
    assert np.isnan([found.level[1], found.cost[1]]).all()


def test_certain_demand_is_met_exactly() -> None:
    found = newsvendor_normal([50, 0], demand_sd=0, **EXAMPLE_43)
    assert (found.level.tolist(), found.cost.tolist()) == ([50, 0], [0, 0])


@pytest.mark.parametrize("bad", [{"holding_cost_per_unit": 0}, {"shortage_cost_per_unit": np.nan}], ids=str)
def test_a_missing_cost_gives_no_stock(bad: dict[str, float]) -> None:
    assert np.isnan(newsvendor_normal(50, demand_sd=8, **(EXAMPLE_43 | bad)).level).all()
    assert np.isnan(newsvendor_poisson(50, **(EXAMPLE_43 | bad)).level).all()
    assert np.isnan(newsvendor_empirical([[1.0]], **(EXAMPLE_43 | bad)).level).all()
    assert np.isnan(critical_ratio(**{"holding_cost_per_unit": 0.18} | bad | {"shortage_cost_per_unit": -1})).all()


def test_samples_have_two_dimensions() -> None:
    with pytest.raises(AnalyticsError, match="samples x items"):
        newsvendor_empirical([1.0, 2.0], **EXAMPLE_47)
