"""The model of all series: it learns what they share and sees nothing later than its origin."""

import numpy as np
import pytest
from panels import panel_of, seasonal, with_values

from analytics.forecasting.design import design_matrix
from analytics.forecasting.drivers import Drivers
from analytics.forecasting.global_model import GlobalModel, train_global_model
from analytics.forecasting.panel import Panel
from analytics.forecasting.simple_smoothing import SimpleSmoothing

HORIZON = 4
HELD_OUT = (4, 6, 8)
PERIODS, SERIES = 60, 40


def trained(panel: Panel, *, observed: np.ndarray | None = None, seed: int = 0) -> GlobalModel:
    return train_global_model(
        panel,
        observed=panel.values if observed is None else observed,
        horizon_periods=HORIZON,
        held_out_periods=HELD_OUT,
        absolute=True,
        seed=seed,
    )


@pytest.fixture(scope="module")
def paired() -> Panel:
    """Two promotions that do nothing alone and double demand together: no regression on them can say that."""
    rng = np.random.default_rng(1)
    first, second = (rng.random((2, PERIODS + HORIZON, SERIES)) < 0.4).astype(float)
    noise = 0.05 * rng.standard_normal((PERIODS, SERIES))
    sales = np.exp(4 + 0.7 * (first * second)[:PERIODS] + noise)
    design = design_matrix(Drivers(("a", "b"), np.stack([first, second])), periods=PERIODS)
    return panel_of(*sales.T, design=design)


@pytest.fixture(scope="module")
def model(paired: Panel) -> GlobalModel:
    return trained(paired)


def error(paths: np.ndarray, panel: Panel, *, held_out: int) -> float:
    came = panel.values[len(panel.periods) - held_out :][:HORIZON]
    return float(np.abs(np.log(paths) - np.log(came)).mean())


def test_it_learns_what_a_linear_baseline_can_not_tell(model: GlobalModel, paired: Panel) -> None:
    past = paired.before(held_out_periods=HORIZON)
    own = error(model.at_origin(past, horizon_periods=HORIZON), paired, held_out=HORIZON)
    baseline = error(SimpleSmoothing().forecast(past, horizon_periods=HORIZON).mean, paired, held_out=HORIZON)
    assert own < 0.6 * baseline


def test_at_an_origin_it_has_learnt_from_nothing_later_than_the_earliest(model: GlobalModel, paired: Panel) -> None:
    poisoned = paired.values.copy()
    poisoned[-max(HELD_OUT) :] = 1e9
    other = trained(with_values(paired, poisoned))
    for held_out in HELD_OUT:
        past = paired.before(held_out_periods=held_out)
        np.testing.assert_array_equal(
            other.at_origin(past, horizon_periods=HORIZON), model.at_origin(past, horizon_periods=HORIZON)
        )
    assert not np.array_equal(
        other.ahead(paired, horizon_periods=HORIZON), model.ahead(paired, horizon_periods=HORIZON)
    )


def test_the_same_seed_learns_the_same(model: GlobalModel, paired: Panel) -> None:
    again, other = (trained(paired, seed=seed) for seed in (0, 1))
    expected = model.ahead(paired, horizon_periods=HORIZON)
    np.testing.assert_array_equal(again.ahead(paired, horizon_periods=HORIZON), expected)
    assert not np.array_equal(other.ahead(paired, horizon_periods=HORIZON), expected)


def test_a_forecast_of_a_series_does_not_depend_on_its_neighbours(model: GlobalModel) -> None:
    panel = panel_of(*seasonal(3, periods=PERIODS), design=np.zeros((2, PERIODS + HORIZON, 3)))
    together = model.ahead(panel, horizon_periods=HORIZON)
    for column in range(3):
        alone = model.ahead(panel.columns(np.array([column])), horizon_periods=HORIZON)
        np.testing.assert_allclose(alone[:, 0], together[:, column])


def test_a_series_that_never_changed_stays_as_it_is(model: GlobalModel) -> None:
    panel = panel_of(np.full(PERIODS, 7.0), np.zeros(PERIODS), design=np.zeros((2, PERIODS + HORIZON, 2)))
    np.testing.assert_allclose(model.ahead(panel, horizon_periods=HORIZON), np.tile([7.0, 0.0], (HORIZON, 1)))


def test_what_was_impossible_is_not_learnt(paired: Panel) -> None:
    """Stock-outs stand in the panel as what was sold before; the observed quantities leave them out."""
    observed = paired.values.copy()
    observed[5:] = np.nan
    silent = trained(paired, observed=observed)
    assert silent.early is None
    assert silent.late is None


def test_too_little_to_learn_from_gives_no_forecast() -> None:
    few = panel_of(*seasonal(3, periods=20))
    silent = trained(few)
    assert np.isnan(silent.ahead(few, horizon_periods=HORIZON)).all()
    assert np.isnan(silent.at_origin(few, horizon_periods=HORIZON)).all()


def test_without_origins_there_is_nobody_to_judge_it(paired: Panel) -> None:
    found = train_global_model(
        paired.columns(np.arange(2)),
        observed=paired.values[:, :2],
        horizon_periods=HORIZON,
        held_out_periods=(),
        absolute=True,
        seed=0,
    )
    assert found.early is None
