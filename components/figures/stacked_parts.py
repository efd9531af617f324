"""Figures of periods ahead as stacked bars that add up to a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, figure
from components.figures.forecast_fan import line

HEIGHT = 300
COLORS = ("#8fb8c2", FORECAST, SECOND, "#9a5fb5", FAINT, "#c7a252", "#5d7fb0", "#7a9a6c")


def stacked_parts(
    periods: Sequence[date],
    parts: Sequence[tuple[str, Sequence[float]]],
    *,
    total: tuple[str, Sequence[float]],
    unit: str,
) -> Figure:
    """parts and total are a name and one figure a period; what is below zero is stacked downwards."""
    days = [f"{period:%Y-%m-%d}" for period in periods]
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": days,
            "y": list(values),
            "marker": {"color": COLORS[place % len(COLORS)]},
            "hovertemplate": "%{y:,.1f}",
        }
        for place, (name, values) in enumerate(parts)
    ]
    sums = line(total[0], list(zip(periods, total[1], strict=True)), width=2, color=ACTUAL, mode="lines+markers")
    return figure([*bars, sums], height=HEIGHT, y_title=unit, barmode="relative", bargap=0.35)
