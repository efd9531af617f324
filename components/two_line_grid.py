"""A grid of two text lines a row, so that a list fits a phone. Cells bring their lines divided by a line feed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component

from components.grid import grid

MARKS = {"good": "●", "warn": "▲", "bad": "◆", "quiet": "○"}
ROW_HEIGHT, HEADER_HEIGHT, SHORTEST, TALLEST = 48, 36, 180, 520


def two_line_grid(
    component_id: str,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    *,
    empty: str,
    selection: str | None = None,
) -> Component:
    """As tall as the list, within bounds; ``empty`` is what it says without rows. Rows need an ``id``."""
    height = min(max(HEADER_HEIGHT + len(rows) * ROW_HEIGHT, SHORTEST), TALLEST)
    options = {"rowHeight": ROW_HEIGHT, "localeText": {"noRowsToShow": empty}}
    return grid(component_id, columns, rows, row_id="id", selection=selection, height=height, options=options)


def two_line_column(field: str, name: str, **options: Any) -> dict[str, Any]:
    return {"field": field, "headerName": name, "cellClass": "two-lines", "tooltipField": field, **options}


def state_column(field: str, name: str, **options: Any) -> dict[str, Any]:
    """A state by mark, text and colour; the row's ``tone`` is good, warn, bad or quiet."""
    rules = {f"tone-{tone}": f"params.data && params.data.tone == '{tone}'" for tone in MARKS}
    return two_line_column(field, name, **{"cellClassRules": rules, **options})


def marked(text: str, tone: str) -> str:
    """A state that can be told without its colour."""
    return f"{MARKS[tone]} {text}"
