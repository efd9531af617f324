"""The network around an item, left to right: what it is made of, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from components.figures.chart import FAINT, FORECAST, SECOND, Figure, figure
from core.i18n import _, number

ROW_HEIGHT, LEAST_HEIGHT = 58, 240
SHORT = "#d9622b"


class NetworkNode(Protocol):
    """What is drawn of a node."""

    @property
    def id(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def quantity(self) -> float: ...
    @property
    def short(self) -> bool: ...


def network_height(nodes: Sequence[NetworkNode]) -> int:
    """Tall enough for the fullest level."""
    levels = [node.level for node in nodes]
    fullest = max((levels.count(level) for level in set(levels)), default=1)
    return max(fullest * ROW_HEIGHT + 40, LEAST_HEIGHT)


def supply_network(
    nodes: Sequence[NetworkNode], links: Sequence[tuple[str, str, float]], *, chosen: str, weeks: int
) -> Figure:
    """State by shape and colour: a circle is covered, a diamond runs short, a square is a supplier. The point of a node
    carries its id and those of its neighbours, so that choosing it can mark them."""
    place = _places(nodes)
    near: dict[str, list[str]] = {node.id: [node.id] for node in nodes}
    for by, to, _quantity in links:
        near[by].append(to)
        near[to].append(by)
    kinds = {
        "covered": (_("Covered"), "circle", FORECAST),
        "short": (_("Runs short"), "diamond", SHORT),
        "supplier": (_("Supplier"), "square", FAINT),
    }
    traces = [_lines(links, place)]
    for state, (name, symbol, color) in kinds.items():
        own = [node for node in nodes if _state(node) == state]
        if own:
            traces.append(_points(own, place, near, name=name, symbol=symbol, color=color, chosen=chosen))
    made = figure(traces, height=network_height(nodes), hovermode="closest")
    low, high = min(at for at, _y in place.values()), max(at for at, _y in place.values())
    made["layout"]["xaxis"] = {"visible": False, "range": [low - 0.5, high + 0.6], "fixedrange": True}
    made["layout"]["yaxis"] = {"visible": False, "fixedrange": True, "range": [-_half(nodes), _half(nodes)]}
    made["layout"]["uirevision"] = f"{chosen} {weeks}"
    return made


def _state(node: NetworkNode) -> str:
    if node.kind == "supplier":
        return "supplier"
    return "short" if node.short else "covered"


def _half(nodes: Sequence[NetworkNode]) -> float:
    levels = [node.level for node in nodes]
    return max((levels.count(level) for level in set(levels)), default=1) / 2 + 0.3


def _places(nodes: Sequence[NetworkNode]) -> dict[str, tuple[float, float]]:
    """Each level is a column, its nodes around the middle."""
    columns: dict[int, list[NetworkNode]] = {}
    for node in nodes:
        columns.setdefault(node.level, []).append(node)
    return {
        node.id: (float(level), (len(column) - 1) / 2 - at)
        for level, column in columns.items()
        for at, node in enumerate(column)
    }


def _lines(links: Sequence[tuple[str, str, float]], place: dict[str, tuple[float, float]]) -> dict[str, Any]:
    across: list[float | None] = []
    down: list[float | None] = []
    for by, to, _quantity in links:
        across += [place[by][0], place[to][0], None]
        down += [place[by][1], place[to][1], None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": across,
        "y": down,
        "line": {"width": 1, "color": FAINT},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _points(
    nodes: Sequence[NetworkNode],
    place: dict[str, tuple[float, float]],
    near: dict[str, list[str]],
    *,
    name: str,
    symbol: str,
    color: str,
    chosen: str,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [place[node.id][0] for node in nodes],
        "y": [place[node.id][1] for node in nodes],
        "text": [f"{node.code}<br>{number(node.quantity)} {node.unit}" for node in nodes],
        "textposition": "middle right",
        "textfont": {"size": 11},
        "customdata": [near[node.id] for node in nodes],
        "hovertext": [f"{node.code} {node.name} {node.location}" for node in nodes],
        "hoverinfo": "text",
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "color": color,
            "size": [20 if node.id == chosen else 13 for node in nodes],
            "line": {"width": [3 if node.id == chosen else 0 for node in nodes], "color": SECOND},
        },
        "unselected": {"marker": {"opacity": 0.25}, "textfont": {"color": FAINT}},
    }
