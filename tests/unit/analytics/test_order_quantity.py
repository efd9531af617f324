"""Needs against the supplier's terms: which quantity, and which term decided."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.order_quantity import bounded_quantity, order_quantity

SIZES = st.floats(0.01, 1e5)


def test_published_master_schedule_proposal() -> None:
    need = 10 - 60 + 75
    chair = bounded_quantity(need, moq=5, maximum=20)
    assert (chair.quantity[0], chair.bound[0]) == (20, "maximum")
    assert bounded_quantity(need, moq=5).quantity[0] == 25


@pytest.mark.parametrize(("daily", "cover", "quantity"), [(40 / 30, 14, 19), (166 / 7 * 1.2, 30, 854)])
def test_published_simple_suggestion(daily: float, cover: float, quantity: float) -> None:
    order = order_quantity(daily, cover_days=cover, multiple=1)
    assert (order.quantity[0], order.basis[0], order.bound[0]) == (quantity, "cover", "multiple")


@pytest.mark.parametrize(
    ("need", "moq", "multiple", "maximum", "quantity", "bound"),
    [
        (30, np.nan, np.nan, np.nan, 30, "nothing"),
        (30, 50, 20, np.nan, 60, "moq"),
        (30, 10, 20, np.nan, 40, "multiple"),
        (40, 10, 20, np.nan, 40, "nothing"),
        (90, 10, 20, 70, 60, "maximum"),
        (90, 50, 20, 40, 60, "lot_over_maximum"),
        (5, 0, 20, 10, 20, "lot_over_maximum"),
        (0, 50, 20, np.nan, 0, "nothing"),
        (-5, 50, 20, np.nan, 0, "nothing"),
        (np.nan, 50, 20, np.nan, np.nan, "unknown"),
        (30, 0, 0, 0, 30, "nothing"),
        (0.3, np.nan, 0.1, np.nan, 0.3, "nothing"),
        (1e-12, np.nan, 1, np.nan, 1, "multiple"),
    ],
)
def test_terms(need: float, moq: float, multiple: float, maximum: float, quantity: float, bound: str) -> None:
    result = bounded_quantity(need, moq=moq, multiple=multiple, maximum=maximum)
    assert result.quantity[0] == pytest.approx(quantity, nan_ok=True)
    assert result.bound[0] == bound


@given(SIZES, SIZES, SIZES, st.one_of(st.none(), SIZES))
def test_quantity_can_always_be_ordered(need: float, moq: float, multiple: float, maximum: float | None) -> None:
    result = bounded_quantity(need, moq=moq, multiple=multiple, maximum=np.nan if maximum is None else maximum)
    quantity = result.quantity[0]
    lots = quantity / multiple
    assert lots == pytest.approx(round(lots), abs=1e-6)
    assert quantity >= moq * (1 - 1e-6)
    if result.bound[0] not in ("maximum", "lot_over_maximum"):
        assert quantity >= need * (1 - 1e-6) - multiple * 1e-6
    elif result.bound[0] == "maximum":
        assert quantity <= (maximum or 0) * (1 + 1e-6)


def test_economic_quantity_where_its_costs_are_known() -> None:
    order = order_quantity(
        [1300 / 365, 1300 / 365], cover_days=10, order_cost=[8, np.nan], holding_cost_per_unit_year=0.225
    )
    assert order.wanted == pytest.approx([304.0467800264, 13000 / 365])
    assert order.basis.tolist() == ["eoq", "cover"]


def test_order_quantity_edges() -> None:
    order = order_quantity([0, np.nan, 5, -1], cover_days=[30, 30, np.nan, 30], moq=10)
    assert order.quantity == pytest.approx([0, np.nan, np.nan, np.nan], nan_ok=True)
    assert order.basis.tolist() == ["cover", "unknown", "unknown", "unknown"]
    assert order_quantity([], cover_days=30).quantity.size == 0
    with pytest.raises(AnalyticsError, match="lengths differ"):
        bounded_quantity([1, 2], moq=[1, 2, 3])
