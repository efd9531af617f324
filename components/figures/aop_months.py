"""The months of a year: what was planned for it, what was sold, and what the plans expect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, figure
from components.figures.forecast_fan import line
from core.i18n import _

HEIGHT = 300

Months = Sequence[float | None]


def aop_months(
    months: Sequence[date],
    *,
    aop: Months,
    actual: Months,
    current: Months,
    published: Months,
    landing: Months,
    unit: str,
) -> Figure:
    """The AOP as dashed steps, sales as bars, the plans as lines. A layer without figures is left out."""
    bars = {
        "type": "bar",
        "name": _("Actual"),
        "x": [f"{month:%Y-%m-%d}" for month in months],
        "y": list(actual),
        "marker": {"color": ACTUAL, "opacity": 0.55},
        "hovertemplate": "%{y:,.0f}",
    }
    lines = (
        (_("AOP"), aop, {"width": 2, "color": SECOND, "dash": "dash", "shape": "hvh"}),
        (_("Published"), published, {"width": 2, "color": FAINT, "dash": "dot"}),
        (_("Plan of now"), current, {"width": 3, "color": FORECAST}),
        (_("Landing"), landing, {"width": 1.5, "color": FORECAST, "dash": "dashdot"}),
    )
    traces = [bars] if any(value is not None for value in actual) else []
    for name, values, style in lines:
        if any(value is not None for value in values):
            shape = style.pop("shape", "linear")
            made = line(name, list(zip(months, values, strict=True)), **style)  # type: ignore[arg-type]
            made["line"]["shape"] = shape
            made["hovertemplate"] = "%{y:,.0f}"
            traces.append(made)
    return figure(traces, height=HEIGHT, y_title=unit)
