"""Sales of a period against the same days of the year before."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.grid import requested_page
from core.i18n import _, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from services import sales
from services.sales import SalesFilters, SalesPage

FILTERS = ("by", "start", "end", "search")


class Ids(PageIds):
    filters: str
    by: str
    start: str
    end: str
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
def show_sales(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_sales(filters)
    answer, found = requested_page(
        request, lambda first, end, sort: sales.sales(viewer(), wanted, first=first, end=end, sort=sort)
    )
    return answer, totals_text(found, wanted)


def wanted_sales(filters: object) -> SalesFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return sales.sales_filters(viewer(), **{name: given.get(name) for name in FILTERS})


def totals_text(found: SalesPage, wanted: SalesFilters) -> str:
    """What the whole list sold."""
    return _(
        "%(count)s rows · %(revenue)s from %(start)s to %(end)s · same days last year %(before)s · change %(change)s",
        count=number(found.total),
        revenue=money(found.revenue),
        start=day(wanted.start),
        end=day(wanted.end),
        before=money(found.revenue_last_year),
        change=percent(found.change),
    )
