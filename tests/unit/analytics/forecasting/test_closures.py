"""Closures: told by a driver, not learned from zeros; what an open period sells is seen through them."""

import numpy as np
import pytest
from panels import panel_of, young

from analytics.forecasting.closures import closed_periods, opened
from analytics.forecasting.drivers import Drivers

PERIODS, HORIZON = 210, 7
SUNDAYS = (np.arange(PERIODS + HORIZON) % 7 == 6).astype(float)


def flags(*columns: np.ndarray) -> Drivers:
    return Drivers(("shut",), np.column_stack(columns)[None])


def open_on_weekdays(height: float = 20.0) -> np.ndarray:
    return np.where(SUNDAYS[:PERIODS] == 1, 0.0, height + np.arange(PERIODS) % 3)


def test_a_flag_at_which_nothing_was_ever_sold_closes_history_and_horizon() -> None:
    closed = closed_periods(panel_of(open_on_weekdays(), season=7), flags(SUNDAYS))
    np.testing.assert_array_equal(closed[:, 0], SUNDAYS == 1)


@pytest.mark.parametrize("zeros", [2, 5])
def test_a_flag_at_which_something_was_sold_closes_nothing(zeros: int) -> None:
    sales = open_on_weekdays()
    sales[6 : zeros * 7 : 7] = 4.0
    assert not closed_periods(panel_of(sales, season=7), flags(SUNDAYS)).any()


def test_sporadic_demand_is_not_taken_for_closed() -> None:
    """Zero at the flag says little where demand is zero most of the time anyway."""
    sales = np.where(np.arange(PERIODS) % 4 == 1, 5.0, 0.0) * (SUNDAYS[:PERIODS] == 0)
    assert not closed_periods(panel_of(sales, season=7), flags(SUNDAYS)).any()


def test_a_few_flags_prove_nothing() -> None:
    sales = open_on_weekdays()
    assert not closed_periods(panel_of(sales[:70], season=7), flags(SUNDAYS[: 70 + HORIZON])).any()


def test_a_price_is_no_flag() -> None:
    price = np.linspace(1, 2, PERIODS + HORIZON)
    assert not closed_periods(panel_of(open_on_weekdays(), season=7), flags(price)).any()


def test_each_series_has_its_own_flags_and_all_of_them_tell() -> None:
    other = np.roll(SUNDAYS, 2)
    panel = panel_of(open_on_weekdays(), np.where(other[:PERIODS] == 1, 0.0, 30.0), season=7)
    closed = closed_periods(panel, flags(SUNDAYS, other))
    np.testing.assert_array_equal(closed, np.column_stack([SUNDAYS, other]) == 1)


def test_an_open_history_has_what_was_sold_a_season_before() -> None:
    sales = open_on_weekdays()
    sales[6] = 50.0  # open once, before the first closed Sunday
    shut = (SUNDAYS == 1) & (np.arange(PERIODS + HORIZON) > 6)
    filled = opened(panel_of(sales, season=7), closed=shut[:, None]).values[:, 0]
    assert filled[6::7].tolist() == [50.0] * 30
    np.testing.assert_array_equal(filled[~shut[:PERIODS]], sales[~shut[:PERIODS]])


def test_a_series_that_begins_closed_takes_its_first_open_period() -> None:
    late = young([0, 0, 8, 9, 0], periods=7)
    shut = np.array([0, 0, 1, 1, 0, 0, 1], dtype=bool)[:, None]
    filled = opened(panel_of(late, season=12), closed=shut).values[:, 0]
    np.testing.assert_array_equal(filled, [np.nan, np.nan, 8, 8, 8, 9, 9])


def test_one_that_never_opens_is_zero_and_the_panel_stays_as_it_was() -> None:
    panel = panel_of(np.zeros(5), young([0.0, 0], periods=5))
    filled = opened(panel, closed=np.ones((5, 2), dtype=bool)).values
    np.testing.assert_array_equal(filled, panel.values)
    assert panel.values[0, 0] == 0
