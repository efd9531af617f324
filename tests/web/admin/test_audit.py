"""The audit trail: who, what, from what, to what; found by person, subject and day, page by page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from visitor import Visitor

from callbacks.admin.audit import Ids, change_text
from data.db import owner_engine

ENTRIES = 230


@pytest.fixture(scope="module")
def entries(database: Path) -> None:
    """230 entries of two people on two subjects, one a minute."""
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into audit_entry (user_id, company_id, actor, action, subject, subject_id, before, after, "
                "reason, at) select 1, 1, case when n % 2 = 0 then 'ann_x@example.com' else 'bob@example.com' end, "
                "'test.change', case when n % 10 = 0 then 'recipe' else 'order' end, 'T-' || n, "
                "jsonb_build_object('status', 'draft', 'quantity', n), jsonb_build_object('status', 'sent'), 'why', "
                "timestamptz '2024-05-31 22:00+00' + n * interval '1 minute' from generate_series(1, :count) n"
            ),
            {"count": ENTRIES},
        )


@pytest.fixture
def admin(entries: None, visitor: Callable[[str], Visitor]) -> Visitor:
    return visitor("admin")


def block(admin: Visitor, start: int = 0, *, cursors: object = None, **typed: object) -> dict[str, Any]:
    """What the grid gets for a block of rows."""
    wanted = {"actor": "", "about": "", "since": "", "until": "", **typed}
    answer = admin.call(
        f"{Ids.entries}.getRowsResponse",
        {
            f"{Ids.entries}.getRowsRequest": {"startRow": start, "endRow": start + 100},
            f"{Ids.filter}.data": wanted,
            f"{Ids.cursors}.data": cursors,
        },
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json["response"]
    return {"cursors": found[Ids.cursors]["data"], **found[Ids.entries]["getRowsResponse"]}


def test_an_entry_tells_what_was_and_what_is(admin: Visitor) -> None:
    (row,) = block(admin, about="T-230")["rowData"]
    assert row["actor"] == "ann_x@example.com"
    assert row["about"] == "recipe T-230"
    assert row["at"] == "2024-06-01 01:50:00"
    assert set(row["change"].split("; ")) == {"status: draft → sent", "quantity: 230 → –"}
    assert row["reason"] == "why"


def test_blocks_follow_each_other_without_gap_or_overlap(admin: Visitor) -> None:
    seen: list[str] = []
    cursors: object = None
    for start in (0, 100, 200):
        found = block(admin, start, cursors=cursors, until="2024-06-30")
        cursors = found["cursors"]
        seen += [row["about"].split()[1] for row in found["rowData"]]
    assert seen == [f"T-{n}" for n in range(ENTRIES, 0, -1)]
    assert found["rowCount"] == ENTRIES


def test_entries_written_while_reading_shift_nothing(admin: Visitor) -> None:
    first = block(admin, actor="ann_x")
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into audit_entry (company_id, actor, action, subject, subject_id) "
                "values (1, 'ann_x@example.com', 'test.new', 'new', 'N-1')"
            )
        )
    second = block(admin, 100, cursors=first["cursors"], actor="ann_x")
    assert first["rowData"][-1]["id"] > second["rowData"][0]["id"]
    assert len(second["rowData"]) == 15


def test_a_block_without_a_cursor_is_still_the_right_one(admin: Visitor) -> None:
    with_cursor = block(admin, 100, cursors=block(admin, until="2024-06-30")["cursors"], until="2024-06-30")
    for cursors in (None, {}, "x", {"100": "x"}, {"100": True}, {"100": 10**30}, {"100": [1]}):
        assert block(admin, 100, cursors=cursors, until="2024-06-30")["rowData"] == with_cursor["rowData"]


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ({"actor": "BOB@"}, 115),
        ({"actor": "%"}, 0),
        ({"actor": "ann_x", "about": "rec"}, 23),
        ({"about": "order", "until": "2024-06-30"}, 207),
        ({"about": "T-7"}, 1),
        ({"since": "2024-06-01", "until": "2024-06-01"}, 111),
        ({"since": "2024-05-31", "until": "2024-05-31"}, 119),
        ({"since": "2024-06-02", "until": "2024-06-30"}, 0),
        ({"actor": 5, "about": ["x"], "until": "9999-12-31", "since": "0001-01-01"}, None),
    ],
)
def test_filters(admin: Visitor, typed: dict[str, object], count: int | None) -> None:
    found, cursors, start = 0, None, 0
    while True:
        answer = block(admin, start, cursors=cursors, **typed)
        found, cursors, start = found + len(answer["rowData"]), answer["cursors"], start + 100
        if answer["rowCount"] is not None:
            break
    assert count is None or found == count


def test_the_filter_stands_in_the_address(admin: Visitor) -> None:
    page = admin.layout("/admin/audit", "?actor=ann&since=2024-06-01").text
    assert '"value":"ann"' in page
    assert '"value":"2024-06-01"' in page


def test_a_day_that_is_none_is_told(admin: Visitor) -> None:
    answer = admin.layout("/admin/audit", "?since=2024-02-31")
    assert (answer.status_code, "enter a date" in answer.text) == (200, True)


def test_a_selected_entry_is_shown_whole(admin: Visitor) -> None:
    (row,) = block(admin, about="T-230")["rowData"]
    shown = admin.call(f"{Ids.entry}.children", {f"{Ids.entries}.selectedRows": [row]}).text
    assert all(part in shown for part in ("recipe T-230", "quantity: 230", "why"))


def test_what_people_do_on_the_pages_is_in_the_trail(admin: Visitor) -> None:
    rows = block(admin, actor="admin@demo.tandem.example")["rowData"]
    assert "session.begin" in {row["action"] for row in rows}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, ""),
        ({}, {"kind": "forecast"}, "kind: forecast"),
        ({"active": True}, {"active": False}, "active: true → false"),
        ({"lines": [1, 2]}, {"lines": [1]}, "lines: [1, 2] → [1]"),
        ({"note": None}, {"note": "x"}, "note: – → x"),
    ],
)
def test_changes_read_as_from_and_to(before: dict[str, Any], after: dict[str, Any], told: str) -> None:
    assert change_text(before, after) == told
