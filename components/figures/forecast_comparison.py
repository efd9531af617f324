"""What two forecast runs say of the same periods."""

from __future__ import annotations

from collections.abc import Sequence

from components.figures.chart import ACCENT, SECOND, Figure, figure

HEIGHT = 320


def two_runs(
    periods: Sequence[str], own: Sequence[float], other: Sequence[float], *, own_name: str, other_name: str
) -> Figure:
    """Bars of the one, a line of the other."""
    bars = {
        "type": "bar",
        "name": own_name,
        "x": list(periods),
        "y": list(own),
        "marker": {"color": ACCENT, "opacity": 0.75},
        "hovertemplate": "%{y:,.0f}",
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": other_name,
        "x": list(periods),
        "y": list(other),
        "line": {"color": SECOND, "width": 2},
        "hovertemplate": "%{y:,.0f}",
    }
    names = {"type": "category", "showgrid": False, "automargin": True}
    return figure([bars, line], height=HEIGHT, bargap=0.35, xaxis=names)
