"""The charts of forecast accuracy: by period, the largest contributors, and run after run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.figures.chart import ACCENT, ACTUAL, FAINT, SECOND, Figure, figure
from core.i18n import _

HEIGHT = 300
RUNS_HEIGHT = 420
LEAST_SHARE = 0.02
# Told apart in any kind of colour vision, and on light and dark alike (after Okabe & Ito).
PALETTE = ("#1e93a5", "#d9822b", "#6a78c9", "#b3589a", "#8a9a3b", "#c2a02c", "#7d8b94", "#3f7fbf")
_PERCENT_AXIS = {"tickformat": ".0%", "gridcolor": "rgba(127,144,153,0.25)", "automargin": True, "zeroline": False}
_NAMES_AXIS = {"type": "category", "showgrid": False, "automargin": True, "tickangle": -45}

Line = Sequence[float | None]


def errors_by_period(
    periods: Sequence[str], *, own: Line, naive: Line, approved: Line, bias: Line, height: int
) -> Figure:
    """WMAPE as a line beside its rivals', bias as bars around zero."""
    bars = {
        "type": "bar",
        "name": _("Bias (+ over-forecast)"),
        "x": list(periods),
        "y": list(bias),
        "marker": {"color": FAINT, "opacity": 0.6},
        "hovertemplate": "%{y:+.1%}",
    }
    lines = [
        _line(_("Seasonal naive"), periods, naive, color=SECOND, dash="dot"),
        *([_line(_("Approved"), periods, approved, color=ACTUAL, dash="dash")] if any(approved) else []),
        _line(_("WMAPE"), periods, own, color=ACCENT, width=3),
    ]
    return figure([bars, *lines], height=height, yaxis=_PERCENT_AXIS, xaxis=_NAMES_AXIS, bargap=0.5)


def pareto(names: Sequence[str], money: Sequence[float], together: Sequence[float]) -> Figure:
    """Bars of the money that each misses, and the share of all that they make together."""
    bars = {
        "type": "bar",
        "name": _("Missed RM"),
        "x": list(names),
        "y": list(money),
        "marker": {"color": ACCENT, "opacity": 0.8},
        "hovertemplate": "RM %{y:,.0f}",
    }
    line = _line(_("Together"), names, together, color=SECOND) | {"yaxis": "y2"}
    share = {
        **_PERCENT_AXIS,
        "overlaying": "y",
        "side": "right",
        "range": [0, 1.05],
        "dtick": 0.25,
        "showgrid": False,
    }
    return figure(
        [bars, line], height=HEIGHT, xaxis={**_NAMES_AXIS, "tickangle": -60, "tickfont": {"size": 10}}, yaxis2=share
    )


def runs_over_time(rows: Sequence[Mapping[str, Any]], *, key: str) -> Figure:
    """Above: WMAPE of every run, in all and by its methods; below: how many of its series had which.

    Rows hold run_id, run (its name), label, share, wmape, naive_wmape, and under ``key`` what they are of, empty for
    the whole run. An error of hardly any series says little, so it is left to the list.
    """
    names = {row["run_id"]: row["run"] for row in rows}
    whole = {row["run_id"]: row for row in rows if not row[key]}
    parts: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in rows:
        if row[key] and row["share"] >= LEAST_SHARE:
            parts.setdefault(row["label"], {})[row["run_id"]] = row
    colors = {label: PALETTE[place % len(PALETTE)] for place, label in enumerate(parts)}

    def figures(of: Mapping[int, Mapping[str, Any]], name: str) -> Line:
        return [of[run][name] if run in of else None for run in names]

    x = list(names.values())
    above = [
        *(
            _line(label, x, figures(of, "wmape"), color=colors[label]) | {"legendgroup": label}
            for label, of in parts.items()
        ),
        _line(_("All series"), x, figures(whole, "wmape"), color=ACTUAL, width=3),
        _line(_("Seasonal naive on all"), x, figures(whole, "naive_wmape"), color=FAINT, dash="dot"),
    ]
    below = [_share_bars(label, x, figures(of, "share"), colors[label]) for label, of in parts.items()]
    upper = {**_PERCENT_AXIS, "domain": [0.42, 1], "title": {"text": _("WMAPE")}, "rangemode": "tozero"}
    lower = {**_PERCENT_AXIS, "domain": [0, 0.32], "title": {"text": _("Share of series")}, "range": [0, 1]}
    return figure(
        [*above, *below],
        height=RUNS_HEIGHT,
        xaxis={**_NAMES_AXIS, "anchor": "y2"},
        yaxis=upper,
        yaxis2=lower,
        barmode="stack",
        bargap=0.35,
        hovermode="closest",
    )


def _share_bars(name: str, x: Sequence[str], y: Line, color: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": list(x),
        "y": list(y),
        "yaxis": "y2",
        "legendgroup": name,
        "showlegend": False,
        "marker": {"color": color, "opacity": 0.75},
        "hovertemplate": "%{y:.0%}",
    }


def _line(name: str, x: Sequence[str], y: Line, *, color: str, width: float = 2, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": color, "width": width, "dash": dash},
        "hovertemplate": "%{y:.1%}",
    }
