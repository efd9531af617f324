"""The OEM's portal: new versions of the recipes of its products."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from callbacks.partner.oem_changes import PATH, Ids, change_rows
from components.download import list_download
from components.forms import field
from components.page import empty_state, page_frame, panel
from components.two_line_grid import state_column, two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import oem_changes
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.OEM_CHANGES,
    name="Recipe changes",
    area=Area.PORTAL_QUALITY,
    order=20,
    description="New recipes of your products, to acknowledge or object to",
)


def layout(**_query: str) -> Component:
    person = viewer()
    found = oem_changes.changes(person)
    title, lead = _("Recipe changes"), _("Recipes of your products from their first day on, and what you said to them.")
    if not found:
        return page_frame(empty_state(_("There is no recipe of your products yet.")), title=title, lead=lead)
    columns = [
        two_line_column("what", _("Recipe"), minWidth=150),
        two_line_column("change", _("What changes"), minWidth=110),
        state_column("state", _("Your answer"), minWidth=110),
    ]
    answers = person.may(Permission.PORTAL_COMMIT)
    selection = "single" if answers else None
    empty = _("There is no recipe of your products yet.")
    return page_frame(
        panel(two_line_grid(Ids.versions, columns, change_rows(found), empty=empty, selection=selection)),
        *([_form()] if answers else []),
        title=title,
        lead=lead,
        actions=[list_download("oem-changes", grid_id=Ids.versions)],
    )


def _form() -> Component:
    buttons = [
        dbc.Button(_("Acknowledge"), id=Ids.acknowledge, color="primary", disabled=True),
        dbc.Button(_("Object"), id=Ids.object, color="primary", outline=True, disabled=True),
    ]
    return panel(
        field(_("Note"), dbc.Input(id=Ids.note, maxLength=NOTE_LENGTH), hint=_("Needed to object.")),
        html.Div(buttons, className="button-row"),
        title=_("Answer for the selected recipe"),
    )
