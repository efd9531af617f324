"""New versions of recipes of an OEM's products: acknowledge or object."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.i18n import _, day
from core.identity import viewer
from core.ids import PageIds
from services import oem_changes
from services.oem_changes import RecipeChange

PATH = oem_changes.PAGE


class Ids(PageIds):
    versions: str
    note: str
    acknowledge: str
    object: str


@callback(
    Output(Ids.versions, "rowData"),
    Input(Ids.acknowledge, "n_clicks"),
    Input(Ids.object, "n_clicks"),
    State(Ids.versions, "selectedRows"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
def answer_change(_yes: object, _no: object, selected: object, note: object) -> list[dict[str, Any]]:
    row = selected_row(selected)
    said = "objected" if ctx.triggered_id == Ids.object else "acknowledged"
    oem_changes.answer(viewer(), None if row is None else row.get("id"), said, note)
    set_props(Shell.toasts, {"children": [toast(_("Sent."))]})
    return change_rows(oem_changes.changes(viewer()))


@callback(
    Output(Ids.acknowledge, "disabled"),
    Output(Ids.object, "disabled"),
    Input(Ids.versions, "selectedRows"),
    prevent_initial_call=True,
)
def offer_answers(selected: object) -> tuple[bool, bool]:
    none = selected_row(selected) is None
    return none, none


def change_rows(found: list[RecipeChange]) -> list[dict[str, Any]]:
    """Versions as grid rows of two lines."""
    return [_row(each) for each in found]


def _row(each: RecipeChange) -> dict[str, Any]:
    answers = {
        "": (_("Not answered"), "warn"),
        "acknowledged": (_("Acknowledged"), "good"),
        "objected": (_("Objected"), "bad"),
    }
    words = {"added": _("added"), "removed": _("removed"), "more": _("more"), "less": _("less")}
    nothing = _("The first recipe") if each.first else _("No component changes")
    told = ", ".join(f"{name} ({words[what]})" for what, name in each.changes) or nothing
    text, tone = answers[each.answer]
    return {
        "id": each.id,
        "what": f"{each.code}, {_('from %(day)s', day=day(each.valid_from))}\n{each.item}",
        "change": told,
        "state": f"{marked(text, tone)}\n{each.note or each.answered_by or ''}",
        "tone": tone,
    }
