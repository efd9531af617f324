"""Millions of figures come out of the database as they are in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.db import owner_engine
from data.figures import figures
from data.frames import frame

ROWS = text(
    "select * from (values (1, 2, date '2024-02-29', 0.1::float8), (1, 2, date '2026-11-01', 1e-300), "
    "(3, 2, date '1999-12-31', null)) as given (one, other, day, value) where day >= :since and one <> :without"
)


@pytest.mark.parametrize(("since", "count"), [(date(1990, 1, 1), 3), (date(2026, 11, 1), 1), (date(2030, 1, 1), 0)])
def test_figures_are_those_of_a_frame(database: Path, since: date, count: int) -> None:
    with owner_engine().connect() as connection, Session(connection) as session:
        found = figures(session, ROWS, keys=["one", "other"], day="day", values=["value"], since=since, without=7)
        expected = frame(session, ROWS, since=since, without=7)
    assert len(found) == count
    if count:
        found = found.sort_values(["one", "day"], ignore_index=True)
        pd.testing.assert_frame_equal(found.assign(day=found["day"].dt.date), expected)


def test_figures_are_of_what_the_viewer_may_see(database: Path) -> None:
    """The policies of the rows hold."""
    with owner_engine().connect() as connection, Session(connection) as session:
        session.execute(text("set local role tandem_partner"))
        days = text("select id, current_date as day, 1.0::float8 as one from company")
        assert len(figures(session, days, keys=["id"], day="day", values=["one"])) == 0
