"""What endangers the orders of an OEM, to look at."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback
from dash.development.base_component import Component

from components.order_texts import days
from components.page import empty_state, panel
from components.two_line_grid import marked, state_column, two_line_column, two_line_grid
from core.i18n import _, day
from core.identity import viewer
from core.ids import PageIds
from services import oem_risks
from services.oem_risks import MATERIAL, Risk

PATH = "/portal/oem/risks"


class Ids(PageIds):
    found: str
    risks: str


@callback(Output(Ids.found, "children"), Input(Ids.found, "id"))
def show_risks(_id: object) -> Component:
    """After the page stands: the plan of today may have to be worked out first."""
    found = oem_risks.risks(viewer())
    if not found:
        nothing = _("No order of yours is endangered by material or capacity.")
        return empty_state(nothing, action=_("Show your orders"), href="/portal/oem/production-orders")
    columns = [
        two_line_column("order", _("Order and item"), minWidth=130),
        state_column("reason", _("Reason, expected"), minWidth=120),
        two_line_column("week", _("Starts in week, due"), minWidth=100),
    ]
    return panel(two_line_grid(Ids.risks, columns, risk_rows(found), empty=_("Nothing is endangered.")))


def risk_rows(found: list[Risk]) -> list[dict[str, Any]]:
    """Endangered orders as grid rows of two lines."""
    return [_row(each) for each in found]


def _row(each: Risk) -> dict[str, Any]:
    late = _("later than planned, end open")
    if each.days_late is not None:
        late = _("about %(days)s late", days=days(each.days_late))
    reason = _("Material") if each.reason == MATERIAL else _("Capacity")
    return {
        "id": f"{each.order_id}-{each.reason}",
        "order": f"{each.number}\n{each.code} · {each.item}",
        "reason": f"{marked(reason, 'bad')}\n{late}",
        "tone": "bad",
        "week": f"{day(each.week)}\n{_('due %(day)s', day=day(each.due_on))}",
    }
