"""Level shifts: found where they are, and how often noise, trends and wandering series are taken for one."""

import numpy as np
import pytest

from analytics.forecasting.level_shifts import WINDOW_PERIODS, level_shifts

PERIODS = np.arange(60)[:, None]
NOISE = np.random.default_rng(4).normal(size=(60, 2000))


def rate(standard: np.ndarray) -> float:
    """Shifts found per series."""
    return float(level_shifts(standard, limit=3.4).begins.sum() / standard.shape[1])


def test_a_clear_shift_is_found_at_its_first_period_with_both_levels() -> None:
    shifts = level_shifts(NOISE[:, :50] + 20.0 * (PERIODS >= 33), limit=3.4)
    assert [tuple(place) for place in np.argwhere(shifts.begins)] == [(33, series) for series in range(50)]
    assert shifts.before[33] == pytest.approx(np.zeros(50), abs=3)
    assert shifts.after[33] == pytest.approx(np.full(50, 20.0), abs=3)
    assert (shifts.strength[33] > 10).all()


def test_a_fall_is_a_shift_with_the_other_sign() -> None:
    shifts = level_shifts(NOISE[:, :20] - 20.0 * (PERIODS >= 20), limit=3.4)
    assert shifts.begins[20].all()
    assert (shifts.strength[20] < -10).all()


def test_two_shifts_are_two_findings() -> None:
    standard = NOISE[:, :20] + 20.0 * (PERIODS >= 20) - 15.0 * (PERIODS >= 40)
    assert np.nonzero(level_shifts(standard, limit=3.4).begins[:, 0])[0].tolist() == [20, 40]


def test_three_standard_deviations_that_last_are_found_near_their_beginning() -> None:
    """Measured: 90 % within two periods."""
    row = np.random.default_rng(5).integers(WINDOW_PERIODS, 60 - WINDOW_PERIODS + 1, 2000)
    begins = level_shifts(NOISE + 3.0 * (row <= PERIODS), limit=3.4).begins
    assert (begins & (np.abs(PERIODS - row) <= 2)).any(axis=0).mean() > 0.85


def test_noise_is_seldom_taken_for_a_shift() -> None:
    """Measured: one in 3,500 periods."""
    assert rate(NOISE) < 0.02


def test_neither_a_trend_nor_a_level_that_wanders_is_a_bundle_of_shifts() -> None:
    wandering = NOISE.copy()
    for row in range(1, 60):
        wandering[row] += 0.5 * wandering[row - 1]
    assert rate(NOISE + 0.15 * PERIODS) < 0.06
    assert rate(wandering) < 0.15


def test_a_burst_that_passes_is_no_shift() -> None:
    burst = np.where((PERIODS >= 30) & (PERIODS < 34), 10.0, 0.0)
    assert rate(NOISE[:, :200] + burst) < 0.05


def test_the_last_periods_must_show_that_it_lasts() -> None:
    late = NOISE[:, :20] + 20.0 * (PERIODS >= 56)
    assert not level_shifts(late, limit=3.4).begins.any()


def test_some_unknown_periods_hide_no_shift() -> None:
    standard = NOISE[:, :20] + 20.0 * (PERIODS >= 33)
    standard[[28, 36]] = np.nan
    assert level_shifts(standard, limit=3.4).begins[33].all()


@pytest.mark.parametrize("shape", [(0, 3), (5, 3), (40, 0)], ids=["no periods", "few periods", "no series"])
def test_too_little_has_no_shift(shape: tuple[int, int]) -> None:
    assert not level_shifts(np.zeros(shape), limit=3.4).begins.any()


@pytest.mark.parametrize("standard", [np.zeros((40, 2)), np.full((40, 2), np.nan)], ids=["constant", "unknown"])
def test_what_does_not_change_has_no_shift(standard: np.ndarray) -> None:
    assert not level_shifts(standard, limit=3.4).begins.any()
