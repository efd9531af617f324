"""Columns and words of forecast value added: steps, people, classes and items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.grid import figure_column, percent_column, text_column
from components.override_texts import stream_name
from core.i18n import EMPTY, _, number, signed

Columns = list[dict[str, Any]]
Row = Mapping[str, Any]
SAME_POINTS = 0.0005
"""Shares: what rounds to 0.0 percentage points is the same."""


def step_name(step: str) -> str:
    """A step of the plan."""
    names = {
        "naive": _("Naive"),
        "statistical": _("Statistics"),
        "events": _("+ events"),
        "consensus": _("Consensus"),
    }
    return names.get(step) or stream_name(step)


def judged_row(row: Row) -> dict[str, Any]:
    """A step, person, class or item as its grid shows it."""
    return {
        **row,
        "added": added_text(row["value_added"]),
        "tone": added_tone(row["value_added"]),
        "worse_of": worse_text(row),
    }


def added_text(added: float | None) -> str:
    """Percentage points by mark and sign."""
    if added is None:
        return EMPTY
    marks = {"good": "▲", "bad": "▼", "quiet": "="}
    return f"{marks[added_tone(added)]} {signed(added * 100, decimals=1)}"


def added_tone(added: float | None) -> str:
    if added is None or abs(added) < SAME_POINTS:
        return "quiet"
    return "good" if added > 0 else "bad"


def worse_text(row: Row) -> str:
    """How often it made it worse."""
    return _("%(worse)s of %(cells)s", worse=number(row["worse"]), cells=number(row["cells"]))


def measure_columns(*, sortable: bool = True) -> Columns:
    """What each of the lists tells of its rows."""
    plain: dict[str, Any] = {} if sortable else {"sortable": False}
    rules = {f"tone-{tone}": f"params.data && params.data.tone == '{tone}'" for tone in ("good", "bad", "quiet")}
    return [
        text_column(
            "added",
            _("Added, pp"),
            minWidth=84,
            type="rightAligned",
            cellClass="figure",
            cellClassRules=rules,
            headerTooltip=_("Percentage points of WMAPE; below 0 it went away from what was sold"),
            sortable=False,
        ),
        figure_column("cells", _("Cells"), minWidth=60, headerTooltip=_("Items, channels and months judged"), **plain),
        percent_column("before_wmape", _("Before"), minWidth=70, headerTooltip=_("WMAPE before the step"), **plain),
        percent_column("after_wmape", _("After"), minWidth=68, headerTooltip=_("WMAPE after the step"), **plain),
        text_column("worse_of", _("Made it worse"), minWidth=112, type="rightAligned", sortable=False),
    ]


def step_columns() -> Columns:
    return [text_column("name", _("Step"), minWidth=85, sortable=False), *measure_columns(sortable=False)]


def people_columns() -> Columns:
    names = [text_column("person", _("Person"), minWidth=92), text_column("stream", _("Stream"), minWidth=72)]
    return [*names, *measure_columns()]


def class_columns() -> Columns:
    return [text_column("name", _("Class"), minWidth=82, sortable=False), *measure_columns()]


def item_columns() -> Columns:
    return [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=75, maxWidth=95),
        text_column("box", _("Class"), minWidth=65, maxWidth=80),
        *measure_columns(),
        figure_column(
            "money", _("Error taken away RM"), minWidth=110, headerTooltip=_("At the price; below 0 error was added")
        ),
    ]


def touchless_columns() -> Columns:
    spoken = [
        figure_column("months", _("Months spoken"), minWidth=100),
        text_column("last_spoken", _("Last"), minWidth=80, maxWidth=90, sortable=False),
    ]
    first, rest = item_columns()[:4], item_columns()[4:]
    return [*first, *spoken, *rest]
