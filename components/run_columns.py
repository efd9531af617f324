"""Columns of the lists about forecast runs: the runs, what two of them forecast, the series that changed most."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column, percent_column, text_column
from core.i18n import _

Columns = list[dict[str, Any]]


def run_columns() -> Columns:
    plain: dict[str, Any] = {"sortable": False}
    return [
        text_column("id", _("No."), minWidth=62, maxWidth=75, pinned="left", **plain),
        text_column("state", _("State"), minWidth=185, tooltipField="state", **plain),
        text_column("created", _("Started (UTC)"), minWidth=138, maxWidth=145, **plain),
        text_column("author", _("By"), minWidth=110, tooltipField="author", **plain),
        text_column("scope", _("Scope"), minWidth=120, tooltipField="scope", **plain),
        text_column("mode", _("Mode"), minWidth=65, maxWidth=80, **plain),
        text_column("horizon", _("Horizon"), minWidth=88, maxWidth=100, tooltipField="periods", **plain),
        figure_column("series", _("Series"), minWidth=75, maxWidth=90, **plain),
        percent_column("wmape", _("WMAPE"), minWidth=80, maxWidth=90, **plain),
        percent_column("naive_wmape", _("Naive"), minWidth=75, maxWidth=90, **plain),
        text_column("time", _("Time"), minWidth=100, maxWidth=115, tooltipField="time", **plain),
    ]


def difference_columns(name: str, *, own: str, other: str) -> Columns:
    """What two runs forecast by period or group; ``own`` and ``other`` name them."""
    return [
        text_column("key", name, minWidth=98, tooltipField="key"),
        figure_column("quantity", own, minWidth=86),
        figure_column("other_quantity", other, minWidth=86),
        figure_column("change", _("Change"), minWidth=80),
        percent_column("change_share", _("in %"), minWidth=68),
        figure_column("money_change", _("in RM"), minWidth=88),
    ]


def changed_series_columns(*, own: str, other: str) -> Columns:
    return [
        text_column("code", _("Product"), pinned="left", minWidth=90, maxWidth=125),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=80, maxWidth=100),
        figure_column("quantity", own, minWidth=95),
        figure_column("other_quantity", other, minWidth=95),
        figure_column("change", _("Change"), minWidth=90),
        text_column("uom", _("Unit"), minWidth=60, maxWidth=75),
        figure_column("money_change", _("Change RM"), minWidth=105),
    ]
