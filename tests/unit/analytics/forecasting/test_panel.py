"""From demand rows to a panel: calendars, gaps, starts, and what is refused."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from panels import panel_of, with_values, young

from analytics.errors import AnalyticsError
from analytics.forecasting.panel import Panel, to_panel


def rows(*triples: tuple[str, object, object]) -> pd.DataFrame:
    return pd.DataFrame(triples, columns=["unique_id", "ds", "y"])


def test_months_with_gaps_and_different_starts() -> None:
    frame = rows(("b", "2024-03-01", 7.0), ("a", "2024-01-01", 5.0), ("a", "2024-04-01", 6.0), ("b", "2024-02-01", 3.0))
    panel = to_panel(frame, frequency="month", end=date(2024, 4, 30))
    assert panel.ids == ("a", "b")
    assert panel.season_periods == 12
    assert panel.periods.tolist() == list(pd.date_range("2024-01-01", periods=4, freq="MS"))
    np.testing.assert_array_equal(panel.values[:, 0], [5, 0, 0, 6])
    np.testing.assert_array_equal(panel.values[:, 1], [np.nan, 3, 7, 0])


def test_weeks_are_iso_weeks_across_a_year_with_53_of_them() -> None:
    frame = rows(("a", "2020-12-27", 1.0), ("a", "2020-12-28", 2.0), ("a", "2021-01-04", 3.0))
    panel = to_panel(frame, frequency="week", end=date(2021, 1, 10))
    assert [day.isocalendar()[:2] for day in panel.periods] == [(2020, 52), (2020, 53), (2021, 1)]
    assert set(panel.periods.day_of_week) == {0}
    np.testing.assert_array_equal(panel.values[:, 0], [1, 2, 3])
    assert panel.future(horizon_periods=2).tolist() == list(pd.date_range("2021-01-11", periods=2, freq="W-MON"))


@pytest.mark.parametrize("shift", ["2024-03-25", "2024-10-21"], ids=["spring", "autumn"])
def test_days_in_a_zone_with_summer_time_are_the_days_of_the_place(shift: str) -> None:
    days = pd.date_range(shift, periods=14, freq="D", tz="Europe/Berlin")
    frame = pd.DataFrame({"unique_id": "a", "ds": days[::7], "y": [1.0, 2.0]})
    panel = to_panel(frame, frequency="week", end=days[-1].date())
    assert panel.periods.tolist() == [pd.Timestamp(shift), pd.Timestamp(shift) + pd.Timedelta(days=7)]
    np.testing.assert_array_equal(panel.values[:, 0], [1, 2])


def test_the_order_of_rows_does_not_matter() -> None:
    days = pd.date_range("2020-01-01", periods=30, freq="MS")
    frame = pd.DataFrame({"unique_id": ["a"] * 30 + ["b"] * 30, "ds": [*days, *days], "y": np.arange(1.0, 61)})
    mixed = frame.sample(frac=1, random_state=1)
    one, other = (to_panel(rows, frequency="month", end=date(2022, 6, 30)) for rows in (frame, mixed))
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.values, other.values)


def test_the_calendar_runs_to_the_end_even_without_sales() -> None:
    panel = to_panel(rows(("a", "2024-01-15", 4)), frequency="month", end=date(2024, 6, 1))
    np.testing.assert_array_equal(panel.values[:, 0], [4, 0, 0, 0, 0, 0])


def test_rows_after_the_end_are_left_out_with_the_series_that_only_they_know() -> None:
    frame = rows(("a", "2024-01-01", 4), ("a", "2024-03-01", 9), ("new", "2024-03-01", 9))
    panel = to_panel(frame, frequency="month", end=date(2024, 2, 29))
    assert panel.ids == ("a",)
    np.testing.assert_array_equal(panel.values[:, 0], [4, 0])


def test_a_series_starts_with_its_first_sale_but_one_that_never_sold_keeps_its_rows() -> None:
    frame = rows(
        ("sold", "2024-01-01", 0), ("sold", "2024-02-01", 2), ("never", "2024-01-01", 0), ("never", "2024-02-01", 0)
    )
    panel = to_panel(frame, frequency="month", end=date(2024, 2, 1))
    np.testing.assert_array_equal(panel.values, [[0, np.nan], [0, 2]])
    assert panel.lengths().tolist() == [2, 1]


@pytest.mark.parametrize("y", [Decimal("2.5"), 2.5, np.float32(2.5)])
@pytest.mark.parametrize("ds", [date(2024, 1, 1), "2024-01-01", pd.Timestamp("2024-01-01 13:00")])
def test_dates_and_quantities_in_the_types_a_database_gives(ds: object, y: object) -> None:
    panel = to_panel(rows(("a", ds, y)), frequency="month", end=date(2024, 1, 31))
    assert panel.values.tolist() == [[2.5]]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (rows(("a", "2024-01-01", 1), ("a", "2024-01-20", 1)), "more than one row"),
        (rows(("a", "2024-01-01", np.nan)), "no finite quantity"),
        (rows(("a", "2024-01-01", np.inf)), "no finite quantity"),
        (rows(("a", "2024-01-01", "many")), "quantities cannot be read"),
        (rows(("a", "yesterday", 1)), "dates cannot be read"),
        (rows(("a", None, 1)), "no date"),
        (rows(("a", "2025-01-01", 1)), "no demand up to"),
        (rows(), "no demand up to"),
        (rows(("a", "2024-01-01", 1)).drop(columns="y"), "missing columns: y"),
    ],
)
def test_what_is_no_panel_is_refused_by_name(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        to_panel(frame, frequency="month", end=date(2024, 12, 31))


def test_the_past_is_a_copy_without_the_future() -> None:
    panel = to_panel(rows(("a", "2024-01-01", 1), ("a", "2024-02-01", 2)), frequency="month", end=date(2024, 3, 1))
    past = panel.before(held_out_periods=2)
    panel.values[0, 0] = 99
    assert past.values.tolist() == [[1]]
    assert past.future(horizon_periods=1).tolist() == [pd.Timestamp("2024-02-01")]
    assert panel.recent(periods=1).periods.tolist() == [pd.Timestamp("2024-03-01")]


def test_plans_reach_beyond_the_past_and_follow_every_cut() -> None:
    plans = np.arange(2 * 8 * 2.0).reshape(2, 8, 2)
    panel = panel_of(np.arange(6.0), np.arange(6.0), design=plans)
    np.testing.assert_array_equal(panel.before(held_out_periods=2).design, plans)
    np.testing.assert_array_equal(panel.recent(periods=4).design, plans[:, 2:])
    np.testing.assert_array_equal(panel.columns(np.array([1])).design, plans[:, :, [1]])
    assert panel.before(held_out_periods=2).recent(periods=3).design.shape == (2, 7, 2)


def test_a_series_begins_with_what_is_first_known_of_it() -> None:
    panel = panel_of(np.arange(4.0), young([5, np.nan], periods=4), np.full(4, np.nan))
    assert panel.begins().tolist() == [0, 2, 4]
    assert panel.lengths().tolist() == [4, 2, 0]


def test_gaps_are_filled_from_before_and_never_from_after() -> None:
    panel = panel_of([np.nan, 3, np.nan, np.nan, 7, np.nan], [np.nan] * 6)
    np.testing.assert_array_equal(panel.filled().values[:, 0], [np.nan, 3, 3, 3, 7, 7])
    assert np.isnan(panel.filled().values[:, 1]).all()
    poisoned = with_values(panel, np.where(np.arange(6)[:, None] == 4, 1e9, panel.values))
    np.testing.assert_array_equal(poisoned.filled().values[:4], panel.filled().values[:4])


def test_columns_keep_ids_and_values_together() -> None:
    periods = pd.date_range("2024-01-01", periods=2, freq="MS")
    panel = Panel(("a", "b", "c"), periods, np.arange(6.0).reshape(2, 3), 12)
    chosen = panel.columns(np.array([2, 0]))
    assert chosen.ids == ("c", "a")
    np.testing.assert_array_equal(chosen.values, [[2, 0], [5, 3]])


@pytest.mark.parametrize(
    "values", [np.ones((2, 3)), np.array([[1.0], [np.inf], [2.0]]), np.array([[1.0], [-np.inf], [2.0]])]
)
def test_an_array_that_is_no_panel_is_refused(values: np.ndarray) -> None:
    with pytest.raises(AnalyticsError):
        Panel(("a",), pd.date_range("2024-01-01", periods=3, freq="MS"), values, 12)


def test_an_irregular_calendar_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="regular"):
        Panel(("a",), pd.DatetimeIndex(["2024-01-01", "2024-02-11"]), np.ones((2, 1)), 12)


def test_a_series_that_ended_earlier_has_its_own_calendar_ahead() -> None:
    """Right aligned beside later ones, it is still forecast for the days after its own last one."""
    periods = pd.date_range("2024-01-01", periods=10, freq="D")
    panel = Panel(("late", "early"), periods, np.ones((10, 2)), 7, behind=np.array([0, 3]))
    calendar, place = panel.own_future(horizon_periods=2)
    assert calendar[place[:, 0]].tolist() == [pd.Timestamp("2024-01-11"), pd.Timestamp("2024-01-12")]
    assert calendar[place[:, 1]].tolist() == [pd.Timestamp("2024-01-08"), pd.Timestamp("2024-01-09")]
    assert panel.columns(np.array([1])).behind is not None
