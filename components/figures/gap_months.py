"""A year by month: what was sold and is planned, beside the annual operating plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.figures.chart import ACCENT, ACTUAL, SECOND, Figure, figure
from core.i18n import _

HEIGHT = 260


def gap_months(
    months: Sequence[date],
    *,
    sold: Sequence[float | None],
    landing: Sequence[float | None],
    aop: Sequence[float | None],
    unit: str,
) -> Figure:
    """Bars of what was sold, above them what the plan still expects of the month, and the target as steps."""
    names = [f"{month:%Y-%m}" for month in months]
    planned = [None if lands is None else lands - (done or 0.0) for lands, done in zip(landing, sold, strict=True)]
    bars = {"type": "bar", "x": names, "hovertemplate": "%{y:,.0f}"}
    traces = [
        {**bars, "name": _("Sold"), "y": list(sold), "marker": {"color": ACTUAL}},
        {**bars, "name": _("Planned"), "y": planned, "marker": {"color": ACCENT, "opacity": 0.65}},
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("AOP"),
            "x": names,
            "y": list(aop),
            "line": {"color": SECOND, "width": 2, "dash": "dash", "shape": "hvh"},
            "hovertemplate": "%{y:,.0f}",
        },
    ]
    return figure(traces, height=HEIGHT, y_title=unit, barmode="stack", bargap=0.3, xaxis={"type": "category"})
