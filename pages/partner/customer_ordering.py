"""The customer's portal: a new order, checked against what can be promised."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.order_basket import basket_length, basket_rows, empty_basket, lines_of, with_lines
from callbacks.ordering_views import held_lines, nothing_chosen, sent_rows, template_options
from callbacks.partner.customer_ordering import CLOSED, PATH, Ids
from components.download import list_download
from components.forms import NOTHING, field
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.clock import today
from core.i18n import _, money
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import customer_catalogue, order_templates
from services.customer_catalogue import Product
from services.order_templates import AHEAD, LONGEST_NAME
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.CUSTOMER_ORDERING,
    name="New order",
    area=Area.PORTAL,
    order=5,
    description="Order what can be promised: dates, alternatives, templates",
)


def layout(order: str = "", **_query: str) -> Component:
    known = customer_catalogue.catalogue(viewer())
    if not known:
        return page_frame(
            empty_state(_("No product is agreed with you yet. Ask your contact person for a price list.")),
            title=_("New order"),
        )
    basket = empty_basket()
    if order:
        basket = with_lines(basket, order_templates.basket_of_order(viewer(), order))
    return page_frame(
        dcc.Store(id=Ids.basket, data=basket),
        dcc.Store(id=Ids.kept, storage_type="session"),
        html.P(id=Ids.sent, className="outcome", role="status"),
        html.Div([_adding(known), _bringing()], className="two-columns"),
        html.Div([_basket(basket), _detail()], className="two-columns"),
        _holding(),
        _sent(),
        title=_("New order"),
        lead=_("Put a basket together, see when you can have it, hold it for an hour, then order."),
        actions=[list_download("customer-catalogue", name=_("Catalogue to fill in"))],
    )


def _adding(known: list[Product]) -> Component:
    options = [{"value": str(product.id), "label": _product(product)} for product in known]
    return panel(
        html.Div(
            [
                field(_("Product"), dbc.Select(id=Ids.product, options=options, placeholder=_("Please choose"))),
                field(_("Quantity"), dbc.Input(id=Ids.count, type="number", min=0, step="any")),
                field(_("Unit"), dbc.Select(id=Ids.unit, options=[])),
                field(_("Wanted on"), dbc.Input(id=Ids.wanted, type="date", value=str(today() + AHEAD))),
                dbc.Button(_("Add to the basket"), id=Ids.add, color="primary", disabled=not _may_draft()),
            ],
            className="basket-form",
        ),
        title=_("Add a product"),
    )


def _product(product: Product) -> str:
    price = "" if product.price is None else f" · {money(product.price, decimals=2)} / {product.uom}"
    return f"{product.code} · {product.name}{price}"


def _bringing() -> Component:
    paste = _("code, quantity, unit, wanted date; one line each, from a spreadsheet or a CSV file")
    return panel(
        html.Details(
            [
                html.Summary(_("Paste lines")),
                field(_("Lines"), dbc.Textarea(id=Ids.pasted, rows=5), hint=paste),
                dbc.Button(_("Take over"), id=Ids.paste, color="primary", outline=True, disabled=not _may_draft()),
            ],
            className="proposal",
        ),
        html.Details(
            [
                html.Summary(_("Templates")),
                field(_("Template"), dbc.Select(id=Ids.template, options=template_options(), value=NOTHING)),
                html.Div(
                    [
                        dbc.Button(_("Add its lines"), id=Ids.load, color="primary", outline=True),
                        dbc.Button(_("Remove it"), id=Ids.forget, color="secondary", outline=True),
                    ],
                    className="button-row",
                ),
                field(_("Keep this basket as"), dbc.Input(id=Ids.name, maxLength=LONGEST_NAME)),
                dbc.Button(_("Keep"), id=Ids.keep, color="primary", outline=True, disabled=not _may_draft()),
            ],
            className="proposal",
        ),
        title=_("Bring many lines"),
        note=_("To order again what you ordered before, open an order and choose “Order again”."),
    )


def _basket(basket: dict[str, object]) -> Component:
    columns = [
        two_line_column("item", _("Product"), minWidth=110, width=230, sortable=False),
        two_line_column("wanted", _("Quantity, wanted"), minWidth=104, width=160, sortable=False),
        state_column("promise", _("Possible"), minWidth=104, width=150, sortable=False),
        two_line_column("value", _("Value"), minWidth=100, width=130, sortable=False),
    ]
    lines = lines_of(basket)
    return panel(
        two_line_grid(
            Ids.lines, columns, basket_rows(lines), empty=_("The basket is empty. Add a product."), selection="single"
        ),
        html.P(basket_length(lines), id=Ids.total, className="note"),
        html.Div(
            [
                dbc.Button(_("Check dates"), id=Ids.check, color="primary", disabled=not (lines and _may_draft())),
                dbc.Button(_("Hold for one hour"), id=Ids.hold, color="primary", outline=True, disabled=True),
            ],
            className="button-row",
        ),
        title=_("Basket"),
    )


def _detail() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Line"), id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.P(nothing_chosen(), id=Ids.about, className="note"),
            dbc.RadioItems(id=Ids.ways, options=[], className="ways"),
            dbc.Button(_("Remove the line"), id=Ids.remove, color="secondary", outline=True, disabled=True),
        ],
        id=Ids.detail,
        className=CLOSED,
    )


def _holding() -> Component:
    return panel(
        html.Div(held_lines([]), id=Ids.held),
        html.Div(
            [
                field(_("Your order number"), dbc.Input(id=Ids.reference, maxLength=40)),
                field(_("Note for us"), dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2)),
                html.Div(
                    [
                        dbc.Button(_("Order what is held"), id=Ids.order, color="primary"),
                        dbc.Button(_("Give it back"), id=Ids.release, color="secondary", outline=True),
                    ],
                    className="button-row",
                ),
            ],
            id=Ids.ordering,
            className="proposal",
            hidden=True,
        ),
        title=_("Held for you"),
        note="" if viewer().may(Permission.PORTAL_COMMIT) else _("Managers of your company hold and order."),
    )


def _sent() -> Component:
    columns = [
        two_line_column("order", _("Your number, sent by"), minWidth=130, width=300, sortable=False),
        two_line_column("lines", _("Lines, first day"), minWidth=110, width=180, sortable=False),
        state_column("state", _("State"), minWidth=104, width=260, sortable=False),
    ]
    return panel(
        two_line_grid(Ids.orders, columns, sent_rows(), empty=_("Nothing was ordered here yet."), selection="single"),
        html.Div(
            [
                dbc.Button(_("Take the order back"), id=Ids.back, color="secondary", outline=True, disabled=True),
                dcc.Link(_("All your orders"), href="/portal/customer/orders", className="btn btn-outline-primary"),
            ],
            className="button-row",
        ),
        title=_("Ordered here"),
    )


def _may_draft() -> bool:
    return viewer().may(Permission.PORTAL_ANSWER)
