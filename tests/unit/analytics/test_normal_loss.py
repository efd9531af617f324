"""Normal loss functions against published values, and the inverse against the function itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.normal_loss import inverse_normal_loss, normal_loss, second_normal_loss


def test_published_losses() -> None:
    assert normal_loss([-1.4, 0.3, 3.1]) == pytest.approx(
        [1.436668142708465, 0.26676124211721, 2.672490952e-4], rel=1e-9
    )
    assert second_normal_loss([-1.4, 0.3]) == pytest.approx([1.465289370279, 0.151030102588], rel=1e-9)


@given(st.floats(-1000, 30))
def test_inverse_undoes_the_loss(factor: float) -> None:
    assert inverse_normal_loss(normal_loss(factor))[0] == pytest.approx(factor, abs=1e-8)


@given(st.floats(-40, 40), st.floats(0, 10))
def test_more_stock_never_loses_more(factor: float, more: float) -> None:
    low, high = normal_loss([factor, factor + more])
    assert low * (1 + 1e-12) + 1e-15 >= high >= 0


def test_edges_of_the_inverse() -> None:
    found = inverse_normal_loss([0.0, -0.1, np.nan, 1e-300, 1e9])
    assert found[0] == np.inf
    assert np.isnan(found[1:3]).all()
    assert found[3] > 36
    assert found[4] == pytest.approx(-1e9)
    assert inverse_normal_loss([]).size == 0


def test_tables_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one-dimensional"):
        normal_loss([[0.1]])
