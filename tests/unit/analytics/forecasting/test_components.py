"""The parts of a forecast: each what its name says, together the forecast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from panels import panel_of, seasonal, sporadic, young

from analytics.forecasting.components import Components, components

HORIZON = 12
PARTS = ("level", "trend", "season", "event")


def total(found: Components) -> np.ndarray:
    return np.asarray(sum(getattr(found, part) for part in PARTS))


@given(arrays(np.float64, (6, 4), elements=st.floats(0, 1e9)))
def test_parts_add_up_to_whatever_the_forecast_is(mean: np.ndarray) -> None:
    panel = panel_of(
        *seasonal(1, periods=48), *sporadic(1, periods=48), young([3.0], periods=48), np.where(np.arange(48) % 3, 4, -2)
    )
    found = components(mean, panel=panel)
    largest = np.max([np.abs(getattr(found, part)) for part in PARTS], axis=0)
    assert (np.abs(total(found) - mean) <= 1e-9 * np.maximum(largest, 1)).all()


def test_a_season_is_shown_as_season() -> None:
    wave = np.sin(2 * np.pi * np.arange(72) / 12)
    panel = panel_of(100 + 30 * wave[:60])
    mean = (100 + 30 * wave[60:])[:, None]
    found = components(mean, panel=panel)
    assert found.season[:, 0] == pytest.approx(30 * wave[60:], abs=4)
    assert found.level[:, 0] == pytest.approx(np.full(HORIZON, 100), abs=3)
    assert found.trend[:, 0] == pytest.approx(np.zeros(HORIZON), abs=4)
    assert not found.event.any()


def test_what_a_forecast_adds_to_today_is_trend() -> None:
    history = 100 + 5 * (-1.0) ** np.arange(23)  # too short for a season
    mean = 100 + 10 * np.arange(1.0, 13)[:, None]
    found = components(mean, panel=panel_of(history))
    assert np.diff(found.trend[:, 0]) == pytest.approx(np.full(11, 10), rel=0.1)
    assert np.ptp(found.level) == 0


def test_a_planned_promotion_is_shown_as_event() -> None:
    rng = np.random.default_rng(1)
    promotion = (rng.random(72) < 0.2).astype(float)
    promotion[60:] = [1, 0] * 6
    history = 100 * np.exp(0.5 * promotion[:60] + 0.02 * rng.standard_normal(60))
    design = (promotion - promotion[:60].mean())[None, :, None]
    mean = (100 * np.exp(0.5 * promotion[60:]))[:, None]
    found = components(mean, panel=panel_of(history, design=design))
    difference = found.event[promotion[60:] == 1].mean() - found.event[promotion[60:] == 0].mean()
    assert difference == pytest.approx(65, rel=0.2)
    np.testing.assert_allclose(total(found), mean, rtol=1e-12)
