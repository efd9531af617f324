"""Poisson quantiles and losses against their sums, and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.poisson_loss import poisson_loss, poisson_quantile


@given(st.floats(0, 300), st.integers(-5, 400))
def test_the_loss_is_the_sum_of_what_lies_beyond(mean: float, level: int) -> None:
    demands = np.arange(1000)
    expected = (np.maximum(demands - level, 0) * stats.poisson.pmf(demands, mean)).sum()
    assert poisson_loss(level, mean=mean)[0] == pytest.approx(expected, abs=1e-8)


@given(st.floats(0, 5000), st.floats(1e-6, 1 - 1e-6))
def test_the_quantile_is_the_least_level_with_enough_probability(mean: float, probability: float) -> None:
    assert poisson_quantile(probability, mean=mean)[0] == max(stats.poisson.ppf(probability, mean), 0)


@pytest.mark.parametrize(("probability", "mean"), [(0, 5), (1, 5), (np.nan, 5), (0.5, np.nan), (0.5, -1)])
def test_what_is_unknown_has_no_quantile(probability: float, mean: float) -> None:
    assert np.isnan(poisson_quantile(probability, mean=mean)).all()


def test_no_items() -> None:
    assert poisson_quantile([], mean=[]).size == poisson_loss([], mean=[]).size == 0
