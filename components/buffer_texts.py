"""Buffers in words, columns and as a bar: zones, orders that count, items that could be buffered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.ddmrp import BufferZone
from components.grid import figure_column, percent_column, text_column
from components.policy_bar import zone_bar
from components.two_line_grid import MARKS, state_column
from core.i18n import _

TONES = {
    BufferZone.EMPTY: "bad",
    BufferZone.RED: "bad",
    BufferZone.YELLOW: "warn",
    BufferZone.GREEN: "good",
    BufferZone.ABOVE: "quiet",
    BufferZone.NONE: "quiet",
}


def zone_name(zone: str) -> str:
    return {
        BufferZone.EMPTY: _("Empty"),
        BufferZone.RED: _("Red"),
        BufferZone.YELLOW: _("Yellow"),
        BufferZone.GREEN: _("Green"),
        BufferZone.ABOVE: _("Above green"),
        BufferZone.NONE: _("No zones"),
    }[BufferZone(zone)]


def zone_text(zone: str) -> str:
    return f"{MARKS[TONES[BufferZone(zone)]]} {zone_name(zone)}"


def buffer_columns() -> list[dict[str, Any]]:
    """Where each buffered item stands, and what is due."""
    plan = _("Net flow as a share of the top of green: what to order first")
    hand = _("On hand as a share of the top of red: what to expedite first")
    return [
        *_names(),
        state_column("zone_text", _("Net flow in"), minWidth=118, sortable=False),
        percent_column("plan_priority", _("Planning"), decimals=0, minWidth=92, headerTooltip=plan),
        percent_column("hand_priority", _("Execution"), decimals=0, minWidth=96, headerTooltip=hand),
        figure_column("order_quantity", _("Order due"), minWidth=95),
        figure_column("order_money", _("Order RM"), minWidth=92),
        figure_column("net_flow", _("Net flow"), minWidth=88),
        figure_column("on_hand", _("On hand"), minWidth=84),
        figure_column("coming", _("On order"), minWidth=86, sortable=False, headerTooltip=_("With drafts")),
        figure_column("qualified_demand", _("Demand"), minWidth=84, headerTooltip=_("Late, of today, and spikes")),
        figure_column("top_of_red", _("Top of red"), minWidth=98),
        figure_column("top_of_yellow", _("… yellow"), minWidth=88),
        figure_column("top_of_green", _("… green"), minWidth=88),
        text_column("supplier", _("Supplier"), minWidth=130, tooltipField="supplier"),
    ]


def candidate_columns() -> list[dict[str, Any]]:
    """Items without a buffer, with the one that they would get beside today's policy."""
    return [
        *_names(),
        text_column("xyz", _("XYZ"), minWidth=64, maxWidth=72),
        figure_column("mean_daily_demand", _("Usage a day"), decimals=1, minWidth=108),
        figure_column("lead_time_days", _("Lead time days"), decimals=1, minWidth=120),
        percent_column("lead_time_factor", _("Lead time f."), decimals=0, minWidth=104),
        percent_column("variability_factor", _("Variability f."), decimals=0, minWidth=110),
        figure_column("top_of_red", _("Top of red"), minWidth=98),
        figure_column("safety_stock", _("Safety stock"), minWidth=106, headerTooltip=_("Of today's policy")),
        figure_column("top_of_green", _("Top of green"), minWidth=108),
        figure_column("order_up_to", _("Order-up-to"), minWidth=104, headerTooltip=_("Of today's policy")),
    ]


def _names() -> list[dict[str, Any]]:
    return [
        text_column("code", _("Item"), minWidth=110, maxWidth=140),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("Place"), minWidth=86, maxWidth=105, tooltipField="location_name"),
    ]


def buffer_bar(row: dict[str, Any]) -> Component:
    """The zones with net flow and on hand; a note where there are none."""
    if row["top_of_green"] is None:
        return html.P(
            _("No zones: the item has no policy with demand and lead time. Recalculate the policies."),
            className="note",
        )
    levels = [
        (_("Red base"), row["red_base"], "safety"),
        (_("Top of red"), row["top_of_red"], "red-safety"),
        (_("Top of yellow"), row["top_of_yellow"], "reorder"),
        (_("Top of green"), row["top_of_green"], "target"),
    ]
    marks = [(_("On hand"), row["on_hand"], "hand"), (_("Net flow"), row["net_flow"], "position")]
    return zone_bar(levels, marks, uom=row["uom"])


def order_list(lines: Sequence[tuple[str, str]]) -> Component:
    """The orders that a buffer looks at: how each counts (late, today, spike or later) and what it says."""
    if not lines:
        return html.P(_("No order of a customer and none of production waits for this item."), className="note")
    items = [html.Li([html.Span(_part(part), className=f"buffer-part buffer-{part}"), text]) for part, text in lines]
    return html.Ul(items, className="buffer-orders")


def _part(part: str) -> str:
    return {
        "late": _("◆ late"),
        "today": _("● today"),
        "spike": _("▲ spike"),
        "later": _("○ not counted"),
    }[part]
