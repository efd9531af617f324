"""Exchange curve of cycle stock: figures of the glossary, its shape, edges."""

import numpy as np
import pytest

from analytics.errors import AnalyticsError
from analytics.exchange_curve import cycle_stock_exchange_curve, implied_order_cost_over_holding_rate

VALUES = [10_000, 4_900, 2_500, 900]


def test_figures_of_the_glossary() -> None:
    curve = cycle_stock_exchange_curve(VALUES, order_cost_over_holding_rate=[25, 100])
    assert curve["cycle_stock_value"].tolist() == pytest.approx([883.883, 1767.767], abs=5e-4)
    assert curve["orders_per_year"].tolist() == pytest.approx([35.3553, 17.6777], abs=5e-5)
    assert (curve["cycle_stock_value"] * curve["orders_per_year"]).tolist() == pytest.approx([31_250] * 2)


def test_todays_money_tells_what_an_order_is_thought_to_cost() -> None:
    assert implied_order_cost_over_holding_rate(VALUES, cycle_stock_value=883.8834765) == pytest.approx(25)
    assert np.isnan(implied_order_cost_over_holding_rate([], cycle_stock_value=1))


def test_items_without_demand_do_not_count() -> None:
    points = {"order_cost_over_holding_rate": 25}
    some = cycle_stock_exchange_curve([*VALUES, 0, np.nan, -3], **points)
    assert some.equals(cycle_stock_exchange_curve(VALUES, **points))


def test_bad_points_are_refused() -> None:
    with pytest.raises(AnalyticsError):
        cycle_stock_exchange_curve(VALUES, order_cost_over_holding_rate=[25, 0])
    with pytest.raises(AnalyticsError):
        implied_order_cost_over_holding_rate(VALUES, cycle_stock_value=0)
