"""The customer's portal: what was ordered, when it comes, what was delivered."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.customer_order_views import line_rows, nothing_chosen, order_cards
from callbacks.partner.customer_orders import CLOSED, PATH, Ids
from components.download import list_download
from components.filters import order_filters
from components.forms import field
from components.order_texts import list_length
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import customer_orders
from services.customer_orders import SalesLines
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.CUSTOMER_PORTAL,
    name="Orders",
    area=Area.PORTAL,
    order=10,
    description="Your orders: when they come and what was delivered",
)


def layout(show: str = "open", search: str = "", **_query: str) -> Component:
    show = show if show in customer_orders.SHOWN else "open"
    found = customer_orders.lines(viewer(), show=show, search=search)
    return page_frame(
        html.Div(order_cards(found, show), className="todo-cards"),
        _filters(show, search),
        _nothing(show) if not found.total and not search else _work(found),
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.asked),
        title=_("Orders"),
        lead=_("What you ordered, the date it was first confirmed for, and what was delivered."),
        actions=[list_download("customer-orders", {"show": show, "search": search}, grid_id=Ids.lines)],
    )


def _filters(show: str, search: str) -> Component:
    choices = [
        ("open", _("Open lines")),
        ("late", _("Late")),
        ("delivered", _("Delivered")),
        ("all", _("All")),
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
        "late": _("Nothing is late."),
        "delivered": _("Nothing was delivered yet."),
        "open": _("There is no open order line."),
    }
    if show == "all":
        return empty_state(_("There is no order of yours yet. You find it here as soon as it is entered."))
    return empty_state(messages[show], action=_("Show all lines"), href=f"{PATH}?show=all")


def _work(found: SalesLines) -> Component:
    return html.Div([_list(found), _detail()], className="two-columns")


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
            html.Div(_asking(), id=Ids.asking, className="answering", hidden=True),
        ],
        id=Ids.detail,
        className=CLOSED,
    )


def _asking() -> list[Component]:
    change = [
        field(_("Quantity"), dbc.Input(id=Ids.quantity, type="number", min=0, step="any")),
        field(_("Wanted on"), dbc.Input(id=Ids.wanted, type="date")),
        field(_("Note for us"), dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2)),
        html.Div(
            [
                dbc.Button(_("Ask for this change"), id=Ids.change, color="primary"),
                dbc.Button(_("Ask to cancel the line"), id=Ids.cancel, color="secondary", outline=True),
            ],
            className="button-row",
        ),
    ]
    return [html.Details([html.Summary(_("Change or cancel")), html.Div(change, className="proposal")])]


def _list(found: SalesLines) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), minWidth=150, width=240),
        state_column("state", _("State"), minWidth=104, width=130),
        two_line_column("terms", _("Quantity, confirmed for"), minWidth=112, width=150, sortable=False),
        two_line_column("delivered", _("Delivered"), minWidth=106, width=150, sortable=False),
        two_line_column("requested", _("Requested for, from"), minWidth=120, width=190),
    ]
    return panel(
        two_line_grid(Ids.lines, columns, line_rows(found), empty=_("Nothing left in this list."), selection="single"),
        html.P(list_length(len(found.lines), found.total), className="note"),
    )
