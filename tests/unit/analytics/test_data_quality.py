"""Scores of the stored data: bounds, what a finding takes, and what counts how much."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.data_quality import entity_score, total_score
from analytics.errors import AnalyticsError

PARTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=8)


def test_each_finding_takes_its_weight_times_its_share() -> None:
    assert entity_score([0.1, 0.2], weight=[1.0, 0.5]) == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("shares", "weights", "score"),
    [
        ([], [], 100.0),
        ([0.0, 0.0], [1.0, 0.5], 100.0),
        ([1.0], [0.5], 50.0),
        ([1.0, 1.0], [1.0, 0.5], 0.0),
        ([math.nan, 0.5], [1.0, 1.0], 50.0),
        ([2.0], [0.5], 50.0),
    ],
    ids=["no findings", "nothing found", "all rows", "more than all is nothing left", "unknown share", "over one"],
)
def test_edges(shares: list[float], weights: list[float], score: float) -> None:
    assert entity_score(shares, weight=weights) == pytest.approx(score)


@given(PARTS)
def test_score_stays_within_its_bounds(parts: list[tuple[float, float]]) -> None:
    shares, weights = [part[0] for part in parts], [part[1] for part in parts]
    assert 0.0 <= entity_score(shares, weight=weights) <= 100.0


@given(PARTS, st.integers(0, 7))
def test_mending_never_lowers_the_score(parts: list[tuple[float, float]], which: int) -> None:
    shares, weights = np.array([part[0] for part in parts]), [part[1] for part in parts]
    mended = np.where(np.arange(len(shares)) == which, 0.0, shares)
    assert entity_score(mended, weight=weights) >= entity_score(shares, weight=weights)


def test_total_counts_by_importance_and_leaves_out_what_has_no_rows() -> None:
    assert total_score([100.0, 60.0, math.nan], importance=[1, 3, 5]) == pytest.approx(70.0)


@pytest.mark.parametrize("scores", [[], [math.nan, math.nan]], ids=["none", "unknown"])
def test_total_of_nothing_is_unknown(scores: list[float]) -> None:
    assert math.isnan(total_score(scores, importance=[1.0] * len(scores)))


def test_lengths_must_agree() -> None:
    with pytest.raises(AnalyticsError):
        entity_score([0.1, 0.2], weight=[1.0, 0.5, 0.1])
