"""The forecast that costs nothing, reckoned by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from services.demand_plan import DemandBase
from services.plan_versions import naive_forecast, version_name


def base_of(history: list[list[float]], *, past: list[str], months: list[str]) -> DemandBase:
    """Leaves without names, for what needs their history only."""
    leaves = pd.DataFrame({"product_id": range(len(history))})
    days = [date.fromisoformat(f"{month}-01") for month in past]
    ahead = [date.fromisoformat(f"{month}-01") for month in months]
    return DemandBase(None, leaves, days, np.array(history, dtype=float), ahead, np.zeros((len(history), len(ahead))))


YEAR = [f"2025-{month:02}" for month in range(1, 13)] + ["2026-01"]


def test_naive_repeats_the_same_month_of_last_year() -> None:
    base = base_of([[5, 10, 15, 20, 0, 0, 0, 0, 0, 0, 0, 90, 3]], past=YEAR, months=["2026-01", "2026-02"])
    assert naive_forecast(base).tolist() == [[5, 10]]


def test_naive_repeats_the_last_whole_month_of_what_was_not_sold_a_year_ago() -> None:
    """The running month, 3 so far, is not whole."""
    base = base_of([[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 90, 3]], past=YEAR, months=["2026-01", "2026-02"])
    assert naive_forecast(base).tolist() == [[90, 90]]


@pytest.mark.parametrize(
    ("history", "expected"),
    [([[0] * 13], [[0, 0]]), ([[-5, 4] + [0] * 11], [[0, 4]]), ([], [])],
    ids=["never-sold", "returns", "no-leaves"],
)
def test_naive_of_edge_cases(history: list[list[float]], expected: list[list[float]]) -> None:
    base = base_of(history or np.zeros((0, 13)).tolist(), past=YEAR, months=["2026-01", "2026-02"])
    if not history:
        base = DemandBase(None, base.leaves, base.past, np.zeros((0, 13)), base.months, np.zeros((0, 2)))
    assert naive_forecast(base).tolist() == expected


def test_naive_with_a_single_month_of_history() -> None:
    assert naive_forecast(base_of([[8]], past=["2026-01"], months=["2026-01"])).tolist() == [[0]]


def test_people_call_a_plan_by_its_month_and_number() -> None:
    assert version_name(date(2026, 11, 1), 2) == "2026-11 v2"
