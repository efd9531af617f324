"""The charts of Home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.figures.chart import ACCENT, SECOND, Figure, figure
from core.i18n import _

HEIGHT = 250


def two_years(
    periods: Sequence[date], this_year: Sequence[float | None], last_year: Sequence[float | None], *, y_title: str
) -> Figure:
    """Bars of the newest periods, a line for the same weekdays of the year before."""
    days = [f"{period:%Y-%m-%d}" for period in periods]
    bars = {
        "type": "bar",
        "name": _("This year"),
        "x": days,
        "y": list(this_year),
        "marker": {"color": ACCENT, "opacity": 0.75},
        "hovertemplate": "RM %{y:,.0f}",
    }
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": _("Same weekdays last year"),
        "x": days,
        "y": list(last_year),
        "line": {"color": SECOND, "width": 2},
        "hovertemplate": "RM %{y:,.0f}",
    }
    return figure([bars, line], height=HEIGHT, y_title=y_title, bargap=0.25)


def accuracy_trend(months: Sequence[date], accuracy: Sequence[float | None], bias: Sequence[float | None]) -> Figure:
    """Accuracy as a line, bias as bars around zero, both in per cent."""
    names = [f"{month:%Y-%m-%d}" for month in months]
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": _("Accuracy"),
        "x": names,
        "y": list(accuracy),
        "line": {"color": ACCENT, "width": 2},
        "hovertemplate": "%{y:.1%}",
    }
    bars = {
        "type": "bar",
        "name": _("Bias (+ over-forecast)"),
        "x": names,
        "y": list(bias),
        "marker": {"color": SECOND, "opacity": 0.75},
        "hovertemplate": "%{y:+.1%}",
    }
    axis = {"tickformat": ".0%", "dtick": 0.25, "gridcolor": "rgba(127,144,153,0.25)", "automargin": True}
    by_month = {"tickformat": "%Y-%m", "showgrid": False, "automargin": True}
    return figure([bars, line], height=HEIGHT, yaxis=axis, xaxis=by_month, bargap=0.5)
