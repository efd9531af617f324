"""Columns of published plans: their list, two compared, what was missed and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components.grid import figure_column, percent_column, text_column
from core.i18n import _

Columns = list[dict[str, Any]]


def version_columns() -> Columns:
    return [
        text_column("plan", _("Plan"), pinned="left", minWidth=150),
        figure_column("months", _("Months"), minWidth=70, maxWidth=90),
        text_column("published_at", _("Published"), minWidth=130),
        text_column("published_by", _("By"), minWidth=110),
        text_column("totals", _("Total"), minWidth=190, tooltipField="totals"),
        text_column("note", _("Note"), minWidth=160, tooltipField="note"),
    ]


def change_columns(months: Sequence[date], *, by: str, one: str, other: str) -> Columns:
    """Totals of both plans, then the change of every month."""
    heads = {"category": _("Category"), "family": _("Family"), "product": _("Item")}
    names = [text_column("key", heads[by], pinned="left", minWidth=110)]
    if by == "product":
        names.append(text_column("name", _("Name"), minWidth=150, tooltipField="name"))
    return [
        *names,
        text_column("unit", _("Unit"), minWidth=60, maxWidth=70, sortable=False),
        figure_column("one", one, minWidth=110),
        figure_column("other", other, minWidth=110),
        figure_column("change", _("Change"), minWidth=95),
        percent_column("share", _("Change %"), minWidth=85),
        *(figure_column(f"m{at}", f"Δ {month:%b %Y}", minWidth=90) for at, month in enumerate(months)),
    ]


def missed_columns() -> Columns:
    return [
        *_item_columns(),
        figure_column("planned", _("Planned"), minWidth=90),
        figure_column("actual", _("Sold"), minWidth=90),
        figure_column("missed", _("Missed"), minWidth=90),
        figure_column("money", _("Missed RM"), minWidth=100),
    ]


def stability_columns() -> Columns:
    return [
        text_column("plan", _("Plan"), minWidth=100),
        text_column("earlier", _("Plan before"), minWidth=95),
        percent_column("nervousness", _("Nervousness"), minWidth=100),
        percent_column("adherence", _("Adherence"), minWidth=95),
        figure_column("before", _("Planned before"), minWidth=105),
        figure_column("now", _("Planned now"), minWidth=100),
        figure_column("changed", _("Changed"), minWidth=90),
    ]


def changed_columns() -> Columns:
    return [
        *_item_columns(),
        figure_column("before", _("Before"), minWidth=90),
        figure_column("now", _("Now"), minWidth=90),
        figure_column("changed", _("Changed"), minWidth=90),
        figure_column("money", _("Changed RM"), minWidth=100),
    ]


def _item_columns() -> Columns:
    return [
        text_column("code", _("Item"), pinned="left", minWidth=95, maxWidth=130),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("Place"), minWidth=75, maxWidth=95),
        text_column("uom", _("Unit"), minWidth=60, maxWidth=70),
    ]
