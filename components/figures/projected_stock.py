"""Stock of an item week by week as planned, with what comes in and what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, figure
from components.figures.forecast_fan import TRIED, line
from core.i18n import _

HEIGHT = 280


def projected_stock(
    weeks: Sequence[date], lines: Mapping[str, Sequence[float]], *, tried: Sequence[float] | None, unit: str
) -> Figure:
    """Bars for what comes in, lines for demand, stock and safety stock; ``tried`` is the stock after a change."""

    def path(values: Sequence[float]) -> list[tuple[date, float | None]]:
        return list(zip(weeks, values, strict=True))

    wanted = [own + taken for own, taken in zip(lines["independent"], lines["dependent"], strict=True)]
    traces = [
        _bars(_("Firm receipts"), weeks, lines["firm"], FAINT),
        _bars(_("Planned receipts"), weeks, lines["planned"], "rgba(30, 147, 165, 0.45)"),
        line(_("Demand"), path(wanted), width=1.5, color=ACTUAL, dash="dot"),
        line(_("Safety stock"), path(lines["safety"]), width=1.5, color=SECOND, dash="dash"),
        line(_("Stock at the week's end"), path(lines["stock"]), width=3, color=FORECAST),
    ]
    if tried is not None:
        traces.append(line(_("Stock with the change"), path(tried), width=3, color=TRIED, dash="dash"))
    made = figure(traces, height=HEIGHT, y_title=unit, barmode="stack")
    # What is owed stands below zero.
    made["layout"]["yaxis"].update({"rangemode": "normal", "zeroline": True, "zerolinecolor": ACTUAL})
    return made


def _bars(name: str, weeks: Sequence[date], values: Sequence[float], color: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": [f"{week:%Y-%m-%d}" for week in weeks],
        "y": list(values),
        "marker": {"color": color},
        "hovertemplate": "%{y:,.1f}",
    }
