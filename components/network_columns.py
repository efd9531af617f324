"""The columns of the stages of a network."""

from __future__ import annotations

from typing import Any

from components.two_line_grid import state_column, two_line_column
from core.i18n import _

RIGHT = {"type": "rightAligned", "cellClass": "two-lines figure", "sortable": False}


def stage_columns() -> list[dict[str, Any]]:
    """From the sources to the customers, as in the picture."""

    def text(field: str, name: str, **options: Any) -> dict[str, Any]:
        return two_line_column(field, name, sortable=False, **options)

    return [
        text("stage", _("Stage"), minWidth=150),
        text("source", _("Comes from"), minWidth=140, headerTooltip=_("With lead time and days between two orders")),
        text("days", _("Days"), minWidth=120, headerTooltip=_("Waits for its supply, promises to those it serves")),
        two_line_column("stock", _("Safety stock"), minWidth=110, headerTooltip=_("Proposed, and now"), **RIGHT),
        two_line_column("money", _("RM"), minWidth=90, headerTooltip=_("Proposed, and now"), **RIGHT),
        two_line_column(
            "price",
            _("A day is worth"),
            minWidth=150,
            headerTooltip=_("RM a year: saved by a faster stage; saved by a longer promise, cost of a shorter one"),
            **RIGHT,
        ),
        state_column("state", _("State"), minWidth=150, sortable=False),
    ]
