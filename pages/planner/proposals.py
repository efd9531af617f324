"""Inventory › Proposals: what to buy, ranked by the money at stake."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.proposals import CLOSED, PATH, Ids, proposal_row, totals_text, wanted_proposals
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions, proposals
from services.proposals import REASON_LENGTH, ProposalFilters, ProposalList

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Proposals",
    area=Area.INVENTORY,
    order=20,
    description="What to buy now, ranked by the money at stake",
)


def layout(location: str = "", supplier: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_proposals({"location": location, "supplier": supplier, "search": search})
    found = proposals.open_proposals(viewer(), wanted)
    may_decide = viewer().may(Permission.PROPOSAL_DECIDE)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.seen),
        _filters(wanted),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _nothing() if not found.total and wanted == ProposalFilters() else _work(found, may_decide=may_decide),
        title=_("Proposals"),
        lead=_("What to buy now, the most money at stake first. Accepted ones become lines of draft orders."),
        actions=[list_download("proposals", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: ProposalFilters) -> Component:
    every = [(NOTHING, _("All"))]
    locations = [*every, *positions.filter_choices(viewer())["location"]]
    suppliers = [*every, *proposals.suppliers(viewer())]
    return filter_form(
        PATH,
        choice_filter(Ids.location, "location", _("Location"), locations, wanted.location or NOTHING),
        choice_filter(Ids.supplier, "supplier", _("Supplier"), suppliers, wanted.supplier or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _nothing() -> Component:
    return empty_state(
        _("Nothing to order: no item stands at or below its reorder point. After new sales or receipts, recalculate."),
        action=_("See the positions"),
        href="/inventory/positions",
    )


def _work(found: ProposalList, *, may_decide: bool) -> Component:
    return html.Div(
        [_list(found, may_decide=may_decide), _detail(may_decide=may_decide)], id=Ids.split, className=CLOSED[0]
    )


def _list(found: ProposalList, *, may_decide: bool) -> Component:
    columns = [
        figure_column("rank", _("Rank"), minWidth=62, maxWidth=70, pinned="left"),
        text_column("code", _("Item"), minWidth=92, maxWidth=120),
        text_column("name", _("Name"), minWidth=140, tooltipField="name"),
        text_column("location", _("To"), minWidth=80, maxWidth=90, tooltipField="location_name"),
        state_column("reason", _("Reason"), minWidth=126, maxWidth=150),
        text_column("bound", _("Set by"), minWidth=98, tooltipField="bound_why", sortable=False),
        figure_column("days_to_stockout", _("Days left"), minWidth=80),
        figure_column("money_at_stake", _("At stake RM"), minWidth=98),
        figure_column("quantity", _("Quantity"), minWidth=82),
        text_column("uom", _("Unit"), minWidth=56, maxWidth=66),
        figure_column("value", _("Value RM"), minWidth=86),
        text_column("supplier", _("Supplier"), minWidth=130, tooltipField="supplier"),
    ]
    return panel(
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        _decisions() if may_decide else html.Div(),
        grid(
            Ids.rows,
            columns,
            [proposal_row(row) for row in found.rows],
            row_id="id",
            selection="multiple" if may_decide else None,
            height=520,
        ),
    )


def _decisions() -> Component:
    return html.Div(
        [
            dbc.Button(_("Accept selected"), id=Ids.accept, color="primary", size="sm", disabled=True),
            html.Label(_("Reason to dismiss"), htmlFor=Ids.reason, className="visually-hidden"),
            dbc.Input(
                id=Ids.reason,
                size="sm",
                maxLength=REASON_LENGTH,
                placeholder=_("Reason to dismiss"),
                className="reason",
            ),
            dbc.Button(_("Dismiss selected"), id=Ids.dismiss, color="primary", outline=True, size="sm", disabled=True),
            html.Span("", id=Ids.selected, className="note", role="status"),
        ],
        className="decisions",
    )


def _detail(*, may_decide: bool) -> Component:
    hidden = {} if may_decide else {"display": "none"}
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
            html.P("", id=Ids.sentence, className="why"),
            html.Div(id=Ids.why),
            dcc.Link(
                _("See its stock position"), id=Ids.position, href="/inventory/positions", className="to-position"
            ),
            html.Div(
                [
                    field(_("Quantity"), dbc.Input(id=Ids.quantity, type="number", step="any", size="sm")),
                    dbc.Button(_("Accept this one"), id=Ids.accept_one, color="primary", size="sm"),
                ],
                className="form-line decide-one",
                style=hidden,
            ),
            html.P("", id=Ids.terms, className="note"),
        ],
        id=Ids.detail,
        className=CLOSED[1],
        **{"aria-label": _("Why it is proposed")},
    )
