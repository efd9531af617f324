"""Demand › Order lines: which customer order lines came late or short."""

from __future__ import annotations

from dataclasses import asdict

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.order_lines import Ids, wanted_lines
from components.download import list_download
from components.filters import choice_filter, day_filter, filter_form, text_filter
from components.grid import figure_column, grid, text_column
from components.page import page_frame, panel
from core.i18n import _, day
from core.pages import Area, register_page
from core.permissions import Permission
from services.glossary import definition
from services.order_lines import LineFilters

PATH = "/demand/order-lines"

register_page(
    __name__,
    path=PATH,
    permission=Permission.DEMAND_READ,
    name="Order lines",
    area=Area.DEMAND,
    order=30,
    description="Customer order lines: due, delivered, on time and in full",
)


def layout(start: str = "", end: str = "", show: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_lines({"start": start, "end": end, "show": show, "search": search})
    chosen = {**asdict(wanted), "start": day(wanted.start), "end": day(wanted.end)}
    return page_frame(
        dcc.Store(id=Ids.filters, data=chosen),
        _filters(wanted),
        panel(
            html.P("", id=Ids.totals, className="totals", role="status"),
            grid(
                Ids.rows,
                _columns(),
                row_id="id",
                height=560,
                rowModelType="infinite",
            ),
        ),
        title=_("Order lines"),
        lead=_("Lines first promised for a period. Each is judged against that promise, however often it moved."),
        actions=[
            dcc.Link(_("What is OTIF?"), href=definition("otif").href, className="note"),
            list_download("order-lines", chosen, grid_id=Ids.rows),
        ],
    )


def _filters(wanted: LineFilters) -> Component:
    shown = [("all", _("All lines")), ("missed", _("Late or short")), ("late", _("Late")), ("short", _("Short"))]
    return filter_form(
        PATH,
        choice_filter(Ids.show, "show", _("Show"), shown, wanted.show),
        day_filter(Ids.start, "start", _("Promised from"), day(wanted.start)),
        day_filter(Ids.end, "end", _("Promised to"), day(wanted.end)),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("order, customer or product")),
    )


def _columns() -> list[dict[str, object]]:
    marked = {"service-good": "●", "service-warn": "▲", "service-bad": "◆"}
    rules = {name: f"params.value && params.value.startsWith('{mark}')" for name, mark in marked.items()}
    return [
        text_column("order", _("Order"), minWidth=165, maxWidth=190, pinned="left"),
        text_column("service", _("Service"), minWidth=140, maxWidth=150, sortable=False, cellClassRules=rules),
        figure_column("days_late", _("Days late"), minWidth=85, maxWidth=95, sortable=False),
        text_column("customer", _("Customer"), minWidth=170, tooltipField="customer"),
        text_column("item", _("Product"), minWidth=220, tooltipField="item"),
        text_column("first_confirmed_date", _("Promised"), minWidth=115, maxWidth=125, sort="desc"),
        text_column("delivered_date", _("Delivered on"), minWidth=120, maxWidth=130),
        figure_column("ordered_quantity", _("Ordered"), minWidth=95, maxWidth=115),
        figure_column("delivered_quantity", _("Delivered"), minWidth=100, maxWidth=115),
        text_column("uom", _("Unit"), minWidth=65, maxWidth=75, sortable=False),
        text_column("location", _("From"), minWidth=85, maxWidth=110),
    ]
