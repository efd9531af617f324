"""The inbox in the browser's words: what it lists, and each button pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.inbox import PATH, Ids
from core.clock import today
from core.viewer import Viewer
from data.db import owner_engine
from services import inbox

Visit = Callable[..., Any]


@pytest.fixture
def planner(fresh_database: Path, visitor: Visit) -> Any:
    return visitor("planner")


def rows(viewer: Viewer) -> list[dict[str, Any]]:
    return [
        {"id": entry.key, "version": entry.version, "size": entry.size}
        for entry in inbox.worklist(viewer).entries
        if entry.kind == "order" and entry.size is not None
    ]


def press(planner: Any, button: str, chosen: list[dict[str, Any]], **more: object) -> Any:
    given = {f"{Ids.rows}.selectedRows": chosen, f"{Ids.filters}.data": {}}
    return planner.press(button, {**given, **more})


def test_page_lists_what_waits_and_how_much_is_done(planner: Any) -> None:
    page = planner.layout(PATH).text
    assert "0 handled today" in page
    assert "Proposed order" in page


def test_each_button_does_what_it_says(planner: Any, viewer_of: Callable[[str], Viewer]) -> None:
    viewer = viewer_of("planner")
    first, second, third = rows(viewer)[:3]
    shown = planner.call(f"{Ids.selected}.children", {f"{Ids.rows}.selectedRows": [first]})
    assert "1 entry" in shown.json["response"][Ids.selected]["children"]
    assert "1 accepted" in press(planner, Ids.accept, [first]).text
    assert "1 turned down" in press(planner, Ids.reject, [second], **{f"{Ids.reason}.value": "Too early"}).text
    until = (today() + timedelta(days=3)).isoformat()
    put_off = press(planner, Ids.snooze, [third], **{f"{Ids.until}.value": until, f"{Ids.reason}.value": "Budget"})
    assert "1 put off" in put_off.text
    assert "3 handled today" in put_off.text
    assert "1 taken back" in press(planner, Ids.wake, [third]).text
    with owner_engine().connect() as connection:
        states = connection.execute(text("select status, count(*) from reorder_proposal group by 1")).all()
    assert {("accepted", 1), ("dismissed", 1)} <= {tuple(state) for state in states}


def test_a_queue_is_saved_and_removed(planner: Any) -> None:
    given = {f"{Ids.queue_name}.value": "Mine", f"{Ids.filters}.data": {"show": "late", "kind": "", "search": ""}}
    saved = planner.press(Ids.save_queue, given)
    assert "show=late" in saved.text
    gone = planner.press(Ids.drop_queue, given)
    assert "show=late" not in gone.text
