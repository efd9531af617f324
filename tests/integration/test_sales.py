"""The list of sales is kept in memory, and follows what it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.viewer import Viewer
from data.db import owner_engine
from services import sales


@pytest.mark.parametrize(
    ("by", "renamed", "subject"),
    [
        ("product", "update product set name = name || ' renamed'", "products"),
        ("channel", "update channel set name = name || ' renamed'", "master"),
    ],
)
def test_names_follow_a_change_of_master_data(
    fresh_database: Path, viewer_of: Callable[[str], Viewer], by: str, renamed: str, subject: str
) -> None:
    planner = viewer_of("planner")
    listed = sales.sales_filters(planner, by=by, start="", end="", search="")
    assert not any(row["name"].endswith(" renamed") for row in sales.sales(planner, listed).rows)
    with owner_engine().begin() as connection:
        connection.execute(text(renamed))
        connection.execute(text("select tandem_bump(:subject)"), {"subject": subject})
    assert all(row["name"].endswith(" renamed") for row in sales.sales(planner, listed).rows)
