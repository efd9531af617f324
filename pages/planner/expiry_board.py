"""Inventory › Expiry: lots that won't be sold in time, and what is done about them."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.expiry_board import CLOSED, HIDDEN, PATH, Ids, bucket_cards, wanted_lots
from components.download import list_download
from components.expiry_texts import BUCKET_TONES, bucket_name, kind_name
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
from services.expiry_actions import KINDS, LONGEST_NOTE
from services.expiry_board import BoardFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Expiry",
    area=Area.INVENTORY,
    order=32,
    description="Lots that won't be sold before they expire, and what is done about them",
)


def layout(
    bucket: str = "", action: str = "", location: str = "", category: str = "", search: str = "", **_query: str
) -> Component:
    given = {"bucket": bucket, "action": action, "location": location, "category": category, "search": search}
    wanted = wanted_lots(given)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.actions_renewed),
        dcc.Store(id=Ids.seen),
        html.Div(bucket_cards(wanted.bucket), id=Ids.cards, className="todo-cards stock-cards"),
        _filters(wanted),
        html.Div([html.Div([_list(), _actions()]), _detail()], id=Ids.split, className=CLOSED[0])
        if positions.any_item(viewer())
        else _nothing(),
        title=_("Expiry"),
        lead=_("Lots that won't be sold before they expire, first expired, first out; the most value at risk first."),
        actions=[list_download("expiry-board", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: BoardFilters) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    buckets = [*every, *((name, bucket_name(name)) for name in BUCKET_TONES)]
    actions = [*every, ("none", _("Nothing planned")), ("open", _("Planned or under way"))]
    places, categories = ([*every, *choices[name]] for name in ("location", "category"))
    return filter_form(
        PATH,
        choice_filter(Ids.bucket, "bucket", _("Expires"), buckets, wanted.bucket or NOTHING),
        choice_filter(Ids.action, "action", _("Action"), actions, wanted.action or NOTHING),
        choice_filter(Ids.location, "location", _("Location"), places, wanted.location or NOTHING),
        choice_filter(Ids.category, "category", _("Category"), categories, wanted.category or NOTHING),
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
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("Place"), minWidth=80, maxWidth=100, tooltipField="location_name"),
        text_column("lot", _("Lot"), minWidth=95, tooltipField="lot"),
        figure_column("value_at_risk", _("At risk RM"), minWidth=95),
        state_column("expires_on", _("Expires"), minWidth=108, maxWidth=120),
        figure_column("days_left", _("Days left"), minWidth=84, maxWidth=95),
        figure_column("quantity_at_risk", _("At risk"), minWidth=75),
        figure_column("demand_until", _("Demand until"), minWidth=122),
        figure_column("quantity", _("Quantity"), minWidth=85),
        text_column("action_kind", _("Action"), minWidth=130, tooltipField="action_kind"),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=430,
            rowModelType="infinite",
            options={
                **said_when_empty(_("Everything here will be sold in time.")),
            },
        ),
    )


def _actions() -> Component:
    columns = [
        state_column("status", _("Status"), pinned="left", minWidth=122, maxWidth=130),
        text_column("kind", _("Action"), minWidth=100),
        text_column("code", _("Item"), minWidth=95, tooltipField="name"),
        text_column("location", _("Place"), minWidth=80, maxWidth=100),
        text_column("lot", _("Lot"), minWidth=95, tooltipField="lot"),
        figure_column("quantity", _("Quantity"), minWidth=85),
        text_column("due_on", _("Due"), minWidth=98, tooltipField="due_on"),
        figure_column("expected_recovery", _("Expected RM"), minWidth=118),
        figure_column("done_quantity", _("Done"), minWidth=70),
        figure_column("recovered", _("Came back RM"), minWidth=118),
        text_column("finished_on", _("Finished"), minWidth=98),
        text_column("proposed_by", _("Proposed by"), minWidth=112, tooltipField="proposed_by"),
    ]
    return panel(
        html.P("", id=Ids.action_totals, className="totals", role="status"),
        grid(
            Ids.actions,
            columns,
            row_id="id",
            selection="single",
            height=260,
            rowModelType="infinite",
            options={
                **said_when_empty(_("Select a lot above and propose what to do about it.")),
            },
        ),
        title=_("Actions"),
        actions=[list_download("expiry-actions", grid_id=Ids.actions, name=_("Actions"))],
    )


def _detail() -> Component:
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
            html.Div(id=Ids.about),
            html.H3(_("Actions")),
            html.Div(id=Ids.measures),
            _deciding(),
            _proposing(),
            html.H3(_("History")),
            html.Div(id=Ids.history),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen lot")},
    )


def _deciding() -> Component:
    note = field(_("Note, or why it is cancelled"), dbc.Input(id=Ids.note, size="sm", maxLength=LONGEST_NOTE))
    note.className = "field field-wide"
    return html.Div(
        [
            field(_("Go on with"), select(Ids.chosen_action, [], "")),
            html.Div(
                [
                    field(_("Quantity done"), _figure(Ids.done_quantity)),
                    field(_("Came back, RM"), _figure(Ids.recovered)),
                    dbc.Button(_("Finish"), id=Ids.finish, color="primary", size="sm"),
                ],
                id=Ids.result,
                className="form-line expiry-step",
                style=HIDDEN,
            ),
            html.Div(
                [
                    note,
                    dbc.Button(_("Approve"), id=Ids.approve, color="primary", size="sm", style=HIDDEN),
                    dbc.Button(_("Start"), id=Ids.start, color="primary", size="sm", style=HIDDEN),
                    dbc.Button(_("Cancel action"), id=Ids.cancel, color="primary", outline=True, size="sm"),
                ],
                className="form-line expiry-step",
            ),
        ],
        id=Ids.deciding,
        className="expiry-actions",
        style=HIDDEN,
    )


def _proposing() -> Component:
    note = field(_("Note"), dbc.Input(id=Ids.proposal_note, size="sm", maxLength=LONGEST_NOTE))
    note.className = "field field-wide"
    return html.Div(
        [
            html.H3(_("Propose an action")),
            html.Div(
                [
                    field(_("What to do"), select(Ids.kind, [(kind, kind_name(kind)) for kind in KINDS], "")),
                    field(_("Quantity"), _figure(Ids.quantity)),
                    field(_("Back, % of cost"), _figure(Ids.recovery)),
                    field(_("Due on"), dbc.Input(id=Ids.due_on, type="date", size="sm")),
                    note,
                    dbc.Button(_("Propose"), id=Ids.propose, color="primary", size="sm"),
                ],
                className="form-line expiry-step",
            ),
        ],
        id=Ids.proposing,
        style=HIDDEN,
    )


def _figure(component_id: str) -> Component:
    return dbc.Input(id=component_id, type="number", step="any", size="sm")
