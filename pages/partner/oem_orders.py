"""The OEM's portal: the production orders made for it, and how far they are."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from callbacks.partner.oem_orders import PATH, Ids, order_cards, order_rows
from components.download import list_download
from components.filters import order_filters
from components.grid import text_column
from components.order_texts import list_length
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_orders
from services.oem_orders import MadeOrders

register_page(
    __name__,
    path=PATH,
    permission=Permission.OEM_PORTAL,
    name="Production orders",
    area=Area.PORTAL,
    order=10,
    description="What is made for you, and how far it is",
)


def layout(show: str = "open", search: str = "", **_query: str) -> Component:
    show = show if show in oem_orders.SHOWN else "open"
    found = oem_orders.orders(viewer(), show=show, search=search)
    return page_frame(
        html.Div(order_cards(found, show), className="todo-cards"),
        _filters(show, search),
        _nothing(show) if not found.total and not search else _list(found),
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
        two_line_column("order", _("Order and item"), minWidth=118, width=300),
        state_column("state", _("State"), minWidth=98, width=140),
        two_line_column("progress", _("Made"), minWidth=118, width=160, sortable=False),
        two_line_column("dates", _("Start, due"), minWidth=100, width=110),
        text_column("finished", _("Finished"), minWidth=100, width=110, cellClass="two-lines"),
        text_column("location", _("Delivered to"), minWidth=120, width=180, cellClass="two-lines"),
    ]
    return panel(
        two_line_grid(Ids.orders, columns, order_rows(found), empty=_("Nothing left in this list.")),
        html.P(list_length(len(found.orders), found.total), className="note"),
    )
