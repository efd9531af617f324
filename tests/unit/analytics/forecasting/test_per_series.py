"""Methods that fit one series at a time: a failure stays in its column."""

import numpy as np
import pytest
from panels import panel_of

from analytics.forecasting.per_series import fit_each
from analytics.inputs import FloatArray


def test_a_fit_that_fails_leaves_its_column_empty_and_says_why() -> None:
    def fit(history: FloatArray, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
        if history[0] < 0:
            raise ValueError("no likelihood")
        return history, np.full(len(effects) - len(history), np.inf if history[-1] > 1 else 0.0)

    panel = panel_of([1, 2, 3, 4], [4, 0, 2, 1], [0, 0, 3, 9], [5, 5, 5, 5])
    paths = fit_each(panel, horizon_periods=2, minimum_periods=1, fit=fit)
    assert paths.failures == {0: "ValueError: no likelihood", 2: "the fit gave no finite forecast"}
    assert np.isnan(paths.mean[:, [0, 2]]).all()
    assert paths.mean[:, 3] == pytest.approx([5, 5])
