"""The grids of recipes: the list of costs, the tree, where-used, and the standard costs that would change."""

from __future__ import annotations

from typing import Any

from components.grid import TYPED_FIGURE, figure_column, percent_column, text_column
from components.two_line_grid import MARKS
from core.i18n import _

DEEPEST = 8
STATES = {"in_force": "good", "empty": "warn", "future": "quiet"}
OTHER_RECIPE = {"recipe-other": "params.data && params.data.state != 'in_force'"}


def cost_columns() -> list[dict[str, Any]]:
    return [
        text_column("code", _("Product"), pinned="left", minWidth=90, maxWidth=140, tooltipField="name"),
        figure_column("cost", _("By recipe"), decimals=4, minWidth=95),
        percent_column("deviation_share", _("Deviation"), minWidth=98),
        figure_column("standard_cost", _("Standard"), decimals=4, minWidth=95),
        text_column("name", _("Name"), minWidth=170, tooltipField="name"),
        percent_column("margin_share", _("Margin"), minWidth=86),
        text_column("missing", _("Cost missing"), minWidth=115),
        text_column("state_text", _("Recipe"), minWidth=125, sortable=False),
    ]


def tree_columns(*, editable: bool) -> list[dict[str, Any]]:
    edit = {**TYPED_FIGURE, "editable": {"function": "params.data.state == 'in_force'"}} if editable else {}
    depth = {f"recipe-depth-{level}": f"params.data.depth == {level}" for level in range(2, DEEPEST)}
    columns = [
        text_column(
            "component",
            _("Component"),
            pinned="left",
            minWidth=190,
            tooltipField="name",
            cellClassRules=depth,
            valueFormatter={"function": "recipePart(params)"},
        ),
        figure_column("quantity", _("Quantity"), decimals=4, minWidth=86, **edit),
        figure_column("scrap", _("Scrap %"), decimals=2, minWidth=76, **edit),
        figure_column("needed", _("Needed"), decimals=3, minWidth=84),
        text_column("uom", _("Unit"), minWidth=52, maxWidth=70),
        figure_column("unit_cost", _("Unit cost"), decimals=4, minWidth=86),
        figure_column("extended_cost", _("Cost RM"), decimals=2, minWidth=82),
        text_column("share", _("Share of cost"), minWidth=122, cellClass="recipe-share"),
        percent_column("yield_share", _("Yield"), minWidth=76),
        text_column("substitutes", _("Substitutes"), minWidth=130, tooltipField="substitutes"),
        text_column("note", _("Note"), minWidth=160, tooltipField="note"),
    ]
    return [{**column, "sortable": False} for column in columns]


def used_columns() -> list[dict[str, Any]]:
    return [
        text_column("code", _("Goes into"), pinned="left", minWidth=120),
        text_column("name", _("Name"), minWidth=160, tooltipField="name"),
        text_column("kind", _("Kind"), minWidth=115),
        figure_column("steps", _("Levels up"), minWidth=95),
        figure_column("needed", _("Needed for one"), decimals=4, minWidth=125),
        percent_column("cost_share", _("Share of its cost"), minWidth=130),
        text_column("way", _("By way of"), minWidth=220, tooltipField="way"),
    ]


def change_columns() -> list[dict[str, Any]]:
    return [
        text_column("code", _("Product"), pinned="left", minWidth=90),
        figure_column("old", _("Now"), decimals=4, minWidth=85),
        figure_column("new", _("Becomes"), decimals=4, minWidth=90),
        text_column("name", _("Name"), minWidth=160),
    ]


def state_text(state: str) -> str:
    """Whether a recipe holds, by mark and word."""
    names = {"in_force": _("in force"), "empty": _("no components"), "future": _("begins later")}
    return f"{MARKS[STATES[state]]} {names[state]}"
