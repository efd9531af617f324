"""The layers of the demand plan month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, empty_figure, figure
from components.figures.forecast_fan import line
from core.i18n import _

HEIGHT = 280
STREAM_COLORS = {
    "sales": "#8e5ea2",
    "marketing": "#c2557a",
    "customer": "#5b8c3e",
    "finance": "#b08900",
    "planner": "#3d6fb6",
}


def stream_figure(
    months: Sequence[date], layers: Mapping[str, Sequence[float | None]], names: Mapping[str, str], *, unit: str
) -> Figure:
    """A line a layer that says something: thin for statistics, thick for the consensus, dashed for the plan of then."""
    styles = {
        "statistical": (1.0, FAINT, "solid"),
        "baseline": (1.5, ACTUAL, "dot"),
        **{name: (1.5, color, "solid") for name, color in STREAM_COLORS.items()},
        "published": (1.5, FAINT, "dash"),
        "aop": (1.5, SECOND, "dash"),
        "consensus": (3.0, FORECAST, "solid"),
    }
    traces = [
        line(names[name], list(zip(months, layers[name], strict=True)), width=width, color=color, dash=dash)
        for name, (width, color, dash) in styles.items()
        if any(value is not None for value in layers[name])
    ]
    if not traces:
        return empty_figure(_("No layer of the plan has a figure here."), height=HEIGHT)
    return figure(traces, height=HEIGHT, y_title=unit)
