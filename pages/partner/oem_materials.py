"""The OEM's portal: the materials it owns at our places."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.partner.oem_materials import PATH, Ids, material_rows, month_rows, place_rows
from components.grid import text_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_materials

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
    found = oem_materials.materials(viewer())
    title, lead = (
        _("Your materials"),
        _("What you own and we keep for you: stock, receipts, use, and how long it lasts."),
    )
    if not found:
        nothing = _("We keep no material of yours. If you sent some, write to your planner.")
        return page_frame(
            empty_state(nothing, action=_("Write a message"), href="/portal/messages"), title=title, lead=lead
        )
    item = two_line_column("what", _("Material"), minWidth=120)
    stock = text_column("stock", _("Stock"), minWidth=90)
    moved = [
        two_line_column("what", _("Month"), minWidth=100),
        text_column("received", _("Received"), minWidth=90),
        text_column("used", _("Used"), minWidth=90),
    ]
    empty = _("Nothing is there.")
    return page_frame(
        panel(
            two_line_grid(
                Ids.materials,
                [item, stock, two_line_column("cover", _("Lasts"), minWidth=110)],
                material_rows(found),
                empty=empty,
            )
        ),
        panel(two_line_grid(Ids.places, [item, stock], place_rows(found), empty=empty), title=_("Where it lies")),
        panel(two_line_grid(Ids.months, moved, month_rows(found), empty=empty), title=_("Received and used")),
        title=title,
        lead=lead,
    )
