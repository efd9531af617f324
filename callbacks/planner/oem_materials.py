"""Which materials at our places belong to OEMs: declare them, take them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from core.guard import requires
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import oem_materials

PATH = "/supply/oem-materials"


class Ids(PageIds):
    oem: str
    code: str
    declare: str
    declared: str
    take_back: str


@callback(
    Output(Ids.declared, "rowData"),
    Input(Ids.declare, "n_clicks"),
    State(Ids.oem, "value"),
    State(Ids.code, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def declare_material(_clicks: object, oem: object, code: object) -> list[dict[str, Any]]:
    oem_materials.declare(viewer(), oem, code)
    return _told(_("Declared. The OEM sees its stock from now on."))


@callback(Output(Ids.take_back, "disabled"), Input(Ids.declared, "selectedRows"), prevent_initial_call=True)
def offer_taking_back(selected: object) -> bool:
    return selected_row(selected) is None


@callback(
    Output(Ids.declared, "rowData", allow_duplicate=True),
    Input(Ids.take_back, "n_clicks"),
    State(Ids.declared, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def take_material_back(_clicks: object, selected: object) -> list[dict[str, Any]]:
    row = selected_row(selected) or {}
    oem_materials.take_back(viewer(), row.get("oem_id"), row.get("product_id"))
    return _told(_("Taken back. The OEM does not see it any more."))


def declared_rows(found: Sequence[Any]) -> list[dict[str, Any]]:
    """Materials that belong to OEMs as grid rows."""
    return [
        {
            "id": f"{row.oem_id}-{row.product_id}",
            "oem_id": row.oem_id,
            "product_id": row.product_id,
            "material": f"{row.code}\n{row.name}",
            "oem": row.oem,
        }
        for row in found
    ]


def _told(message: str) -> list[dict[str, Any]]:
    set_props(Shell.toasts, {"children": [toast(message)]})
    return declared_rows(oem_materials.declared(viewer())[0])
