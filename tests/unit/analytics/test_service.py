"""Delivery service, service levels from stock, and supplier lead times."""

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.service import (
    cycle_service_level,
    expected_shortage,
    fill_rate,
    lead_time_statistics,
    otif,
    otif_lines,
    ready_rate,
)

DUE = date(2026, 3, 12)
LATE = date(2026, 3, 19)
AS_OF = date(2026, 3, 31)


def order_lines(count: int, *, late: tuple[int, ...] = (), short: tuple[int, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ordered_quantity": [10.0] * count,
            "delivered_quantity": [8.0 if i in short else 10.0 for i in range(count)],
            "first_confirmed_date": [DUE] * count,
            "delivered_date": [LATE if i in late else DUE for i in range(count)],
        }
    )


@pytest.mark.parametrize(("total", "good", "rate"), [(1200, 1080, 0.9), (450, 440, 0.977778)])
def test_published_otif(total: int, good: int, rate: float) -> None:
    lines = order_lines(total, late=tuple(range(total - good)))
    assert otif(lines, as_of=AS_OF).rate == pytest.approx(rate, abs=5e-7)


@pytest.mark.parametrize(("late", "rate"), [((3,), 0.85), ((1,), 0.90)], ids=["apart", "on one line"])
def test_otif_is_not_the_product_of_its_averages(late: tuple[int, ...], rate: float) -> None:
    result = otif(order_lines(20, late=late, short=(0, 1)), as_of=AS_OF)
    assert (result.on_time_rate, result.in_full_rate) == (pytest.approx(0.95), pytest.approx(0.90))
    assert result.rate == pytest.approx(rate)


def test_a_moved_promise_does_not_help_the_supplier() -> None:
    line = order_lines(1, late=(0,)).assign(latest_confirmed_date=date(2026, 3, 20))
    judged = otif_lines(line, as_of=AS_OF).iloc[0]
    assert judged["days_late"] == 7
    assert not judged["on_time"]


def test_tolerances_are_settings() -> None:
    lines = order_lines(2, late=(0,), short=(1,))
    assert otif(lines, as_of=AS_OF, late_tolerance_days=7).rate == 0.5
    assert otif(lines, as_of=AS_OF, quantity_tolerance=0.2).rate == 0.5
    assert otif(lines, as_of=AS_OF, late_tolerance_days=7, quantity_tolerance=0.2).rate == 1
    assert otif(lines, as_of=AS_OF, late_tolerance_days=6, quantity_tolerance=0.19).rate == 0


def test_an_open_line_counts_from_the_day_it_is_due() -> None:
    line = order_lines(1).assign(delivered_quantity=np.nan, delivered_date=pd.NaT)
    assert otif(line, as_of=date(2026, 3, 11)).lines_due == 0
    assert np.isnan(otif(line, as_of=date(2026, 3, 11)).rate)
    assert otif(line, as_of=DUE).rate == 0
    assert otif(line, as_of=DUE, late_tolerance_days=1).lines_due == 0
    assert otif_lines(line, as_of=date(2026, 3, 15))["days_late"].item() == 3


def test_an_afternoon_delivery_is_still_on_the_day() -> None:
    line = order_lines(1).assign(delivered_date=pd.Timestamp(2026, 3, 12, 16, 30))
    assert otif(line, as_of=AS_OF).rate == 1


def test_lines_that_cannot_be_measured_are_counted_apart() -> None:
    lines = order_lines(4)
    lines["first_confirmed_date"] = [DUE, None, DUE, DUE]
    lines["ordered_quantity"] = [10.0, 10.0, 0.0, np.nan]
    result = otif(lines, as_of=AS_OF)
    assert (result.lines_due, result.lines_not_measurable, result.rate) == (1, 3, 1.0)


def test_no_lines() -> None:
    result = otif(order_lines(0), as_of=AS_OF)
    assert result.lines_due == 0
    assert np.isnan([result.rate, result.on_time_rate, result.in_full_rate]).all()
    assert dataclasses.asdict(result)["lines_not_measurable"] == 0


def test_missing_columns_are_named() -> None:
    with pytest.raises(AnalyticsError, match="first_confirmed_date, delivered_date"):
        otif(pd.DataFrame({"ordered_quantity": [1], "delivered_quantity": [1]}), as_of=AS_OF)


