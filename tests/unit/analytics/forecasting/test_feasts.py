"""Drivers from the calendar: what share of each period lies around a feast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.errors import AnalyticsError
from analytics.forecasting.feasts import FEAST_WINDOWS, calendar_drivers
from data.demo.rules import FEAST_WINDOWS as TRUE_WINDOWS
from data.demo.rules import FeastWindow


def drivers(periods: pd.DatetimeIndex, frequency: str, **place: str | None) -> pd.DataFrame:
    found = calendar_drivers(periods, frequency=frequency, **{"state": "SGR"} | place)
    return pd.DataFrame(found.values.T, index=periods, columns=list(found.names))


def months(first: str, periods: int) -> pd.DatetimeIndex:
    return pd.date_range(first, periods=periods, freq="MS")


def test_hari_raya_moves_from_april_to_march() -> None:
    """2025: fast 2 to 30 March, feast 31 March; 2026: fast 19 February to 20 March, feast 21 March."""
    found = drivers(months("2025-01-01", 24), "MS")
    assert found["ramadan"]["2025-03-01"] == pytest.approx(29 / 31)
    assert found["before_hari_raya_puasa"]["2025-03-01"] == pytest.approx(14 / 31)
    assert found["hari_raya_puasa"]["2025-04-01"] == pytest.approx(1 / 30)
    assert found["after_hari_raya_puasa"]["2025-04-01"] == pytest.approx(10 / 30)
    assert found["ramadan"]["2026-02-01":"2026-04-01"].tolist() == pytest.approx([10 / 28, 20 / 31, 0])
    assert found["after_hari_raya_puasa"]["2026-03-01":"2026-04-01"].tolist() == pytest.approx([9 / 31, 1 / 30])


def test_every_window_is_as_long_in_all_over_the_years() -> None:
    found = drivers(pd.date_range("2022-01-01", "2026-12-31", freq="D"), "D")
    for window in FEAST_WINDOWS:
        assert found[window.name].sum() == 5 * (window.last - window.first + 1), window.name
    assert found["ramadan"].sum() == sum([29, 30, 29, 29, 30])


@pytest.mark.parametrize("window", TRUE_WINDOWS, ids=lambda window: window.name)
def test_windows_are_those_the_demo_company_lives_by(window: FeastWindow) -> None:
    name = window.name.lower().replace(" ", "_")
    days = pd.date_range("2022-01-01", "2027-06-30", freq="D")
    expected = np.zeros(len(days))
    for first, last in window.spans:
        expected[(days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))] = 1
    assert drivers(days, "D")[name].tolist() == expected.tolist()


@pytest.mark.parametrize("frequency", ["MS", "W-MON", "W-FRI", "W-THU", "D"])
def test_shares_lie_between_zero_and_one_and_say_the_same_at_any_grain(frequency: str) -> None:
    first, last = {"MS": ("2022-01-01", "2026-12-31")}.get(frequency, ("2022-01-03", "2026-12-27"))
    periods = pd.date_range(first, last, freq=frequency)
    found = drivers(periods, frequency)
    shares = found.drop(columns=["trading_days", "public_holidays"], errors="ignore")
    assert shares.to_numpy().min() >= 0
    assert shares.to_numpy().max() <= 1
    lengths = periods.days_in_month if frequency == "MS" else {"D": 1}.get(frequency, 7)
    assert (found["before_chinese_new_year"] * lengths).sum() == pytest.approx(5 * 14)


def test_a_feast_after_the_last_period_already_casts_its_shadow() -> None:
    weeks = pd.date_range("2025-12-01", periods=10, freq="W-MON")  # to 8 February 2026; Chinese New Year is on the 17th
    found = drivers(weeks, "W-MON")
    assert "chinese_new_year" not in found
    assert found["before_chinese_new_year"].iloc[-1] == pytest.approx(6 / 7)


def test_trading_days_of_months() -> None:
    """February 2026 in Selangor: 20 weekdays, less three for Thaipusam (in lieu) and Chinese New Year."""
    found = drivers(months("2026-01-01", 12), "MS")
    ratio = found["trading_days"] + 1
    assert found["trading_days"].mean() == pytest.approx(0)
    # January: 22 weekdays less New Year's Day.
    assert ratio["2026-02-01"] / ratio["2026-01-01"] == pytest.approx(17 / 21)
    assert found["public_holidays"]["2026-02-01"] == 4


def test_weeks_without_holidays_differ_in_nothing() -> None:
    assert drivers(pd.date_range("2026-07-06", periods=4, freq="W-MON"), "W-MON").empty


def test_the_weekend_of_the_state_decides() -> None:
    days = pd.date_range("2026-07-01", periods=3, freq="MS")
    assert drivers(days, "MS")["trading_days"].tolist() != drivers(days, "MS", state="KTN")["trading_days"].tolist()


def test_weekday_is_a_season_of_days_and_no_driver() -> None:
    found = drivers(pd.date_range("2026-01-01", periods=60, freq="D"), "D")
    assert "trading_days" not in found
    assert set(found["public_holidays"]) == {0, 1}


def test_forty_years_of_history_with_a_horizon() -> None:
    found = drivers(months("1987-01-01", 12 * 40 + 24), "MS")
    assert np.isfinite(found.to_numpy()).all()
    assert (found["ramadan"].groupby(found.index.year).sum() > 0.9).all()


def test_another_country_has_the_feasts_it_keeps() -> None:
    names = calendar_drivers(months("2024-01-01", 24), frequency="MS", country="ID").names
    assert {"ramadan", "before_hari_raya_puasa", "vesak"} <= set(names)
    assert "deepavali" not in names
    assert calendar_drivers(months("2024-01-01", 24), frequency="MS", country="US").names == (
        "trading_days",
        "public_holidays",
    )


def test_no_periods_no_drivers() -> None:
    assert calendar_drivers(pd.DatetimeIndex([]), frequency="MS").names == ()


def test_one_period() -> None:
    found = drivers(months("2026-03-01", 1), "MS")
    assert found["ramadan"].tolist() == pytest.approx([20 / 31])


@pytest.mark.parametrize(("frequency", "state"), [("year", "SGR"), ("MS", "Atlantis")])
def test_what_is_unknown_is_refused(frequency: str, state: str) -> None:
    with pytest.raises(AnalyticsError):
        calendar_drivers(months("2026-01-01", 3), frequency=frequency, state=state)
