"""Millions of figures come out of the database as they are in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.db import owner_engine
from data.frames import figures, frame

ROWS = text(
    "select number, day, value from (values (1, date '2024-02-29', 0.1::float8), (2, date '2026-11-01', 1e-300), "
    "(3, date '2026-12-01', null)) as given (number, day, value) where day >= :since and number <> :without order by 1"
)


@pytest.mark.parametrize(("since", "count"), [(date(2000, 1, 1), 3), (date(2026, 11, 1), 2), (date(2030, 1, 1), 0)])
def test_figures_are_those_of_a_frame(database: Path, since: date, count: int) -> None:
    with owner_engine().connect() as connection, Session(connection) as session:
        found = figures(session, ROWS, days=["day"], since=since, without=7)
        expected = frame(session, ROWS, since=since, without=7)
    assert len(found) == count
    if count:
        pd.testing.assert_frame_equal(found.assign(day=found["day"].dt.date), expected)


def test_figures_are_of_what_the_viewer_may_see(database: Path) -> None:
    """A file is sent of a query, so that the policies of the rows hold."""
    with owner_engine().connect() as connection, Session(connection) as session:
        session.execute(text("set local role tandem_partner"))
        assert len(figures(session, text("select id from company"))) == 0
