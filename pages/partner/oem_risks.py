"""The OEM's portal: which of its orders are endangered by material or capacity."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from callbacks.partner.oem_risks import PATH, Ids
from components.download import list_download
from components.page import page_frame, worked_out
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission

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
    return page_frame(
        html.Div(worked_out(), id=Ids.found),
        title=_("Risks"),
        lead=_("Orders that have not begun and may be late by the plan of today."),
        actions=[list_download("oem-risks", grid_id=Ids.risks)],
    )
