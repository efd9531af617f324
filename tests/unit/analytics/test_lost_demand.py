from __future__ import annotations

import numpy as np
import pytest

from analytics.errors import AnalyticsError
from analytics.lost_demand import uncensored


def test_demand_of_the_days_with_stock_stands_for_the_others() -> None:
    """30 sold in 20 of 30 days are 45 in 30 days."""
    found = uncensored(np.array([[30.0], [40.0]]), stocked_out_share=np.array([[1 / 3], [0.0]]))
    assert found == pytest.approx(np.array([[45.0], [40.0]]))


def test_period_without_stock_for_most_of_it_is_unknown() -> None:
    found = uncensored(np.array([[0.0, 3.0, 8.0]]), stocked_out_share=np.array([[1.0, 0.51, 0.5]]))
    assert np.isnan(found[0, :2]).all()
    assert found[0, 2] == 16


def test_unknown_stays_unknown() -> None:
    assert np.isnan(uncensored(np.array([[np.nan]]), stocked_out_share=np.array([[0.2]]))).all()


@pytest.mark.parametrize("share", [np.zeros((1, 2)), np.array([[-0.1]]), np.array([[1.1]]), np.array([[np.nan]])])
def test_shares_that_are_none_are_refused(share: np.ndarray) -> None:
    with pytest.raises(AnalyticsError):
        uncensored(np.ones((1, 1)), stocked_out_share=share)


def test_nothing_at_all() -> None:
    assert uncensored(np.zeros((0, 0)), stocked_out_share=np.zeros((0, 0))).shape == (0, 0)
