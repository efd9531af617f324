"""Columns of the lists about a forecast: its series, one series period by period, the methods tried on it."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column, percent_column, text_column
from core.i18n import _

Columns = list[dict[str, Any]]


def series_columns() -> Columns:
    return _wrapped(
        text_column("code", _("Product"), pinned="left", minWidth=95, maxWidth=130),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=75, maxWidth=100),
        figure_column("error_volume", _("Missed a year"), minWidth=105, sort="desc"),
        figure_column("volume", _("Demand a year"), minWidth=95),
        percent_column("wmape", _("WMAPE"), minWidth=85),
        percent_column("naive_wmape", _("Naive WMAPE"), minWidth=85),
        percent_column("bias", _("Bias"), minWidth=85),
        figure_column("mase", _("MASE"), decimals=2, minWidth=70),
        text_column("method", _("Method"), minWidth=130),
        text_column("demand_class", _("Demand class"), minWidth=105),
    )


def period_columns() -> Columns:
    return [
        text_column("period", _("Period"), minWidth=95),
        figure_column("q10", _("10 %"), decimals=1, minWidth=90),
        figure_column("q50", _("Forecast"), decimals=1, minWidth=90),
        figure_column("q90", _("90 %"), decimals=1, minWidth=90),
        figure_column("naive", _("Seasonal naive"), decimals=1, minWidth=115),
    ]


def candidate_columns() -> Columns:
    return _wrapped(
        text_column("method", _("Method"), minWidth=135),
        figure_column("score", _("Relative error"), decimals=2, minWidth=75),
        percent_column("wmape", _("WMAPE"), minWidth=75),
        percent_column("bias", _("Bias"), minWidth=75),
        figure_column("mase", _("MASE"), decimals=2, minWidth=65),
        figure_column("origins", _("Dates"), minWidth=60),
    )


def _wrapped(*columns: dict[str, Any]) -> Columns:
    """Names of two words stand in two lines, so that more columns fit."""
    return [{**column, "wrapHeaderText": True, "autoHeaderHeight": True} for column in columns]
