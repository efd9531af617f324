"""Classes: how regular demand is, and the stage of its life."""

import numpy as np
import pytest
from panels import panel_of, seasonal, sporadic, without_series, young

from analytics.forecasting.classes import CLASSES, is_daily, series_classes

STEADY = 20.0 + np.arange(60) % 5


def class_of(history: object, *, season: int = 12) -> str:
    return str(series_classes(panel_of(history, season=season))[0])


def muted(history: np.ndarray, periods: int) -> np.ndarray:
    return np.where(np.arange(len(history)) < len(history) - periods, history, 0.0)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (STEADY, "smooth"),
        (np.where(np.arange(60) % 4 == 0, 200.0, 5.0), "erratic"),
        (np.where(np.arange(60) % 5 < 2, 5.0, 0.0), "intermittent"),
        (np.where(np.arange(60) % 5 < 2, np.where(np.arange(60) % 10 < 2, 100.0, 2.0), 0.0), "lumpy"),
        (np.zeros(60), "no demand"),
        (np.full(60, np.nan), "no demand"),
        (np.full(60, -2.0), "no demand"),
        (young(STEADY[:3], periods=60), "new"),
        (young([0.0] * 3, periods=60), "no demand"),
        (muted(STEADY, 8), "ending"),
        (np.where(np.arange(60) % 12 < 3, 100.0, 0.0), "seasonal only"),
    ],
    ids=[
        *("smooth", "erratic", "intermittent", "lumpy", "zero", "unknown", "returned", "new", "new zero"),
        *("ending", "in season"),
    ],
)
def test_months_have_their_class(history: np.ndarray, expected: str) -> None:
    assert class_of(history) == expected
    assert expected in CLASSES


def test_new_is_a_third_of_a_season() -> None:
    assert class_of(young(STEADY[:4], periods=60)) == "smooth"
    assert class_of(young(STEADY[:17], periods=60), season=52) == "new"
    assert class_of(young(STEADY[:18], periods=60), season=52) == "smooth"
    assert class_of(young(STEADY[:27], periods=60), season=7) == "new"
    assert class_of(young(STEADY[:28], periods=60), season=7) == "smooth"


def test_ending_is_silence_for_half_a_season_and_far_longer_than_ever_before() -> None:
    assert class_of(muted(STEADY, 5)) == "smooth"
    rare = np.where(np.arange(120) % 3 == 0, 5.0, 0.0)
    assert class_of(muted(rare, 15)) == "intermittent"
    assert class_of(muted(rare, 60)) == "ending"


def test_a_seller_of_one_season_that_is_over_is_not_ending() -> None:
    summer = np.where((np.arange(60) % 12 >= 3) & (np.arange(60) % 12 < 6), 100.0, 0.0)
    assert class_of(summer[:55]) == "seasonal only"


def test_every_series_has_a_class_of_its_own() -> None:
    panel = panel_of(*seasonal(3, periods=60), *sporadic(3, periods=60))
    together = series_classes(panel)
    alone = [series_classes(panel.columns(np.array([column])))[0] for column in range(6)]
    assert together.tolist() == alone


def test_a_panel_without_series_has_no_classes() -> None:
    assert series_classes(without_series()).shape == (0,)


def test_days_are_told_by_their_calendar() -> None:
    assert is_daily(panel_of(STEADY, season=7))
    assert not is_daily(panel_of(STEADY, season=52))
    assert not is_daily(panel_of(STEADY))


def test_a_few_demands_and_then_a_long_silence_are_an_ending() -> None:
    """The silence itself is no interval between demands."""
    values = np.zeros(60)
    values[:6] = 4.0
    assert class_of(values) == "ending"
