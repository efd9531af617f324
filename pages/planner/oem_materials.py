"""Supply › OEM materials: which materials at our places belong to OEMs."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.planner.oem_materials import PATH, Ids, declared_rows
from components.download import list_download
from components.forms import field, select
from components.grid import text_column
from components.page import page_frame, panel
from components.two_line_grid import two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_materials
from services.oem_materials import CODE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.PARTNER_READ,
    name="OEM materials",
    area=Area.SUPPLY,
    order=38,
    description="Materials at our places that belong to OEMs, who see their stock",
)


def layout(**_query: str) -> Component:
    person = viewer()
    found, oems = oem_materials.declared(person)
    editing = person.may(Permission.INVENTORY_EDIT)
    columns = [two_line_column("material", _("Material"), minWidth=140), text_column("oem", _("Belongs to"))]
    empty = _("No material belongs to an OEM yet. Declare the first one.")
    take_back = dbc.Button(
        _("Take the selected one back"), id=Ids.take_back, color="primary", outline=True, disabled=True
    )
    return page_frame(
        *([_form([(str(row.id), row.name) for row in oems])] if editing else []),
        panel(
            two_line_grid(Ids.declared, columns, declared_rows(found), empty=empty, selection="single"),
            *([html.Div(take_back, className="button-row")] if editing else []),
        ),
        title=_("OEM materials"),
        lead=_("What an OEM owns and we keep. The OEM sees its stock, receipts and use, and nothing of its cost."),
        actions=[list_download("declared-materials", grid_id=Ids.declared)],
    )


def _form(oems: list[tuple[str, str]]) -> Component:
    return panel(
        html.Div(
            [
                field(_("OEM"), select(Ids.oem, oems, "")),
                field(_("Code of the material"), dbc.Input(id=Ids.code, maxLength=CODE_LENGTH)),
                dbc.Button(_("Declare"), id=Ids.declare, color="primary"),
            ],
            className="form-line",
        ),
        title=_("Declare a material"),
    )
