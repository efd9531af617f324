"""S&OP › How streams are weighed: the weights, why, and the switch."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback
from dash.development.base_component import Component

from callbacks.planner.consensus import layer_names
from components.comparison_table import ComparedRow, comparison_table
from components.figures.chart import ACTUAL, FAINT, FORECAST, SECOND, Figure, empty_figure, figure
from components.grid import figure_column, text_column
from core.guard import requires
from core.i18n import _, counted, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import stream_weights
from services.consensus_weights import EQUAL, HAND, LEARNED, WEIGHED
from services.stream_weights import WeightReport

PATH = "/sop/stream-weights"
NAMES = ("baseline", *WEIGHED)
HEIGHT = 260
YEAR_MONTHS = 12
WRAPPED = {"minWidth": 104, "wrapHeaderText": True, "autoHeaderHeight": True}


class Ids(PageIds):
    mode: str
    baseline: str
    sales: str
    marketing: str
    customer: str
    finance: str
    seen: str
    save: str
    outcome: str
    rows: str
    verdict: str
    chart: str
    records: str


HAND_IDS = (Ids.baseline, Ids.sales, Ids.marketing, Ids.customer, Ids.finance)


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.seen, "data"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.mode, "value"),
    *(State(name, "value") for name in HAND_IDS),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def save_weights(_clicks: object, seen: object, mode: object, *hand: object) -> tuple[Any, ...]:
    decided = stream_weights.choose(viewer(), mode, dict(zip(NAMES, hand, strict=True)), seen)
    found = stream_weights.report(viewer())
    return weight_rows(found), decided.version, _("Saved: %(mode)s.", mode=mode_names()[decided.mode])


def mode_names() -> dict[str, str]:
    return {
        LEARNED: _("learned from the past"),
        EQUAL: _("all equal"),
        HAND: _("set by hand"),
    }


def way_names() -> dict[str, str]:
    """What the ways are called that make one figure of several."""
    return {
        **{name: text for name, text in layer_names().items() if name in NAMES},
        "equal": _("Equal weights"),
        "learned": _("Learned weights"),
        "best": _("Best single way until then"),
    }


def weight_columns() -> list[dict[str, Any]]:
    names = layer_names()
    return [
        text_column("category", _("Category"), pinned="left", minWidth=120),
        figure_column("cells", _("Figures"), minWidth=96, headerTooltip=_("Figures learned from")),
        *(figure_column(name, names[name], decimals=2, minWidth=100) for name in NAMES),
        *(
            figure_column(f"learned_{name}", _("Learned: %(name)s", name=names[name]), decimals=2, **WRAPPED)
            for name in WEIGHED
        ),
    ]


def weight_rows(found: WeightReport) -> list[dict[str, Any]]:
    """Weights in force, and those the past would give."""
    return [
        {**row, **{f"learned_{name}": past[name] for name in WEIGHED}}
        for row, past in zip(found.weights, found.learned, strict=True)
    ]


def record_rows(found: WeightReport) -> list[dict[str, Any]]:
    """The past of each stream beside that of statistics and events on the same figures."""
    names = layer_names()
    return [
        {
            "stream": names.get(one.stream, one.stream),
            "cells": one.cells,
            **{name: getattr(one, name) for name in ("wmape", "baseline_wmape", "bias", "baseline_bias")},
            "gain": one.baseline_wmape - one.wmape,
        }
        for one in found.records
    ]


def verdict(found: WeightReport) -> str:
    """Whether learning pays, in a sentence, honestly."""
    rolling = found.rolling
    if rolling is None:
        return _(
            "There is nothing to judge by yet: publish the demand plan each month. They can be judged when a plan was "
            "published after a month that an earlier plan foresaw."
        )
    names, errors = way_names(), rolling.wmape
    told = {
        "learned": percent(errors["learned"]),
        "equal": percent(errors["equal"]),
        "best": percent(errors["best"]),
        "cells": counted("1 figure", "%(count)s figures", rolling.cells),
        "plans": counted("1 plan", "%(count)s plans", len(rolling.origins)),
    }
    text = _(
        "On %(cells)s of %(plans)s that no weight had seen, WMAPE in RM is %(learned)s with learned "
        "weights, %(equal)s with equal ones, %(best)s with the single way that had been best until then.",
        **told,
    )
    won = min(("learned", "equal", "best"), key=lambda name: errors[name])
    if won == "learned":
        return f"{text} {_('Learned weights were best.')}"
    return f"{text} {_('%(way)s did better than learned weights.', way=names[won])}"


def rolling_table(found: WeightReport) -> Component | None:
    """Every way on the same figures."""
    rolling = found.rolling
    if rolling is None:
        return None
    names = way_names()
    ways = [way for way in names if way in rolling.wmape]
    measures = (("wmape", _("WMAPE"), rolling.wmape, False), ("bias", _("Bias"), rolling.bias, None))
    rows = [
        ComparedRow(text, [values[way] for way in ways], percent, better) for _name, text, values, better in measures
    ]
    return comparison_table(_("Measure"), [names[way] for way in ways], rows)


def rolling_figure(found: WeightReport) -> Figure:
    """WMAPE of each plan by way."""
    rolling = found.rolling
    if rolling is None:
        return empty_figure(_("No plan to judge yet."), height=HEIGHT)
    names = way_names()
    styles = {"baseline": ACTUAL, "equal": SECOND, "best": FAINT, "learned": FORECAST}
    months = [f"{at // YEAR_MONTHS}-{at % YEAR_MONTHS + 1:02d}-01" for at in rolling.origins]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": names[way],
            "x": months,
            "y": [value if value == value else None for value in rolling.by_origin[way]],
            "line": {"color": color, "width": 3 if way == "learned" else 1.5},
            "hovertemplate": "%{y:.1%}",
        }
        for way, color in styles.items()
    ]
    made = figure(traces, height=HEIGHT, y_title=_("WMAPE"))
    made["layout"]["yaxis"]["tickformat"] = ".0%"
    return made
