"""The OEM's portal: which of its orders are endangered by material or capacity."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.partner.oem_risks import PATH, Ids, risk_rows
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_risks

register_page(
    __name__,
    path=PATH,
    permission=Permission.OEM_RISK,
    name="Risks",
    area=Area.PORTAL_PLANNING,
    order=20,
    description="Which of your orders are endangered by material or capacity",
)


def layout(**_query: str) -> Component:
    found = oem_risks.risks(viewer())
    title, lead = _("Risks"), _("Orders that have not begun and may be late by the plan of today.")
    if not found:
        nothing = _("No order of yours is endangered by material or capacity.")
        return page_frame(
            empty_state(nothing, action=_("Show your orders"), href="/portal/oem/production-orders"),
            title=title,
            lead=lead,
        )
    columns = [
        two_line_column("order", _("Order and item"), minWidth=130),
        state_column("reason", _("Reason, expected"), minWidth=120),
        two_line_column("week", _("Starts in week, due"), minWidth=100),
    ]
    return page_frame(
        panel(two_line_grid(Ids.risks, columns, risk_rows(found), empty=_("Nothing is endangered."))),
        title=title,
        lead=lead,
    )
