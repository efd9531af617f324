"""Inventory › Expiry: lots at risk, one lot with its actions, proposing and deciding them, all actions."""

from __future__ import annotations

from math import ceil
from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.expiry_detail import action_cards, action_text, lot_facts, lot_history
from components.expiry_texts import (
    BUCKET_TONES,
    STATUS_TONES,
    action_status_name,
    action_status_text,
    bucket_name,
    kind_name,
)
from components.forms import chosen, status
from components.grid import requested_page, selected_row
from components.todo_cards import TodoCard, todo_cards
from core.clock import today
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import _, counted, day, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import expiry_actions, expiry_board
from services.expiry_board import ActionPage, BoardFilters, BoardPage, LotDetail

PATH = "/inventory/expiry"
FILTERS = ("bucket", "action", "location", "category", "search")
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
CLOSED = ("split", "panel detail expiry-detail")
OPEN = ("split split-open", "panel detail detail-open expiry-detail")
OPEN_STATUSES = ("proposed", "approved", "running")


class Ids(PageIds):
    filters: str
    bucket: str
    action: str
    location: str
    category: str
    search: str
    cards: str
    outcome: str
    rows: str
    totals: str
    changed: str
    renewed: str
    actions: str
    action_totals: str
    actions_renewed: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    about: str
    measures: str
    history: str
    deciding: str
    chosen_action: str
    approve: str
    start: str
    result: str
    done_quantity: str
    recovered: str
    finish: str
    note: str
    cancel: str
    proposing: str
    kind: str
    quantity: str
    recovery: str
    due_on: str
    proposal_note: str
    propose: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.about, "children"),
    (Ids.measures, "children"),
    (Ids.history, "children"),
    (Ids.deciding, "style"),
    (Ids.chosen_action, "options"),
    (Ids.chosen_action, "value"),
    (Ids.proposing, "style"),
    (Ids.quantity, "value"),
    (Ids.due_on, "value"),
)
SELECTED = (*DETAIL, (Ids.outcome, "children"))
AFTER_CHANGE = (*SELECTED, (Ids.note, "value"), (Ids.changed, "data"))

for grid_id, renewed_id in ((Ids.rows, Ids.renewed), (Ids.actions, Ids.actions_renewed)):
    renew_rows(grid_id, after=Ids.changed, renewed=renewed_id)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_lots(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_lots(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: expiry_board.board(viewer(), wanted, start=start, end=end, sort=sort),
        lot_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.actions, "getRowsResponse"),
    Output(Ids.action_totals, "children"),
    Input(Ids.actions, "getRowsRequest"),
    prevent_initial_call=True,
)
def show_actions(request: object) -> tuple[dict[str, Any], str]:
    answer, found = requested_page(
        request,
        lambda start, end, sort: expiry_board.actions(viewer(), start=start, end=end, sort=sort),
        action_row,
    )
    return answer, action_totals_text(found)


