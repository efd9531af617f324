"""History, fitted path and forecast of one series, with the band that demand should stay in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components.figures.chart import ACTUAL, BAND, FORECAST, SECOND, Figure, figure
from core.i18n import _

HEIGHT = 340
RECENT_PERIODS = 78

Path = Sequence[tuple[date, float | None]]


def forecast_fan(
    history: Path, fitted: Path, *, median: Path, lower: Path, upper: Path, naive: Path, unit: str
) -> Figure:
    """Every path is (period, quantity). Seasonal naive is in the legend and drawn when asked for there.

    Of a long history the end is shown first; a double click shows all of it.
    """
    traces = [
        _line(_("10 %"), lower, width=0, color=BAND, showlegend=False, legendgroup="band"),
        _line(
            _("10–90 % band"),
            upper,
            width=0,
            color=BAND,
            fill="tonexty",
            fillcolor=BAND,
            legendgroup="band",
            hovertemplate=_("90 %") + " : %{y:,.1f}<extra></extra>",
        ),
        _line(_("Fitted"), fitted, width=1, color=FORECAST),
        _line(_("Demand"), history, width=2, color=ACTUAL),
        _line(_("Forecast"), median, width=3, color=FORECAST),
        _line(_("Seasonal naive"), naive, width=2, color=SECOND, dash="dot", visible="legendonly"),
    ]
    made = figure(traces, height=HEIGHT, y_title=unit, shapes=_origin(median))
    if len(history) > RECENT_PERIODS and median:
        made["layout"]["xaxis"]["range"] = [f"{history[-RECENT_PERIODS][0]:%Y-%m-%d}", f"{median[-1][0]:%Y-%m-%d}"]
    return made


def _line(name: str, path: Path, *, width: float, color: str, dash: str = "solid", **options: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [f"{period:%Y-%m-%d}" for period, _quantity in path],
        "y": [quantity for _period, quantity in path],
        "line": {"width": width, "color": color, "dash": dash},
        "hovertemplate": "%{y:,.1f}",
        **options,
    }


def _origin(median: Path) -> list[dict[str, Any]]:
    """A line where the forecast begins."""
    if not median:
        return []
    begin = f"{median[0][0]:%Y-%m-%d}"
    line = {"color": "rgba(127,144,153,0.6)", "width": 1, "dash": "dot"}
    return [{"type": "line", "xref": "x", "yref": "paper", "x0": begin, "x1": begin, "y0": 0, "y1": 1, "line": line}]
