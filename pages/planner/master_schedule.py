"""Supply › Master schedule: forecast, orders, receipts and what can be promised of each sold item, week by week."""

from __future__ import annotations

from dataclasses import asdict, replace

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.master_schedule import CLOSED, PATH, Ids, cell_hint, schedule_cards, wanted_list
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import master_schedule, positions
from services.master_schedule import ScheduleFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Master schedule",
    area=Area.SUPPLY,
    order=26,
    description="Forecast, orders, receipts and what can be promised of each sold item, week by week",
)


def layout(only: str = "", location: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_list({"only": only, "location": location, "search": search})
    every, over = (
        master_schedule.schedule_page(viewer(), replace(wanted, only=narrowed), end=0) for narrowed in ("", "over")
    )
    listed = ScheduleFilters() != wanted or every.total > 0
    content = [_filters(wanted), _list(), _item()] if listed else [_nothing()]
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.seen),
        html.Div(schedule_cards(every, over), className="todo-cards"),
        *content,
        title=_("Master schedule"),
        lead=_(
            "Finished goods by week: the forecast or the orders against stock and receipts, and what of them is still "
            "promised to nobody (ATP). What is promised too often comes first."
        ),
        actions=[list_download("master-schedule", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: ScheduleFilters) -> Component:
    every = [(NOTHING, _("All"))]
    places = positions.filter_choices(viewer())["location"]
    return filter_form(
        PATH,
        choice_filter(Ids.only, "only", _("Show"), [*every, ("over", _("Promised too often"))], wanted.only or NOTHING),
        choice_filter(Ids.location, "location", _("Location"), [*every, *places], wanted.location or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _nothing() -> Component:
    return empty_state(
        _("Nothing is sold yet. Import products, stock and sales orders, then run a forecast."),
        action=_("Import data"),
        href="/data/import",
    )


def _list() -> Component:
    columns = [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("Place"), minWidth=82, maxWidth=100, tooltipField="location_name"),
        state_column("state", _("Over from"), minWidth=118, maxWidth=130, sortable=False),
        figure_column("over", _("Over by"), minWidth=85),
        figure_column("over_value", _("Over RM"), minWidth=95),
        figure_column("stock", _("On hand"), minWidth=85),
        figure_column("ordered", _("Ordered"), minWidth=85),
        figure_column("reserved", _("Reserved"), minWidth=88),
        figure_column("receipts", _("Receipts"), minWidth=85, headerTooltip=_("Firm and planned, four weeks")),
        figure_column("atp_now", _("ATP now"), minWidth=85),
        figure_column("atp_soon", _("ATP, 4 weeks"), minWidth=122),
        figure_column("atp", _("ATP in all"), minWidth=90),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=340,
            rowModelType="infinite",
            options={
                **said_when_empty(_("Nothing here: no item fits, or none is promised too often.")),
            },
        ),
    )


def _item() -> Component:
    columns = [
        text_column("number", _("Order"), minWidth=120),
        text_column("customer", _("Customer or supplier"), minWidth=150, tooltipField="customer"),
        text_column("due_on", _("Due"), minWidth=95),
        figure_column("quantity", _("Quantity"), minWidth=90),
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.place, className="note")]),
                    dcc.Link(_("Promise an order"), id=Ids.promise, href="", className="btn btn-primary btn-sm"),
                ],
                className="panel-head",
            ),
            html.P("", id=Ids.state, className="note schedule-state", role="status"),
            grid(Ids.weeks, [], [], row_id="id", height=370),
            html.H3(cell_hint(), id=Ids.cell_title, className="schedule-cell-title"),
            grid(Ids.cell, columns, [], row_id="id", height=190, options=said_when_empty(_("No figure is chosen."))),
        ],
        id=Ids.item,
        className=CLOSED,
        **{"aria-label": _("The chosen item")},
    )
