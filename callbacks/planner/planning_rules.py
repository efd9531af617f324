"""Inventory › Rules: the figures that the company plans by, saved set by set."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from core.guard import requires
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import planning_rules
from services.company_rules import as_entered

PATH = "/inventory/rules"


class Ids(PageIds):
    seen: str
    rule: str
    save: str
    outcome: str


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.seen, "data"),
    Input({"type": Ids.save, "index": ALL}, "n_clicks"),
    State({"type": Ids.rule, "index": ALL}, "value"),
    State({"type": Ids.rule, "index": ALL}, "id"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_rules(clicks: object, values: object, ids: object, seen: object) -> tuple[Any, Any]:
    pressed = ctx.triggered_id
    if not pressed or not any(clicks if isinstance(clicks, list) else []):
        return no_update, no_update
    name = pressed["index"]
    known = seen if isinstance(seen, dict) else {}
    saved = planning_rules.save_rules(viewer(), name, entered_of(name, values, ids), seen=known.get(name))
    return outcome_text(name), {**known, name: as_entered(saved)}


def entered_of(name: object, values: object, ids: object) -> dict[str, object]:
    """What stands in the fields of one set; their index is set.rule."""
    given = zip(ids, values, strict=False) if isinstance(ids, list) and isinstance(values, list) else ()
    fields = [(str(field.get("index")).partition("."), value) for field, value in given if isinstance(field, dict)]
    return {rule: value for (of, _point, rule), value in fields if of == name}


def outcome_text(name: object) -> str:
    """What follows from the figures that were saved."""
    if name == "stocking":
        return _("Saved. Policies follow with the next recalculation under Inventory › Positions.")
    return _("Saved. All figures follow at once.")
