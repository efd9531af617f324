"""The lots of an item with what will not be sold before they expire."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from components.grid import figure_column, grid, text_column
from core.i18n import _

ROW_HEIGHT, HEAD_HEIGHT, MOST_ROWS = 31, 36, 6


def stock_lots(component_id: str, rows: list[dict[str, Any]]) -> Component:
    """A grid as high as its lots; made when there is room to draw it, for a hidden grid can't size its columns."""
    if not rows:
        return html.P(_("Nothing in stock."), className="note")
    columns = [
        text_column("lot", _("Lot"), minWidth=60, tooltipField="lot"),
        figure_column("quantity", _("Quantity"), minWidth=78),
        text_column("expires", _("Expires"), minWidth=98, tooltipField="expires"),
        figure_column("at_risk", _("At risk"), minWidth=72),
        figure_column("value_at_risk", _("RM"), minWidth=65),
    ]
    height = HEAD_HEIGHT + ROW_HEIGHT * min(max(len(rows), 1), MOST_ROWS)
    return grid(component_id, columns, rows, height=height)
