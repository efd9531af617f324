"""Forecast value added: figures of the literature, groups by hand, and which items are left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames

from analytics.errors import AnalyticsError
from analytics.forecast_value_added import SUMS, touchless, value_added, value_added_by


def test_managers_took_two_points_off_the_error() -> None:
    """Gilliland: software 40 %, after managers 38 %."""
    assert value_added(np.array([0.40, 0.38])) == pytest.approx([0.02])


def test_a_stair_of_four_steps() -> None:
    """inphronesys: naive 14.6, statistics 12.3, analyst 13.6, executive 15.3."""
    found = value_added(np.array([14.6, 12.3, 13.6, 15.3]))
    assert found.round(6).tolist() == [2.3, -1.3, -1.7]
    assert found.sum() == pytest.approx(-0.7)


@pytest.mark.parametrize("errors", [[], [0.3]])
def test_one_step_adds_nothing(errors: list[float]) -> None:
    assert value_added(np.array(errors)).size == 0


def sums(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"step": ["sales", "sales", "finance"], **{name: [1.0, 1.0, 1.0] for name in SUMS}, **columns})


def test_groups_are_judged_by_their_sums() -> None:
    found = value_added_by(sums(actual=[100, 50, 80], before=[40, 20, 16], after=[10, 20, 24]), by=["step"])
    assert found.loc["sales", ["before_wmape", "after_wmape", "value_added"]].tolist() == pytest.approx([0.4, 0.2, 0.2])
    assert found.loc["finance", "value_added"] == pytest.approx(-0.1)
    assert found.loc["sales", "cells"] == 2


def test_without_sales_there_is_no_share() -> None:
    found = value_added_by(sums(actual=[0, 0, -5]), by=["step"])
    assert found[["before_wmape", "after_wmape", "value_added"]].isna().all(axis=None)


def test_no_rows_make_no_groups() -> None:
    assert value_added_by(sums().iloc[:0], by=["step"]).empty


def test_missing_columns_are_named() -> None:
    with pytest.raises(AnalyticsError, match="worse"):
        value_added_by(sums().drop(columns="worse"), by=["step"])


SIZE = st.integers(min_value=0, max_value=10**6)


@given(
    data_frames(
        [column("step", elements=st.sampled_from("ab"), dtype=object)]
        + [column(name, elements=SIZE, dtype=int) for name in SUMS]
    )
)
def test_value_added_is_what_the_error_fell_by(found: pd.DataFrame) -> None:
    table = value_added_by(found, by=["step"])
    assert table["before"].sum() == pytest.approx(found["before"].sum())
    known = table[table["actual"] > 0]
    gained = (known["before"] - known["after"]) / known["actual"]
    assert np.allclose(known["value_added"], gained, rtol=1e-6, atol=1e-6 * (1 + known["before_wmape"].abs()))


@pytest.mark.parametrize(
    ("months", "actual", "before", "after", "expected"),
    [
        (3, 100, 20, 25, True),
        (3, 100, 20, 20, True),
        (3, 100, 20, 18, False),
        (2, 100, 20, 25, False),
        (3, 0, 5, 9, True),
        (3, 0, 9, 5, False),
    ],
    ids=["worse", "same", "better", "too-few-months", "nothing-sold-worse", "nothing-sold-better"],
)
def test_items_to_leave_alone(months: int, actual: float, before: float, after: float, *, expected: bool) -> None:
    item = pd.DataFrame({"months": [months], "actual": [actual], "before": [before], "after": [after]})
    assert touchless(item, least_months=3, least_gain=0.0).tolist() == [expected]


def test_the_company_may_ask_for_more_than_nothing() -> None:
    item = pd.DataFrame({"months": [3], "actual": [100.0], "before": [20.0], "after": [18.0]})
    assert touchless(item, least_months=3, least_gain=0.03).tolist() == [True]
    assert touchless(item, least_months=3, least_gain=0.01).tolist() == [False]


def test_no_items() -> None:
    none = pd.DataFrame({name: [] for name in ("months", "actual", "before", "after")})
    assert touchless(none, least_months=3, least_gain=0.0).tolist() == []
