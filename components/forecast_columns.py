"""Columns of the lists about a forecast: its series, one series period by period, the methods tried on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.grid import figure_column, percent_column, text_column
from core.i18n import _

Columns = list[dict[str, Any]]
LARGEST_SIGNAL = 4
# Beyond it the errors are not chance any more; the mark stands beside the figure, so that colour is not needed.
_SIGNAL = (
    "params.value == null ? '–' : "
    f"(Math.abs(params.value) > {LARGEST_SIGNAL} ? '▲ ' : '') + d3.format('+,.1f')(params.value)"
)
_QUANTITY = "params.value == null ? '–' : d3.format(Math.abs(params.value) >= 100 ? ',.0f' : ',.1f')(params.value)"
_STORED = "params.value != null && params.data.stored != null && Math.abs(params.value)"
_BETTER = {"condition": f"{_STORED} < Math.abs(params.data.stored)", "style": {"color": "var(--good)"}}
_WORSE = {"condition": f"{_STORED} > Math.abs(params.data.stored)", "style": {"color": "var(--bad)"}}


def quantity_column(field: str, name: str, **options: Any) -> dict[str, Any]:
    """A quantity, small ones with a decimal."""
    return figure_column(field, name, valueFormatter={"function": _QUANTITY}, **options)


def series_columns() -> Columns:
    return _wrapped(
        text_column("code", _("Product"), pinned="left", minWidth=95, maxWidth=120),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=75, maxWidth=95, tooltipField="location_name"),
        figure_column("error_value", _("Missed a year RM"), minWidth=112, sort="desc"),
        figure_column("value", _("Value a year RM"), minWidth=92),
        percent_column("wmape", _("WMAPE"), minWidth=78),
        percent_column("naive_wmape", _("Naive WMAPE"), minWidth=78),
        percent_column("bias", _("Bias"), minWidth=74),
        figure_column("tracking_signal", _("Tracking signal"), minWidth=78, valueFormatter={"function": _SIGNAL}),
        percent_column("coverage", _("Cover-age"), decimals=0, minWidth=70),
        text_column("method", _("Method"), minWidth=135, tooltipField="methods"),
        text_column("demand_class", _("Demand class"), minWidth=98),
    )


def period_columns(other: str = "") -> Columns:
    """other is the name of the run that is shown beside, if any."""
    beside = [quantity_column("other", other, minWidth=90)] if other else []
    return [
        text_column("period", _("Period"), minWidth=95),
        quantity_column("q10", _("10 %"), minWidth=80),
        quantity_column("q50", _("Forecast"), minWidth=80),
        quantity_column("q90", _("90 %"), minWidth=80),
        quantity_column("naive", _("Seasonal naive"), minWidth=110),
        *beside,
    ]


def candidate_columns(origins: Sequence[int]) -> Columns:
    """origins: how many periods were held out at each, a column for the error there."""
    errors = [
        percent_column(f"held_out_{count}", _("WMAPE, %(count)s held out", count=count), minWidth=84)
        for count in origins
    ]
    return _wrapped(
        text_column("method", _("Method"), minWidth=215, tooltipField="method"),
        percent_column("weight", _("Weight"), decimals=0, minWidth=72),
        figure_column("score", _("Relative error"), decimals=2, minWidth=76),
        percent_column("wmape", _("WMAPE"), minWidth=76),
        percent_column("bias", _("Bias"), minWidth=74),
        figure_column("mase", _("MASE"), decimals=2, minWidth=68),
        *errors,
    )


def trial_columns() -> Columns:
    tried = percent_column("tried", _("Tried"), minWidth=80, cellStyle={"styleConditions": [_BETTER, _WORSE]})
    return _wrapped(
        text_column("measure", _("Error at earlier dates"), minWidth=170),
        percent_column("stored", _("This forecast"), minWidth=90),
        tried,
        percent_column("naive", _("Seasonal naive"), minWidth=90),
    )


def parts_columns(names: Sequence[str]) -> Columns:
    """names of the parts, whose fields are part_0 and so on; their sum stands last."""
    return _wrapped(
        text_column("period", _("Period"), minWidth=95),
        *(quantity_column(f"part_{place}", name, minWidth=85) for place, name in enumerate(names)),
        quantity_column("total", _("Sum"), minWidth=90),
        quantity_column("forecast", _("Forecast"), minWidth=90),
    )


def annotation_columns() -> Columns:
    return _wrapped(
        text_column("period", _("Period"), minWidth=92, maxWidth=110),
        text_column("kind", _("Kind"), minWidth=92, maxWidth=120),
        text_column("status", _("State"), minWidth=105, maxWidth=125),
        quantity_column("observed", _("Observed"), minWidth=80),
        quantity_column("corrected", _("Corrected"), minWidth=85),
        text_column("note", _("Note"), minWidth=160, tooltipField="note"),
        text_column("by", _("By"), minWidth=190, tooltipField="by"),
    )


def _wrapped(*columns: dict[str, Any]) -> Columns:
    """Names of two words stand in two lines, so that more columns fit."""
    return [{**column, "wrapHeaderText": True, "autoHeaderHeight": True} for column in columns]
