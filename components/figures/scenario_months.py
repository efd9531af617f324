"""One metric of the plan and of scenarios, month by month, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.figures.chart import ACTUAL, FORECAST, SECOND, Figure, figure
from components.figures.forecast_fan import line

HEIGHT = 240
COLORS = (ACTUAL, FORECAST, SECOND, "#7a6fb0", "#b3380f")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def scenario_months(
    months: Sequence[date], names: Sequence[str], series: Sequence[Sequence[float | None]], *, unit: str
) -> Figure:
    """A line a column; the plan is the first."""
    traces = [
        line(name, list(zip(months, values, strict=True)), width=2.5, color=color, dash=dash)
        for name, values, color, dash in zip(names, series, COLORS, DASHES, strict=False)
    ]
    made = figure(traces, height=HEIGHT, y_title=unit)
    made["layout"]["yaxis"]["rangemode"] = "normal"
    return made
