"""Inventory › Buffers: buffered items by priority, the orders due, and items to be buffered."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.buffers import CLOSED, FACTORS, PATH, Ids, wanted_buffers, zone_choices
from components.buffer_texts import buffer_columns, candidate_columns
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions
from services.buffers import BufferFilters, factor_name

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Buffers",
    area=Area.INVENTORY,
    order=26,
    description="Demand-driven buffers: zones, priorities, spikes and the orders due",
)


def layout(**query: str) -> Component:
    wanted = wanted_buffers(query)
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    content = [
        html.Div([_list(may_edit=may_edit), _detail(may_edit=may_edit)], id=Ids.split, className=CLOSED[0]),
        _candidates(may_edit=may_edit),
    ]
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.candidates_renewed),
        dcc.Store(id=Ids.seen),
        _filters(wanted),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        *(content if positions.any_item(viewer()) else [_nothing()]),
        title=_("Buffers"),
        lead=_(
            "Items with a demand-driven buffer, the lowest net flow first: an order is due at or below the top of "
            "yellow and fills up to the top of green."
        ),
        actions=[list_download("buffers", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: BufferFilters) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    places, categories = ([*every, *choices[name]] for name in ("location", "category"))
    return filter_form(
        PATH,
        choice_filter(Ids.zone, "zone", _("Net flow in"), [*every, *zone_choices()], wanted.zone or NOTHING),
        choice_filter(Ids.location, "location", _("Location"), places, wanted.location or NOTHING),
        choice_filter(Ids.category, "category", _("Category"), categories, wanted.category or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no stock, no open order and no policy yet. Import products and sales, then run a forecast."),
        action=_("Import data"),
        href="/data/import",
    )


def _list(*, may_edit: bool) -> Component:
    may_order = viewer().may(Permission.PURCHASE_EDIT) and viewer().may(Permission.PROPOSAL_DECIDE)
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        _decisions(may_order=may_order, may_edit=may_edit),
        grid(
            Ids.rows,
            buffer_columns(),
            row_id="id",
            selection="multiple" if may_order or may_edit else "single",
            height=430,
            rowModelType="infinite",
            options={
                **said_when_empty(_("No item here is buffered: select some under Items to buffer.")),
            },
        ),
    )


def _decisions(*, may_order: bool, may_edit: bool) -> Component:
    """Hidden, not left out, for those who only read: the selection still shows its detail."""
    return html.Div(
        [
            dbc.Button(
                _("Order selected"), id=Ids.order, color="primary", size="sm", disabled=True, style=_shown(may_order)
            ),
            dbc.Button(
                _("Propose as policies"),
                id=Ids.propose,
                color="primary",
                outline=True,
                size="sm",
                disabled=True,
                style=_shown(may_edit),
            ),
            html.Span("", id=Ids.selected, className="note", role="status", style=_shown(may_order or may_edit)),
        ],
        className="decisions",
    )


def _shown(allowed: bool) -> dict[str, str]:
    return {} if allowed else {"display": "none"}


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
            html.Div(id=Ids.bar),
            html.H3(_("Now")),
            html.Div(id=Ids.about),
            html.H3(_("Factors")),
            _factors(may_edit=may_edit),
            html.H3(_("Orders looked at")),
            html.Div(id=Ids.orders),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("The chosen item")},
    )


def _factors(*, may_edit: bool) -> Component:
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    inputs = [
        field(
            factor_name(name),
            dbc.Input(id=getattr(Ids, name), type="number", step="any", size="sm", disabled=not may_edit),
        )
        for name in FACTORS
    ]
    buttons = [
        dbc.Button(_("Save"), id=Ids.save, color="primary", size="sm", style=_shown(may_edit)),
        dbc.Button(_("Stop buffering"), id=Ids.stop, color="primary", outline=True, size="sm", style=_shown(may_edit)),
    ]
    note = _("Without a cycle, orders follow lead time and least quantity; without a horizon, spikes the lead time.")
    return html.Div([html.Div([*inputs, *buttons], className="form-line"), html.P(note, className="note")])


def _candidates(*, may_edit: bool) -> Component:
    start = html.Div(
        [
            dbc.Button(_("Buffer selected"), id=Ids.start, color="primary", size="sm", disabled=True),
            html.Span("", id=Ids.candidates_selected, className="note", role="status"),
        ],
        className="decisions",
    )
    return panel(
        html.P("", id=Ids.candidate_totals, className="totals", role="status"),
        start if may_edit else None,
        grid(
            Ids.candidates,
            candidate_columns(),
            row_id="id",
            selection="multiple" if may_edit else None,
            height=360,
            rowModelType="infinite",
            options={
                **said_when_empty(_("Every item with demand and lead time here is buffered.")),
            },
        ),
        title=_("Items to buffer"),
        note=_("With the factors that the classes of their lead time and of their variability (XYZ) propose."),
    )
