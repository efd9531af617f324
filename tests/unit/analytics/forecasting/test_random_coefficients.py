"""Coefficients of a group and of its series: the limits in which the answer is known, and what must not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecasting.random_coefficients import Model, random_coefficients

PERIODS = 60
TREND = np.column_stack([np.ones(PERIODS), np.linspace(-1, 1, PERIODS)])


def model(*, series: int = 30, terms: int = 2, noise: float = 0.1, spread: float = 0.0, seed: int = 0) -> Model:
    """Coefficients 0.5, -0.5, 0.5, ... in the mean; every series has a level and a trend of its own."""
    rng = np.random.default_rng(seed)
    shared = np.asarray(rng.random((terms, PERIODS, series)) < 0.25, dtype=np.float64)
    own = mean_of(terms) + rng.normal(0, spread, (series, terms))
    response = TREND @ rng.normal(5, 2, (2, series)) + np.einsum("nk,ktn->tn", own, shared)
    response += rng.normal(0, 1, response.shape) * noise
    return Model(response, TREND, shared, mean_sd=np.ones(terms), spread_sd=np.full(terms, 0.1))


def mean_of(terms: int) -> np.ndarray:
    return 0.5 * (-1.0) ** np.arange(terms)


def test_without_noise_every_series_gets_its_own_coefficients_back() -> None:
    rng = np.random.default_rng(3)
    given_model = model(series=8, noise=0)
    own = rng.normal(0.4, 0.3, (8, 2))
    exact = replace(given_model, response=TREND @ np.ones((2, 8)) + np.einsum("nk,ktn->tn", own, given_model.shared))
    assert random_coefficients(exact).own == pytest.approx(own, abs=1e-3)


def test_one_series_without_a_group_is_least_squares() -> None:
    """The prior weighs next to nothing against data this clear."""
    alone = model(series=1, noise=0.01)
    design = np.column_stack([TREND, alone.shared[..., 0].T])
    expected, *_rest = np.linalg.lstsq(design, alone.response[:, 0], rcond=None)
    assert random_coefficients(alone).own[0] == pytest.approx(expected[2:], abs=2e-3)


def test_series_that_are_alike_share_one_coefficient_and_know_it_better() -> None:
    found = random_coefficients(model(series=100, noise=0.3))
    assert found.mean == pytest.approx(mean_of(2), abs=0.03)
    assert found.own.std(axis=0).max() < 0.03
    apart = random_coefficients(model(series=100, noise=0.3, spread=0.3))
    assert apart.own.std(axis=0).min() > 0.2
    assert (apart.own_sd > 1.2 * found.own_sd).all()
    assert (apart.mean_sd > found.mean_sd).all()


def test_a_series_that_saw_nothing_has_the_coefficients_of_its_group() -> None:
    silent = model(series=20)
    silent.shared[..., 0] = 0
    found = random_coefficients(silent)
    assert found.own[0] == pytest.approx(found.mean)
    assert (found.own_sd[0] > found.own_sd[1:].max(axis=0)).all()


def test_shocks_that_all_series_share_make_the_group_unsure() -> None:
    """A driver that all series have at once cannot be told from what happened to all of them then."""
    calm = model(series=50, noise=0.1)
    calm.shared[0] = calm.shared[0, :, :1]
    shocks = np.random.default_rng(1).normal(0, 0.2, (PERIODS, 1))
    found, shaken = random_coefficients(calm), random_coefficients(replace(calm, response=calm.response + shocks))
    assert shaken.mean_sd[0] > 2 * found.mean_sd[0]


def test_noise_is_not_taken_for_an_effect() -> None:
    claims, seeds = 0, range(20)
    for seed in seeds:
        nothing = model(series=20, terms=3, noise=0.2, seed=seed)
        nothing = replace(nothing, response=np.random.default_rng(seed).normal(0, 0.2, nothing.response.shape))
        found = random_coefficients(nothing)
        claims += int((np.abs(found.mean) > 1.28 * found.mean_sd).sum())
    assert claims <= 0.1 * 3 * len(seeds)


@settings(max_examples=20)
@given(level=st.floats(-1e3, 1e3), slope=st.floats(-10, 10))
def test_level_and_trend_of_a_series_do_not_matter(level: float, slope: float) -> None:
    given_model = model(series=6)
    moved = replace(given_model, response=given_model.response + (TREND @ [level, slope])[:, None])
    expected, found = random_coefficients(given_model), random_coefficients(moved)
    assert found.own == pytest.approx(expected.own, abs=1e-4)
    assert found.own_sd == pytest.approx(expected.own_sd, abs=1e-4)


@settings(max_examples=20)
@given(order=st.permutations(range(6)))
def test_the_order_of_series_does_not_matter(order: list[int]) -> None:
    given_model = model(series=6, spread=0.2)
    turned = replace(given_model, response=given_model.response[:, order], shared=given_model.shared[..., order])
    expected, found = random_coefficients(given_model), random_coefficients(turned)
    assert found.mean == pytest.approx(expected.mean)
    assert found.own == pytest.approx(expected.own[order])


def test_missing_periods_are_left_out_not_taken_for_zero() -> None:
    gaps = model(series=40)
    gaps.response[np.random.default_rng(5).random(gaps.response.shape) < 0.3] = np.nan
    gaps.response[:40, :10] = np.nan
    assert random_coefficients(gaps).mean == pytest.approx(mean_of(2), abs=0.03)


def test_more_series_than_fit_into_one_chunk() -> None:
    assert random_coefficients(model(series=600, noise=0.3)).mean == pytest.approx(mean_of(2), abs=0.02)


@pytest.mark.parametrize("response", [np.nan, 0.0], ids=["unknown", "constant"])
def test_what_tells_nothing_says_nothing(response: float) -> None:
    nothing = replace(model(series=3), response=np.full((PERIODS, 3), response))
    found = random_coefficients(nothing)
    assert found.mean == pytest.approx([0, 0], abs=1e-9)
    assert np.isfinite(found.own_sd).all()
