"""How far two policies are from each other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analytics.errors import AnalyticsError
from analytics.policy_change import change_share, mean_stock


def test_mean_stock_is_the_buffer_and_half_an_order() -> None:
    assert_allclose(mean_stock([10, 0, np.nan], order_quantity=[40, 0, 2]), [30, 0, np.nan])


def test_change_is_a_share_of_what_was() -> None:
    found = change_share([100, 100, 0, 0, np.nan, 5], after=[125, 80, 0, 1, 3, np.nan])
    assert_allclose(found, [0.25, 0.2, 0, np.inf, np.nan, np.nan])


def test_nothing_to_compare() -> None:
    assert change_share([], after=[]).size == 0
    with pytest.raises(AnalyticsError):
        change_share([1, 2], after=[1, 2, 3])
