"""Reasons: which methods made a forecast, and the errors at the rolling origins as the glossary defines them."""

import numpy as np
import pytest
from panels import panel_of

from analytics.accuracy import bias, mase, rmsse, tracking_signal, wmape
from analytics.forecasting.evidence import Evidence, choices_frame, method_labels
from analytics.forecasting.result import CHOICES
from analytics.forecasting.rolling_origin import Backtest

SERIES = np.array([10.0, 12, 9, 11, 10, 13, 9, 12, 10, 11, 14, 9])
HELD_OUT = (2, 4)
ACTUAL = np.array([[14.0, 9], [10, 11]])
OWN = np.array([[12.0, 12], [9, 13]])
NAIVE = np.array([[11.0, 11], [12, 12]])


def evidence(*, actual: np.ndarray = ACTUAL, share: tuple[float, ...] = (0.7, 0.3, 0.0)) -> Evidence:
    """One series, three methods: the combination is as good as the first, the benchmark does not compete."""
    forecast = np.stack([OWN, OWN + 1, NAIVE])[..., None]
    return Evidence(
        labels=np.array(["smooth"]),
        backtest=Backtest(("theta", "ses", "seasonal_naive"), HELD_OUT, actual[..., None], forecast, ()),
        benchmark=2,
        combined=OWN[..., None],
        lower=(OWN - 1.5)[..., None],
        upper=(OWN + 2)[..., None],
        score=np.array([[0.8], [0.9], [np.nan]]),
        share=np.array(share)[:, None],
    )


def judged(**asked: object) -> dict[str, object]:
    frame = choices_frame(panel_of(SERIES), evidence(**asked))
    assert tuple(frame.columns) == CHOICES
    return dict(frame.iloc[0])


def test_errors_are_those_of_the_glossary() -> None:
    row, actual, own = judged(), ACTUAL.ravel(), OWN.ravel()
    training = SERIES[:8]
    assert row["wmape"] == pytest.approx(wmape(actual, own))
    assert row["bias"] == pytest.approx(bias(actual, own))
    assert row["mase"] == pytest.approx(mase(actual, own, training=training, season_periods=1))
    assert row["rmsse"] == pytest.approx(rmsse(actual, own, training=training))
    assert row["tracking_signal"] == pytest.approx(tracking_signal(ACTUAL[0], OWN[0])[-1])
    assert row["benchmark_wmape"] == pytest.approx(wmape(actual, NAIVE.ravel()))
    assert row["benchmark_mase"] == pytest.approx(mase(actual, NAIVE.ravel(), training=training, season_periods=1))


def test_a_row_says_on_what_it_was_judged() -> None:
    row = judged()
    assert (row["origins"], row["steps"], row["demand_class"]) == (2, 2, "smooth")
    assert row["judged_volume"] == pytest.approx(ACTUAL.mean() * 12)
    assert row["coverage"] == pytest.approx(0.5)  # 14 and 10 lie between, 9 and 11 do not


def test_candidates_stand_from_best_to_worst_the_benchmark_last() -> None:
    best, second, benchmark = judged()["candidates"]
    assert [best["method"], second["method"], benchmark["method"]] == ["theta", "ses", "seasonal_naive"]
    assert (best["weight"], second["weight"], benchmark["weight"]) == (0.7, 0.3, 0.0)
    assert best["wmape"] == pytest.approx(wmape(ACTUAL.ravel(), OWN.ravel()))
    assert [origin["held_out"] for origin in best["origins"]] == [2, 4]
    assert best["origins"][1]["wmape"] == pytest.approx(wmape(ACTUAL[1], OWN[1]))


def test_what_was_not_judged_has_no_errors() -> None:
    row = judged(actual=np.full((2, 2), np.nan))
    assert (row["origins"], row["steps"], row["judged_volume"]) == (0, 0, 0)
    assert all(np.isnan(row[name]) for name in ("wmape", "bias", "mase", "rmsse", "coverage", "tracking_signal"))


def test_a_period_without_demand_has_no_relative_error() -> None:
    row = judged(actual=np.zeros((2, 2)))
    assert np.isnan(row["wmape"])
    assert row["rmsse"] > 0


def test_the_method_is_named_by_its_parts_the_largest_first() -> None:
    share = np.array([[0.2, 1.0, 0.0], [0.797, 0.0, 0.0], [0.003, 0.0, 0.0]])
    assert method_labels(("a", "b", "c"), share).tolist() == ["b+a", "a", ""]
