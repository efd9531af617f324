"""The distribution that stock has to cover: the right family, and figures that agree with its own formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.demand_at_risk import (
    EMPIRICAL,
    GAMMA,
    NEGATIVE_BINOMIAL,
    NORMAL,
    DemandAtRisk,
    demand_at_risk,
    expected_shortage,
    gap_for_order,
    level_for_probability,
    level_for_shortage,
    window_draws,
)
from analytics.errors import AnalyticsError

DRAWS = 4000


def told(family, mean, sd):
    """A distribution of which only the family counts."""
    return DemandAtRisk(np.array([family]), np.array([mean]), np.array([sd]), np.full((1, 2), mean))


def drawn(seed, kind):
    rng = np.random.default_rng(seed)
    return {
        NORMAL: lambda: rng.normal(100, 10, (1, DRAWS)),
        GAMMA: lambda: rng.gamma(1.5, 20, (1, DRAWS)),
        NEGATIVE_BINOMIAL: lambda: rng.negative_binomial(2, 0.2, (1, DRAWS)).astype(float),
        EMPIRICAL: lambda: rng.choice([0.0, 50.0, 51.0], (1, DRAWS), p=[0.5, 0.3, 0.2]),
    }[kind]()


@pytest.mark.parametrize(
    ("family", "label", "whole"),
    [
        (NORMAL, "smooth", False),
        (GAMMA, "erratic", False),
        (NEGATIVE_BINOMIAL, "lumpy", True),
        (EMPIRICAL, "intermittent", True),
    ],
)
def test_the_family_follows_class_and_fit(family, label, whole):
    found = demand_at_risk(drawn(0, family), demand_class=[label], whole=[whole])
    assert found.family.tolist() == [family]


def test_normal_is_never_taken_for_lumpy_demand_however_well_it_fits():
    found = demand_at_risk(drawn(1, NORMAL), demand_class=["lumpy"], whole=[False])
    assert found.family.tolist() != [NORMAL]


def test_smooth_demand_that_is_skewed_is_not_normal():
    assert demand_at_risk(drawn(2, GAMMA), demand_class=["smooth"], whole=[False]).family.tolist() == [GAMMA]


SCIPY = {
    NORMAL: stats.norm(20, 6),
    GAMMA: stats.gamma((20 / 6) ** 2, scale=36 / 20),
    NEGATIVE_BINOMIAL: stats.nbinom(20 * (20 / 36) / (1 - 20 / 36), 20 / 36),
}


@pytest.mark.parametrize("family", SCIPY)
def test_figures_agree_with_scipy(family):
    demand, truth = told(family, 20.0, 6.0), SCIPY[family]
    assert level_for_probability(np.array([0.95]), demand=demand) == pytest.approx([truth.ppf(0.95)])
    expected = (
        truth.expect(lambda x: max(x - 26.0, 0.0), lb=26)
        if family != NEGATIVE_BINOMIAL
        else sum((x - 26) * truth.pmf(x) for x in range(27, 300))
    )
    assert expected_shortage(np.array([26.0]), demand=demand) == pytest.approx([expected], rel=1e-4)


@given(mean=st.floats(0.5, 500), variation=st.floats(0.1, 1.5), share=st.floats(0.001, 0.3))
@settings(max_examples=60, deadline=None)
def test_the_level_for_a_shortage_leaves_just_that_shortage(mean, variation, share):
    for family in (NORMAL, GAMMA):
        demand = told(family, mean, mean * variation)
        level = level_for_shortage(np.array([share * mean]), demand=demand)
        if level[0] > 0:
            assert expected_shortage(level, demand=demand) == pytest.approx([share * mean], rel=1e-5)


def test_more_service_never_needs_less():
    for family in SCIPY:
        demand, chances = told(family, 20.0, 6.0), np.linspace(0.05, 0.999, 40)
        levels = [level_for_probability(np.array([chance]), demand=demand)[0] for chance in chances]
        short = [level_for_shortage(np.array([20 * (1 - chance)]), demand=demand)[0] for chance in chances]
        assert (np.diff(levels) >= 0).all()
        assert (np.diff(short) >= -1e-9).all()


def test_the_negative_binomial_is_linear_between_whole_units():
    demand = told(NEGATIVE_BINOMIAL, 3.0, 4.0)
    at, middle, after = (expected_shortage(np.array([level]), demand=demand)[0] for level in (4.0, 4.25, 5.0))
    assert middle == pytest.approx(0.75 * at + 0.25 * after)


def windows(paths, *, lead=2, review=1, gap=0.0, whole=True):
    times = np.full(paths.shape[1:], lead)
    items = paths.shape[1]
    return window_draws(
        paths,
        lead_time_periods=times,
        review_periods=np.full(items, review),
        gap=np.full(items, gap),
        whole=np.full(items, whole),
        seed=0,
    )


def test_ordering_at_every_review_has_to_cover_lead_time_and_review():
    paths = np.random.default_rng(0).gamma(4.0, 5.0, (12, 1, DRAWS))
    found = windows(paths, whole=False)
    assert found.at_risk.mean() == pytest.approx(3 * 20, rel=0.02)
    assert found.at_risk.std() == pytest.approx(np.sqrt(3 * 100), rel=0.03)
    assert found.order == pytest.approx([20], rel=0.02)


def test_a_wide_gap_leaves_the_undershoot_of_a_renewal_process():
    """E[D²] / 2 E[D] for continuous demand (Tijms, ch. 1): 20 · (1 + 1/4) / 2 = 12.5."""
    paths = np.random.default_rng(1).gamma(4.0, 5.0, (12, 1, DRAWS))
    found = windows(paths, gap=1000.0, whole=False)
    assert found.at_risk.mean() == pytest.approx(40 + 12.5, rel=0.02)


def test_unit_demand_never_undershoots():
    paths = np.ones((12, 1, 50))
    assert (windows(paths, gap=100.0).at_risk == 2).all()


def test_rare_demand_triggers_by_coming():
    paths = (np.random.default_rng(2).random((12, 1, DRAWS)) < 0.7) * 5.0
    found = windows(paths, lead=0)
    assert found.at_risk.min() >= 0
    assert (found.at_risk == 5).mean() > 0.98  # but for the paths on which none came in four reviews


def test_the_gap_and_the_undershoot_make_the_order():
    paths = np.random.default_rng(1).gamma(4.0, 5.0, (12, 1, DRAWS))

    def gap(order, of=paths, *, whole=False):
        found = gap_for_order(
            of, review_periods=np.array([1]), order=np.array([order]), whole=np.array([whole]), seed=0
        )
        return found.item()

    assert gap(200.0) == pytest.approx(200 - 12.5, abs=3)
    assert gap(15.0) == 0  # less than a period's demand: every review orders
    assert gap(10.0, np.ones((12, 1, 50)), whole=True) == 10


def test_paths_that_are_too_short_are_refused():
    with pytest.raises(AnalyticsError, match="take 7"):
        windows(np.ones((6, 1, 3)))
    with pytest.raises(AnalyticsError, match="draws"):
        demand_at_risk(np.ones((2, 3)), demand_class=["smooth"], whole=[True])
