"""The columns of the buy list with its cut line, and those of its totals a supplier."""

from __future__ import annotations

from typing import Any

from components.grid import figure_column
from components.two_line_grid import state_column, two_line_column
from core.i18n import _

TWO_LINES = "two-lines figure"
CUT = {
    "buy-first-over": "params.data && params.data.first_over",
    "buy-over": "params.data && !params.data.within",
}


def buy_columns() -> list[dict[str, Any]]:
    """Columns in the order of the ranking: sorted another way, the cut line would mean nothing."""

    def text(field: str, name: str, **options: Any) -> dict[str, Any]:
        return two_line_column(field, name, sortable=False, **options)

    def figure(field: str, name: str, *, decimals: int = 0, **options: Any) -> dict[str, Any]:
        return figure_column(field, name, decimals=decimals, sortable=False, cellClass=TWO_LINES, **options)

    return [
        figure("rank", _("Rank"), minWidth=62, maxWidth=64),
        text("item", _("Item, place"), minWidth=150),
        text("supplier", _("Supplier, terms"), minWidth=140),
        text("order", _("Quantity, price"), minWidth=112),
        text("when", _("Release → arrival, week of"), minWidth=108, maxWidth=190),
        figure("money", _("Order RM"), minWidth=88),
        figure("prevented", _("Prevents RM"), minWidth=96, headerTooltip=prevented_meaning()),
        figure("score", _("Return"), decimals=2, minWidth=78, headerTooltip=_("RM prevented for each RM of the order")),
        figure("spent", _("Total RM"), minWidth=92, headerTooltip=_("Of this order and all above")),
        text("budget", _("Budget"), minWidth=88, maxWidth=104),
        state_column("why", _("Why"), minWidth=210, sortable=False),
    ]


def supplier_columns() -> list[dict[str, Any]]:
    """Totals of each supplier."""
    return [
        {"field": "supplier", "headerName": _("Supplier"), "minWidth": 160},
        figure_column("orders", _("Orders"), minWidth=80),
        figure_column("money", _("Orders RM"), minWidth=100),
        figure_column("within_money", _("Within budget RM"), minWidth=130),
        figure_column("prevented", _("Prevents RM"), minWidth=100),
    ]


def prevented_meaning() -> str:
    """How the money of a shortage is counted."""
    return _(
        "Demand that this order serves and no order released after the chosen weeks could serve in time: at the price "
        "where it is sold, at the cost where it is used"
    )
