"""The columns of the buy list with its cut line, and those of its totals a supplier."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column
from components.two_line_grid import state_column, two_line_column
from core.i18n import _

CUT = {
    "buy-first-over": "params.data && params.data.first_over",
    "buy-over": "params.data && !params.data.within",
}


def buy_columns() -> list[dict[str, Any]]:
    """Columns in the order of the ranking: sorted another way, the cut line would mean nothing."""

    def text(field: str, name: str, **options: Any) -> dict[str, Any]:
        return two_line_column(field, name, sortable=False, **options)

    right = {"type": "rightAligned", "cellClass": "two-lines figure"}
    return [
        figure_column("rank", _("Rank"), sortable=False, minWidth=56, maxWidth=60, cellClass="two-lines figure"),
        text("item", _("Item, place"), minWidth=150),
        text("order", _("Quantity"), minWidth=108, headerTooltip=_("With the price of a unit")),
        text("supplier", _("Supplier"), minWidth=136, headerTooltip=_("With the least quantity and the multiple")),
        text("when", _("Release"), minWidth=120, maxWidth=126, headerTooltip=_("Mondays of release and arrival")),
        text("cost", _("Order RM"), minWidth=110, headerTooltip=_("Of this order; with all above"), **right),
        text("gain", _("Prevents RM"), minWidth=104, headerTooltip=prevented_meaning(), **right),
        text("budget", _("Budget"), minWidth=80, maxWidth=86),
        state_column("why", _("Why"), minWidth=250, sortable=False),
    ]


def supplier_columns() -> list[dict[str, Any]]:
    """Totals of each supplier."""
    return [
        {"field": "supplier", "headerName": _("Supplier"), "minWidth": 160},
        figure_column("orders", _("Orders"), minWidth=80),
        figure_column("money", _("Orders RM"), minWidth=100),
        figure_column("within_money", _("Within budget RM"), minWidth=130),
        figure_column("prevented", _("Prevents RM"), minWidth=100),
        {
            "field": "filled",
            "headerName": _("Containers"),
            "headerTooltip": _("What the orders within the budget fill, by the pallets that a container takes"),
            "minWidth": 150,
            "tooltipField": "filled",
        },
    ]


def prevented_meaning() -> str:
    """How the money of a shortage is counted."""
    return _(
        "Demand that this order serves and no order released after the chosen weeks could serve in time: at the price "
        "where it is sold, at the cost where it is used"
    )
