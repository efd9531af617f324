"""What lies of an item at a place, what moved and what it is promised to; and what all stock is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from components.grid import figure_column, grid, text_column
from components.two_line_grid import state_column
from core.i18n import _, day, number

ROW_HEIGHT, HEAD_HEIGHT, MOST_LOTS, MOST_MOVEMENTS, MOST_PLACES = 31, 36, 6, 9, 8
Row = dict[str, Any]


def lot_grid(component_id: str, rows: Sequence[Row]) -> Component:
    """The lots of an item, as high as there are some; made when there is room to draw it."""
    if not rows:
        return html.P(_("Nothing in stock."), className="note")
    columns = [
        text_column("lot", _("Lot"), minWidth=90, tooltipField="lot"),
        figure_column("quantity", _("Quantity"), minWidth=78),
        state_column("expires", _("Expires"), minWidth=98),
        figure_column("days_left", _("Days left"), minWidth=80),
        text_column("received", _("Received"), minWidth=98),
    ]
    return grid(component_id, columns, rows, height=_height(len(rows), MOST_LOTS))


def movement_grid(component_id: str, rows: Sequence[Row], *, first: int, total: int) -> Component:
    """One page of movements, the newest on top."""
    if not rows:
        return html.P(_("No movement is known.") if not first else _("There are no older movements."), className="note")
    columns = [
        text_column("day", _("Day"), minWidth=96, maxWidth=100),
        text_column("kind", _("Kind"), minWidth=92),
        figure_column("quantity", _("Quantity"), minWidth=80),
        figure_column(
            "balance_after", _("Stock after"), minWidth=94, headerTooltip=_("Counted back from the stock of now")
        ),
        text_column("reference", _("Reference"), minWidth=100, tooltipField="reference"),
        text_column("why", _("Why, who"), minWidth=200, tooltipField="why"),
    ]
    shown = _(
        "%(first)s to %(last)s of %(total)s",
        first=number(first + 1),
        last=number(first + len(rows)),
        total=number(total),
    )
    return html.Div(
        [
            grid(component_id, columns, rows, height=_height(len(rows), MOST_MOVEMENTS)),
            html.P(shown, className="note"),
        ]
    )


def promise_list(promises: Sequence[Row], *, uom: str) -> Component:
    """The open order lines that wait for an item."""
    if not promises:
        return html.P(_("No open order waits for it."), className="note")
    lines = [
        html.Li(
            [
                f"{number(row['quantity'])} {uom} · {row['customer']} · ",
                _("wanted %(day)s", day=day(row["requested_on"])),
                " · ",
                dcc.Link(f"{row['number']}-{row['line_no']}", href=f"/demand/order-lines?search={row['number']}"),
            ]
        )
        for row in promises
    ]
    return html.Ul(lines, className="expiry-history note")


def valuation_table(
    component_id: str, rows: Sequence[Row], *, categories: Sequence[str], expired: float, without_cost: int
) -> Component:
    """Value at cost by place and category; the sums stand below and at the end of each row."""
    columns = [
        text_column("name", _("Place"), pinned="left", minWidth=130, tooltipField="name", sortable=False),
        *(figure_column(f"c{place}", name, minWidth=100, sortable=False) for place, name in enumerate(categories)),
        figure_column("total", _("Total RM"), minWidth=105, sortable=False),
    ]
    shown = [
        {"name": row["name"], "total": row["total"]} | {f"c{place}": row[name] for place, name in enumerate(categories)}
        for row in rows
    ]
    note = _(
        "The total is the inventory value of Home. Not in it: expired stock (RM %(expired)s at cost) and %(count)s "
        "items in stock that have no cost.",
        expired=number(expired),
        count=number(without_cost),
    )
    return html.Div(
        [
            grid(component_id, columns, shown, height=_height(len(shown), MOST_PLACES)),
            html.P(note, className="note"),
        ]
    )


def _height(rows: int, most: int) -> int:
    return HEAD_HEIGHT + ROW_HEIGHT * min(max(rows, 1), most)
