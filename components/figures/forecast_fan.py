"""History and forecast of one series, with the band that demand should stay in and what happened on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components.figures.chart import ACTUAL, BAND, FAINT, FORECAST, SECOND, Figure, figure
from core.i18n import _

HEIGHT = 340
RECENT_PERIODS = 78
TRIED = "#9a5fb5"
# Flags stand on the time axis, whatever the height of demand.
FLAG_AXIS = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}

Path = Sequence[tuple[date, float | None]]
Flags = Sequence[tuple[date, str]]
Trace = dict[str, Any]


def forecast_fan(
    *,
    history: Path,
    cleaned: Path,
    fitted: Path,
    median: Path,
    lower: Path,
    upper: Path,
    naive: Path,
    other: tuple[str, Path],
    tried: tuple[str, Path],
    flags: Sequence[tuple[str, str, Flags]],
    marks: Sequence[tuple[str, str, Path]],
    unit: str,
) -> Figure:
    """Every path is (period, quantity); a line without any is left out.

    other and tried are a name and a path. flags are a name, a Plotly symbol and (period, text), drawn on the time axis;
    marks are a name, a symbol and points of the history. Seasonal naive is in the legend and drawn when asked for
    there. Of a long history the end is shown first; a double click shows all of it.
    """
    traces = [
        *_band(lower, upper),
        *_line(_("Fitted"), fitted, width=1, color=FORECAST),
        *_line(_("Demand"), history, width=2, color=ACTUAL),
        *_line(_("Cleaned"), cleaned, width=2, color=ACTUAL, dash="dot"),
        *_line(_("Forecast"), median, width=3, color=FORECAST),
        *_line(*other, width=1.5, color=ACTUAL, dash="dash"),
        *_line(*tried, width=3, color=TRIED),
        *_line(_("Seasonal naive"), naive, width=2, color=SECOND, dash="dot", visible="legendonly"),
        *(_points(*mark) for mark in marks if mark[2]),
        *(_flags(name, symbol, found, 0.03 + 0.05 * place) for place, (name, symbol, found) in enumerate(flags)),
    ]
    made = figure(traces, height=HEIGHT, y_title=unit, shapes=_origin(median), yaxis2=FLAG_AXIS)
    if len(history) > RECENT_PERIODS and median:
        made["layout"]["xaxis"]["range"] = [f"{history[-RECENT_PERIODS][0]:%Y-%m-%d}", f"{median[-1][0]:%Y-%m-%d}"]
    return made


def line(name: str, path: Path, *, width: float, color: str, dash: str = "solid", **options: Any) -> Trace:
    """One path as Plotly takes it."""
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


def _line(name: str, path: Path, **style: Any) -> list[Trace]:
    return [line(name, path, **style)] if path else []


def _band(lower: Path, upper: Path) -> list[Trace]:
    top = _("90 %") + " : %{y:,.1f}<extra></extra>"
    fill = {"fill": "tonexty", "fillcolor": BAND, "hovertemplate": top}
    return [
        *_line(_("10 %"), lower, width=0, color=BAND, showlegend=False, legendgroup="band"),
        *_line(_("10–90 % band"), upper, width=0, color=BAND, legendgroup="band", **fill),
    ]


def _points(name: str, symbol: str, path: Path) -> Trace:
    marker = {"symbol": symbol, "size": 10, "color": SECOND, "line": {"width": 2, "color": SECOND}}
    return {**line(name, path, width=0, color=SECOND), "mode": "markers", "marker": marker}


def _flags(name: str, symbol: str, flags: Flags, height: float) -> Trace:
    """All that begins in a period is one flag."""
    by_period: dict[date, list[str]] = {}
    for period, text in flags:
        by_period.setdefault(period, []).append(text)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [f"{period:%Y-%m-%d}" for period in by_period],
        "y": [height] * len(by_period),
        "yaxis": "y2",
        "text": ["<br>".join(texts) for texts in by_period.values()],
        "hovertemplate": "%{text}",
        "marker": {"symbol": symbol, "size": 8, "color": FAINT},
    }


def _origin(median: Path) -> list[dict[str, Any]]:
    """A line where the forecast begins."""
    if not median:
        return []
    begin = f"{median[0][0]:%Y-%m-%d}"
    style = {"color": "rgba(127,144,153,0.6)", "width": 1, "dash": "dot"}
    return [{"type": "line", "xref": "x", "yref": "paper", "x0": begin, "x1": begin, "y0": 0, "y1": 1, "line": style}]
