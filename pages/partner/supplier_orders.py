"""The supplier's portal: order lines to confirm, and how the buyer answered."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.supplier_orders import (
    CLOSED,
    HIDDEN,
    PARTS,
    PATH,
    Ids,
    line_rows,
    nothing_chosen,
)
from components.download import list_download
from components.filters import order_filters
from components.forms import field
from components.order_texts import list_length
from components.page import empty_state, page_frame, panel
from components.supplier_to_do import to_do_cards
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import supplier_orders
from services.supplier_answers import REASON_LENGTH
from services.supplier_lines import Listing

register_page(
    __name__,
    path=PATH,
    permission=Permission.SUPPLIER_PORTAL,
    name="Purchase orders",
    area=Area.PORTAL,
    order=10,
    description="Your order lines: confirm them or propose a change",
)


def layout(show: str = "open", search: str = "", **_query: str) -> Component:
    show = show if show in supplier_orders.SHOWN else "open"
    found = supplier_orders.lines(viewer(), show=show, search=search)
    return page_frame(
        html.Div(to_do_cards(found.to_do, show), id=Ids.to_do, className="todo-cards todo-cards-four"),
        _filters(show, search),
        _nothing(show) if not found.total and not search else _work(found),
        dcc.Store(id=Ids.filter, data={"show": show, "search": search}),
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.confirmed),
        dcc.Store(id=Ids.proposed),
        *(dcc.Store(id=done) for done in (Ids.agreed, Ids.refused, Ids.split_done, Ids.acknowledged)),
        title=_("Purchase orders"),
        lead=_("Confirm what you can deliver as ordered; propose another date or quantity for the rest."),
        actions=[list_download("supplier-orders", {"show": show, "search": search}, grid_id=Ids.lines)],
    )


def _filters(show: str, search: str) -> Component:
    choices = [
        ("open", _("All open lines")),
        ("new", _("New")),
        ("to_confirm", _("To confirm")),
        ("countered", _("Buyer's proposals")),
        ("waiting", _("Waiting for the buyer")),
        ("overdue", _("Overdue")),
        ("all", _("All, also received")),
    ]
    return order_filters(
        PATH,
        show_id=Ids.show,
        search_id=Ids.search,
        name=_("Lines"),
        choices=choices,
        show=show,
        search=search,
    )


def _nothing(show: str) -> Component:
    messages = {
        "new": _("Nothing is new: you have seen every open line."),
        "countered": _("The buyer proposes nothing at the moment."),
        "to_confirm": _("Nothing to confirm: every open line has an answer."),
        "waiting": _("Nothing waits for the buyer."),
        "overdue": _("Nothing is overdue."),
        "open": _("There is no open order line. New orders appear here as soon as they are sent to you."),
    }
    if show == "all":
        return empty_state(_("No order was sent to you yet. You find it here as soon as it is."))
    return empty_state(messages[show], action=_("Show all lines"), href=f"{PATH}?show=all")


def _work(found: Listing) -> Component:
    return html.Div(
        [
            panel(
                _lines(found),
                html.P(list_length(len(found.lines), found.total), id=Ids.length, className="note"),
                title=_("Lines"),
                actions=[_acknowledge_all(found)],
            ),
            _detail(),
        ],
        className="two-columns",
    )


def _acknowledge_all(found: Listing) -> Component:
    shown = found.to_do.new and viewer().may(Permission.PORTAL_ANSWER)
    return dbc.Button(
        _("Acknowledge new lines"),
        id=Ids.acknowledge_all,
        outline=True,
        color="primary",
        size="sm",
        style={} if shown else HIDDEN,
    )


def _lines(found: Listing) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), minWidth=118, width=260),
        state_column("state", _("State"), minWidth=98, width=170),
        two_line_column("terms", _("Quantity, date"), minWidth=112, width=190, sortable=False),
    ]
    return two_line_grid(
        Ids.lines, columns, line_rows(found), empty=_("Nothing left in this list."), selection="single"
    )


def _detail() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Order line"), id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.Div(nothing_chosen(), id=Ids.about),
            html.Div(
                [
                    dbc.Button(_("Agree to the buyer's proposal"), id=Ids.agree, color="primary", style=HIDDEN),
                    dbc.Button(_("Confirm as ordered"), id=Ids.confirm, color="primary", disabled=True),
                    html.Details([html.Summary(_("Propose another quantity or date")), _proposal()]),
                    html.Details([html.Summary(_("Deliver in parts")), _parts()]),
                    html.Details([html.Summary(_("Can't deliver")), _refusal()]),
                ],
                id=Ids.answering,
                className="answering",
                style=HIDDEN,
            ),
            html.Div(id=Ids.rounds),
        ],
        id=Ids.detail,
        className=CLOSED,
    )


def _parts() -> Component:
    """As many deliveries as there are inputs for; those left empty are not meant."""
    return html.Div(
        [
            *(_part(number, *ids) for number, ids in enumerate(PARTS, start=1)),
            field(
                _("Reason"),
                dbc.Textarea(id=Ids.split_reason, maxLength=REASON_LENGTH, rows=2),
                hint=_("The buyer reads it."),
            ),
            dbc.Button(_("Send deliveries"), id=Ids.split, color="primary"),
        ],
        className="proposal",
    )


def _part(number: int, quantity_id: str, date_id: str) -> Component:
    inputs = [
        dbc.Input(id=quantity_id, type="number", min=0, step="any", placeholder=_("Quantity")),
        dbc.Input(id=date_id, type="date"),
    ]
    label = html.Label(_("Delivery %(number)s", number=number), htmlFor=quantity_id, className="form-label")
    return html.Div([label, html.Div(inputs, className="part-inputs")], className="field")


def _refusal() -> Component:
    return html.Div(
        [
            field(
                _("Reason"),
                dbc.Textarea(id=Ids.refuse_reason, maxLength=REASON_LENGTH, rows=2),
                hint=_("The buyer reads it and decides."),
            ),
            dbc.Button(_("Refuse this line"), id=Ids.refuse, outline=True, color="primary"),
        ],
        className="proposal",
    )


def _proposal() -> Component:
    return html.Div(
        [
            field(_("Quantity you can deliver"), dbc.Input(id=Ids.quantity, type="number", min=0, step="any")),
            field(_("Date of arrival"), dbc.Input(id=Ids.promised, type="date")),
            field(
                _("Reason"),
                dbc.Textarea(id=Ids.reason, maxLength=REASON_LENGTH, rows=2),
                hint=_("The buyer reads it."),
            ),
            dbc.Button(_("Send proposal"), id=Ids.propose, color="primary"),
        ],
        className="proposal",
    )
