"""Supply › Supplier quality for those who raise issues and those who only look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from callbacks.planner.supplier_quality import PATH, Ids

Visit = Callable[..., Any]


def test_only_those_who_may_raise_issues(database: Path, visitor: Visit) -> None:
    assert "Raise the issue" in visitor("planner").layout(PATH).text
    executive = visitor("executive")
    assert executive.layout(PATH).status_code == 200
    assert executive.press(Ids.add, {f"{Ids.title}.value": "x"}).status_code == 403
    nothing = visitor("planner").press(Ids.add, {f"{Ids.title}.value": ""})
    assert "Title: write a few words." in nothing.text
