"""Profit on stock: glossary figures and edges."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.profitability import gmroi, item_profitability

ITEMS = pd.DataFrame(
    {
        "revenue": [1000.0, 500.0, 0.0, np.nan],
        "cost_of_goods_sold": [600.0, 450.0, 0.0, 10.0],
        "average_inventory": [100.0, 300.0, 50.0, 5.0],
        "order_cost_per_year": [20.0, np.nan, 0.0, 0.0],
    },
    index=list("abcd"),
)


def test_returns_of_the_glossary() -> None:
    assert gmroi([65e6, 50_000], average_inventory=[20e6, 25_000]).tolist() == [3.25, 2]
    assert np.isnan(gmroi([1, np.nan], average_inventory=[0, 1])).all()


def test_what_is_left_after_the_stock_is_paid_for() -> None:
    found = item_profitability(ITEMS, holding_rate_per_year=0.25)
    assert found.loc["a"].tolist() == [400, 0.4, 4, 6, 25, 355, 1]
    assert found.loc["b"].tolist() == pytest.approx([50, 0.1, 1 / 6, 1.5, 75, -25, 3])
    assert found.loc["c", ["gross_margin", "contribution", "rank"]].tolist() == [0, -12.5, 2]
    assert np.isnan(found.loc["c", "margin_rate"])
    assert found.loc["d", ["gross_margin", "contribution", "rank"]].isna().all()


def test_no_items_and_bad_questions() -> None:
    assert item_profitability(ITEMS.iloc[:0], holding_rate_per_year=0.25).empty
    with pytest.raises(AnalyticsError, match="rate"):
        item_profitability(ITEMS, holding_rate_per_year=-1)
    with pytest.raises(AnalyticsError, match="revenue"):
        item_profitability(ITEMS.drop(columns="revenue"), holding_rate_per_year=0.25)