def test_published_service_levels() -> None:
    cycle = {"lead_time_demand": 500, "lead_time_demand_sd": 150 * np.sqrt(2)}
    assert cycle_service_level(600, **cycle)[0] == pytest.approx(0.6813, abs=5e-5)
    assert expected_shortage(600, **cycle)[0] == pytest.approx(43.8613, abs=5e-5)
    assert fill_rate(600, order_quantity=1000, **cycle)[0] == pytest.approx(0.956139, abs=5e-7)


def test_service_level_edges() -> None:
    certain = {"lead_time_demand": [10, 10, np.nan, 10], "lead_time_demand_sd": [0, 0, 0, -1]}
    assert cycle_service_level([10, 9, 9, 9], **certain) == pytest.approx([1, 0, np.nan, np.nan], nan_ok=True)
    assert expected_shortage([12, 7, 9, 9], **certain) == pytest.approx([0, 3, np.nan, np.nan], nan_ok=True)
    assert np.isnan(fill_rate(5, order_quantity=0, lead_time_demand=4, lead_time_demand_sd=1)).all()
    assert fill_rate(0, order_quantity=1, lead_time_demand=40, lead_time_demand_sd=1)[0] == 0
    with pytest.raises(AnalyticsError, match="lengths differ"):
        cycle_service_level([1, 2], lead_time_demand=[1, 2, 3], lead_time_demand_sd=1)


def test_ready_rate_is_the_time_with_stock() -> None:
    """The position is spread evenly over one lot; what is there now was ordered a lead time ago."""
    random = np.random.default_rng(17)
    stock = 600 + 1000 * random.random(400_000) - random.normal(500, 212.132, 400_000)
    cycle = {"lead_time_demand": 500, "lead_time_demand_sd": 212.132}
    assert ready_rate(600, order_quantity=1000, **cycle)[0] == pytest.approx((stock > 0).mean(), abs=1e-3)
    rates = ready_rate([0, 400, 600, 5000], order_quantity=1000, **cycle)
    assert (np.diff(rates) > 0).all()
    assert rates[-1] == pytest.approx(1)


def test_ready_rate_at_its_edges() -> None:
    steady = ready_rate([5, 10], order_quantity=10, lead_time_demand=10, lead_time_demand_sd=0)
    assert steady.tolist() == [0.5, 1]
    for terms in ({"order_quantity": 0}, {"order_quantity": np.nan}, {"lead_time_demand_sd": -1}):
        facts = {"order_quantity": 1, "lead_time_demand": 4, "lead_time_demand_sd": 1} | terms
        assert np.isnan(ready_rate(5, **facts)).all()


@given(st.floats(0, 1e5), st.floats(0, 1e4), st.floats(0.1, 1e5), st.floats(0.1, 1e5))
def test_more_stock_never_serves_less(demand: float, sd: float, level: float, more: float) -> None:
    cycle = {"lead_time_demand": demand, "lead_time_demand_sd": sd}
    low, high = cycle_service_level([level, level + more], **cycle)
    assert 0 <= low <= high + 1e-12 <= 1 + 1e-12
    low, high = fill_rate([level, level + more], order_quantity=100, **cycle)
    assert 0 <= low <= high + 1e-12


def receipts(*days: float | None, supplier: str = "S1") -> pd.DataFrame:
    ordered = pd.Timestamp(2026, 1, 1)
    arrived = [pd.NaT if d is None else ordered + pd.Timedelta(days=d) for d in days]
    return pd.DataFrame({"supplier": supplier, "order_date": ordered, "receipt_date": arrived})


def test_lead_times_per_supplier() -> None:
    rows = pd.concat([receipts(5, 7, 9, 11), receipts(4, supplier="S2"), receipts(None, -2, supplier="S3")])
    found = lead_time_statistics(rows, by=["supplier"])
    assert found.loc["S1", "mean_days"] == 8
    assert found.loc["S1", "sd_days"] == pytest.approx(2.58199, abs=5e-6)
    assert found.loc["S1", "p90_days"] == pytest.approx(10.4)
    assert found.loc["S2", "mean_days"] == 4
    assert np.isnan(found.loc["S2", "sd_days"])
    assert found["receipts"].tolist() == [4, 1, 0]
    assert found["left_out"].tolist() == [0, 0, 2]


def test_lead_times_without_receipts() -> None:
    assert lead_time_statistics(receipts(), by=["supplier"]).empty
