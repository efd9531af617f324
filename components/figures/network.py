"""A network of stages from left to right, the money in each as the size of its mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.figures.chart import ACTUAL, FAINT, FORECAST, Figure, figure

HEIGHT = 380
SMALLEST_MARK, LARGEST_MARK = 12, 34


@dataclass(frozen=True, slots=True)
class Stage:
    """One mark: what it is called, what it says when pointed at, its step from the left, its size from 0 to 1."""

    id: str
    name: str
    tip: str
    step: int
    size: float
    holds: bool


def network_figure(stages: Sequence[Stage], arcs: Sequence[tuple[str, str]]) -> Figure:
    """Stages by step, each step's evenly over the height; those that hold stock are filled."""
    count = Counter(stage.step for stage in stages)
    placed: Counter[int] = Counter()
    place: dict[str, tuple[float, float]] = {}
    for stage in stages:
        placed[stage.step] += 1
        place[stage.id] = (stage.step, -placed[stage.step] / (count[stage.step] + 1))
    lines: dict[str, list[float | None]] = {"x": [], "y": []}
    for start, end in arcs:
        for axis, name in enumerate("xy"):
            lines[name] += [place[start][axis], place[end][axis], None]
    edges = {"type": "scatter", "mode": "lines", **lines, "line": {"color": FAINT, "width": 1.5}, "hoverinfo": "skip"}
    return _bare(figure([edges, _marks(stages, place)], height=HEIGHT, hovermode="closest", showlegend=False))


def _marks(stages: Sequence[Stage], place: dict[str, tuple[float, float]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [place[stage.id][0] for stage in stages],
        "y": [place[stage.id][1] for stage in stages],
        "text": [stage.name for stage in stages],
        "textposition": "bottom center",
        "customdata": [stage.id for stage in stages],
        "hovertext": [stage.tip for stage in stages],
        "hoverinfo": "text",
        "textfont": {"size": 10},
        "marker": {
            "size": [SMALLEST_MARK + (LARGEST_MARK - SMALLEST_MARK) * stage.size for stage in stages],
            "symbol": ["circle" if stage.holds else "circle-open" for stage in stages],
            "color": [FORECAST if stage.holds else ACTUAL for stage in stages],
            "opacity": 1,
            "line": {"width": 2, "color": [FORECAST if stage.holds else ACTUAL for stage in stages]},
        },
    }


def _bare(made: Figure) -> Figure:
    """Without axes, and with room for the names."""
    hidden = {"visible": False, "fixedrange": True}
    made["layout"]["xaxis"] = {**hidden, "autorange": True}
    made["layout"]["yaxis"] = {**hidden, "range": [-1.04, 0]}
    made["layout"]["margin"] = {"l": 24, "r": 24, "t": 4, "b": 4}
    return made
