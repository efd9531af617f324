"""What service of an item costs: money in stock against the share of demand met from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.figures.chart import ACCENT, ACTUAL, SECOND, Figure, figure
from components.figures.forecast_fan import TRIED
from core.i18n import _, money, percent

HEIGHT = 300

Point = tuple[float, float, float]
"""Money, fill rate, and the service target they belong to, both as shares."""


def service_curve(
    curve: Sequence[Point],
    tried_curve: Sequence[Point],
    *,
    now: Point | None,
    tried: Point | None,
    budget: float | None,
) -> Figure:
    """The curve under today's terms and under the tried ones, marks for both policies, a line for the budget."""
    traces = [_curve(_("With today's terms"), curve, ACCENT)]
    if tried_curve:
        traces.append(_curve(_("With the tried terms"), tried_curve, TRIED, dash="dash"))
    if now is not None:
        traces.append(_mark(_("Today"), now, ACTUAL, "diamond"))
    if tried is not None:
        traces.append(_mark(_("Tried"), tried, TRIED, "circle"))
    made = figure(traces, height=HEIGHT, y_title=_("Demand met from stock"), hovermode="closest")
    made["layout"]["xaxis"].update({"title": {"text": _("Money in stock, RM")}, "tickformat": "~s"})
    made["layout"]["yaxis"].update({"rangemode": "normal", "tickformat": ".1%"})
    if budget is not None:
        _draw_budget(made, budget)
    return made


def _curve(name: str, points: Sequence[Point], color: str, *, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [money_ for money_, _rate, _target in points],
        "y": [rate for _money, rate, _target in points],
        "text": [_told(point) for point in points],
        "hovertemplate": "%{text}",
        "line": {"width": 2, "color": color, "dash": dash},
    }


def _mark(name: str, point: Point, color: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [point[0]],
        "y": [point[1]],
        "text": [_told(point)],
        "hovertemplate": "%{text}",
        "marker": {"size": 13, "color": color, "symbol": symbol},
    }


def _told(point: Point) -> str:
    return _(
        "target %(target)s: %(money)s in stock, %(rate)s met",
        target=percent(point[2]),
        money=money(point[0]),
        rate=percent(point[1], decimals=2),
    )


def _draw_budget(made: Figure, budget: float) -> None:
    made["layout"]["shapes"] = [
        {
            "type": "line", "x0": budget, "x1": budget, "y0": 0, "y1": 1, "yref": "paper",
            "line": {"color": SECOND, "width": 2, "dash": "dot"},
        }
    ]  # fmt: skip
    made["layout"]["annotations"] = [
        {
            "text": _("Budget"), "x": budget, "y": 0, "yref": "paper", "yanchor": "bottom", "xanchor": "left",
            "showarrow": False, "font": {"color": SECOND},
        }
    ]  # fmt: skip
