"""Seasons: found where they are, not where they are not, and centred."""

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.seasons import (
    annual_effects,
    harmonic_effects,
    index_effects,
    pooled_phase_effects,
    straight_line,
)

MONTHS = np.sin(2 * np.pi * np.arange(60) / 12)


def weeks(periods: int) -> pd.DatetimeIndex:
    return pd.date_range("2018-01-01", periods=periods, freq="W-MON")


def year_of(calendar: pd.DatetimeIndex) -> np.ndarray:
    """One wave a year, by the real calendar."""
    return np.asarray(np.cos(2 * np.pi * (calendar - calendar[0]).days.to_numpy() / 365.25))


def noise(periods: int, series: int = 200) -> np.ndarray:
    return np.random.default_rng(3).standard_normal((periods, series))


@pytest.mark.parametrize("season", [4, 7, 12, 13])
@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_a_pure_season_is_found_beside_a_trend(season: int, slope: float) -> None:
    """For even and odd seasons, and whatever phase the history ends with."""
    pattern = np.random.default_rng(season).standard_normal(season)
    pattern -= pattern.mean()
    periods, horizon = 6 * season - 2, season + 3
    truth = np.resize(pattern, periods + horizon)
    values = truth[:periods] + slope * np.arange(periods)
    found = index_effects(values[:, None], horizon_periods=horizon, season_periods=season)[:, 0]
    assert found - truth == pytest.approx(np.zeros(len(truth)), abs=0.15 * np.abs(pattern).max())


def test_noise_has_nearly_no_season() -> None:
    series = noise(60)
    raw = series.reshape(5, 12, -1).mean(axis=0)
    found = index_effects(series, horizon_periods=12, season_periods=12)
    assert found.std() < 0.4 * raw.std()
    assert (found == 0).all(axis=0).mean() > 0.4


def test_the_weaker_the_season_the_more_it_is_shrunk() -> None:
    series = noise(60) + np.linspace(0, 3, 200) * MONTHS[:, None]
    found = index_effects(series, horizon_periods=0, season_periods=12)
    share = (found * MONTHS[:, None]).sum(axis=0) / (MONTHS**2).sum() / np.linspace(0.01, 3, 200)
    assert np.median(share[100:]) > 0.85
    assert np.median(np.abs(found[:, :30]).max(axis=0)) < 0.3


def test_effects_are_zero_on_average_over_the_known_history() -> None:
    values = noise(66, 5) + 2 * np.sin(2 * np.pi * np.arange(66) / 12)[:, None]
    values[:20, 1] = np.nan
    for found in (
        index_effects(values, horizon_periods=6, season_periods=12),
        pooled_phase_effects(values, horizon_periods=6, season_periods=12),
    ):
        inner = np.where(np.isnan(values), np.nan, found[:66])
        assert np.nanmean(inner, axis=0) == pytest.approx(np.zeros(5), abs=1e-12)


def test_a_season_needs_two_full_cycles() -> None:
    two = 5 * np.sin(2 * np.pi * np.arange(24) / 12)[:, None]
    calendar = weeks(104)
    long = 5 * year_of(calendar)[:, None]
    asked = {"horizon_periods": 1, "season_periods": 52}
    assert index_effects(two, horizon_periods=1, season_periods=12).any()
    assert not index_effects(two[:23], horizon_periods=1, season_periods=12).any()
    assert harmonic_effects(long, periods=calendar, pairs=2, **asked).any()
    assert not harmonic_effects(long[:103], periods=calendar[:103], pairs=2, **asked).any()
    assert not pooled_phase_effects(long[:103], **asked).any()


def test_a_late_beginning_counts_only_from_there() -> None:
    values = np.tile(3 * MONTHS[:, None], 2)
    values[:37, 1] = np.nan
    found = index_effects(values, horizon_periods=12, season_periods=12)
    assert np.ptp(found[60:, 0]) == pytest.approx(6, rel=0.05)
    assert not found[:, 1].any()


def test_weeks_follow_the_calendar_and_not_a_count_of_52() -> None:
    """Ten years of weeks hold 522, so a wave of 52 weeks would be two weeks off at their end."""
    calendar = weeks(522 + 26)
    truth = year_of(calendar)
    found = harmonic_effects(truth[:522, None], periods=calendar[:522], horizon_periods=26, season_periods=52, pairs=2)[
        :, 0
    ]
    assert found[522:] == pytest.approx(truth[522:], abs=0.05)
    counted = np.cos(2 * np.pi * np.arange(522, 548) / 52)
    assert np.abs(counted - truth[522:]).max() > 0.2


def test_a_year_with_a_week_53_keeps_its_season() -> None:
    calendar = pd.date_range("2018-01-01", "2021-12-27", freq="W-MON")
    assert (calendar.isocalendar().week == 53).sum() == 1
    truth = year_of(calendar)
    found = harmonic_effects(truth[:-26, None], periods=calendar[:-26], horizon_periods=26, season_periods=52, pairs=4)
    assert found[:, 0] == pytest.approx(truth, abs=0.1)


def test_noise_of_weeks_has_nearly_no_season() -> None:
    found = harmonic_effects(noise(156), periods=weeks(156), horizon_periods=8, season_periods=52, pairs=4)
    assert np.median(found.std(axis=0)) < 0.1


def test_what_all_series_show_helps_where_one_shows_too_little() -> None:
    """A single week of the year sells four times as much; every series is half noise."""
    peak = np.zeros(52)
    peak[30] = 3.0
    values = noise(156, 40) + np.tile(peak, 3)[:, None]
    truth = np.resize(peak - peak.mean(), 156)
    together = pooled_phase_effects(values, horizon_periods=0, season_periods=52)
    alone = pooled_phase_effects(values[:, :1], horizon_periods=0, season_periods=52)
    assert np.abs(together[:, 0] - truth).mean() < 0.7 * np.abs(alone[:, 0] - truth).mean()


def test_days_show_their_year_after_a_year_and_a_half() -> None:
    calendar = pd.date_range("2022-01-01", periods=800, freq="D")
    values = np.column_stack([year_of(calendar) + 0.001 * np.arange(800)] * 2)[:700]
    values[:300, 1] = np.nan
    values += 0.3 * noise(700, 2)
    found = annual_effects(values, periods=calendar[:700], horizon_periods=100, pairs=3)
    assert np.corrcoef(found[:, 0], year_of(calendar))[0, 1] > 0.97
    assert not found[:, 1].any()


def test_a_line_is_continued_from_what_is_known_of_it() -> None:
    line = 3 + 0.5 * np.arange(12.0)
    values = np.column_stack([line[:10]] * 2)
    values[:6, 1] = np.nan
    np.testing.assert_allclose(straight_line(values, horizon_periods=2), np.column_stack([line] * 2))
    single = straight_line(np.array([[np.nan], [4.0]]), horizon_periods=1)
    assert single[:, 0].tolist() == [4, 4, 4]
