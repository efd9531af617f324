"""Columns of the lists about a file that was forecast beside the plan: its series, and what is wrong with its rows."""

from __future__ import annotations

from typing import Any

from components.forecast_columns import quantity_column
from components.grid import figure_column, percent_column, text_column
from core.i18n import _

Columns = list[dict[str, Any]]
NEXT_PERIODS = 3
_SEARCH = {
    "filter": "agTextColumnFilter",
    "floatingFilter": True,
    "filterParams": {"filterOptions": ["contains"], "maxNumConditions": 1, "debounceMs": 400},
}


def result_columns(horizon: int) -> Columns:
    """horizon: how many periods there are ahead; the first ones have a column each."""
    ahead = [
        quantity_column(f"next_{step}", _("Period +%(step)s", step=step), minWidth=86)
        for step in range(1, min(NEXT_PERIODS, horizon) + 1)
    ]
    columns = [
        text_column("unique_id", _("Series"), pinned="left", minWidth=130, tooltipField="unique_id", **_SEARCH),
        text_column("demand_class", _("Demand class"), minWidth=100),
        text_column("method_text", _("Method"), minWidth=140, tooltipField="methods", sortable=False),
        quantity_column("volume", _("Last season"), minWidth=92, sort="desc"),
        percent_column("wmape", _("WMAPE"), minWidth=80),
        percent_column("naive_wmape", _("Naive WMAPE"), minWidth=80),
        figure_column("mase", _("MASE"), decimals=2, minWidth=70),
        percent_column("bias", _("Bias"), minWidth=88),
        percent_column("coverage", _("Cover-age"), decimals=0, minWidth=72),
        *ahead,
        quantity_column("ahead", _("Whole horizon"), minWidth=96),
    ]
    return [{**column, "wrapHeaderText": True, "autoHeaderHeight": True} for column in columns]


def fault_columns() -> Columns:
    return [
        text_column("row", _("Row"), maxWidth=90, type="rightAligned"),
        text_column("column", _("Column"), maxWidth=140),
        text_column("value", _("Value"), maxWidth=160),
        text_column("problem", _("What is wrong"), minWidth=240, tooltipField="problem"),
        text_column("remedy", _("What to do"), minWidth=220, tooltipField="remedy"),
    ]
