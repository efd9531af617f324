"""Effects of drivers: known ones are recovered, chance is not, and what the others show helps."""

import numpy as np
import pytest

from analytics.forecasting.driver_effects import driver_coefficients, driver_effects

WINDOW = 13


def market(
    elasticity: np.ndarray, *, noise: float = 0.1, periods: int = 104, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Logs of sales around a wandering level, and of prices: periods x series, 1 x periods x series."""
    rng = np.random.default_rng(seed)
    series = len(elasticity)
    price = np.where(rng.random((periods, series)) < 0.25, -0.3, 0.0) + 0.03 * rng.standard_normal((periods, series))
    price -= price.mean(axis=0)
    level = np.cumsum(0.02 * rng.standard_normal((periods, series)), axis=0)
    return level + elasticity * price + noise * rng.standard_normal((periods, series)), price[None]


def test_known_elasticities_are_recovered() -> None:
    truth = np.linspace(-3, -1, 30)
    sales, prices = market(truth)
    found = driver_coefficients(sales, design=prices, window_periods=WINDOW)[:, 0]
    assert found == pytest.approx(truth, abs=0.45)
    assert found.mean() == pytest.approx(truth.mean(), abs=0.05)


def test_a_driver_that_does_nothing_counts_for_nothing() -> None:
    sales, prices = market(np.full(30, -2.0))
    chance = np.random.default_rng(9).standard_normal(prices.shape)
    found = driver_coefficients(sales, design=np.concatenate([prices, chance]), window_periods=WINDOW)
    assert found[:, 0].mean() == pytest.approx(-2, abs=0.1)
    assert np.abs(found[:, 1]).max() < 0.03


def test_a_noisy_series_leans_on_the_others() -> None:
    sales, prices = market(np.full(30, -2.0), noise=0.1)
    sales[:, 0] += np.random.default_rng(3).normal(0, 2, len(sales))
    together = driver_coefficients(sales, design=prices, window_periods=WINDOW)[0, 0]
    alone = driver_coefficients(sales[:, :1], design=prices[:, :, :1], window_periods=WINDOW)[0, 0]
    assert abs(together + 2) < 0.5 < abs(alone + 2)


def test_a_series_that_never_saw_the_driver_takes_what_it_does_to_all() -> None:
    sales, prices = market(np.full(20, -2.0))
    prices[:, :, 0] = 0
    found = driver_coefficients(sales, design=prices, window_periods=WINDOW)[:, 0]
    assert found[0] == pytest.approx(-2, abs=0.15)


def test_effects_reach_over_the_horizon_and_know_nothing_before_a_series_began() -> None:
    truth = np.full(10, -2.0)
    sales, prices = market(truth)
    history = sales[:92].copy()
    history[:40, 3] = np.nan
    found = driver_effects(history, design=prices, window_periods=WINDOW)
    assert found.shape == (104, 10)
    np.testing.assert_allclose(found, -2 * prices[0], atol=0.2)


@pytest.mark.parametrize("values", [np.zeros((40, 3)), np.full((40, 3), np.nan)], ids=["flat", "never known"])
def test_without_any_change_there_is_no_effect(values: np.ndarray) -> None:
    design = np.random.default_rng(5).standard_normal((2, 46, 3))
    assert np.abs(driver_effects(values, design=design, window_periods=WINDOW)).max() < 1e-6
