"""Weights: by the errors of a series, leaning on those of all; a sum of one; one origin does not decide alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.forecasting.combination import combined, origin_errors, scores, weights

ERRORS = st.one_of(st.just(np.nan), st.just(0.0), st.floats(1e-6, 1e9))


def even(methods: int) -> np.ndarray:
    return np.ones(methods)


def weigh(score: object, *, able: object = True, votes: object = None) -> np.ndarray:
    known = np.asarray(score, dtype=float)
    return weights(
        known,
        able=np.broadcast_to(np.asarray(able), known.shape),
        votes=even(len(known)) if votes is None else np.asarray(votes),
    )


def test_errors_are_those_of_the_steps_that_came() -> None:
    actual = np.array([[[10.0], [20.0], [np.nan]]])
    forecast = np.array([[[[13.0], [16.0], [99.0]]], [[[np.nan]] * 3]])
    absolute = origin_errors(actual, forecast, squared=False)
    squared = origin_errors(actual, forecast, squared=True)
    assert absolute[0, 0, 0] == pytest.approx(3.5)
    assert squared[0, 0, 0] == pytest.approx(np.sqrt(12.5))
    assert np.isnan(absolute[1]).all()


def test_a_score_is_the_error_beside_that_of_the_median_method() -> None:
    """The pool of one series counts for nothing but itself."""
    errors = np.array([[[8.0]] * 3, [[10.0]] * 3, [[20.0]] * 3])
    assert scores(errors)[:, 0] == pytest.approx([0.8, 1.0, 2.0])


def test_large_series_do_not_rule_the_pool() -> None:
    errors = np.repeat(np.array([[1.0], [2.0], [3.0]])[:, None], 4, axis=2) * np.array([1, 1, 1, 1e9])
    assert scores(errors) == pytest.approx(np.repeat([[0.5], [1.0], [1.5]], 4, axis=1))


def test_one_origin_does_not_decide_alone_but_many_do() -> None:
    """The second method is best for the series, the first for all hundred others."""
    pool = np.repeat(np.array([1.0, 2.0, 3.0])[:, None, None], 100, axis=2)
    own = np.array([2.0, 1.0, 3.0])[:, None, None]
    one = np.concatenate([own, pool], axis=2)
    many = np.repeat(one, 12, axis=1)
    lucky, proven = (weigh(scores(errors))[:, 0] for errors in (one, many))
    assert lucky[0] > lucky[1]
    assert proven[1] > proven[0]


def test_better_methods_get_more_and_bad_ones_nothing() -> None:
    share = weigh([[0.9], [1.0], [1.1], [2.0]])[:, 0]
    assert share[0] > share[1] > share[2] > share[3] == 0


def test_a_method_of_another_kind_has_more_votes() -> None:
    assert weigh([[1.0], [1.0], [1.0]], votes=[1, 1, 2])[:, 0] == pytest.approx([0.25, 0.25, 0.5])


def test_a_method_that_has_no_forecast_has_no_weight() -> None:
    share = weigh([[0.1], [1.0], [np.nan]], able=[[False], [True], [True]])
    assert share[:, 0].tolist() == [0, 1, 0]


def test_without_any_evidence_all_that_can_share_alike() -> None:
    share = weigh(np.full((3, 2), np.nan), able=[[True, False], [True, False], [False, False]])
    assert share.tolist() == [[0.5, 0], [0.5, 0], [0, 0]]


def test_a_perfect_method_takes_all_without_dividing_by_zero() -> None:
    errors = np.array([[[0.0]], [[5.0]], [[7.0]]])
    assert weigh(scores(errors))[:, 0].tolist() == [1, 0, 0]


@given(arrays(np.float64, (4, 3, 5), elements=ERRORS), arrays(np.bool_, (4, 5)))
def test_shares_add_up_to_one_wherever_a_method_is_able(errors: np.ndarray, able: np.ndarray) -> None:
    share = weights(scores(errors), able=able, votes=np.array([1.0, 1, 1, 2]))
    assert (share >= 0).all()
    assert not share[~able].any()
    assert share.sum(axis=0) == pytest.approx(able.any(axis=0).astype(float))


def test_a_combination_is_the_weighted_mean_of_those_that_have_a_forecast() -> None:
    forecast = np.array([[[10.0, 10.0]], [[20.0, np.nan]], [[np.nan, np.nan]]])
    share = np.array([[0.25, 0.25], [0.75, 0.75], [0.0, 0.0]])
    assert combined(forecast, share).tolist() == [[17.5, 10.0]]
    assert np.isnan(combined(forecast, np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]))).all()


def test_all_origins_are_combined_at_once() -> None:
    forecast = np.random.default_rng(1).random((3, 2, 4, 5))
    share = np.random.default_rng(2).random((3, 5))
    share /= share.sum(axis=0)
    assert combined(forecast, share) == pytest.approx(np.einsum("mots,ms->ots", forecast, share))
