"""Supply › Purchase orders: drafts to send, orders under way, and every date of their lines."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.purchase_orders import HIDDEN, PATH, Ids, detail_parts, wanted_orders
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
from services import purchase_orders
from services.purchase_orders import REASON_LENGTH, OrderDetail, OrderFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Purchase orders",
    area=Area.SUPPLY,
    order=32,
    description="Orders to suppliers: drafts, sent, late, received",
)


def layout(show: str = "", supplier: str = "", search: str = "", order: str = "", **_query: str) -> Component:
    wanted = wanted_orders({"show": show, "supplier": supplier, "search": search})
    suppliers = purchase_orders.suppliers(viewer())
    opened = purchase_orders.order_by_number(viewer(), order) if order else None
    told = _("There is no order %(number)s.", number=order[:40]) if order and opened is None else ""
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        _filters(wanted, suppliers),
        html.P(told, id=Ids.outcome, className="note outcome", role="status"),
        html.Div([_list(), _detail(opened)]) if suppliers else _nothing(),
        title=_("Purchase orders"),
        lead=_("A draft is yours alone; once sent, its supplier sees it and answers."),
        actions=[list_download("purchase-orders", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: OrderFilters, suppliers: list[tuple[str, str]]) -> Component:
    every = [(NOTHING, _("All"))]
    shown = [
        ("draft", _("Drafts")),
        ("sent", _("Sent")),
        ("unconfirmed", _("Sent, to be confirmed")),
        ("late", _("Sent, late")),
        ("closed", _("Closed")),
        ("cancelled", _("Cancelled")),
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.show, "show", _("Show"), [*every, *shown], wanted.show or NOTHING),
        choice_filter(Ids.supplier, "supplier", _("Supplier"), [*every, *suppliers], wanted.supplier or NOTHING),
        text_filter(Ids.search, "search", _("Number"), wanted.search, placeholder=_("part of a number")),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no purchase order yet. Accept a proposal, and its order appears here as a draft."),
        action=_("See the proposals"),
        href="/inventory/proposals",
    )


def _list() -> Component:
    columns = [
        text_column("number", _("Order"), minWidth=138, maxWidth=155, pinned="left"),
        state_column("status", _("Status"), minWidth=110, maxWidth=135),
        text_column("supplier", _("Supplier"), minWidth=190, tooltipField="supplier"),
        text_column("location", _("To"), minWidth=80, maxWidth=95),
        text_column("ordered_on", _("Ordered on"), minWidth=102, maxWidth=120),
        text_column("next_due_on", _("Next due"), minWidth=100, maxWidth=120),
        figure_column("lines", _("Lines"), minWidth=65, maxWidth=85),
        figure_column("unconfirmed", _("To confirm"), minWidth=92, maxWidth=110),
        figure_column("late", _("Late lines"), minWidth=88, maxWidth=105),
        figure_column("value", _("Value RM"), minWidth=95),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            selection="single",
            height=360,
            rowModelType="infinite",
        ),
    )


def _detail(opened: OrderDetail | None) -> Component:
    """The chosen order below the list; ``opened`` is the one the address names."""
    style, seen, title, about, lines, send, deciding, _editing_style = (
        detail_parts(opened) if opened else (HIDDEN, None, "", "", "", HIDDEN, HIDDEN, HIDDEN)
    )
    return html.Section(
        [
            dcc.Store(id=Ids.seen, data=seen),
            html.Div(
                [
                    html.H2(title, id=Ids.title),
                    html.Div(
                        [
                            dbc.Button(_("Send to supplier"), id=Ids.send, color="primary", size="sm", style=send),
                            _cancelling(deciding),
                        ],
                        className="page-actions",
                    ),
                    html.Button("✕", id=Ids.close, className="icon-button", **{"aria-label": _("Close the order")}),
                ],
                className="panel-head order-head",
            ),
            html.Div(about, id=Ids.about, className="order-facts"),
            html.Div(lines, id=Ids.lines, className="order-lines"),
            _editing(),
        ],
        id=Ids.detail,
        className="panel",
        style=style,
        **{"aria-label": _("The chosen order")},
    )


def _cancelling(style: dict[str, str]) -> Component:
    return html.Div(
        [
            html.Label(_("Reason to cancel"), htmlFor=Ids.reason, className="visually-hidden"),
            dbc.Input(id=Ids.reason, size="sm", maxLength=REASON_LENGTH, placeholder=_("Reason to cancel")),
            dbc.Button(_("Cancel order"), id=Ids.cancel, color="primary", outline=True, size="sm"),
        ],
        id=Ids.deciding,
        className="cancelling",
        style=style,
    )


def _editing() -> Component:
    return html.Div(
        [
            html.Div(
                [
                    field(_("Quantity"), dbc.Input(id=Ids.quantity, type="number", step="any", size="sm")),
                    field(_("Requested date"), dbc.Input(id=Ids.requested_on, type="date", size="sm")),
                    dbc.Button(_("Save line"), id=Ids.save_line, color="primary", size="sm"),
                    dbc.Button(_("Remove line"), id=Ids.remove_line, color="primary", outline=True, size="sm"),
                ],
                className="form-line",
            ),
            html.P("", id=Ids.terms, className="note"),
        ],
        id=Ids.editing,
        style=HIDDEN,
    )
