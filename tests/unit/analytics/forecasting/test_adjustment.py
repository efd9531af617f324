"""What is left of a series without its season and its drivers, and the way back."""

import numpy as np
import pytest
from panels import panel_of, seasonal, sporadic, young

from analytics.forecasting.adjustment import adjusted
from analytics.forecasting.panel import Panel


def promoted(*, uplift: float, periods: int = 96, horizon: int = 12, seed: int = 5) -> tuple[Panel, np.ndarray]:
    """A seasonal series whose promotions are planned also for the horizon, and its promotions."""
    rng = np.random.default_rng(seed)
    promotion = (rng.random(periods + horizon) < 0.2).astype(float)
    base = seasonal(1, periods=periods, seed=seed, drift=0.0)[0]
    centred = promotion - promotion[:periods].mean()
    return panel_of(base * np.exp(uplift * promotion[:periods]), design=centred[None, :, None]), promotion


def test_a_known_season_goes_whatever_its_length() -> None:
    monthly, weekly, daily = (np.arange(periods) / cycle for periods, cycle in ((60, 12), (220, 365.25 / 7), (60, 7)))
    for turn, season in ((monthly, 12), (weekly, 52), (daily, 7)):
        found = adjusted(panel_of(np.exp(4 + 0.3 * np.sin(2 * np.pi * turn)), season=season), horizon_periods=8)
        assert np.ptp(found.values) < 0.1
        assert np.ptp(found.seasonal) == pytest.approx(0.6, rel=0.1)


@pytest.mark.parametrize("season", ["none", "usual", "fine", "phases", "annual"])
@pytest.mark.parametrize("cycle", [12, 52, 7])
def test_what_is_taken_off_is_put_back(season: str, cycle: int) -> None:
    panel = panel_of(
        *seasonal(2, periods=160, season=cycle), *sporadic(1, periods=160), young([4.0] * 9, periods=160), season=cycle
    )
    found = adjusted(panel, horizon_periods=5, season=season)
    fitted, mean = found.restore(found.values, np.zeros((5, 4)))
    np.testing.assert_allclose(fitted, panel.values, rtol=1e-9, atol=1e-9)
    assert found.effects.shape == (165, 4)
    assert np.isfinite(mean).all()


def test_without_a_season_nothing_seasonal_is_seen() -> None:
    assert not adjusted(panel_of(*seasonal(3, periods=60)), horizon_periods=3, season="none").effects.any()


def test_the_fine_season_sees_a_week_that_the_usual_one_smooths_over() -> None:
    time = np.arange(208)
    peak = 100 * np.where(time % 52 == 30, 3.0, 1.0)
    usual, fine, phases = (
        np.ptp(adjusted(panel_of(peak, season=52), horizon_periods=1, season=season).seasonal)
        for season in ("usual", "fine", "phases")
    )
    assert usual < fine < phases


def test_days_may_have_a_year_beside_their_week() -> None:
    time = np.arange(800)
    both = np.exp(4 + 0.3 * np.sin(2 * np.pi * time / 7) + 0.5 * np.sin(2 * np.pi * time / 365.25))
    panel = panel_of(both, season=7)
    assert np.ptp(adjusted(panel, horizon_periods=1, season="annual").values) < 0.2
    assert np.ptp(adjusted(panel, horizon_periods=1).values) > 0.8


def test_season_and_promotions_are_told_apart() -> None:
    panel, promotion = promoted(uplift=0.5)
    found = adjusted(panel, horizon_periods=12)
    effect = found.driven[:, 0]
    assert effect[promotion == 1].mean() - effect[promotion == 0].mean() == pytest.approx(0.5, abs=0.1)
    assert found.values.std() < 0.13


def test_beyond_what_is_planned_the_last_plan_goes_on() -> None:
    panel, _promotion = promoted(uplift=0.5, horizon=3)
    longer = adjusted(panel, horizon_periods=8).driven
    np.testing.assert_array_equal(longer[99:], np.repeat(longer[98:99], 5, axis=0))


def test_those_who_ask_alike_share_the_answer_and_a_new_panel_has_its_own() -> None:
    panel = panel_of(*seasonal(1, periods=36))
    assert adjusted(panel, horizon_periods=3) is adjusted(panel, horizon_periods=3)
    assert adjusted(panel, horizon_periods=3) is not adjusted(panel, horizon_periods=3, season="none")
    past = panel.before(held_out_periods=0)
    assert adjusted(past, horizon_periods=3) is not adjusted(panel, horizon_periods=3)
