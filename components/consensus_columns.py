"""Columns of the streams side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.grid import figure_column, percent_column, text_column

FURTHEST = {
    "spread-high": "params.data && params.data.high === params.colDef.field",
    "spread-low": "params.data && params.data.low === params.colDef.field",
}
_MARK = (
    "!params.data ? '' : params.data.high === params.colDef.field ? '▲ ' : "
    "params.data.low === params.colDef.field ? '▼ ' : ''"
)
MARKED = {"function": f"params.value == null ? '–' : ({_MARK}) + d3.format(',.0f')(params.value)"}


def stream_columns(level: str, layers: Mapping[str, str], *, spread: Mapping[str, str]) -> list[dict[str, Any]]:
    """The group, a column a layer, and how far the streams are apart; the furthest two carry a mark."""
    first = text_column("name", level, pinned="left", minWidth=120, width=190, tooltipField="name")
    figures = [
        figure_column(
            name,
            title,
            minWidth=130,
            cellClassRules=FURTHEST,
            valueFormatter=MARKED,
            wrapHeaderText=True,
            autoHeaderHeight=True,
        )
        for name, title in layers.items()
    ]
    return [
        first,
        figure_column("spread", spread["spread"], minWidth=110, sort="desc", cellClass="figure spread-figure"),
        percent_column("spread_share", spread["spread_share"], minWidth=96),
        *figures,
        text_column("covered", spread["covered"], minWidth=220, sortable=False, tooltipField="covered"),
    ]
