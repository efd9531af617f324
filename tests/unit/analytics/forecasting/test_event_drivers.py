"""Planned events as drivers: shares of days and channels, no day twice, and the days after a promotion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.forecasting.event_drivers import AFTER_DAYS, event_drivers, stock_out_shares

WEEKS = pd.date_range("2026-01-05", periods=6, freq="W-MON")
MONTHS = pd.date_range("2026-01-01", periods=3, freq="MS")
ONE = np.ones((1, 1))
COLUMNS = ["kind", "series", "channel", "starts_on", "ends_on", "discount"]


def events(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def promoted(first: str, last: str, discount: float = 0.2, *, series: int = 0, channel: int = 0) -> tuple[Any, ...]:
    return ("promotion", series, channel, first, last, discount)


def found(
    rows: pd.DataFrame, shares: np.ndarray = ONE, periods: pd.DatetimeIndex = WEEKS, frequency: str = "week"
) -> dict[str, np.ndarray]:
    drivers = event_drivers(rows, channel_shares=shares, periods=periods, frequency=frequency)
    return dict(zip(drivers.names, drivers.values, strict=True))


def test_a_promotion_from_thursday_to_wednesday() -> None:
    drivers = found(events(promoted("2026-01-08", "2026-01-14")))
    assert drivers["promotion"][:, 0] == pytest.approx([4 / 7, 3 / 7, 0, 0, 0, 0])
    assert drivers["discount"][:, 0] == pytest.approx([0.8 / 7, 0.6 / 7, 0, 0, 0, 0])
    assert drivers["after_promotion"][:, 0] == pytest.approx([0, 4 / 7, 3 / 7, 0, 0, 0])


def test_shares_of_channels_add_up() -> None:
    shares = np.array([[0.5, 0.3, 0.2], [0.0, 0.9, 0.1]])
    rows = events(
        *(promoted("2026-01-05", "2026-01-11", 0.1, series=n, channel=0) for n in (0, 1)),
        *(promoted("2026-01-05", "2026-01-11", 0.3, series=n, channel=2) for n in (0, 1)),
    )
    drivers = found(rows, shares)
    assert drivers["promotion"][0] == pytest.approx([0.7, 0.1])
    assert drivers["discount"][0] == pytest.approx([0.5 * 0.1 + 0.2 * 0.3, 0.1 * 0.3])


def test_months_have_their_own_lengths() -> None:
    drivers = found(events(promoted("2026-01-30", "2026-02-12")), periods=MONTHS, frequency="month")
    assert drivers["promotion"][:, 0] == pytest.approx([2 / 31, 12 / 28, 0])
    assert drivers["after_promotion"][:, 0] == pytest.approx([0, 7 / 28, 0])


def test_a_day_in_two_promotions_counts_once_for_the_first() -> None:
    rows = events(promoted("2026-01-07", "2026-01-13", 0.3), promoted("2026-01-05", "2026-01-09", 0.1))
    drivers = found(rows)
    assert drivers["promotion"][:, 0] == pytest.approx([1, 2 / 7, 0, 0, 0, 0])
    assert drivers["discount"][0, 0] == pytest.approx((5 * 0.1 + 2 * 0.3) / 7)
    assert drivers["after_promotion"][:, 0] == pytest.approx([0, 5 / 7, 2 / 7, 0, 0, 0])


def test_a_long_promotion_swallows_a_short_one_in_it() -> None:
    rows = events(promoted("2026-01-05", "2026-01-18", 0.1), promoted("2026-01-06", "2026-01-07", 0.5))
    assert found(rows)["discount"][:, 0] == pytest.approx([0.1, 0.1, 0, 0, 0, 0])


def test_the_dip_ends_where_the_next_promotion_begins() -> None:
    rows = events(promoted("2026-01-05", "2026-01-11"), promoted("2026-01-14", "2026-01-18"))
    assert found(rows)["after_promotion"][:, 0] == pytest.approx([0, 2 / 7, 1, 0, 0, 0])


def test_what_reaches_in_from_outside_counts_from_the_edge_on() -> None:
    rows = events(promoted("2025-12-20", "2026-01-02"), promoted("2026-02-12", "2026-03-31"))
    drivers = found(rows)
    assert drivers["promotion"][:, 0] == pytest.approx([0, 0, 0, 0, 0, 4 / 7])
    assert drivers["after_promotion"][:, 0] == pytest.approx([5 / 7, 0, 0, 0, 0, 0])


def test_a_promotion_without_a_known_discount() -> None:
    drivers = found(events(promoted("2026-01-05", "2026-01-11", np.nan)))
    assert set(drivers) == {"promotion", "after_promotion"}


def test_other_kinds_have_drivers_of_their_own() -> None:
    week = ("2026-01-05", "2026-01-11")
    rows = events(
        ("price", 0, 0, *week, 0.1),
        ("closure", 0, 0, *week, np.nan),
        ("school_holiday", 0, 0, *week, np.nan),
        ("other", 0, 0, *week, np.nan),
    )
    assert {name: driver[0, 0] for name, driver in found(rows).items()} == {
        "price_cut": 0.1,
        "closure": 1,
        "school_holiday": 1,
    }


def test_without_events_there_are_no_drivers() -> None:
    drivers = event_drivers(events(), channel_shares=ONE, periods=WEEKS, frequency="week")
    assert drivers.names == ()
    assert drivers.values.shape == (0, 6, 1)


@pytest.mark.parametrize("periods", [WEEKS[:0], WEEKS[:1]], ids=["none", "one"])
def test_few_periods(periods: pd.DatetimeIndex) -> None:
    rows = events(promoted("2026-01-05", "2026-01-11"))
    drivers = event_drivers(rows, channel_shares=ONE, periods=periods, frequency="week")
    assert drivers.values.shape[1:] == (len(periods), 1)


def test_what_cannot_be_reckoned_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="row 1 ends before"):
        found(events(promoted("2026-01-05", "2026-01-11"), promoted("2026-01-05", "2026-01-04")))
    with pytest.raises(AnalyticsError, match="without a gap"):
        found(events(), periods=WEEKS[[0, 2]])
    with pytest.raises(AnalyticsError, match="ends_on"):
        found(events().drop(columns="ends_on"))


def test_stock_outs_are_shares_of_days() -> None:
    gaps = pd.DataFrame(
        [(1, "2026-01-10", "2026-01-13"), (1, "2026-01-12", "2026-01-12")], columns=["series", "starts_on", "ends_on"]
    )
    shares = stock_out_shares(gaps, series_count=2, periods=WEEKS, frequency="week")
    assert shares[:, 0].tolist() == [0] * 6
    assert shares[:, 1] == pytest.approx([2 / 7, 2 / 7, 0, 0, 0, 0])


spans = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(-20, 60), st.integers(0, 25))


@given(st.lists(spans, max_size=20), st.integers(0, 2**32 - 1))
def test_it_is_what_counting_every_day_gives(drawn: list[tuple[int, int, int, int]], seed: int) -> None:
    shares = np.random.default_rng(seed).dirichlet([1, 1], size=3)
    start = WEEKS[0]
    rows = [
        promoted(start + pd.Timedelta(days=first), start + pd.Timedelta(days=first + length), series=s, channel=c)
        for s, c, first, length in drawn
    ]
    drivers = found(events(*rows), shares)
    running = np.zeros((3, 2, 140), dtype=bool)  # from 20 days before the first period on
    for s, c, first, length in drawn:
        running[s, c, first + 20 : first + 21 + length] = True
    recent = sum(np.roll(running, step, axis=2) & (np.arange(140) >= step) for step in range(1, AFTER_DAYS + 1)) > 0
    for name, days in (("promotion", running), ("after_promotion", recent & ~running)):
        weekly = days[:, :, 20:62].reshape(3, 2, 6, 7).mean(axis=3)
        expected = (weekly * shares[:, :, None]).sum(axis=1).T
        assert drivers.get(name, np.zeros((6, 3))) == pytest.approx(expected)
