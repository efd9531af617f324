"""Inventory › Stock: what lies where by lot, what it is worth, how it moved, and corrections with their reason."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.stock import CLOSED, HIDDEN, PATH, Ids, valuation_part, wanted_stock
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field, select
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions
from services.stock import StockFilters
from services.stock_adjustments import LONGEST_LOT, LONGEST_NOTE
from services.stock_rules import reason_name, reasons_in_force

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Stock",
    area=Area.INVENTORY,
    order=14,
    description="Stock by lot and place, its value, movements and corrections",
)


def layout(
    location: str = "", category: str = "", storage: str = "", within: str = "", search: str = "", **_query: str
) -> Component:
    given = {"location": location, "category": category, "storage": storage, "within": within, "search": search}
    wanted = wanted_stock(given)
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.seen),
        dcc.Store(id=Ids.page, data=0),
        _filters(wanted),
        html.Div([html.Div([_list(), _valuation()]), _detail(may_edit=may_edit)], id=Ids.split, className=CLOSED[0])
        if positions.any_item(viewer())
        else _nothing(),
        title=_("Stock"),
        lead=_("Every lot in stock, what it is worth at cost and when it expires. Select one to see how it moved."),
        actions=[list_download("stock", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: StockFilters) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    places, categories = ([*every, *choices[name]] for name in ("location", "category"))
    storages = [*every, ("ambient", _("Ambient")), ("chilled", _("Chilled")), ("frozen", _("Frozen"))]
    days = [
        *every,
        ("expired", _("Expired")),
        ("7", _("Within 7 days")),
        ("30", _("Within 30 days")),
        ("90", _("Within 90 days")),
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.location, "location", _("Location"), places, wanted.location or NOTHING),
        choice_filter(Ids.category, "category", _("Category"), categories, wanted.category or NOTHING),
        choice_filter(Ids.storage, "storage", _("Storage"), storages, wanted.storage or NOTHING),
        choice_filter(Ids.within, "within", _("Expires"), days, wanted.within or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code, name or lot")),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no stock yet. Import the lots on hand with the days on which they expire."),
        action=_("Import data"),
        href="/data/import",
    )


def _list() -> Component:
    columns = [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=80, maxWidth=100, tooltipField="location_name"),
        text_column("lot", _("Lot"), minWidth=140, tooltipField="lot"),
        figure_column("quantity", _("Quantity"), minWidth=88),
        text_column("uom", _("Unit"), minWidth=60, maxWidth=80),
        figure_column("value", _("Value RM"), minWidth=92, headerTooltip=_("At cost; 0 once it has expired")),
        state_column("state", _("Expires in"), minWidth=112, maxWidth=130, sortable=False),
        figure_column("days_left", _("Days left"), minWidth=86),
        text_column("expires_on", _("Expires on"), minWidth=102),
        text_column("received_on", _("Received"), minWidth=98),
        figure_column(
            "planned_quantity",
            _("Reserved"),
            minWidth=86,
            sortable=False,
            headerTooltip=_("For open actions of the expiry board"),
        ),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=480,
            rowModelType="infinite",
            options={
                **said_when_empty(_("No lot matches: choose other filters.")),
            },
        ),
    )


def _valuation() -> Component:
    return panel(html.Div(valuation_part(), id=Ids.valuation), title=_("Value at cost by place and category"))


def _detail(*, may_edit: bool) -> Component:
    close = {"aria-label": _("Close the detail")}
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.place, className="note")]),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", **close),
                ],
                className="panel-head",
            ),
            html.P("", id=Ids.outcome, className="note outcome", role="status"),
            html.H3(_("Lots, first to expire on top")),
            html.Div(id=Ids.lots),
            html.Div(_adjusting(), style={} if may_edit else HIDDEN),
            html.H3(_("Movements, the newest on top")),
            html.Div(id=Ids.movements),
            html.Div(
                [
                    dbc.Button(_("Newer"), id=Ids.newer, size="sm", color="primary", outline=True),
                    dbc.Button(_("Older"), id=Ids.older, size="sm", color="primary", outline=True),
                ],
                className="decisions",
            ),
            html.H3(_("Promised to")),
            html.Div(id=Ids.promises),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen item")},
    )


def _adjusting() -> list[Component]:
    reasons = [(reason, reason_name(reason)) for reason in reasons_in_force(viewer())]
    note = field(_("Note"), dbc.Input(id=Ids.note, size="sm", maxLength=LONGEST_NOTE))
    note.className = "field field-wide"
    return [
        html.H3(_("Correct the stock")),
        html.Div(
            [
                field(_("Lot"), select(Ids.lot, [], "")),
                # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
                field(_("New quantity"), dbc.Input(id=Ids.quantity, type="number", step="any", size="sm")),
                field(_("Reason"), select(Ids.reason, reasons, "")),
            ],
            className="form-line expiry-step",
        ),
        html.Div(
            [
                field(_("New lot"), dbc.Input(id=Ids.lot_name, size="sm", maxLength=LONGEST_LOT)),
                field(_("Received on"), dbc.Input(id=Ids.received_on, type="date", size="sm")),
                field(_("Expires on"), dbc.Input(id=Ids.expires_on, type="date", size="sm")),
            ],
            id=Ids.new_lot,
            className="form-line expiry-step",
            style=HIDDEN,
        ),
        html.Div(
            [note, dbc.Button(_("Correct"), id=Ids.adjust, color="primary", size="sm")],
            className="form-line expiry-step",
        ),
    ]
