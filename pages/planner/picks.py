"""Inventory › Picks: which lots to pick for an order or an item, first expired first out."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.planner.picks import PATH, Ids, pick_row, short_text, totals_text, wanted_picks
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import page_frame, panel
from core.errors import UserError
from core.i18n import _, number
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import picks, positions
from services.picks import PickFilters, PickList
from services.stock_rules import rules_in_force

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Picks",
    area=Area.INVENTORY,
    order=18,
    description="Which lots to pick for an order or an item, first expired first out",
)


def layout(
    order: str = "", item: str = "", location: str = "", quantity: str = "", days: str = "", **_query: str
) -> Component:
    given = {"order": order, "item": item, "location": location, "quantity": quantity, "days": days}
    wanted = wanted_picks(given)
    found, told = _found(wanted)
    return page_frame(
        _filters(wanted),
        html.P(told, className="note outcome", role="status"),
        _list(found) if found else html.Div(),
        title=_("Picks"),
        lead=_("The lots to pick, those that expire first on top. The list moves no stock."),
        actions=[list_download("picks", asdict(wanted))] if found else [],
    )


def _found(wanted: PickFilters) -> tuple[PickList | None, str]:
    """What is asked for stands in the address, so a wrong one is told on the page."""
    try:
        found = picks.pick_list(viewer(), wanted)
    except UserError as refused:
        return None, refused.message
    asked = _("Enter the number of a sales order, or an item, its place and how much is to be picked.")
    return found, "" if found else asked


def _filters(wanted: PickFilters) -> Component:
    places = [(NOTHING, _("All")), *positions.filter_choices(viewer())["location"]]
    usual = number(rules_in_force(viewer()).pick_days)
    quantity = dbc.Input(id=Ids.quantity, name="quantity", type="number", min=0, step="any", value=wanted.quantity)
    days = dbc.Input(id=Ids.days, name="days", type="number", min=0, step=1, value=wanted.days, placeholder=usual)
    return filter_form(
        PATH,
        text_filter(Ids.order, "order", _("Sales order"), wanted.order, placeholder=_("number")),
        text_filter(Ids.item, "item", _("or item"), wanted.item, placeholder=_("code")),
        choice_filter(Ids.location, "location", _("Place"), places, wanted.location or NOTHING),
        field(_("Quantity"), quantity),
        field(_("Days left at least"), days),
    )


def _list(found: PickList) -> Component:
    columns = [
        figure_column("line_no", _("Line"), minWidth=60, maxWidth=75, sortable=False),
        text_column("code", _("Item"), minWidth=95, sortable=False),
        text_column("name", _("Name"), minWidth=150, tooltipField="name", sortable=False),
        text_column("lot", _("Lot"), minWidth=120, tooltipField="lot", sortable=False),
        figure_column("quantity", _("Pick"), decimals=2, minWidth=90, sortable=False),
        text_column("uom", _("Unit"), minWidth=60, maxWidth=80, sortable=False),
        text_column("expires_on", _("Expires"), minWidth=100, sortable=False),
        figure_column("days_left", _("Days left"), minWidth=85, sortable=False),
        figure_column("left_in_lot", _("Left in lot"), decimals=2, minWidth=95, sortable=False),
    ]
    empty = said_when_empty(_("No lot with enough shelf life is in stock."))
    return panel(
        html.P(totals_text(found), className="totals", role="status"),
        html.Ul([html.Li(short_text(row, days=found.days)) for row in found.short[:50]], className="note"),
        grid(Ids.rows, columns, [pick_row(row) for row in found.rows], height=460, options=empty),
    )
