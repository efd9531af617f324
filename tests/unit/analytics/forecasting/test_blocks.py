"""Blocks: every series in one, judged without knowing what came, combined better than its best method alone."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from panels import changing_season, growing, panel_of, seasonal, sporadic, steady, with_values, young

from analytics.forecasting import blocks as module
from analytics.forecasting.blocks import Block, blocks, forecast_block
from analytics.forecasting.classes import series_classes
from analytics.forecasting.global_model import NAME as GLOBAL
from analytics.forecasting.panel import Panel
from analytics.forecasting.pools import pool
from analytics.forecasting.request import Mode, Request

HORIZON = 6


def whole() -> Panel:
    """Series of several classes and lengths, shuffled."""
    columns = [
        *seasonal(5, periods=60),
        *sporadic(4, periods=60),
        *(young(history[-30:], periods=60) for history in seasonal(4, periods=60, seed=1)),
        young([4.0, 5], periods=60),
        np.zeros(60),
        np.full(60, np.nan),
    ]
    order = np.random.default_rng(0).permutation(len(columns))
    return panel_of(*(columns[position] for position in order))


def blocks_of(
    panel: Panel, *, mode: Mode = "fast", horizon: int = HORIZON, methods: tuple[str, ...] | None = None
) -> list[Block]:
    closed = np.zeros((len(panel.periods) + horizon, len(panel.ids)), dtype=bool)
    request = Request(horizon, mode=mode, methods=methods)
    return list(blocks(panel.filled(), observed=panel.values, closed=closed, groups={}, request=request))


def test_every_series_is_in_one_block_with_the_methods_of_its_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_SERIES", 3)
    panel = whole()
    found = blocks_of(panel)
    assert sorted(np.concatenate([block.columns for block in found]).tolist()) == list(range(len(panel.ids)))
    labels = series_classes(panel)
    for block in found:
        assert block.panel.ids == tuple(panel.ids[column] for column in block.columns)
        assert len(block.columns) <= 4
        assert block.labels.tolist() == labels[block.columns].tolist()
        assert block.panel.values.shape == block.observed.shape == block.closed[:-HORIZON].shape
        assert {method.name for method in pool(block.labels[0], panel=panel)} <= {m.name for m in block.methods}


def test_series_of_like_length_stand_together_without_empty_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_SERIES", 4)
    late = [young(history[-30:], periods=60) for history in seasonal(4, periods=60, seed=1)]
    mixed = panel_of(*(column for pair in zip(seasonal(4, periods=60), late, strict=True) for column in pair))
    assert [len(block.panel.periods) for block in blocks_of(mixed)] == [30, 60]


def test_no_series_at_all_makes_no_block() -> None:
    assert blocks_of(panel_of(np.ones(30)).columns(np.array([], dtype=int))) == []


def test_a_block_can_be_sent_to_another_process() -> None:
    (block,) = blocks_of(panel_of(*seasonal(2, periods=40)))
    sent = pickle.loads(pickle.dumps(block))
    request = Request(HORIZON, evidence=False)
    np.testing.assert_array_equal(forecast_block(sent, request).mean, forecast_block(block, request).mean)


@pytest.fixture(scope="module")
def judged() -> Block:
    """A block of months with the model of all series."""
    (block,) = blocks_of(panel_of(*seasonal(30, periods=66)), mode="full")
    assert block.model is not None
    assert block.model.early is not None
    return block


def poisoned(block: Block, *, held_out: int) -> Block:
    values = block.panel.values.copy()
    values[len(values) - held_out :] = 1e9
    return replace(block, panel=with_values(block.panel, values), observed=values)


def test_what_is_forecast_at_an_origin_knows_nothing_later(judged: Block) -> None:
    """Of any method, the model of all series included."""
    request = Request(HORIZON, mode="full")
    truth = forecast_block(judged, request).reasons.evidence.backtest
    assert GLOBAL in truth.methods
    for origin, held_out in enumerate(truth.held_out_periods):
        found = forecast_block(poisoned(judged, held_out=held_out), request).reasons.evidence.backtest
        np.testing.assert_array_equal(found.forecast[:, origin:], truth.forecast[:, origin:])
        assert not np.array_equal(found.actual[origin], truth.actual[origin])


def test_the_model_of_all_series_competes_and_the_benchmark_does_not(judged: Block) -> None:
    found = forecast_block(judged, Request(HORIZON, mode="full"))
    assert found.names[-1] == GLOBAL
    assert "seasonal_naive" not in found.names
    assert found.share.sum(axis=0) == pytest.approx(np.ones(30))
    assert found.share[-1].mean() > 0.05
    evidence = found.reasons.evidence
    assert evidence.backtest.methods[evidence.benchmark] == "seasonal_naive"
    assert not evidence.share[evidence.benchmark].any()


def test_figures_alone_are_the_same_figures(judged: Block) -> None:
    alone = forecast_block(judged, Request(HORIZON, mode="full", evidence=False))
    both = forecast_block(judged, Request(HORIZON, mode="full"))
    assert alone.reasons is None
    np.testing.assert_array_equal(alone.quantiles, both.quantiles)


def test_closed_periods_are_neither_sold_nor_missed() -> None:
    (block,) = blocks_of(panel_of(*seasonal(3, periods=60)))
    closed = block.closed.copy()
    closed[[57, 61, 64], 1] = True
    found = forecast_block(replace(block, closed=closed), Request(HORIZON))
    assert found.mean[[1, 4], 1].tolist() == [0, 0]
    assert not found.quantiles[:, [1, 4], 1].any()
    assert (found.mean[[0, 2, 3, 5], 1] > 0).all()
    assert (found.mean[:, 0] > 0).all()
    backtest = found.reasons.evidence.backtest
    for origin, held_out in enumerate(backtest.held_out_periods):
        step = 57 - (60 - held_out)
        if 0 <= step < HORIZON:
            assert not backtest.forecast[:, origin, step, 1].any()


def test_the_combination_beats_the_best_of_its_methods_on_a_mixed_panel() -> None:
    """No single method is good for seasons that stand and that change, for growth and for noise."""
    missed: dict[str, list[float]] = {}
    for seed in range(3):
        kinds = (seasonal, changing_season, growing, steady)
        panel = panel_of(*(column for kind in kinds for column in kind(20, periods=66, seed=seed)))
        past, came = panel.before(held_out_periods=HORIZON), panel.values[-HORIZON:]
        scale = np.abs(np.diff(past.values, axis=0)).mean(axis=0)
        (block,) = blocks_of(past)
        paths = {method.name: method.forecast(past, horizon_periods=HORIZON).mean for method in block.methods}
        order = np.argsort(block.columns)
        paths["combination"] = forecast_block(block, Request(HORIZON, evidence=False)).mean[:, order]
        for name, path in paths.items():
            missed.setdefault(name, []).append(float((np.abs(path - came) / scale).mean()))
    mean = {name: np.mean(errors) for name, errors in missed.items()}
    assert mean.pop("combination") < 0.99 * min(mean.values())
