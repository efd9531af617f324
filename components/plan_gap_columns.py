"""Columns of the gap to the AOP, of what a bridge is made of, and of measures that are not summed."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column, percent_column, text_column
from components.two_line_grid import state_column
from core.i18n import _


def gap_columns(item: str) -> list[dict[str, Any]]:
    """``item`` is what the rows are called."""
    return [
        text_column("name", item, pinned="left", minWidth=120, maxWidth=190, tooltipField="name"),
        state_column("state", _("Landing is"), minWidth=118, maxWidth=140),
        figure_column("gap", _("Gap"), minWidth=105),
        percent_column("gap_share", _("Gap %"), minWidth=80),
        figure_column("landing", _("Landing"), minWidth=112),
        figure_column("aop", _("AOP, year"), minWidth=112),
        figure_column("to_date", _("Actual to date"), minWidth=118),
        figure_column("aop_to_date", _("AOP to date"), minWidth=112),
        figure_column("gap_to_date", _("Gap to date"), minWidth=110),
        figure_column("rest", _("Rest, plan of now"), minWidth=138),
        figure_column("rest_published", _("Rest, published"), minWidth=128),
    ]


def part_columns(item: str) -> list[dict[str, Any]]:
    return [
        text_column("name", item, pinned="left", minWidth=150, tooltipField="name"),
        figure_column("effect", _("Of the bar, RM"), minWidth=115),
        percent_column("share", _("Of the bar %"), minWidth=100),
        percent_column("running", _("Running %"), minWidth=95),
        figure_column("volume", _("Volume"), minWidth=95),
        figure_column("mix", _("Mix"), minWidth=95),
        figure_column("price", _("Price"), minWidth=95),
        figure_column("before", _("Before"), minWidth=105),
        figure_column("after", _("After"), minWidth=105),
    ]


def rate_columns() -> list[dict[str, Any]]:
    return [
        text_column("name", _("Measure"), minWidth=150, tooltipField="name"),
        state_column("state", _("Status"), minWidth=118, maxWidth=140),
        text_column("actual", _("Actual"), minWidth=100, type="rightAligned", cellClass="figure"),
        text_column("target", _("Target"), minWidth=100, type="rightAligned", cellClass="figure"),
        text_column("gap", _("Gap"), minWidth=100, type="rightAligned", cellClass="figure"),
        text_column("note", _("Measured"), minWidth=220, tooltipField="note"),
    ]
