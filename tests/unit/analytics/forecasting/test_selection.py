"""Choice of a method: evidence of the series, weighed with the evidence of its class."""

import numpy as np
import pytest

from analytics.forecasting.selection import BENCHMARK, candidates, origin_errors, ranking, scores

METHODS = (BENCHMARK, "ses", "ets")


def labels(*names: str) -> np.ndarray:
    return np.array(names)


def errors_of(*series: list[list[float]]) -> np.ndarray:
    """Per series a list over methods of a list over origins -> methods x origins x series."""
    return np.array(series, dtype=float).transpose(1, 2, 0)


def everything(errors: np.ndarray) -> np.ndarray:
    return np.ones((errors.shape[0], errors.shape[2]), dtype=bool)


def test_the_class_chooses_the_pool_and_the_length_limits_it() -> None:
    asked = candidates(
        labels("smooth", "lumpy", "no demand", "erratic"),
        np.array([40, 40, 40, 5]),
        methods=[BENCHMARK, "ses", "croston", "ets"],
        minimum=[0, 1, 1, 8],
    )
    assert asked.T.tolist() == [
        [True, True, False, True],
        [True, True, True, False],
        [True, False, False, False],
        [True, True, False, False],
    ]


def test_a_method_of_one_s_own_is_tried_on_every_class() -> None:
    asked = candidates(labels("smooth", "lumpy"), np.array([9, 9]), methods=[BENCHMARK, "mine"], minimum=[0, 1])
    assert asked.all()


def test_errors_are_root_mean_squares_of_what_was_judged() -> None:
    actual = np.array([[[3.0], [4.0], [np.nan]]])
    forecast = np.stack([np.zeros((1, 3, 1)), np.full((1, 3, 1), np.nan)])
    errors = origin_errors(actual, forecast)
    assert errors[0, 0, 0] == pytest.approx(np.sqrt(12.5))
    assert np.isnan(errors[1, 0, 0])


def test_clear_evidence_decides() -> None:
    errors = errors_of([[9, 9, 9], [5, 5, 5], [1, 1, 1]], [[1, 1, 1], [5, 5, 5], [9, 9, 9]])
    score = scores(errors, labels=labels("smooth", "smooth"), asked=everything(errors))
    assert ranking(score, methods=METHODS)[0].tolist() == [2, 0]


def test_one_lucky_origin_does_not_overrule_the_class() -> None:
    usual = [[10, 10, 10], [9, 9, 9], [6, 6, 6]]
    lucky = [[10, np.nan, np.nan], [5.8, np.nan, np.nan], [6, np.nan, np.nan]]
    errors = errors_of(*[usual] * 9, lucky)
    score = scores(errors, labels=labels(*["smooth"] * 10), asked=everything(errors))
    assert ranking(score, methods=METHODS)[0, -1] == 2


def test_other_classes_have_no_say() -> None:
    intermittent, smooth = [[1, 1, 1], [2, 2, 2], [3, 3, 3]], [[3, 3, 3], [2, 2, 2], [2, 2, 2]]
    errors = errors_of(*[intermittent] * 20, smooth)
    score = scores(errors, labels=labels(*["lumpy"] * 20, "smooth"), asked=everything(errors))
    assert ranking(score, methods=METHODS)[0, -1] != 0


def test_large_series_do_not_rule_the_pool() -> None:
    small, large = [[1, 1, 1], [2, 2, 2], [2, 2, 2]], [[3e9] * 3, [1e9] * 3, [2e9] * 3]
    unjudged = [[np.nan] * 3] * 3
    errors = errors_of(small, small, large, unjudged)
    score = scores(errors, labels=labels(*["smooth"] * 4), asked=everything(errors))
    assert ranking(score, methods=METHODS)[0, -1] == 0


def test_a_method_never_judged_on_a_series_is_not_chosen_for_it() -> None:
    judged = [[5, 5, 5], [4, 4, 4], [1, 1, 1]]
    failed = [[5, 5, 5], [4, 4, 4], [np.nan, np.nan, np.nan]]
    errors = errors_of(*[judged] * 5, failed)
    score = scores(errors, labels=labels(*["smooth"] * 6), asked=everything(errors))
    assert ranking(score, methods=METHODS)[0].tolist() == [2] * 5 + [1]


def test_a_late_starter_is_compared_on_its_own_origins() -> None:
    """The last origin was hard for everybody: having missed it is no merit."""
    errors = errors_of([[2, 2, 20], [1, 1, 10], [1.5, 1.5, np.nan]])
    score = scores(errors, labels=labels("smooth"), asked=everything(errors))
    assert ranking(score, methods=METHODS)[0, 0] == 1


def test_without_any_evidence_caution_decides() -> None:
    errors = np.full((3, 0, 2), np.nan)
    asked = np.array([[True, True], [True, False], [True, False]])
    score = scores(errors, labels=labels("smooth", "no demand"), asked=asked)
    assert ranking(score, methods=METHODS)[0].tolist() == [1, 0]


def test_perfect_methods_are_a_tie_not_a_failure() -> None:
    errors = errors_of([[0, 0, 0], [0, 0, 0], [0, 0, 0]])
    score = scores(errors, labels=labels("smooth"), asked=everything(errors))
    assert np.isfinite(score).all()
