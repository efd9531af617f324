"""The columns of the stock budget: items now and at their best, items left out, the next steps by their return."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column, percent_column, text_column
from components.two_line_grid import state_column
from core.i18n import _


def item_columns() -> list[dict[str, Any]]:
    """Safety stock, money, fill rate and chance of an item, today and at its best."""
    chance = _("Chance that a cycle passes without a shortage")
    return [
        *_names(),
        text_column("abc", _("ABC"), minWidth=64, maxWidth=70),
        figure_column("safety_stock", _("Safety stock"), minWidth=108),
        figure_column("best_safety_stock", _("→ best"), minWidth=90),
        figure_column("money", _("Money RM"), minWidth=96),
        figure_column("best_money", _("→ best"), minWidth=90),
        state_column("change_text", _("Change RM"), minWidth=110, sortable=False),
        percent_column("fill_rate", _("Fill rate"), decimals=2, minWidth=92),
        percent_column("best_fill_rate", _("→ best"), decimals=2, minWidth=88),
        percent_column("cycle_service", _("Chance"), minWidth=88, headerTooltip=chance),
        percent_column("best_cycle_service", _("→ best"), minWidth=88, headerTooltip=chance),
    ]


def left_out_columns() -> list[dict[str, Any]]:
    """What can't be reckoned, and why."""
    return [
        *_names(),
        text_column("reason", _("Left out because"), minWidth=220),
        figure_column("safety_stock", _("Safety stock"), minWidth=110),
        figure_column("money", _("Money RM"), minWidth=100),
    ]


def step_columns() -> list[dict[str, Any]]:
    """In the order of the ranking: sorted another way, the running totals would mean nothing."""

    def in_rank(column: dict[str, Any]) -> dict[str, Any]:
        return {**column, "sortable": False}

    columns = [
        figure_column("rank", _("Rank"), minWidth=62, maxWidth=70),
        *_names(),
        figure_column("quantity", _("Quantity more"), minWidth=120),
        figure_column("money", _("Money RM"), minWidth=96),
        figure_column("saved_per_year", _("Saves RM a year"), minWidth=130, headerTooltip=_("Shortages prevented")),
        figure_column("return_on_money", _("Return"), decimals=2, minWidth=80, headerTooltip=_("Saved a year per RM")),
        figure_column("total_money", _("Money, total"), minWidth=112),
        figure_column("total_saved_per_year", _("Saves, total"), minWidth=112),
    ]
    return [in_rank(column) for column in columns]


def _names() -> list[dict[str, Any]]:
    return [
        text_column("code", _("Item"), minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("Place"), minWidth=90, maxWidth=110, tooltipField="location_name"),
    ]
