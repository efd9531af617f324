"""Columns that travel as bytes arrive as they were, in step with each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rows import colleague
from sqlalchemy import Date, Double, Integer, Numeric, column, select, text

from data.db import session_scope
from data.packed import packed_frame

pytestmark = pytest.mark.usefixtures("empty_database")


def frame(rows: str) -> pd.DataFrame:
    """The rows of some SQL with the columns item_id, day and quantity."""
    columns = [column("item_id", Integer), column("day", Date), column("quantity", Numeric), column("share", Double)]
    found = text(f"({rows}) as found (item_id, day, quantity, share)")
    with session_scope(colleague()) as session:
        return packed_frame(session, select(*columns).select_from(found))


def test_numbers_days_and_what_is_missing() -> None:
    found = frame(
        "values (7, date '2026-03-01', 12.5, 0.1::float8), (9007199254740991, date '1969-12-29', null, null), "
        "(8, date '2099-12-31', -3, 'infinity')",
    ).sort_values("item_id", ignore_index=True)
    assert found["item_id"].tolist() == [7, 8, 9007199254740991]
    assert found["day"].dt.strftime("%Y-%m-%d").tolist() == ["2026-03-01", "2099-12-31", "1969-12-29"]
    assert found["quantity"].tolist()[:2] == [12.5, -3]
    assert found["share"].tolist()[:2] == [0.1, np.inf]
    assert found.loc[2, ["quantity", "share"]].isna().all()


def test_columns_of_many_rows_stay_in_step() -> None:
    found = frame("select n, date '2000-01-01' + n, n * 2, n / 2.0 from generate_series(1, 50000) as n")
    assert len(found) == 50_000
    assert (found["quantity"] == found["item_id"] * 2).all()
    assert (found["share"] == found["item_id"] / 2).all()
    assert ((found["day"] - pd.Timestamp("2000-01-01")).dt.days == found["item_id"]).all()


def test_no_rows() -> None:
    found = frame("select 1, current_date, 1, 1 where false")
    assert found.empty
    assert found.columns.tolist() == ["item_id", "day", "quantity", "share"]
    assert found["day"].dtype == "datetime64[us]"
