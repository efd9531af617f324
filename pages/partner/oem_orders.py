"""The OEM's portal: the production orders made for it, and how far they are."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.oem_orders import PATH, Ids, asked_rows, may_ask, order_cards, order_detail, order_rows
from components.download import list_download
from components.filters import order_filters
from components.forms import field
from components.grid import text_column
from components.order_texts import list_length
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_orders
from services.form_values import chosen_id
from services.oem_orders import MadeOrders, OrderProgress
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.OEM_PORTAL,
    name="Production orders",
    area=Area.PORTAL,
    order=10,
    description="What is made for you, and how far it is",
)


def layout(show: str = "open", search: str = "", order: str = "", **_query: str) -> Component:
    show = show if show in oem_orders.SHOWN else "open"
    found = oem_orders.orders(viewer(), show=show, search=search)
    return page_frame(
        html.Div(order_cards(found, show), className="todo-cards"),
        _filters(show, search),
        _nothing(show) if not found.total and not search else _list(found),
        *_chosen(order, some=bool(found.orders)),
        title=_("Production orders"),
        lead=_("What is made for you, how much of it is done, and when it is due."),
        actions=[list_download("oem-orders", {"show": show, "search": search}, grid_id=Ids.orders)],
    )


def _filters(show: str, search: str) -> Component:
    choices = [
        ("open", _("Open orders")),
        ("late", _("Late")),
        ("done", _("Done")),
        ("all", _("All")),
    ]
    return order_filters(
        PATH,
        show_id=Ids.show,
        search_id=Ids.search,
        name=_("Orders"),
        choices=choices,
        show=show,
        search=search,
    )


def _nothing(show: str) -> Component:
    messages = {
        "late": _("Nothing is late."),
        "done": _("Nothing was finished yet."),
        "open": _("There is no open production order."),
    }
    if show == "all":
        return empty_state(_("Nothing was ordered for you yet. You find it here as soon as it is planned."))
    return empty_state(messages[show], action=_("Show all orders"), href=f"{PATH}?show=all")


def _list(found: MadeOrders) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), minWidth=140, width=300),
        state_column("state", _("State"), minWidth=98, width=140),
        two_line_column("progress", _("Made"), minWidth=118, width=160, sortable=False),
        two_line_column("dates", _("Start, due"), minWidth=100, width=110),
        text_column("finished", _("Finished"), minWidth=100, width=110, cellClass="two-lines"),
        text_column("location", _("Delivered to"), minWidth=120, width=180, cellClass="two-lines"),
    ]
    return panel(
        two_line_grid(
            Ids.orders, columns, order_rows(found), empty=_("Nothing left in this list."), selection="single"
        ),
        html.P(list_length(len(found.orders), found.total), className="note"),
    )


def _chosen(order: str, *, some: bool) -> list[Component]:
    """The order of the address, or the first thing said where one will be shown."""
    if not some and not order:
        return []
    found = oem_orders.progress(viewer(), chosen_id(order)) if order else None
    hint = html.P(_("Select an order above to see its steps."), className="note")
    shown = order_detail(found) if found else hint
    return [
        dcc.Store(id=Ids.chosen, data=found.order.id if found else None),
        panel(html.Div(shown, id=Ids.detail), title=_("Progress")),
        _priority(found, writable=may_ask())
        if viewer().may(Permission.OEM_PRIORITY)
        else html.Div(_asked(None, writable=False), hidden=True),
    ]


def _priority(found: OrderProgress | None, *, writable: bool) -> Component:
    form = [
        field(_("Wanted on"), dbc.Input(id=Ids.wanted_on, type="date"), hint=_("Empty: the day stays.")),
        field(
            _("Quantity"),
            dbc.Input(id=Ids.quantity, type="number", min=0, step="any"),
            hint=_("Empty: the quantity stays."),
        ),
        field(_("Reason"), dbc.Input(id=Ids.reason, maxLength=NOTE_LENGTH)),
        dbc.Button(_("Ask for it"), id=Ids.ask, color="primary", disabled=found is None),
    ]
    withdraw = dbc.Button(_("Withdraw the selected one"), id=Ids.withdraw, color="primary", outline=True, disabled=True)
    return panel(
        *([html.Div(form, className="priority-form")] if writable else []),
        _asked(found, writable=writable),
        *([html.Div(withdraw, className="button-row")] if writable else []),
        title=_("Earlier, later or more"),
        note=_("For the selected order. Your planner decides."),
    )


def _asked(found: OrderProgress | None, *, writable: bool) -> Component:
    columns = [
        two_line_column("what", _("Asked for"), minWidth=160),
        state_column("state", _("Answer"), minWidth=110, width=170),
    ]
    empty = _("Nothing was asked for about this order.")
    rows = asked_rows(found.asked) if found else []
    return two_line_grid(Ids.asked, columns, rows, empty=empty, selection="single" if writable else None)
