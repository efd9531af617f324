"""What part of a period a span of dates covers."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.forecasting.period_days import period_days, span_shares

FIRST = date(2020, 1, 1)
SPANS = st.lists(st.tuples(st.integers(-40, 800), st.integers(0, 60)), max_size=8)


@pytest.mark.parametrize(
    ("frequency", "first", "lengths"),
    [
        ("MS", "2024-01-01", [31, 29, 31]),
        ("month", "2023-01-01", [31, 28, 31]),
        ("W-MON", "2024-12-30", [7, 7, 7]),
        ("W-FRI", "2020-12-25", [7, 7, 7]),
        ("D", "2024-02-28", [1, 1, 1]),
    ],
)
def test_days_of_periods(frequency: str, first: str, lengths: list[int]) -> None:
    periods = pd.date_range(first, periods=3, freq={"month": "MS"}.get(frequency, frequency))
    days = period_days(periods, frequency=frequency)
    assert days.lengths.tolist() == lengths
    assert (days.starts[1:] == days.ends[:-1]).all()


def test_a_school_holiday_over_two_months_and_the_week_of_its_end() -> None:
    months = pd.date_range("2026-03-01", periods=3, freq="MS")
    assert span_shares(["2026-03-21"], ["2026-04-05"], months, frequency="MS") == pytest.approx([11 / 31, 5 / 30, 0])
    weeks = pd.date_range("2026-03-30", periods=2, freq="W-MON")
    assert span_shares(["2026-03-21"], ["2026-04-05"], weeks, frequency="W-MON").tolist() == [1, 0]


def test_the_53rd_week_is_a_week_like_any_other() -> None:
    weeks = pd.date_range("2026-12-21", periods=3, freq="W-MON")
    assert weeks.isocalendar().week.tolist() == [52, 53, 1]
    shares = span_shares([date(2026, 12, 31)], [date(2027, 1, 4)], weeks, frequency="W-MON")
    assert shares == pytest.approx([0, 4 / 7, 1 / 7])


def test_a_day_in_two_spans_counts_once() -> None:
    days = pd.date_range("2026-05-01", periods=4, freq="D")
    shares = span_shares(["2026-05-01", "2026-05-02"], ["2026-05-02", "2026-05-03"], days, frequency="D")
    assert shares.tolist() == [1, 1, 1, 0]


@given(spans=SPANS)
def test_shares_are_those_of_counting_every_day(spans: list[tuple[int, int]]) -> None:
    starts = [FIRST + timedelta(days=start) for start, _length in spans]
    ends = [FIRST + timedelta(days=start + length) for start, length in spans]
    inside = {FIRST + timedelta(days=start + n) for start, length in spans for n in range(length + 1)}
    months = pd.date_range(FIRST, periods=24, freq="MS")
    days = pd.date_range(FIRST, "2021-12-31")
    expected = pd.Series(days.isin(pd.DatetimeIndex(inside)), index=days).resample("MS").mean()
    assert span_shares(starts, ends, months, frequency="MS") == pytest.approx(expected.to_numpy())


def test_no_spans_no_periods_and_times_of_day() -> None:
    assert span_shares([], [], pd.date_range("2026-01-01", periods=2, freq="MS"), frequency="MS").tolist() == [0, 0]
    assert span_shares(["2026-01-01"], ["2026-01-02"], pd.DatetimeIndex([]), frequency="D").size == 0
    # The night in which clocks change is a day as well.
    nights = pd.date_range("2026-03-28", periods=3, freq="D", tz="Europe/Berlin")
    assert span_shares([np.datetime64("2026-03-29T02:30")], ["2026-03-29"], nights, frequency="D").tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("starts", "ends", "frequency", "problem"),
    [
        (["2026-01-01"], ["2026-01-02"], "quarter", "quarter"),
        (["2026-01-01", "2026-02-02"], ["2026-01-05", "2026-02-01"], "MS", "span 2 ends on 2026-02-01"),
        (["2026-01-01"], [], "MS", "1 first days but 0 last days"),
        (["soon"], ["later"], "MS", "cannot be read"),
        ([None], ["2026-01-01"], "MS", "no date"),
    ],
    ids=["frequency", "backwards", "lengths", "text", "missing"],
)
def test_what_makes_no_sense_is_refused(starts: list[str], ends: list[str], frequency: str, problem: str) -> None:
    with pytest.raises(AnalyticsError, match=problem):
        span_shares(starts, ends, pd.date_range("2026-01-01", periods=2, freq="MS"), frequency=frequency)


def test_a_period_without_a_date_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="no date"):
        period_days(pd.DatetimeIndex(["2026-01-01", None]), frequency="D")
