"""What money buys, as a curve, with the places on and beside it where things stand or could stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.figures.chart import ACTUAL, FORECAST, SECOND, Figure, figure

HEIGHT, SMALL_HEIGHT = 340, 280
# By shape, size and colour, in the order in which marks are given: the first is a ring, so that one upon it shows.
_LOOKS = (("circle-open", 19, ACTUAL), ("diamond", 11, FORECAST), ("star", 13, SECOND))


@dataclass(frozen=True, slots=True)
class Mark:
    """One place: its name and where it stands."""

    name: str
    x: float
    y: float


def exchange_curve(
    points: Sequence[tuple[float, float]],
    marks: Sequence[Mark],
    *,
    name: str,
    x_title: str,
    y_title: str,
    shares: bool = False,
    height: int = HEIGHT,
) -> Figure:
    """A line with marks; ``shares`` says that the upright axis holds shares (0.123)."""
    y_format = ".2%" if shares else ",.0f"
    tip = f"%{{x:,.0f}} · %{{y:{y_format}}}"
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [x for x, _y in points],
            "y": [y for _x, y in points],
            "line": {"color": FORECAST, "width": 2},
            "hovertemplate": tip,
        }
    ]
    for mark, (symbol, size, color) in zip(marks, _LOOKS, strict=False):
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": mark.name,
                "x": [mark.x],
                "y": [mark.y],
                "marker": {"symbol": symbol, "size": size, "color": color, "line": {"width": 3 if size > 15 else 0}},
                "hovertemplate": tip,
            }
        )
    made = figure(traces, height=height, y_title=y_title, hovermode="closest")
    made["layout"]["xaxis"].update({"title": {"text": x_title}, "tickformat": "~s", "rangemode": "tozero"})
    if shares:
        made["layout"]["yaxis"].update({"tickformat": ".1~%", "rangemode": "normal"})
    return made
