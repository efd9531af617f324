"""S&OP › Cycle: the board, the chosen step with its checklist, closing and opening, decisions, the template."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, callback, no_update
from dash.development.base_component import Component

from callbacks.cycle_board import board_parts
from components.forms import chosen
from components.grid import selected_rows
from core.guard import requires
from core.i18n import _, counted
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import cycle, cycle_rules, cycle_steps, cycle_template, decisions, item_reviews
from services.company_rules import as_entered
from services.cycle_lock import STEPS

PATH = "/sop/cycle"


class Ids(PageIds):
    board: str
    outcome: str
    seen: str
    start: str
    month: str
    item: str
    accept_reason: str
    accept: str
    close: str
    reopen_reason: str
    reopen: str
    owner: str
    due_on: str
    agenda: str
    notes: str
    save: str
    kind: str
    title: str
    decider: str
    decide_by: str
    expected: str
    add: str
    chosen: str
    drop_reason: str
    finish: str
    drop: str
    to_review: str
    confirm: str
    template: str
    template_seen: str
    save_template: str
    rule: str
    rules_seen: str
    save_rules: str


BOARD = ((Ids.board, "children"), (Ids.outcome, "children"))
AFTER = tuple(Output(*part, allow_duplicate=True) for part in BOARD)
NOTHING_DONE = (no_update, no_update)
Answer = tuple[Any, Any]


@callback(*AFTER, Input(Ids.start, "n_clicks"), State(Ids.month, "data"), prevent_initial_call=True)
@requires(Permission.CYCLE_MANAGE)
def start_cycle(clicks: object, month: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    cycle.start(viewer(), month)
    return board_parts(Ids), _("The cycle has begun. The owner of the first step was told.")


@callback(
    *AFTER,
    Input(Ids.save, "n_clicks"),
    State(Ids.owner, "value"),
    State(Ids.due_on, "value"),
    State(Ids.agenda, "value"),
    State(Ids.notes, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def save_step(clicks: object, *entered: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    owner, due_on, agenda, notes, seen = entered
    cycle_steps.change(viewer(), *seen_step(seen), owner=chosen(owner), due_on=due_on, agenda=agenda, notes=notes)
    return shown_again(seen), _("Saved.")


@callback(
    *AFTER,
    Input(Ids.accept, "n_clicks"),
    State(Ids.item, "value"),
    State(Ids.accept_reason, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.CYCLE_MANAGE)
def accept_item(clicks: object, item: object, reason: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    cycle_steps.accept(viewer(), *seen_step(seen), key=item, reason=reason)
    return shown_again(seen), _("Accepted.")


@callback(*AFTER, Input(Ids.close, "n_clicks"), State(Ids.seen, "data"), prevent_initial_call=True)
def close_step(clicks: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    cycle_steps.close(viewer(), *seen_step(seen))
    return shown_again(seen), _("Closed. Who owns the next step was told.")


@callback(
    *AFTER,
    Input(Ids.reopen, "n_clicks"),
    State(Ids.reopen_reason, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.CYCLE_REOPEN)
def reopen_step(clicks: object, reason: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    cycle_steps.reopen(viewer(), *seen_step(seen), reason=reason)
    return shown_again(seen), _("Open again. All owners of the cycle were told.")


@callback(
    *AFTER,
    Input(Ids.add, "n_clicks"),
    State(Ids.kind, "value"),
    State(Ids.title, "value"),
    State(Ids.decider, "value"),
    State(Ids.decide_by, "value"),
    State(Ids.expected, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def add_decision(clicks: object, *entered: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    kind, title, owner, due_on, expected, seen = entered
    held = seen if isinstance(seen, dict) else {}
    asked = kind == "asked"
    decisions.add(
        viewer(),
        held.get("cycle"),
        held.get("name"),
        decisions.DECISION if asked else kind,
        title,
        owner_id=chosen(owner) or None,
        due_on=due_on,
        expected_value=expected,
        asked=asked,
    )
    return shown_again(seen), _("Added. Its owner was told.")


@callback(
    *AFTER,
    Input(Ids.finish, "n_clicks"),
    State(Ids.chosen, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def finish_decision(clicks: object, which: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    decision_id, version = chosen_decision(which)
    decisions.finish(viewer(), decision_id, version)
    return shown_again(seen), _("Done.")


@callback(
    *AFTER,
    Input(Ids.drop, "n_clicks"),
    State(Ids.chosen, "value"),
    State(Ids.drop_reason, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def drop_decision(clicks: object, which: object, reason: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    decision_id, version = chosen_decision(which)
    decisions.drop(viewer(), decision_id, version, reason=reason)
    return shown_again(seen), _("Dropped.")


@callback(
    *AFTER,
    Input(Ids.confirm, "n_clicks"),
    State(Ids.to_review, "selectedRows"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def confirm_items(clicks: object, selected: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    count = item_reviews.confirm_reviewed(viewer(), [row.get("id") for row in selected_rows(selected)])
    return shown_again(seen), counted("1 item confirmed.", "%(count)s items confirmed.", count)


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.template_seen, "data"),
    Input(Ids.save_template, "n_clicks"),
    State({"type": Ids.template, "index": ALL}, "value"),
    State({"type": Ids.template, "index": ALL}, "id"),
    State(Ids.template_seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.CYCLE_MANAGE)
def save_template(clicks: object, values: object, ids: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    fields = entered_of(values, ids)
    entered = {step: {name: fields.get(f"{step}.{name}") for name in ("role", "due_day", "agenda")} for step in STEPS}
    cycle_template.save_template(viewer(), entered, seen=seen)
    found = cycle_template.as_seen(cycle_template.template(viewer()))
    return _("Saved. The next cycle begins with it; the one that runs stays as it is."), found


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.rules_seen, "data"),
    Input(Ids.save_rules, "n_clicks"),
    State({"type": Ids.rule, "index": ALL}, "value"),
    State({"type": Ids.rule, "index": ALL}, "id"),
    State(Ids.rules_seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.CYCLE_MANAGE)
def save_rules(clicks: object, values: object, ids: object, seen: object) -> Answer:
    if not clicks:
        return NOTHING_DONE
    saved = cycle_rules.save_rules(viewer(), entered_of(values, ids), seen=seen)
    return _("Saved. The checklists follow at once."), as_entered(saved)


def entered_of(values: object, ids: object) -> dict[str, object]:
    """What stands in fields by their index."""
    given = zip(ids, values, strict=False) if isinstance(ids, list) and isinstance(values, list) else ()
    return {str(each.get("index")): value for each, value in given if isinstance(each, dict)}


def seen_step(seen: object) -> tuple[object, object]:
    """Id and version of the step on the screen."""
    return (seen.get("step"), seen.get("version")) if isinstance(seen, dict) else (None, None)


def chosen_decision(which: object) -> tuple[int, int]:
    """Id and version of the decision that is chosen, 0 for what is none."""
    number_, _colon, version = which.partition(":") if isinstance(which, str) else ("", "", "")
    known = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (number_, version))
    return (int(number_), int(version)) if known else (0, 0)


def shown_again(seen: object) -> list[Component]:
    """The board after a change, at the same cycle and step."""
    held = seen if isinstance(seen, dict) else {}
    return board_parts(Ids, str(held.get("month", "")), str(held.get("name", "")))
