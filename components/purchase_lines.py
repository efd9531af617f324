"""The lines of a purchase order with every date that lateness can be measured from."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from components.grid import figure_column, grid, text_column
from core.i18n import _

ROW_HEIGHT, HEAD_HEIGHT, MOST_ROWS = 31, 52, 10


def purchase_lines(component_id: str, rows: list[dict[str, Any]]) -> Component:
    """A grid as high as its lines; made when there is room to draw it, for a hidden grid can't size its columns."""
    columns = [
        figure_column("line_no", _("Line"), minWidth=58, maxWidth=65, pinned="left"),
        text_column("code", _("Item"), minWidth=88, maxWidth=120),
        text_column("name", _("Name"), minWidth=110, tooltipField="name"),
        figure_column("quantity", _("Quantity"), minWidth=80),
        text_column("uom", _("Unit"), minWidth=54, maxWidth=70),
        figure_column("unit_price", _("Price RM"), decimals=2, minWidth=80),
        text_column("requested_on", _("Requested"), minWidth=98),
        text_column("first_confirmed_on", _("First promise"), minWidth=105),
        text_column("latest_confirmed_on", _("Latest promise"), minWidth=110),
        figure_column("confirmed_quantity", _("Promised"), minWidth=82),
        text_column("actual_on", _("Arrived"), minWidth=96),
        figure_column("received_quantity", _("Received"), minWidth=82),
        text_column("status", _("State"), minWidth=95),
    ]
    height = HEAD_HEIGHT + ROW_HEIGHT * min(max(len(rows), 1), MOST_ROWS)
    return grid(component_id, columns, rows, row_id="id", selection="single", height=height)
