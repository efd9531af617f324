"""A page stays small: the renderer's time grows with the square of its components (stack.md §8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from visitor import Visitor

from core.pages import pages

LARGEST = 250
LARGEST_FRAME = 140


def components(value: object) -> int:
    """How many components a layout has, those in props included."""
    if isinstance(value, dict):
        return int("namespace" in value and "type" in value) + sum(map(components, value.values()))
    if isinstance(value, list):
        return sum(map(components, value))
    return 0


# Between them they see every page; who else there is sees what one of them does.
@pytest.mark.parametrize("name", ["planner", "analyst", "admin", "supplier", "customer", "oem"])
def test_every_page_and_the_frame_around_it_stay_small(database: Path, name: str) -> None:
    visitor = Visitor.of(name)
    frame = components(visitor.get("/_dash-layout").json)
    assert 10 < frame < LARGEST_FRAME
    sizes = {page.path: visitor.layout(page.path) for page in pages()}
    counted = {path: components(answer.json) for path, answer in sizes.items() if answer.status_code == 200}
    assert counted
    assert {path: count for path, count in counted.items() if count > LARGEST} == {}


def test_components_in_components_are_counted() -> None:
    def made(*children: Any) -> dict[str, Any]:
        return {"type": "Div", "namespace": "dash_html_components", "props": {"children": list(children)}}

    assert components({"response": {"x": {"children": made(made(), "text", made(made()))}}}) == 4
