"""The materials that an OEM owns at our places, to look at."""

from __future__ import annotations

from typing import Any

from core.i18n import _, counted
from core.ids import PageIds
from services.form_values import shown_quantity
from services.oem_materials import OwnMaterial

PATH = "/portal/oem/materials"


class Ids(PageIds):
    materials: str
    places: str
    months: str


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
    planned = _("planned use %(units)s", units=shown_quantity(each.planned_use))
    if not each.planned_use:
        return _("No use is planned")
    if each.weeks is None:
        return f"{_('Beyond the plan')}\n{planned}"
    return f"{counted('%(count)s week', '%(count)s weeks', each.weeks)}\n{planned}"
