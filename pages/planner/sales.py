"""Demand › Sales: what sold in a period, against the same days last year."""

from __future__ import annotations

from dataclasses import asdict

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.sales import Ids, wanted_sales
from components.download import list_download
from components.filters import choice_filter, day_filter, filter_form, text_filter
from components.grid import figure_column, grid, percent_column, text_column
from components.page import empty_state, page_frame, panel
from core.i18n import _, day
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import sales
from services.sales import SalesFilters

PATH = "/demand/sales"

register_page(
    __name__,
    path=PATH,
    permission=Permission.DEMAND_READ,
    name="Sales",
    area=Area.DEMAND,
    order=20,
    description="Revenue of any period against the same days last year",
)


def layout(by: str = "", start: str = "", end: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_sales({"by": by, "start": start, "end": end, "search": search})
    chosen = {**asdict(wanted), "start": day(wanted.start), "end": day(wanted.end)}
    if not sales.any_sales(viewer()):
        return page_frame(_nothing_yet(), title=_("Sales"))
    return page_frame(
        dcc.Store(id=Ids.filters, data=chosen),
        _filters(wanted),
        panel(
            html.P("", id=Ids.totals, className="totals", role="status"),
            grid(
                Ids.rows,
                _columns(wanted.by),
                row_id="id",
                height=560,
                rowModelType="infinite",
            ),
        ),
        title=_("Sales"),
        lead=_("Revenue of a period against the same days a year before; a part month never against a full one."),
        actions=[list_download("sales", chosen, grid_id=Ids.rows)],
    )


def _nothing_yet() -> Component:
    if viewer().may(Permission.IMPORT_RUN):
        return empty_state(_("There are no sales yet."), action=_("Import sales"), href="/data/import")
    return empty_state(_("There are no sales yet. An analyst can import them."))


def _filters(wanted: SalesFilters) -> Component:
    listed_by = [
        ("product", _("Product")),
        ("category", _("Category")),
        ("family", _("Family")),
        ("channel", _("Channel")),
        ("location", _("Location")),
        ("customer", _("Customer")),
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.by, "by", _("List by"), listed_by, wanted.by),
        day_filter(Ids.start, "start", _("From"), day(wanted.start)),
        day_filter(Ids.end, "end", _("To"), day(wanted.end)),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code, name or category")),
    )


def _columns(by: str) -> list[dict[str, object]]:
    product = by == "product"
    named = [
        text_column("code", _("Code"), minWidth=120, maxWidth=190, pinned="left"),
        text_column("name", _("Name"), minWidth=200, tooltipField="name"),
    ]
    units = [
        text_column("category", _("Category"), minWidth=110, maxWidth=150),
        figure_column("quantity", _("Quantity"), minWidth=100, maxWidth=120),
        text_column("uom", _("Unit"), minWidth=65, maxWidth=80, sortable=False),
    ]
    last_year = _("The same calendar days a year before")
    return [
        *(named[:1] if by in ("category", "family") else named),
        *(units if product else []),
        figure_column("revenue", _("Revenue RM"), minWidth=130, sort="desc"),
        figure_column("revenue_last_year", _("Last year RM"), minWidth=130, headerTooltip=last_year),
        percent_column("change", _("Change"), minWidth=90, maxWidth=110),
        percent_column("share", _("Share"), minWidth=80, maxWidth=100),
    ]
