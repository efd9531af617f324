"""Weights by the inverse of the squared error, shrunk, capped, and judged on months they had not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand_consensus import BASELINE
from analytics.errors import AnalyticsError
from analytics.stream_weights import (
    BEST,
    EQUAL,
    LARGEST_WEIGHT,
    LEARNED,
    SHRINK_CELLS,
    Evidence,
    learned_weights,
    rolling_evaluation,
    stream_records,
)

NONE = np.nan


def evidence(actual: Any, baseline: Any, sales: Any, **parts: Any) -> Evidence:
    rows = len(actual)
    usual = {"group": np.zeros(rows), "origin": np.zeros(rows), "period": np.ones(rows), "value": np.ones(rows)}
    given_parts = usual | parts
    group, origin, period = (np.asarray(given_parts[name], dtype=np.int64) for name in ("group", "origin", "period"))
    return Evidence(
        group=group,
        origin=origin,
        period=period,
        actual=np.asarray(actual, dtype=float),
        baseline=np.asarray(baseline, dtype=float),
        said={"sales": np.asarray(sales, dtype=float)},
        value=np.asarray(given_parts["value"], dtype=float),
    )


def test_half_the_squared_error_weighs_twice_as_much_given_enough_of_it() -> None:
    rows = SHRINK_CELLS * 1000
    actual = np.full(rows, 100.0)
    found = learned_weights(evidence(actual, actual + np.sqrt(2), actual - 1), groups=1)
    assert found[BASELINE] == pytest.approx([1])
    assert found["sales"] == pytest.approx([2], rel=0.002)


def test_few_cells_are_shrunk_towards_equal_weights() -> None:
    actual = np.full(SHRINK_CELLS, 100.0)
    found = learned_weights(evidence(actual, actual + 2, actual - 1), groups=1)
    # Half of log 4 for the company; the category takes half of its own and half of that.
    assert np.log(found["sales"][0]) == pytest.approx(np.log(4) * 0.75)


def test_a_category_without_evidence_takes_what_the_company_learned() -> None:
    actual = np.full(SHRINK_CELLS, 100.0)
    found = learned_weights(evidence(actual, actual + 2, actual - 1), groups=2)
    assert np.log(found["sales"][1]) == pytest.approx(np.log(4) * 0.5)


def test_errors_count_by_their_money() -> None:
    rows = SHRINK_CELLS * 1000
    actual = np.full(rows, 10.0)
    half = np.arange(rows) % 2 == 0
    baseline, sales = actual + np.where(half, 1, 2), actual + np.where(half, 2, 1)
    found = learned_weights(evidence(actual, baseline, sales, value=np.where(half, 10, 0.001)), groups=1)
    assert found["sales"] == pytest.approx([0.25], rel=0.01)


@pytest.mark.parametrize(
    ("baseline", "sales", "weight"),
    [(100, 100, 1), (100, 500, 1 / LARGEST_WEIGHT), (500, 100, LARGEST_WEIGHT)],
    ids=["both right", "stream far off", "stream right"],
)
def test_no_weight_runs_away(baseline: float, sales: float, weight: float) -> None:
    rows = SHRINK_CELLS * 1000
    cells = evidence(np.full(rows, 100), np.full(rows, baseline), np.full(rows, sales))
    assert learned_weights(cells, groups=1)["sales"] == pytest.approx([weight], rel=0.01)


def test_without_evidence_all_weigh_the_same() -> None:
    found = learned_weights(evidence([], [], []), groups=3)
    assert found["sales"].tolist() == [1, 1, 1]
    assert stream_records(evidence([], [], [])) == []
    assert rolling_evaluation(evidence([], [], []), groups=3) is None


def test_record_compares_on_the_cells_where_the_stream_spoke() -> None:
    record = stream_records(evidence([100, 100, 50], [110, 500, 50], [120, NONE, 40]))[0]
    assert (record.stream, record.cells) == ("sales", 2)
    assert record.wmape == pytest.approx(30 / 150)
    assert record.bias == pytest.approx(10 / 150)
    assert record.baseline_wmape == pytest.approx(10 / 150)


def test_rolling_judges_each_plan_by_what_was_known_before_it() -> None:
    # Sales was right until month 3 and is wrong afterwards: the plan of month 4 still trusts it.
    origin, period = [0, 1, 2, 4], [1, 2, 3, 5]
    found = rolling_evaluation(
        evidence([100] * 4, [120] * 4, [100, 100, 100, 200], origin=origin, period=period), groups=1
    )
    assert found is not None
    assert found.origins == [2, 4]  # the plan of month 1 knew the sales of no month that was foreseen
    assert found.by_origin["sales"] == pytest.approx([0, 1])
    assert found.by_origin[BEST] == pytest.approx([0, 1])
    assert found.by_origin[EQUAL] == pytest.approx([0.1, 0.6])
    assert found.by_origin[LEARNED][1] > found.by_origin[EQUAL][1]
    assert found.wmape[BASELINE] == pytest.approx(0.2)
    assert found.cells == 2


def test_later_months_change_no_earlier_judgement() -> None:
    parts = {"origin": [0, 1, 2, 3], "period": [1, 2, 3, 4]}
    first, second = (
        rolling_evaluation(evidence([100] * 4, [120] * 4, [90, 110, 100, last], **parts), groups=1)
        for last in (100, 900)
    )
    assert first is not None
    assert second is not None
    assert first.by_origin[LEARNED][:-1] == second.by_origin[LEARNED][:-1]


@given(st.lists(st.tuples(*[st.floats(0, 1e6)] * 3), min_size=1, max_size=40))
def test_weights_stay_within_their_bounds(cells: list[tuple[float, float, float]]) -> None:
    actual, baseline, sales = (np.array(part) for part in zip(*cells, strict=True))
    weight = learned_weights(evidence(actual, baseline, sales), groups=1)["sales"][0]
    assert 1 / LARGEST_WEIGHT - 1e-9 <= weight <= LARGEST_WEIGHT + 1e-9


def test_parts_of_unequal_length_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one value a cell"):
        evidence([1, 2], [1], [1, 2])
