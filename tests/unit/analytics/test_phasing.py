"""A year over its months and a figure over parts: exact sums, learned seasons."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.phasing import EVEN, season_shares, split


def sold(first: str, values: list[float]) -> "pd.Series[float]":
    months = pd.period_range(first, periods=len(values), freq="M")
    return pd.Series(values, index=[month.start_time.date() for month in months], dtype=float)


def test_season_is_the_mean_share_of_whole_years() -> None:
    two = [*([1.0] * 11), 5.0, *([2.0] * 11), 2.0]
    shares, years = season_shares(sold("2024-01", two))
    assert years == 2
    assert shares[11] == pytest.approx((5 / 16 + 1 / 12) / 2)
    assert shares.sum() == pytest.approx(1)


def test_season_of_years_that_end_in_any_month() -> None:
    values = [float(month) for month in (11, 12, *range(1, 11))]
    shares, years = season_shares(sold("2025-11", values))
    assert (years, shares.tolist()) == (1, pytest.approx([month / 78 for month in range(1, 13)]))


@pytest.mark.parametrize("values", [[], [3.0] * 11, [0.0] * 24, [-1.0] * 12], ids=["none", "short", "zero", "returns"])
def test_without_a_year_of_sales_months_are_alike(values: list[float]) -> None:
    shares, years = season_shares(sold("2025-01", values))
    assert (shares.tolist(), years) == (EVEN.tolist(), 0)


@given(
    st.integers(-(10**11), 10**11).map(lambda cents: cents / 100),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=24),
)
def test_parts_add_up_to_the_last_sen(total: float, weights: list[float]) -> None:
    parts = split(total, np.array(weights))
    assert round(float(np.round(parts * 100).sum())) == round(total * 100)


def test_parts_follow_the_weights() -> None:
    assert split(100, np.array([1.0, 1.0, 1.0])).tolist() == [33.34, 33.33, 33.33]
    assert split(-90, np.array([2.0, 1.0])).tolist() == [-60, -30]
    assert split(10, np.zeros(4)).tolist() == [2.5] * 4


@pytest.mark.parametrize("weights", [[], [1.0, -1.0], [np.nan]], ids=["none", "below zero", "unknown"])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    with pytest.raises(AnalyticsError):
        split(1, np.array(weights))
