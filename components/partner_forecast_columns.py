"""The grid of a partner's forecast, item by month, and the names of its versions' states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components.grid import TYPED_FIGURE, figure_column
from components.two_line_grid import two_line_column
from core.i18n import _

SHOWN = "params.value == null ? '' : d3.format(',~r')(params.value)"
CHANGED = "params.data && params.data.sent && params.data.sent[params.colDef.field] != params.value"


def month_field(month: date) -> str:
    """The field of a month's column."""
    return f"m{month:%Y-%m}"


def forecast_columns(months: Sequence[date], *, editable: bool) -> list[dict[str, Any]]:
    """The item in front, a column a month; what differs from the version that was sent last is marked."""
    first = two_line_column("item", _("Item"), pinned="left", lockPinned=True, minWidth=140, width=140)
    shown: dict[str, Any] = {
        "valueFormatter": {"function": SHOWN},
        "minWidth": 92,
        "sortable": False,
        "cellClassRules": {"forecast-changed": CHANGED},
        **({"editable": True, **TYPED_FIGURE} if editable else {}),
    }
    return [
        first,
        *(figure_column(month_field(month), f"{month:%b %Y}", **shown) for month in months),
    ]


def state_of(state: str) -> tuple[str, str]:
    """What a version's state is called, and its tone."""
    names = {
        "draft": (_("Draft"), "quiet"),
        "sent": (_("Waits for an answer"), "warn"),
        "accepted": (_("In the plan"), "good"),
        "rejected": (_("Not accepted"), "bad"),
        "superseded": (_("Replaced"), "quiet"),
    }
    return names.get(state, (state, "quiet"))
