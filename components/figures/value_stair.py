"""The error of a forecast step by step: down where a step came nearer to what was sold, up where it went away."""

from __future__ import annotations

from collections.abc import Sequence

from components.figures.chart import ACTUAL, FORECAST, SECOND, Figure, figure
from core.i18n import _, percent, signed

HEIGHT = 300


def value_stair(steps: Sequence[tuple[str, float, float | None]]) -> Figure:
    """A bar a step: its name, its WMAPE and what it added, shares."""
    texts = [
        percent(error) if added is None else f"{percent(error)}<br>{signed(added * 100, decimals=1)}"
        for _name, error, added in steps
    ]
    bars = {
        "type": "bar",
        "x": [name for name, _error, _added in steps],
        "y": [error for _name, error, _added in steps],
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {
            "color": [ACTUAL if not added else FORECAST if added > 0 else SECOND for _name, _error, added in steps]
        },
        "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
    }
    made = figure([bars], height=HEIGHT, y_title=_("WMAPE"), bargap=0.3, showlegend=False)
    made["layout"]["yaxis"]["tickformat"] = ".0%"
    return made


def _color(added: float | None) -> str:
    if not added:
        return ACTUAL
    return FORECAST if added > 0 else SECOND
