"""The layers of the demand plan as one chart: what was sold, what statistics expect, and what is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, empty_figure, figure
from components.figures.forecast_fan import FLAG_AXIS, line
from core.i18n import _, number, signed

HEIGHT = 300
Layer = Sequence[float | None]


def demand_layers(
    months: Sequence[date],
    layers: Mapping[str, Layer],
    *,
    now: int,
    names: Mapping[str, str],
    flags: Sequence[tuple[date, str]],
    unit: str,
) -> Figure:
    """``layers`` by measure, a figure a month or None; ``now``: the place of the first planned month; ``flags``: months
    and what happens in them."""
    if not months:
        return empty_figure(_("Nothing to show"), height=HEIGHT)
    styles: dict[str, dict[str, Any]] = {
        "last_year": {"width": 1, "color": FAINT, "dash": "dot"},
        "published": {"width": 5, "color": "rgba(107, 130, 145, 0.35)"},
        "history": {"width": 2, "color": ACTUAL},
        "cleaned": {"width": 2, "color": ACTUAL, "dash": "dot"},
        "statistical": {"width": 1, "color": FORECAST},
        "aop": {"width": 1.5, "color": SECOND, "dash": "dash"},
        "consensus": {"width": 3, "color": FORECAST},
    }
    traces = [
        line(names[name], list(zip(months, layers[name], strict=True)), **style)
        for name, style in styles.items()
        if name in layers and any(value is not None for value in layers[name])
    ]
    for trace in traces:
        trace["connectgaps"] = False
        if trace["name"] == names["aop"]:
            trace["line"]["shape"] = "hvh"
        if trace["name"] == names["consensus"]:
            trace["customdata"] = _built_up(layers)
            trace["hovertemplate"] = "%{customdata}"
    if flags:
        traces.append(_flags(flags))
    return figure(traces, height=HEIGHT, y_title=unit, shapes=_now(months, now), yaxis2=FLAG_AXIS)


def _built_up(layers: Mapping[str, Layer]) -> list[str]:
    """Baseline, events and people, which make the consensus."""
    texts = []
    for agreed, expected, events in zip(layers["consensus"], layers["statistical"], layers["uplift"], strict=True):
        if agreed is None or expected is None:
            texts.append("")
            continue
        people = agreed - expected - (events or 0.0)
        texts.append(
            _(
                "%(agreed)s = baseline %(expected)s, events %(events)s, people %(people)s",
                agreed=number(agreed),
                expected=number(expected),
                events=signed(events or 0.0),
                people=signed(people),
            )
        )
    return texts


def _flags(flags: Sequence[tuple[date, str]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _("Events"),
        "x": [f"{month:%Y-%m-%d}" for month, _text in flags],
        "y": [0.03] * len(flags),
        "yaxis": "y2",
        "text": [text for _month, text in flags],
        "hovertemplate": "%{text}",
        "marker": {"symbol": "triangle-up", "size": 9, "color": SECOND},
    }


def _now(months: Sequence[date], now: int) -> list[dict[str, Any]]:
    """A line where the plan begins."""
    if now >= len(months):
        return []
    x = f"{months[now]:%Y-%m-%d}"
    return [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {"width": 1, "color": ACTUAL, "dash": "dot"},
        }
    ]
