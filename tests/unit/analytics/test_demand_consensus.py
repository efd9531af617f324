"""The consensus of the demand plan: worked examples, and what holds for any figures and weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand_consensus import BASELINE, Cells, consensus
from analytics.errors import AnalyticsError

PLANNED = np.array([[100.0, 200.0], [10.0, 20.0]])
EVEN = np.ones(2)


def cells(*figures: tuple[int, int, float]) -> Cells:
    row, period, quantity = zip(*figures, strict=True) if figures else ((), (), ())
    return Cells(np.array(row, dtype=np.int64), np.array(period, dtype=np.int64), np.array(quantity, dtype=float))


def test_where_nobody_spoke_the_baseline_stands() -> None:
    found = consensus(PLANNED, {}, weights={})
    assert found.tolist() == PLANNED.tolist()
    assert found is not PLANNED


def test_the_mean_of_the_baseline_and_of_those_that_spoke() -> None:
    said = {"sales": cells((0, 0, 160), (1, 1, 50)), "finance": cells((0, 0, 40))}
    found = consensus(PLANNED, said, weights=dict.fromkeys((BASELINE, *said), EVEN))
    assert found.tolist() == [[100, 200], [10, 35]]


def test_weights_of_each_row() -> None:
    weights = {BASELINE: np.array([1.0, 0.0]), "sales": np.array([3.0, 0.5])}
    found = consensus(PLANNED, {"sales": cells((0, 1, 400), (1, 1, 7))}, weights=weights)
    assert found.tolist() == [[100, 350], [10, 7]]


def test_weights_of_nothing_leave_the_baseline() -> None:
    found = consensus(PLANNED, {"sales": cells((0, 0, 7))}, weights=dict.fromkeys((BASELINE, "sales"), np.zeros(2)))
    assert found.tolist() == PLANNED.tolist()


def test_what_was_decided_is_not_weighed() -> None:
    said, decided = {"sales": cells((0, 0, 7), (0, 1, 7))}, cells((0, 0, 555), (1, 0, 0))
    found = consensus(PLANNED, said, weights=dict.fromkeys((BASELINE, "sales"), EVEN), decided=decided)
    assert found.tolist() == [[555, 103.5], [0, 20]]


def test_nothing_to_plan() -> None:
    assert consensus(np.zeros((0, 0)), {}, weights={}).shape == (0, 0)
    assert consensus(PLANNED, {"sales": cells()}, weights=dict.fromkeys((BASELINE, "sales"), EVEN)).tolist() == (
        PLANNED.tolist()
    )


def test_no_weight_is_below_zero() -> None:
    with pytest.raises(AnalyticsError, match="below 0"):
        consensus(PLANNED, {}, weights={BASELINE: np.array([1.0, -0.1])})


def test_every_stream_has_weights() -> None:
    with pytest.raises(KeyError, match="sales"):
        consensus(PLANNED, {"sales": cells((0, 0, 7))}, weights={BASELINE: EVEN})


def test_cells_as_a_table() -> None:
    found = cells((0, 1, 5)).dense((2, 2))
    assert found[0, 1] == 5
    assert np.isnan(found).sum() == 3


FIGURES = st.floats(0, 1e6)


@given(
    baseline=FIGURES,
    said=st.lists(st.tuples(FIGURES, st.floats(0.01, 10)), min_size=1, max_size=4),
    own=st.floats(0.01, 10),
)
def test_it_lies_between_the_least_and_the_most_that_was_said(
    baseline: float, said: list[tuple[float, float]], own: float
) -> None:
    streams = {str(number): cells((0, 0, figure)) for number, (figure, _weight) in enumerate(said)}
    weights = {str(number): np.array([weight]) for number, (_figure, weight) in enumerate(said)}
    found = consensus(np.array([[baseline]]), streams, weights={BASELINE: np.array([own]), **weights})[0, 0]
    figures = [baseline, *(figure for figure, _weight in said)]
    assert min(figures) - 1e-6 <= found <= max(figures) + 1e-6
