"""The scale of models: there and back, without a unit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.forecasting.scale import scaled

QUANTITIES = st.one_of(st.just(np.nan), st.just(0.0), st.floats(1e-6, 1e12), st.floats(-1e12, -1e-6))


@given(arrays(np.float64, (8, 3), elements=QUANTITIES))
def test_values_come_back_as_quantities(quantities: np.ndarray) -> None:
    found = scaled(quantities)
    np.testing.assert_allclose(found.demand(found.values), quantities, rtol=1e-9, atol=1e-9)
    positive = np.where(found.logged, quantities, np.nan)
    assert not (positive <= 0).any()


@pytest.mark.parametrize("history", [[1.0, 2, 3, 4], [1.0, 0, 3, -4], [0.0] * 4, [np.nan] * 4])
def test_the_unit_goes(history: list[float]) -> None:
    one, other = (scaled(factor * np.array(history)[:, None]) for factor in (1.0, 1000.0))
    np.testing.assert_allclose(one.values, other.values, atol=1e-12)
    assert one.logged.tolist() == other.logged.tolist() == [history[0] > 0 and min(history) > 0]


def test_later_quantities_stand_on_the_scale_of_the_history() -> None:
    history = np.array([[2.0, 0.0], [8.0, 6.0]])
    found = scaled(history)
    np.testing.assert_allclose(found.of(history), found.values)
    assert found.of(np.array([[4.0, 3.0]])) == pytest.approx(np.array([[0.0, 1.0]]))
    assert found.of(np.array([[0.0, 0.0]]))[0, 0] < -20, "no demand counts as very little"