@callback(
    Output(Ids.cards, "children"),
    Input(Ids.changed, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_cards(_changed: object, filters: object) -> list[Component]:
    return bucket_cards(wanted_lots(filters).bucket)


@callback(
    *(Output(*part) for part in SELECTED),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_lot(selected: object) -> tuple[Any, ...]:
    return selected_parts(selected)


@callback(
    *(Output(*part, allow_duplicate=True) for part in SELECTED),
    Input(Ids.actions, "selectedRows"),
    prevent_initial_call=True,
)
def show_lot_of_action(selected: object) -> tuple[Any, ...]:
    return selected_parts(selected)


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Output(Ids.actions, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_lot(_clicks: object) -> tuple[str, str, list[Any], list[Any]]:
    return *CLOSED, [], []


@callback(
    Output(Ids.approve, "style"),
    Output(Ids.start, "style"),
    Output(Ids.result, "style"),
    Output(Ids.done_quantity, "value"),
    Output(Ids.recovered, "value"),
    Input(Ids.chosen_action, "value"),
    Input(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_steps(action_id: object, seen: object) -> tuple[Any, ...]:
    action = chosen_action(seen, action_id)
    now = action.get("status")
    shown = tuple(SHOWN if now == wanted else HIDDEN for wanted in OPEN_STATUSES)
    return *shown, action.get("quantity"), None


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Output(Ids.proposal_note, "value"),
    Input(Ids.propose, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.kind, "value"),
    State(Ids.quantity, "value"),
    State(Ids.recovery, "value"),
    State(Ids.due_on, "value"),
    State(Ids.proposal_note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def propose_action(_clicks: object, seen: object, *typed: object) -> tuple[Any, ...]:
    lot = seen if isinstance(seen, dict) else {}
    names = ("kind", "quantity", "recovery_percent", "due_on", "note")
    key = (lot.get(name) for name in expiry_board.LOT)
    found = expiry_actions.propose(viewer(), *key, **dict(zip(names, typed, strict=True)))
    return *changed_parts(found, _("Proposed. Approve it to go on.")), ""


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.approve, "n_clicks"),
    State(Ids.chosen_action, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def approve_action(_clicks: object, action_id: object, seen: object) -> tuple[Any, ...]:
    found = expiry_actions.approve(viewer(), *decided(seen, action_id))
    return changed_parts(found, _("Approved."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.start, "n_clicks"),
    State(Ids.chosen_action, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def start_action(_clicks: object, action_id: object, seen: object) -> tuple[Any, ...]:
    found = expiry_actions.start(viewer(), *decided(seen, action_id))
    return changed_parts(found, _("Under way."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.finish, "n_clicks"),
    State(Ids.chosen_action, "value"),
    State(Ids.seen, "data"),
    State(Ids.done_quantity, "value"),
    State(Ids.recovered, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def finish_action(
    _clicks: object, action_id: object, seen: object, quantity: object, recovered: object, note: object
) -> tuple[Any, ...]:
    found = expiry_actions.finish(
        viewer(), *decided(seen, action_id), quantity=quantity, recovered=recovered, note=note
    )
    return changed_parts(found, _("Finished; the result is stored."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.chosen_action, "value"),
    State(Ids.seen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def cancel_action(_clicks: object, action_id: object, seen: object, note: object) -> tuple[Any, ...]:
    found = expiry_actions.cancel(viewer(), *decided(seen, action_id), reason=note)
    return changed_parts(found, _("Cancelled."))


def wanted_lots(filters: object) -> BoardFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return BoardFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def bucket_cards(wanted_bucket: str) -> list[Component]:
    """All that is at risk, then by how soon it expires; each card opens its list."""
    totals = expiry_board.summary(viewer())
    lots = sum(total.lots for total in totals)
    value = sum(total.value_at_risk for total in totals)
    cards = [TodoCard(_("Value at risk"), money(value), _lot_count(lots), PATH, chosen=not wanted_bucket)]
    for total in totals:
        cards.append(
            TodoCard(
                bucket_name(total.bucket),
                money(total.value_at_risk),
                _lot_count(total.lots),
                f"{PATH}?bucket={total.bucket}",
                BUCKET_TONES[total.bucket] if total.lots else "quiet",
                chosen=wanted_bucket == total.bucket,
            )
        )
    return todo_cards(cards)


def lot_row(row: dict[str, Any]) -> dict[str, Any]:
    """One lot as the grid shows it."""
    names = (
        "id", "product_id", "location_id", "lot", "code", "name", "location", "location_name", "quantity", "days_left",
        "demand_until", "quantity_at_risk", "value_at_risk",
    )  # fmt: skip
    planned = row["action_kind"]
    return {
        **{name: row[name] for name in names},
        "expires_on": day(row["expires_on"]),
        "action_kind": f"{kind_name(planned)}, {action_status_name(row['action_status']).lower()}" if planned else "",
        "tone": BUCKET_TONES[row["bucket"]],
    }


def action_row(row: dict[str, Any]) -> dict[str, Any]:
    """One action as the grid shows it."""
    names = (
        "id", "product_id", "location_id", "lot", "code", "name", "location", "quantity", "expected_recovery",
        "done_quantity", "recovered", "proposed_by",
    )  # fmt: skip
    late = row["status"] in OPEN_STATUSES and row["due_on"] < today()
    return {
        **{name: row[name] for name in names},
        "status": action_status_text(row["status"]),
        "tone": STATUS_TONES[row["status"]],
        "kind": kind_name(row["kind"]),
        "due_on": _("%(day)s · late", day=day(row["due_on"])) if late else day(row["due_on"]),
        "finished_on": day(row["finished_on"]),
    }


def totals_text(found: BoardPage) -> str:
    """What the whole list is worth."""
    return counted(
        "1 lot · value at risk %(value)s · %(expected)s expected back from open actions",
        "%(count)s lots · value at risk %(value)s · %(expected)s expected back from open actions",
        found.total,
        value=money(found.value_at_risk),
        expected=money(found.expected_recovery),
    )


def action_totals_text(found: ActionPage) -> str:
    """What all actions are to bring and brought."""
    return _(
        "%(open)s open, %(expected)s expected back · %(done)s done, %(recovered)s came back",
        open=number(found.open),
        expected=money(found.expected),
        done=number(found.done),
        recovered=money(found.recovered),
    )


def chosen_action(seen: object, action_id: object) -> dict[str, Any]:
    """The chosen action as the browser remembers it, its values unchecked; empty when there is none."""
    actions = seen.get("actions") if isinstance(seen, dict) else None
    found = actions.get(str(action_id)) if isinstance(actions, dict) else None
    return found if isinstance(found, dict) else {}


def decided(seen: object, action_id: object) -> tuple[object, object]:
    """Id and version of the action to decide on."""
    action = chosen_action(seen, action_id)
    if not action:
        raise InvalidInput(_("Choose an action first."))
    return action.get("id"), action.get("version")


def selected_parts(selected: object) -> tuple[Any, ...]:
    """The values of SELECTED for the lot of a selected row; nothing changes without one."""
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(SELECTED)
    return *detail_parts(expiry_board.lot(viewer(), *(row.get(name) for name in expiry_board.LOT))), ""


def changed_parts(found: LotDetail, told: str) -> tuple[Any, ...]:
    """The values of AFTER_CHANGE."""
    changed = " ".join([found.lot["id"], *(f"{action['id']}.{action['version']}" for action in found.actions)])
    return *detail_parts(found), told, "", changed


def detail_parts(found: LotDetail) -> tuple[Any, ...]:
    """The values of DETAIL for one lot."""
    lot, may_edit = found.lot, viewer().may(Permission.INVENTORY_EDIT)
    open_actions = [action for action in reversed(found.actions) if action["status"] in OPEN_STATUSES]
    return (
        *OPEN,
        seen_lot(lot, open_actions),
        lot["name"],
        place_of(lot),
        lot_facts(lot),
        action_cards(found.actions),
        lot_history(found.history),
        SHOWN if open_actions and may_edit else HIDDEN,
        [{"value": str(action["id"]), "label": action_text(action)} for action in open_actions],
        str(open_actions[0]["id"]) if open_actions else None,
        SHOWN if lot["quantity"] and may_edit else HIDDEN,
        *first_proposal(lot, open_actions),
    )


def seen_lot(lot: dict[str, Any], open_actions: list[dict[str, Any]]) -> dict[str, Any]:
    """What a decision needs to know of what was on the screen."""
    names = ("id", "version", "status", "quantity")
    actions = {str(action["id"]): {name: action[name] for name in names} for action in open_actions}
    return {**{name: lot[name] for name in expiry_board.LOT}, "actions": actions}


def place_of(lot: dict[str, Any]) -> list[Any]:
    """How soon the lot expires, and where it lies."""
    where = f" {lot['code']} · {lot['location_name']} · {_('lot %(lot)s', lot=lot['lot'])}"
    bucket = lot["bucket"]
    return [status(bucket_name(bucket), BUCKET_TONES[bucket]), where] if bucket else [where]


def first_proposal(lot: dict[str, Any], open_actions: list[dict[str, Any]]) -> tuple[float | None, str]:
    """What the form of a proposal holds at first: whole units that nobody deals with yet, by the day of expiry."""
    planned = sum(action["quantity"] for action in open_actions)
    whole = ceil(round(lot["quantity_at_risk"] - planned, 4))
    wanted = min(whole, round(lot["quantity"] - planned, 4))
    expires_on = lot["expires_on"]
    return wanted if wanted > 0 else None, day(max(expires_on, today()) if expires_on else today())


def _lot_count(count: int) -> str:
    return counted("1 lot", "%(count)s lots", count)
