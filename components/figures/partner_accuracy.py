"""What a partner forecast, what it then ordered, and what it ordered a year before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.figures.chart import ACTUAL, FORECAST, SECOND, Figure, figure
from components.figures.forecast_fan import line
from core.i18n import _

HEIGHT = 280


def partner_accuracy(
    months: Sequence[date], *, ordered: Sequence[float], forecast: Sequence[float], naive: Sequence[float | None]
) -> Figure:
    """Orders as bars, the forecast and last year as lines."""
    bars = {
        "type": "bar",
        "name": _("Ordered"),
        "x": [f"{month:%Y-%m-%d}" for month in months],
        "y": list(ordered),
        "marker": {"color": ACTUAL, "opacity": 0.55},
        "hovertemplate": "%{y:,.0f}",
    }
    marked = {"mode": "lines+markers", "hovertemplate": "%{y:,.0f}"}
    said = line(_("Your forecast"), list(zip(months, forecast, strict=True)), width=3, color=FORECAST, **marked)
    traces = [bars, said]
    known = [(month, value) for month, value in zip(months, naive, strict=True) if value is not None]
    if known:
        traces.append(line(_("Same month last year"), known, width=1.5, color=SECOND, dash="dot", **marked))
    return figure(traces, height=HEIGHT, y_title=_("units"))
