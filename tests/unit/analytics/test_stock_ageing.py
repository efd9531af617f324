"""Age of stock, slow and obsolete stock: glossary figures and edges."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.stock_ageing import slob, slow_and_obsolete, stock_ageing

TODAY = date(2026, 11, 21)


def lots() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "product": ["A", "A", "A", "B", "B", "B"],
            "quantity": [10, 5, 7, 2, np.nan, 4],
            "received_date": pd.to_datetime(
                ["2026-11-20", "2026-10-22", "2025-01-01", None, "2026-11-01", "2026-12-01"]
            ),
            "unit_cost": [2.0, 2.0, 2.0, 10.0, 10.0, 10.0],
        }
    )


def test_stock_stands_in_the_band_of_its_age() -> None:
    found = stock_ageing(lots(), by=["product"], as_of=TODAY)
    rows = found.astype(object).where(found.notna(), None).to_numpy().tolist()
    assert rows == [
        ["A", 0, 30, 15, 30],
        ["A", 366, None, 7, 14],
        ["B", 0, 30, 4, 40],
        ["B", None, None, 2, 20],
    ]


def test_bands_add_up_to_all_stock() -> None:
    found = stock_ageing(lots(), by=[], as_of=TODAY, limits_days=(0, 29, 30))
    assert found["quantity"].sum() == 28
    assert found["from_days"].tolist()[:2] == [0, 1]
    assert stock_ageing(lots().iloc[:0], by=["product"], as_of=TODAY).empty


@pytest.mark.parametrize("limits", [(), (30, 30), (-1, 5)], ids=str)
def test_bands_must_rise(limits: tuple[int, ...]) -> None:
    with pytest.raises(AnalyticsError, match="rise"):
        stock_ageing(lots(), by=[], as_of=TODAY, limits_days=limits)


def stock(**changes: object) -> pd.DataFrame:
    rows = {
        "on_hand": [80, 12, 8],
        "unit_cost": [1000.0, 1000.0, 1000.0],
        "mean_daily_demand": [1.0, 0.5, 0.02],
        "days_since_demand": [3, 365, 20],
        "discontinued": [False, False, False],
    }
    return pd.DataFrame(rows | changes, index=["healthy", "silent", "lasting"])


def test_share_of_the_glossary() -> None:
    judged = slow_and_obsolete(stock())
    assert judged["movement"].tolist() == ["active", "obsolete", "slow"]
    assert judged["cover_days"].tolist() == pytest.approx([80, 24, 400])
    found = slob(judged)
    assert (found.value, found.slow_value, found.obsolete_value) == (100_000, 8_000, 12_000)
    assert found.share == pytest.approx(0.20)


def test_what_is_discontinued_or_never_sold_is_obsolete() -> None:
    judged = slow_and_obsolete(stock(discontinued=[True, False, None], days_since_demand=[1, np.nan, 1]))
    assert judged["movement"].tolist() == ["obsolete", "obsolete", "slow"]


def test_an_item_may_have_its_own_limits() -> None:
    own = stock(slow_cover_days=[60, np.nan, 500], obsolete_days=[np.nan, 700, np.nan])
    assert slow_and_obsolete(own)["movement"].tolist() == ["slow", "active", "active"]


def test_stock_without_demand_lasts_for_ever_and_no_stock_costs_nothing() -> None:
    judged = slow_and_obsolete(stock(mean_daily_demand=[0, 0, np.nan], on_hand=[5, 0, -3], days_since_demand=1))
    assert judged["movement"].tolist() == ["slow", "active", "active"]
    assert np.isinf(judged["cover_days"].iloc[0])
    assert judged["value"].tolist() == [5000, 0, 0]


def test_without_value_there_is_no_share() -> None:
    assert np.isnan(slob(slow_and_obsolete(stock().iloc[:0])).share)
    assert np.isnan(slob(slow_and_obsolete(stock(unit_cost=np.nan))).share)


def test_bad_questions_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="positive"):
        slow_and_obsolete(stock(), slow_cover_days=0)
    with pytest.raises(AnalyticsError, match="missing columns"):
        slow_and_obsolete(stock().drop(columns="discontinued"))
