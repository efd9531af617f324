"""Columns of the annual operating plan: targets by month, versions, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.grid import TYPED_FIGURE, figure_column, text_column
from components.two_line_grid import state_column
from core.i18n import _

MONTHS = tuple(f"m{month}" for month in range(1, 13))
DECIMALS = {"service": 3, "turns": 1}
EDITABLE = {"function": "params.data.editable"}
RULES = {
    "aop-sum": "params.data && params.data.sum",
    "aop-open": "params.data && params.data.editable",
    "aop-off": "params.data && params.data.sum == 'difference' && Math.abs(params.value || 0) >= 0.5",
}


def target_columns(item: str, months: Sequence[str], measure: str) -> list[dict[str, Any]]:
    """``item`` is what the rows are called, ``months`` what the months are."""
    options: dict[str, Any] = {"editable": EDITABLE, "cellClassRules": RULES, "sortable": False, **TYPED_FIGURE}
    decimals = DECIMALS.get(measure, 0)
    figures = [
        figure_column(field, name, decimals=decimals, minWidth=106, **options)
        for field, name in zip(MONTHS, months, strict=True)
    ]
    name = text_column("name", item, pinned="left", minWidth=150, maxWidth=190, sortable=False, tooltipField="name")
    return [name, figure_column("total", _("Year"), decimals=decimals, minWidth=112, **options), *figures]


def version_columns() -> list[dict[str, Any]]:
    return [
        text_column("name", _("Version"), pinned="left", minWidth=80, maxWidth=95),
        state_column("state", _("Status"), minWidth=100, maxWidth=120),
        text_column("made", _("Begun"), minWidth=170, tooltipField="made"),
        text_column("changed", _("Changed"), minWidth=170, tooltipField="changed"),
        text_column("approved", _("Approved"), minWidth=170, tooltipField="approved"),
        text_column("locked", _("Locked"), minWidth=170, tooltipField="locked"),
        text_column("note", _("Note"), minWidth=150, tooltipField="note"),
    ]


def difference_columns() -> list[dict[str, Any]]:
    return [
        text_column("name", _("Of"), pinned="left", minWidth=130, tooltipField="name"),
        text_column("level", _("Level"), minWidth=100),
        text_column("measure", _("Measure"), minWidth=130),
        figure_column("before", _("First"), decimals=2, minWidth=125),
        figure_column("after", _("Second"), decimals=2, minWidth=125),
        figure_column("change", _("Difference"), decimals=2, minWidth=125),
        figure_column("months", _("Months that differ"), minWidth=130),
    ]


def growth_columns() -> list[dict[str, Any]]:
    return [
        text_column("category", _("Category"), minWidth=130),
        figure_column("growth", _("Growth %"), decimals=1, minWidth=100, editable=True, **TYPED_FIGURE),
    ]
