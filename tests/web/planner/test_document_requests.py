"""Supply › Document requests for those who ask and those who only look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from callbacks.planner.document_requests import PATH, Ids

Visit = Callable[..., Any]


def test_only_those_who_buy_may_ask(database: Path, visitor: Visit) -> None:
    planner, executive = visitor("planner"), visitor("executive")
    shown = planner.layout(PATH).text
    assert "Ask for it" in shown
    assert "please send the renewal" in shown
    assert "Ask for it" not in executive.layout(PATH).text
    assert executive.press(Ids.ask, {f"{Ids.kind}.value": "coa"}).status_code == 403
    assert "Due: enter a date." in planner.press(Ids.ask, {f"{Ids.kind}.value": "coa"}).text
    row = {"id": 1, "open": True}
    assert planner.press(Ids.withdraw, {f"{Ids.rows}.selectedRows": [row]}).status_code == 200
    assert "Withdrawn" in planner.layout(PATH, "?show=closed").text
