"""The materials that an OEM owns at our places, to look at."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, callback
from dash.development.base_component import Component

from components.download import list_download
from components.page import empty_state, panel
from components.two_line_grid import two_line_column, two_line_grid
from core.i18n import _, counted, number
from core.identity import viewer
from core.ids import PageIds
from services import oem_materials
from services.form_values import shown_quantity
from services.oem_materials import OwnMaterial

PATH = "/portal/oem/materials"


class Ids(PageIds):
    found: str
    materials: str
    places: str
    months: str


@callback(Output(Ids.found, "children"), Input(Ids.found, "id"))
def show_materials(_id: object) -> list[Component]:
    """After the page stands: the plan of today may have to be worked out first."""
    found = oem_materials.materials(viewer())
    if not found:
        nothing = _("We keep no material of yours. If you sent some, write to your planner.")
        return [empty_state(nothing, action=_("Write a message"), href="/portal/messages")]
    item = two_line_column("what", _("Material"), minWidth=120)
    stock = two_line_column("stock", _("Stock"), minWidth=90)
    lasts = two_line_column("cover", _("Lasts"), minWidth=110)
    moved = [
        two_line_column("what", _("Month"), minWidth=100),
        two_line_column("received", _("Received"), minWidth=90),
        two_line_column("used", _("Used"), minWidth=90),
    ]
    empty = _("Nothing is there.")
    return [
        panel(two_line_grid(Ids.materials, [item, stock, lasts], material_rows(found), empty=empty)),
        panel(two_line_grid(Ids.places, [item, stock], place_rows(found), empty=empty), title=_("Where it lies")),
        panel(
            two_line_grid(Ids.months, moved, month_rows(found), empty=empty),
            title=_("Received and used"),
            actions=[list_download("oem-material-moves", grid_id=Ids.months)],
        ),
    ]


def material_rows(found: list[OwnMaterial]) -> list[dict[str, Any]]:
    """Each material with its stock and how long it lasts."""
    return [
        {
            "id": each.code,
            "what": f"{each.code}\n{each.name}",
            "stock": f"{shown_quantity(each.stock)} {each.uom}",
            "cover": _cover(each),
        }
        for each in found
    ]


def place_rows(found: list[OwnMaterial]) -> list[dict[str, Any]]:
    """Where the stock lies."""
    return [
        {"id": f"{each.code}-{place}", "what": f"{each.code}\n{place}", "stock": f"{shown_quantity(units)} {each.uom}"}
        for each in found
        for place, units in each.places
    ]


def month_rows(found: list[OwnMaterial]) -> list[dict[str, Any]]:
    """What came in and was used, month by month."""
    return [
        {
            "id": f"{each.code}-{month}",
            "what": f"{month:%Y-%m}\n{each.code}",
            "received": f"{shown_quantity(received)} {each.uom}",
            "used": f"{shown_quantity(used)} {each.uom}",
        }
        for each in found
        for month, received, used in reversed(each.months)
    ]


def _cover(each: OwnMaterial) -> str:
    planned = _("planned use %(units)s", units=number(each.planned_use))
    if not each.planned_use:
        return _("No use is planned")
    if each.weeks is None:
        return f"{_('Beyond the plan')}\n{planned}"
    return f"{counted('%(count)s week', '%(count)s weeks', each.weeks)}\n{planned}"
