"""Inventory › Positions: where every item stands against its policy, and why."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.inventory import CLOSED, JOB, PATH, Ids, status_cards, wanted_positions
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, text_column
from components.job_progress import job_progress
from components.page import empty_state, page_frame, panel
from components.stock_status import TONES, status_name
from components.two_line_grid import state_column
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import inventory, positions
from services.positions import PositionFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Positions",
    area=Area.INVENTORY,
    order=10,
    description="Stock of every item and location against its policy",
)


def layout(status: str = "", location: str = "", category: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_positions({"status": status, "location": location, "category": category, "search": search})
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.seen),
        job_progress(JOB, inventory.running_recalculation(viewer())),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        html.Div(status_cards(wanted), id=Ids.cards, className="todo-cards stock-cards"),
        _filters(wanted),
        html.Div([_list(), _detail(may_edit=may_edit)], id=Ids.split, className=CLOSED[0])
        if positions.any_item(viewer())
        else _nothing(),
        title=_("Positions"),
        lead=_("Stock, orders and promises of every item against its policy; the most money at stake first."),
        actions=[
            list_download("positions", asdict(wanted), grid_id=Ids.rows),
            dbc.Button(_("Recalculate"), id=Ids.recalculate, color="primary", size="sm") if may_edit else None,
        ],
    )


def _filters(wanted: PositionFilters) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    statuses = [(name, status_name(name)) for name in TONES]
    return filter_form(
        PATH,
        choice_filter(Ids.status, "status", _("Status"), [*every, *statuses], wanted.status or NOTHING),
        choice_filter(
            Ids.location, "location", _("Location"), [*every, *choices["location"]], wanted.location or NOTHING
        ),
        choice_filter(
            Ids.category, "category", _("Category"), [*every, *choices["category"]], wanted.category or NOTHING
        ),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no stock, no open order and no policy yet. Import products and sales, then run a forecast."),
        action=_("Import data"),
        href="/data/import",
    )


def _list() -> Component:
    columns = [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=82, maxWidth=100, tooltipField="location_name"),
        state_column("status", _("Status"), minWidth=136, maxWidth=145),
        figure_column("money_at_stake", _("At stake RM"), minWidth=100),
        figure_column("days_of_cover", _("Cover days"), minWidth=95),
        figure_column("on_hand", _("On hand"), minWidth=80),
        figure_column("on_order", _("On order"), minWidth=82),
        figure_column("allocated", _("Promised"), minWidth=85),
        figure_column("position", _("Position"), minWidth=82),
        figure_column("reorder_point", _("Reorder at"), minWidth=95),
        figure_column("stock_value", _("Stock RM"), minWidth=90),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=560,
            rowModelType="infinite",
        ),
    )


def _detail(*, may_edit: bool) -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H2("", id=Ids.title), html.P("", id=Ids.place, className="note")]),
                    html.Button(
                        "✕", id=Ids.close, className="icon-button detail-close", **{"aria-label": _("Close the detail")}
                    ),
                ],
                className="panel-head",
            ),
            html.Div(id=Ids.bar),
            html.H3(_("Now")),
            html.Div(id=Ids.now),
            html.H3(_("Lots, first to expire on top")),
            html.Div(id=Ids.lots),
            html.H3(_("Service target")),
            _target(may_edit=may_edit),
            html.H3(_("Why this policy")),
            html.Div(id=Ids.why, className="why"),
            html.H3(_("Service")),
            html.Div(id=Ids.service),
            html.H3(_("History of the policy")),
            html.Div(id=Ids.history),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen item")},
    )


def _target(*, may_edit: bool) -> Component:
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    control = dbc.Input(id=Ids.target, type="number", step="any", disabled=not may_edit, size="sm")
    hidden = {} if may_edit else {"display": "none"}
    buttons = [
        dbc.Button(_("Save"), id=Ids.save_target, color="primary", size="sm", style=hidden),
        dbc.Button(
            _("Use the company's"), id=Ids.default_target, color="primary", outline=True, size="sm", style=hidden
        ),
    ]
    return html.Div(
        [
            html.Div([field(_("Service target, %"), control), *buttons], className="form-line"),
            html.P("", id=Ids.target_note, className="note"),
        ]
    )
