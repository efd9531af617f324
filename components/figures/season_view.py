"""The season of a series: its years on top of each other, and trend, season and remainder apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, figure
from components.figures.forecast_fan import Path, line
from core.i18n import _

HEIGHT = 320
OLDER = "rgba(127, 144, 153, {opacity:.2f})"


def season_years(years: Mapping[int, Sequence[tuple[int, float]]], *, names: Sequence[str], unit: str) -> Figure:
    """years holds (phase from 1, quantity) of each; names are those of the phases. The latest year stands out."""
    newest = max(years, default=0)
    traces = [_year(year, path, newest) for year, path in sorted(years.items())]
    made = figure(traces, height=HEIGHT, y_title=unit)
    ticks = range(1, len(names) + 1, max(1, len(names) // 12))
    made["layout"]["xaxis"] |= {"tickvals": list(ticks), "ticktext": [names[tick - 1] for tick in ticks]}
    return made


def season_panels(trend: Path, season: Path, remainder: Path) -> Figure:
    """Three panels on one time axis, each with a scale of its own."""
    panels = [
        line(_("Trend"), trend, width=2, color=ACTUAL),
        line(_("Season"), season, width=2, color=FORECAST, yaxis="y2"),
        {
            **line(_("Remainder"), remainder, width=1, color=SECOND, yaxis="y3"),
            "type": "bar",
            "marker": {"color": SECOND},
        },
    ]
    made = figure(panels, height=HEIGHT)
    axis = made["layout"]["yaxis"]
    for name, domain in (("yaxis", [0.7, 1]), ("yaxis2", [0.35, 0.65]), ("yaxis3", [0, 0.3])):
        made["layout"][name] = {
            **axis,
            "domain": domain,
            "rangemode": "normal",
            "zeroline": name != "yaxis",
            "zerolinecolor": FAINT,
        }
    made["layout"]["xaxis"] |= {"anchor": "y3"}
    return made


def _year(year: int, path: Sequence[tuple[int, float]], newest: int) -> dict[str, Any]:
    age = newest - year
    color = FORECAST if age == 0 else OLDER.format(opacity=max(0.35, 1 - 0.2 * age))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": str(year),
        "x": [phase for phase, _quantity in path],
        "y": [quantity for _phase, quantity in path],
        "line": {"width": 3 if age == 0 else 2, "color": color},
        "marker": {"size": 5},
        "hovertemplate": "%{y:,.1f}",
    }
