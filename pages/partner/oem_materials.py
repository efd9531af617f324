"""The OEM's portal: the materials it owns at our places."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from callbacks.partner.oem_materials import PATH, Ids
from components.download import list_download
from components.page import page_frame, worked_out
from core.i18n import _
from core.pages import Area, register_page
from core.permissions import Permission

register_page(
    __name__,
    path=PATH,
    permission=Permission.OEM_MATERIALS,
    name="Your materials",
    area=Area.PORTAL_PLANNING,
    order=30,
    description="Stock, receipts and use of the materials you own",
)


def layout(**_query: str) -> Component:
    return page_frame(
        html.Div(worked_out(), id=Ids.found),
        title=_("Your materials"),
        lead=_("What you own and we keep for you: stock, receipts, use, and how long it lasts."),
        actions=[list_download("oem-materials", grid_id=Ids.materials)],
    )
