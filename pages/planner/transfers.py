"""Supply › Transfers: what the plan moves between places, and the transfer orders that are open."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.transfers import (
    PATH,
    Ids,
    download,
    order_rows,
    order_totals_text,
    proposed_rows,
    totals_text,
    wanted_list,
)
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING
from components.page import empty_state, page_frame, panel
from components.transfer_columns import open_columns, proposed_columns
from components.two_line_grid import two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import transfers
from services.transfers import LONGEST_REASON, TransferFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Transfers",
    area=Area.SUPPLY,
    order=20,
    description="What the plan moves between places, and the transfers that are ordered",
)


def layout(weeks: str = "", origin: str = "", location: str = "", search: str = "", **_query: str) -> Component:
    wanted = wanted_list({"weeks": weeks, "origin": origin, "location": location, "search": search})
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        _filters(wanted),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _proposed(wanted),
        _open(),
        title=_("Transfers"),
        lead=_("What the plan moves between our places along their lanes, and the transfers that are ordered."),
        actions=[download(wanted)],
    )


def _filters(wanted: TransferFilters) -> Component:
    every = [(NOTHING, _("All"))]
    weeks = [("1", _("this week")), ("2", _("within 2 weeks")), ("4", _("within 4 weeks"))]
    origins, destinations = transfers.places(viewer())
    return filter_form(
        PATH,
        choice_filter(Ids.weeks, "weeks", _("To ship"), weeks, wanted.weeks),
        choice_filter(Ids.origin, "origin", _("From"), [*every, *origins], wanted.origin or NOTHING),
        choice_filter(Ids.location, "location", _("To"), [*every, *destinations], wanted.location or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
    )


def _proposed(wanted: TransferFilters) -> Component:
    found = transfers.proposed(viewer(), wanted)
    may_order = viewer().may(Permission.INVENTORY_EDIT) and viewer().may(Permission.PROPOSAL_DECIDE)
    return panel(
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        _button_row([_button(Ids.accept, _("Order selected"), primary=True)], Ids.selected) if may_order else None,
        two_line_grid(
            Ids.rows,
            proposed_columns(),
            proposed_rows(found),
            empty=_("Nothing has to be moved: choose more weeks or other filters."),
            selection="multiple" if may_order else None,
        ),
        _without_lanes() if not found.total else None,
        title=_("Proposed"),
    )


def _without_lanes() -> Component:
    return empty_state(
        _("The plan moves only what has a lane from one place to another."),
        action=_("See the lanes"),
        href="/data/records?entity=lanes",
    )


def _open() -> Component:
    orders = transfers.open_transfers(viewer())
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    return panel(
        html.P(order_totals_text(orders), id=Ids.order_totals, className="totals", role="status"),
        _steps() if may_edit else None,
        two_line_grid(
            Ids.orders,
            open_columns(),
            order_rows(orders),
            empty=_("No transfer is open: order some of the proposed ones."),
            selection="multiple" if may_edit else None,
        ),
        title=_("Open"),
    )


def _steps() -> Component:
    reason = dbc.Input(
        id=Ids.reason, size="sm", maxLength=LONGEST_REASON, placeholder=_("reason"), className="transfer-reason"
    )
    reason = html.Label([html.Span(_("Reason"), className="visually-hidden"), reason], className="transfer-reason")
    return _button_row(
        [
            _button(Ids.ship, _("Ship"), primary=True),
            _button(Ids.receive, _("Receive"), primary=True),
            _button(Ids.cancel, _("Cancel"), primary=False),
            reason,
        ],
        Ids.chosen_orders,
    )


def _button(component_id: str, text: str, *, primary: bool) -> Component:
    return dbc.Button(text, id=component_id, color="primary" if primary else "secondary", size="sm", disabled=True)


def _button_row(parts: list[Component], told_in: str) -> Component:
    return html.Div([*parts, html.Span("", id=told_in, className="note", role="status")], className="decisions")
