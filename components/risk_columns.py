"""Columns of the register of risks and of what the data propose."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column, percent_column, text_column
from components.two_line_grid import state_column
from core.i18n import _


def risk_columns() -> list[dict[str, Any]]:
    return [
        text_column("title", _("Risk or opportunity"), pinned="left", minWidth=190, tooltipField="title"),
        figure_column("expected", _("Expected RM"), minWidth=110),
        percent_column("probability", _("Probability"), decimals=0, minWidth=98),
        figure_column("impact", _("Impact RM"), minWidth=110),
        state_column("state", _("Status"), minWidth=112, maxWidth=130),
        text_column("kind", _("Kind"), minWidth=100),
        text_column("month", _("Hits"), minWidth=80),
        text_column("of", _("Of"), minWidth=120, tooltipField="of"),
        text_column("owner", _("Owner"), minWidth=115, tooltipField="owner"),
        text_column("due_on", _("Due"), minWidth=98, tooltipField="due_on"),
        text_column("mitigation", _("Mitigation"), minWidth=170, tooltipField="mitigation"),
    ]


def found_columns() -> list[dict[str, Any]]:
    return [
        text_column("title", _("Found"), pinned="left", minWidth=190, tooltipField="title"),
        figure_column("impact", _("At stake RM"), minWidth=110),
        text_column("kind", _("Kind"), minWidth=110),
        text_column("month", _("Hits"), minWidth=80),
        text_column("evidence", _("Evidence"), minWidth=300, tooltipField="evidence"),
        text_column("link", "", minWidth=80, cellRenderer="markdown", sortable=False),
    ]
