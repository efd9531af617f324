"""Silence: a run of zeros that chance can't explain says nothing of demand; ordinary zeros do."""

import numpy as np
import pytest
from panels import sporadic

from analytics.forecasting.silence import improbable_silence

STEADY = 20.0 + np.arange(120) % 5


def silent(history: np.ndarray) -> list[int]:
    return np.flatnonzero(improbable_silence(history[:, None])[:, 0]).tolist()


def muted(history: np.ndarray, begin: int, end: int) -> np.ndarray:
    return np.where((np.arange(len(history)) >= begin) & (np.arange(len(history)) < end), 0.0, history)


def test_a_pause_of_a_steady_seller_is_no_demand_of_zero() -> None:
    assert silent(muted(STEADY, 50, 60)) == list(range(50, 60))


def test_a_single_period_without_a_sale_is_demand() -> None:
    assert silent(muted(STEADY, 50, 51)) == []


def test_a_silence_that_has_not_ended_stays() -> None:
    assert silent(muted(STEADY, 100, 120)) == []


@pytest.mark.parametrize("seed", range(5))
def test_ordinary_gaps_of_sporadic_demand_stay(seed: int) -> None:
    histories = np.column_stack(sporadic(40, periods=120, seed=seed))
    assert not improbable_silence(histories).any()


def test_a_pause_of_sporadic_demand_must_be_much_longer() -> None:
    (history,) = sporadic(1, periods=200, chance=0.5)
    assert silent(muted(history, 100, 110)) == []
    found = silent(muted(history, 80, 140))
    assert set(range(80, 140)) <= set(found)
    assert len(found) < 70


def test_two_pauses_are_found_although_one_hides_the_other() -> None:
    assert silent(muted(muted(STEADY, 20, 35), 60, 110)) == [*range(20, 35), *range(60, 110)]


def test_the_time_before_a_series_and_gaps_are_no_zeros() -> None:
    history = STEADY.copy()
    history[:30] = history[50:60] = np.nan
    assert silent(history) == []


@pytest.mark.parametrize("history", [np.zeros(50), np.full(50, np.nan), np.array([0.0]), np.empty(0)])
def test_without_any_demand_nothing_is_improbable(history: np.ndarray) -> None:
    assert silent(history) == []
