"""The columns of transfers that the plan proposes, and of those that are ordered."""

from __future__ import annotations

from typing import Any

from components.two_line_grid import state_column, two_line_column
from core.i18n import _

RIGHT = {"type": "rightAligned", "cellClass": "two-lines figure"}


def proposed_columns() -> list[dict[str, Any]]:
    """What to move, and why."""
    return [
        two_line_column("item", _("Item"), minWidth=150),
        two_line_column("way", _("From → to"), minWidth=130),
        two_line_column(
            "amount", _("Quantity"), minWidth=116, headerTooltip=_("With the stock where it leaves"), **RIGHT
        ),
        two_line_column(
            "when", _("Ships"), minWidth=120, maxWidth=130, headerTooltip=_("Mondays of shipping and arrival")
        ),
        two_line_column("cost", _("Cost RM"), minWidth=86, **RIGHT),
        state_column("why", _("Why"), minWidth=230),
    ]


def open_columns() -> list[dict[str, Any]]:
    """What is to leave or on its way."""
    return [
        two_line_column("order", _("Transfer"), minWidth=130),
        two_line_column("item", _("Item"), minWidth=150),
        two_line_column("way", _("From → to"), minWidth=130),
        two_line_column(
            "amount", _("Quantity"), minWidth=116, headerTooltip=_("With the stock where it leaves"), **RIGHT
        ),
        state_column("state", _("State"), minWidth=190),
    ]
