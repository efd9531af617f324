"""The customer's portal: how well it was served."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from callbacks.partner.customer_service import PATH, Ids, line_rows, month_rows, service_cards
from components.download import list_download
from components.order_texts import days
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _, day, percent
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import customer_service
from services.customer_service import CustomerService

register_page(
    __name__,
    path=PATH,
    permission=Permission.CUSTOMER_SERVICE,
    name="Service",
    area=Area.PORTAL_QUALITY,
    order=10,
    description="On time in full, fill rate and lead time by month",
)


def layout(month: str = "", **_query: str) -> Component:
    found = customer_service.service(viewer(), month=month)
    return page_frame(
        html.Div(service_cards(found), className="todo-cards"),
        *([_months(found), _lines(found)] if found.months else [_nothing()]),
        title=_("Service"),
        lead=_lead(found),
        actions=[list_download("customer-service", {"month": found.chosen}, grid_id=Ids.lines)],
    )


def _lead(found: CustomerService) -> str:
    judged = _("Lines due up to the last delivery on %(day)s, judged by the day first confirmed.", day=day(found.until))
    late, missing = int(found.rules.late_tolerance_days), found.rules.quantity_tolerance
    return " ".join(
        [
            judged,
            *([_("Up to %(days)s later is in time.", days=days(late))] if late else []),
            *([_("At most %(share)s missing is in full.", share=percent(missing, decimals=0))] if missing else []),
        ]
    )


def _nothing() -> Component:
    return empty_state(
        _("No line of yours was due yet. The service of each month appears here with the first deliveries."),
        action=_("See your orders"),
        href="/portal/customer/orders",
    )


def _months(found: CustomerService) -> Component:
    columns = [
        two_line_column("month", _("Month"), minWidth=84, width=110, sortable=False, cellRenderer="markdown"),
        two_line_column("otif", _("On time in full"), minWidth=104, width=130, sortable=False),
        two_line_column("parts", _("Of it"), minWidth=120, width=170, sortable=False),
        two_line_column("fill", _("Fill rate"), minWidth=76, width=110, sortable=False),
        two_line_column("lead", _("Lead time"), minWidth=76, width=110, sortable=False),
        two_line_column("lines", _("Lines"), minWidth=64, width=90, sortable=False),
    ]
    return panel(
        two_line_grid(Ids.months, columns, month_rows(found.months), empty=_("No month yet.")),
        title=_("By month"),
        note=_("Choose a month to see its lines."),
    )


def _lines(found: CustomerService) -> Component:
    columns = [
        two_line_column("order", _("Order and item"), minWidth=150, width=300, sortable=False),
        state_column("state", _("Judged"), minWidth=130, width=160, sortable=False),
        two_line_column("quantity", _("Delivered"), minWidth=100, width=150, sortable=False),
        two_line_column("days", _("Delivered on"), minWidth=110, width=170, sortable=False),
    ]
    return panel(
        two_line_grid(Ids.lines, columns, line_rows(found.lines), empty=_("No line in this month.")),
        title=_("Lines due in %(month)s", month=found.chosen),
        note=_("Missed ones first."),
    )
