"""The OEM's portal: how much of what is made for it is good."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.partner.oem_quality import PATH, Ids, month_rows, order_rows, product_rows
from components.download import list_download
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_quality

register_page(
    __name__,
    path=PATH,
    permission=Permission.OEM_QUALITY,
    name="Quality and yield",
    area=Area.PORTAL_QUALITY,
    order=10,
    description="Made, scrap and yield of your products",
)


def layout(**_query: str) -> Component:
    found = oem_quality.quality(viewer())
    title, lead = _("Quality and yield"), _("Good units as a share of all that were produced, of the last year.")
    if not found.orders:
        nothing = _("Nothing was made for you in the last year. The yield stands here after the first order.")
        return page_frame(empty_state(nothing), title=title, lead=lead)
    trend = state_column("trend", _("To the 13 weeks before"), minWidth=110)
    empty = _("Nothing was made in the last 13 weeks.")
    return page_frame(
        panel(
            two_line_grid(Ids.products, [*_columns(_("Product")), trend], product_rows(found), empty=empty),
            title=_("Last 13 weeks"),
        ),
        panel(two_line_grid(Ids.months, _columns(_("Month")), month_rows(found), empty=empty), title=_("By month")),
        panel(two_line_grid(Ids.orders, _columns(_("Order")), order_rows(found), empty=empty), title=_("By order")),
        title=title,
        lead=lead,
        actions=[list_download("oem-quality", grid_id=Ids.orders, name=_("Orders"))],
    )


def _columns(name: str) -> list[dict[str, object]]:
    return [
        two_line_column("what", name, minWidth=150),
        two_line_column("made", _("Made, scrap"), minWidth=100, sortable=False),
        two_line_column("share", _("Yield"), minWidth=70, maxWidth=110),
    ]
