"""The frame of every chart, and the colours that read on light and dark alike."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

ACTUAL = "#6b8291"
FORECAST = "#1e93a5"
ACCENT = "#1e93a5"
SECOND = "#d9822b"
FAINT = "#9fb0b9"
BAND = "rgba(30, 147, 165, 0.18)"

Figure = dict[str, Any]


def figure(traces: list[dict[str, Any]], *, height: int, y_title: str = "", **layout: Any) -> Figure:
    """A figure with Tandem's axes: quiet grid, unified hover, legend on top."""
    axis = {"showgrid": True, "gridcolor": "rgba(127,144,153,0.25)", "zeroline": False, "automargin": True}
    return {
        "data": traces,
        "layout": {
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"size": 12, "family": "inherit"},
            "hovermode": "x unified",
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": {**axis, "title": {"text": y_title}, "rangemode": "tozero", "tickformat": "~s"},
            **layout,
        },
    }


def empty_figure(message: str, *, height: int) -> Figure:
    """A chart without data says so."""
    note = {"text": message, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    return figure([], height=height, annotations=[note], xaxis={"visible": False}, yaxis={"visible": False})


def chart(component_id: str, shown: Figure | None = None, *, summary: str, height: int = 320) -> Component:
    """A chart with a text summary for those who can't see it, and a fixed height so that nothing jumps."""
    return html.Figure(
        [
            dcc.Graph(
                id=component_id,
                figure=shown or empty_figure("", height=height),
                config={"displayModeBar": False, "responsive": True},
                style={"height": f"{height}px"},
            ),
            html.Figcaption(summary, className="visually-hidden"),
        ],
        className="chart",
    )
