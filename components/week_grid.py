"""Stock of an item week by week as a grid: what is wanted, what comes, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.i18n import _

LINES = ("independent", "dependent", "firm", "planned", "waste", "stock", "safety", "release", "limited")


def line_names() -> dict[str, str]:
    """What the lines of the grid are called."""
    return {
        "independent": _("Customers' demand"),
        "dependent": _("Used or moved on"),
        "firm": _("Firm receipts"),
        "planned": _("Planned receipts"),
        "waste": _("Expires"),
        "stock": _("Stock at the end"),
        "safety": _("Safety stock"),
        "release": _("To release"),
        "limited": _("Lacking by suppliers' limits"),
    }


def week_columns(weeks: Sequence[date]) -> list[dict[str, Any]]:
    """A column a week, the name of the line in front."""
    shown = "params.value == null ? '–' : d3.format(',.0f')(params.value)"
    columns = [
        {
            "field": f"w{place}",
            "headerName": f"{week:%d %b}",
            "type": "rightAligned",
            "cellClass": "figure week",
            "minWidth": 92,
            "sortable": False,
            "valueFormatter": {"function": shown},
            "cellClassRules": {"tone-bad": "params.value < 0"},
        }
        for place, week in enumerate(weeks)
    ]
    first = {"field": "line", "headerName": _("Week of"), "pinned": "left", "minWidth": 160, "sortable": False}
    return [first, *columns]


def week_rows(lines: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    """The lines of an item; those that are empty in every week are left out."""
    names = line_names()
    return [
        {"line": names[name], **{f"w{place}": round(value, 2) for place, value in enumerate(lines[name])}}
        for name in LINES
        if name in ("independent", "stock") or any(lines[name])
    ]
