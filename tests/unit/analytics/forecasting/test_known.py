"""Means of what is known, silent where nothing is."""

import numpy as np

from analytics.forecasting.known import mean_known


def test_unknown_entries_do_not_count() -> None:
    values = np.array([[1.0, np.nan, np.nan], [3.0, 4.0, np.nan]])
    np.testing.assert_array_equal(mean_known(values, axis=0), [2, 4, np.nan])
    np.testing.assert_array_equal(mean_known(values, axis=1), [1, 3.5])
    assert mean_known(values, axis=(0, 1)) == 8 / 3


def test_nothing_has_no_mean() -> None:
    assert np.isnan(mean_known(np.empty((0, 2)), axis=0)).all()
