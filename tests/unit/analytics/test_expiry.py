"""Lots that first-expired-first-out selling does not reach in time."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.expiry import expiry_risk

TODAY = date(2026, 5, 1)


def lots(*rows: tuple[str, float, int | None], daily: float = 10.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sku": [sku for sku, _, _ in rows],
            "quantity": [quantity for _, quantity, _ in rows],
            "expiry_date": [None if days is None else TODAY + timedelta(days=days) for _, _, days in rows],
            "mean_daily_demand": daily,
            "unit_cost": 2.5,
        }
    )


def at_risk(frame: pd.DataFrame, **options: int) -> list[float]:
    return expiry_risk(frame, by=["sku"], as_of=TODAY, **options)["quantity_at_risk"].tolist()


def sold_day_by_day(rows: list[tuple[float, int]], daily: float) -> list[float]:
    left = [float(quantity) for quantity, _ in rows]
    first_out = sorted(range(len(rows)), key=lambda i: rows[i][1])
    for day in range(max(days for _, days in rows)):
        demand = daily
        for i in first_out:
            sold = min(left[i], demand) if day < rows[i][1] else 0.0
            left[i], demand = left[i] - sold, demand - sold
    return left


def test_demand_goes_to_the_lot_that_expires_first() -> None:
    assert at_risk(lots(("A", 50, 30), ("A", 80, 5), ("A", 300, 40))) == [0, 30, 0]
    assert at_risk(lots(("A", 50, 30), ("A", 80, 5), ("A", 340, 40))) == [0, 30, 40]


def test_items_do_not_share_demand() -> None:
    assert at_risk(lots(("A", 60, 5), ("B", 60, 5))) == [10, 10]


def test_value_and_dates() -> None:
    found = expiry_risk(lots(("A", 60, 5), ("A", 10, -1), ("A", 10, None)), by=["sku"], as_of=TODAY)
    assert found["value_at_risk"].tolist() == [25, 25, 0]
    assert found["days_left"].tolist() == [5, -1, np.inf]
    assert found["expired"].tolist() == [False, True, False]


def test_customers_want_shelf_life_left() -> None:
    assert at_risk(lots(("A", 60, 9)), unsellable_days_before_expiry=4) == [10]


def test_without_demand_everything_that_expires_is_at_risk() -> None:
    assert at_risk(lots(("A", 60, 9), ("A", 5, None), daily=0)) == [60, 0]


def test_edges() -> None:
    assert at_risk(lots()) == []
    assert np.isnan(at_risk(lots(("A", 60, 5), daily=np.nan))).all()
    assert at_risk(lots(("A", np.nan, 5), ("A", -4, 5))) == [0, 0]
    repeated = lots(("A", 60, 5), ("A", 60, 9)).set_axis([7, 7])
    assert expiry_risk(repeated, by=["sku"], as_of=TODAY).index.tolist() == [7, 7]
    with pytest.raises(AnalyticsError, match="expiry_date"):
        expiry_risk(lots(("A", 1, 1)).drop(columns="expiry_date"), by=["sku"], as_of=TODAY)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), min_size=1, max_size=8), st.integers(0, 40))
def test_equals_selling_day_by_day(rows: list[tuple[int, int]], daily: int) -> None:
    frame = lots(*[("A", float(quantity), days) for quantity, days in rows], daily=float(daily))
    assert at_risk(frame) == pytest.approx(sold_day_by_day([(float(q), d) for q, d in rows], float(daily)))
