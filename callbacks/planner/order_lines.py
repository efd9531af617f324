"""Customer order lines: due, delivered, on time, in full."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.grid import requested_page
from core.i18n import EMPTY, _, day, number, percent
from core.identity import viewer
from core.ids import PageIds
from services import order_lines
from services.order_lines import LineFilters, LinePage

FILTERS = ("start", "end", "show", "search")


class Ids(PageIds):
    filters: str
    start: str
    end: str
    show: str
    search: str
    rows: str
    totals: str


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_order_lines(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_lines(filters)
    answer, found = requested_page(
        request,
        lambda first, end, sort: order_lines.order_lines(viewer(), wanted, first=first, end=end, sort=sort),
        line_row,
    )
    return answer, totals_text(found)


def wanted_lines(filters: object) -> LineFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return order_lines.line_filters(viewer(), **{name: given.get(name) for name in FILTERS})


def line_row(row: dict[str, Any]) -> dict[str, Any]:
    """One line as the grid shows it."""
    return {
        **row,
        "order": f"{row['number']} / {row['line_no']}",
        "item": f"{row['product_code']} {row['product']}",
        "requested_on": day(row["requested_on"]),
        "first_confirmed_date": day(row["first_confirmed_date"]),
        "delivered_date": day(row["delivered_date"]),
        "service": service_text(row),
    }


def service_text(row: dict[str, Any]) -> str:
    """What became of a line, by mark and word."""
    if not row["due"]:
        return _("○ not due yet")
    if row["on_time"] and row["in_full"]:
        return _("● on time, in full")
    if row["on_time"]:
        return _("▲ short")
    return _("▲ late") if row["in_full"] else _("◆ late and short")


def totals_text(found: LinePage) -> str:
    """The service of all lines of the period."""
    service = found.service
    if not service.lines_due:
        return _("%(count)s lines listed, none due up to %(day)s", count=number(found.total), day=day(found.data_date))
    return _(
        "%(count)s lines listed · OTIF %(otif)s of %(due)s lines due · on time %(time)s · in full %(full)s · "
        "deliveries to %(day)s",
        count=number(found.total),
        otif=percent(service.rate),
        due=number(service.lines_due),
        time=percent(service.on_time_rate),
        full=percent(service.in_full_rate),
        day=day(found.data_date) or EMPTY,
    )
