"""Demand › Calendar: lanes of events, one event with its form and its effect on the plan, decisions, past events."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.calendar_lanes import calendar_lanes
from components.event_detail import evidence, preview_table, result_facts, state_line, warning_list
from components.event_texts import mechanic_name
from components.forms import NOTHING, chosen
from components.grid import requested_page
from components.page import empty_state
from core.clock import today
from core.errors import InvalidInput, UserError
from core.guard import requires
from core.i18n import _, counted, day, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import event_preview, marketing_calendar, planning_events
from services.event_results import event_results
from services.marketing_calendar import Board, CalendarView, calendar_view

HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
CLOSED = ("split", "panel detail event-detail")
OPEN = ("split split-open", "panel detail detail-open event-detail")
NEW_DAYS = 14
MOST_SHIFT = 3660
CODES = re.compile(r"[\s,;]+")


class Ids(PageIds):
    view: str
    filter_month: str
    filter_by: str
    filter_brand: str
    filter_channel: str
    filter_status: str
    filter_search: str
    board: str
    totals: str
    acted: str
    new: str
    changed: str
    renewed: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    state: str
    warnings: str
    brought: str
    outcome: str
    name: str
    kind: str
    mechanic: str
    products: str
    category: str
    family: str
    brand: str
    location: str
    channels: str
    starts_on: str
    ends_on: str
    discount: str
    budget: str
    uplift: str
    pull_forward: str
    cannibalisation: str
    note: str
    lessons: str
    evidence: str
    proposal: str
    take: str
    preview: str
    save: str
    propose: str
    approve: str
    deciding: str
    reason: str
    reject: str
    cancel: str
    results: str
    result_totals: str


FIELDS = (
    *("name", "kind", "mechanic", "products", "category", "family", "brand", "location", "channels", "starts_on"),
    *("ends_on", "discount", "budget", "uplift", "pull_forward", "cannibalisation", "note", "lessons"),
)
SHARES = {
    "discount": "discount",
    "uplift": "expected_uplift",
    "pull_forward": "pull_forward",
    "cannibalisation": "cannibalisation",
}
"""Fields in per cent, and the shares they stand for."""
CHOSEN = ("kind", "mechanic", "category", "family", "brand", "location")
FORM = [(getattr(Ids, name), "value") for name in FIELDS]
TRIED = [part for name, part in zip(FIELDS, FORM, strict=True) if name not in {"name", "note", "lessons", "budget"}]
BUTTONS = ("save", "propose", "approve", "reject", "cancel")
DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.state, "children"),
    (Ids.warnings, "children"),
    (Ids.brought, "children"),
    *FORM,
    *((getattr(Ids, name), "style") for name in BUTTONS),
    (Ids.deciding, "style"),
    (Ids.reason, "value"),
    (Ids.outcome, "children"),
)
CHANGED = (*DETAIL, (Ids.board, "children"), (Ids.totals, "children"), (Ids.changed, "data"))

renew_rows(Ids.results, after=Ids.changed, renewed=Ids.renewed)


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.acted, "data"),
    State(Ids.view, "data"),
)
def show_event(acted: object, view: object) -> tuple[Any, ...]:
    if not isinstance(acted, dict):
        return (no_update,) * len(DETAIL)
    if acted.get("kind") == "new":
        return new_parts(acted.get("lane"), acted.get("day"), calendar_view(view if isinstance(view, dict) else {}))
    event = marketing_calendar.detail(viewer(), acted.get("event"))
    shift = acted.get("days") if acted.get("kind") == "move" else 0
    if not isinstance(shift, int) or isinstance(shift, bool) or abs(shift) > MOST_SHIFT or not shift:
        return detail_parts(event, "")
    moved = {name: event[name] + timedelta(days=shift) for name in ("starts_on", "ends_on")}
    told = counted("Moved by 1 day: not saved yet.", "Moved by %(count)s days: not saved yet.", shift)
    return detail_parts({**event, **moved}, told)


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Input(Ids.new, "n_clicks"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def start_event(_clicks: object, view: object) -> tuple[Any, ...]:
    return new_parts(None, None, calendar_view(view if isinstance(view, dict) else {}))


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_event(_clicks: object) -> tuple[str, str]:
    return CLOSED


@callback(
    Output(Ids.preview, "children"),
    Output(Ids.evidence, "children"),
    Output(Ids.proposal, "data"),
    *(Input(*part) for part in TRIED),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_preview(*values: object) -> tuple[Any, str, Any]:
    *typed, seen = values
    names = [name for name in FIELDS if (getattr(Ids, name), "value") in TRIED]
    given = given_fields(dict(zip(names, typed, strict=True)))
    try:
        found = event_preview.preview(viewer(), seen_event(seen)[0], given)
    except UserError as error:  # half a form is no mistake yet: it says what is missing
        return str(error), "", None
    proposal = found.proposal
    mechanic = str(given.get("mechanic") or ("discount" if given.get("discount") else "other"))
    offered = {
        "uplift": _percent(proposal.uplift),
        "pull_forward": _percent(proposal.pull_forward),
        "cannibalisation": _percent(proposal.cannibalisation),
    }
    known = proposal.level != "none"
    return preview_table(found), evidence(proposal, mechanic=mechanic), offered if known else None


@callback(
    Output(Ids.uplift, "value", allow_duplicate=True),
    Output(Ids.pull_forward, "value", allow_duplicate=True),
    Output(Ids.cannibalisation, "value", allow_duplicate=True),
    Input(Ids.take, "n_clicks"),
    State(Ids.proposal, "data"),
    prevent_initial_call=True,
)
def take_proposal(_clicks: object, proposal: object) -> tuple[Any, ...]:
    if not isinstance(proposal, dict):
        return (no_update,) * 3
    return tuple(proposal.get(name) for name in ("uplift", "pull_forward", "cannibalisation"))


@callback(
    *(Output(*part, allow_duplicate=True) for part in CHANGED),
    Input(Ids.save, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.view, "data"),
    *(State(*part) for part in FORM),
    prevent_initial_call=True,
)
@requires(Permission.EVENT_EDIT)
def save_event(_clicks: object, seen: object, view: object, *typed: object) -> tuple[Any, ...]:
    event_id, version = seen_event(seen)
    given = given_fields(dict(zip(FIELDS, typed, strict=True)))
    if event_id is None:
        found = planning_events.create(viewer(), {**given, "status": "draft"})
        return changed_parts(found["id"], view, _("Saved as a draft. Propose it when it is ready."))
    found = planning_events.change(viewer(), event_id, version, given)
    return changed_parts(found["id"], view, _("Saved."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in CHANGED),
    Input(Ids.propose, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.EVENT_EDIT)
def propose_event(_clicks: object, seen: object, view: object) -> tuple[Any, ...]:
    found = planning_events.propose(viewer(), *saved_event(seen))
    return changed_parts(found["id"], view, _("Proposed: those who may approve have it in their inbox."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in CHANGED),
    Input(Ids.approve, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
@requires(Permission.EVENT_APPROVE)
def approve_event(_clicks: object, seen: object, view: object) -> tuple[Any, ...]:
    found = planning_events.approve(viewer(), *saved_event(seen))
    return changed_parts(found["id"], view, _("Approved: the demand plan counts on it from now on."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in CHANGED),
    Input(Ids.reject, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.view, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.EVENT_APPROVE)
def reject_event(_clicks: object, seen: object, view: object, reason: object) -> tuple[Any, ...]:
    found = planning_events.reject(viewer(), *saved_event(seen), reason=reason)
    return changed_parts(found["id"], view, _("Rejected."))


@callback(
    *(Output(*part, allow_duplicate=True) for part in CHANGED),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.view, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.EVENT_EDIT)
def cancel_event(_clicks: object, seen: object, view: object, reason: object) -> tuple[Any, ...]:
    found = planning_events.cancel(viewer(), *saved_event(seen), reason=reason)
    return changed_parts(found["id"], view, _("Cancelled."))


@callback(
    Output(Ids.results, "getRowsResponse"),
    Output(Ids.result_totals, "children"),
    Input(Ids.results, "getRowsRequest"),
    prevent_initial_call=True,
)
def show_results(request: object) -> tuple[dict[str, Any], str]:
    answer, found = requested_page(
        request,
        lambda start, end, sort: event_results(viewer(), start=start, end=end, sort=sort),
        result_row,
    )
    return answer, counted("1 past event", "%(count)s past events", found.total)


def result_row(row: dict[str, Any]) -> dict[str, Any]:
    """One past event as the grid shows it."""
    return {
        **row,
        "starts_on": day(row["starts_on"]),
        "ends_on": day(row["ends_on"]),
        "works_by": mechanic_name(row["works_by"]),
    }


def seen_event(seen: object) -> tuple[Any, Any]:
    """Id and version of the event in the form as the browser remembers them; None for a new one."""
    found = seen if isinstance(seen, dict) else {}
    return found.get("id"), found.get("version")


def saved_event(seen: object) -> tuple[Any, Any]:
    """The same of an event that is stored."""
    event_id, version = seen_event(seen)
    if event_id is None:
        raise InvalidInput(_("Save the event first."))
    return event_id, version


def given_fields(typed: dict[str, Any]) -> dict[str, Any]:
    """The fields of planning_events.create from those of the form."""
    given = {name: value for name, value in typed.items() if name not in SHARES}
    for name in CHOSEN:
        if name in given:
            given[name] = chosen(given[name]) or None
    codes = CODES.split(given["products"].strip()) if isinstance(given.get("products"), str) else []
    given["products"] = [code for code in codes if code] or None
    given["channels"] = given.get("channels") or None
    for name, stored in SHARES.items():
        if name in typed:
            given[stored] = _share(typed[name])
    return given


def _share(percent: object) -> object:
    """Per cent as a share; what is no number stays what it is, to be refused by name."""
    if isinstance(percent, (int, float)) and not isinstance(percent, bool) and abs(percent) < 1e9:
        return round(percent / 100, 4)
    return percent or None


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def new_parts(lane: object, first: object, view: CalendarView) -> tuple[Any, ...]:
    """The values of DETAIL for an event that is to be made, of the lane and day that were pointed at."""
    may = viewer().may(Permission.EVENT_EDIT)
    choices = marketing_calendar.choices(viewer())
    channels = [code for code, name in choices["channel"] if view.by == "channel" and name == lane]
    brand = lane if view.by == "brand" and lane in dict(choices["brand"]) else NOTHING
    starts_on = _day_of(first) or max(view.month, today())
    empty = dict.fromkeys(FIELDS) | dict.fromkeys(CHOSEN, NOTHING)
    values = empty | {
        "kind": "promotion",
        "mechanic": "discount",
        "brand": brand,
        "channels": channels,
        "products": "",
        "starts_on": day(starts_on),
        "ends_on": day(starts_on + timedelta(days=NEW_DAYS - 1)),
    }
    shown = dict.fromkeys(BUTTONS, HIDDEN) | ({"save": SHOWN} if may else {})
    return (
        *OPEN,
        {"id": None, "version": None},
        _("New event"),
        "",
        None,
        None,
        *(values[name] for name in FIELDS),
        *(shown[name] for name in BUTTONS),
        HIDDEN,
        "",
        "",
    )


def _day_of(value: object) -> date | None:
    try:
        found = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return found if abs((found - today()).days) < MOST_SHIFT else None


def detail_parts(event: dict[str, Any], told: str) -> tuple[Any, ...]:
    """The values of DETAIL for one event."""
    shown = allowed(event["status"])
    return (
        *OPEN,
        {"id": event["id"], "version": event["version"]},
        event["name"],
        state_line(event),
        warning_list(event["warnings"]),
        result_facts(event),
        *(form_values(event)[name] for name in FIELDS),
        *(SHOWN if name in shown else HIDDEN for name in BUTTONS),
        SHOWN if shown & {"reject", "cancel"} else HIDDEN,
        "",
        told,
    )


def form_values(event: dict[str, Any]) -> dict[str, Any]:
    """An event as its form shows it."""
    values = {name: event.get(name) for name in FIELDS}
    values |= {name: event[name] or NOTHING for name in CHOSEN}
    values |= {name: _percent(event[stored]) for name, stored in SHARES.items()}
    values["mechanic"] = event["works_by"]
    values["products"] = ", ".join(event["products"] or [code for code in [event["product"]] if code])
    values["channels"] = event["channels"] or [code for code in [event["channel"]] if code]
    values["starts_on"], values["ends_on"] = day(event["starts_on"]), day(event["ends_on"])
    return values


def allowed(status: str) -> set[str]:
    """What the viewer may do with an event now."""
    may_edit, may_approve = viewer().may(Permission.EVENT_EDIT), viewer().may(Permission.EVENT_APPROVE)
    if status == "cancelled":
        return set()
    found = {"save", "cancel"} if may_edit else set()
    if may_edit and status in {"draft", "rejected"}:
        found |= {"propose"}
    if may_approve and status in {"draft", "proposed"}:
        found |= {"approve"}
    return found | ({"reject"} if may_approve and status == "proposed" else set())


def changed_parts(event_id: int, view: object, told: str) -> tuple[Any, ...]:
    """The values of CHANGED."""
    event = marketing_calendar.detail(viewer(), event_id)
    found = marketing_calendar.board(viewer(), calendar_view(view if isinstance(view, dict) else {}))
    return *detail_parts(event, told), board_view(found), totals_text(found), f"{event_id}.{event['version']}"


def board_view(found: Board) -> list[Component]:
    """The lanes, or what to do when there are none."""
    if not found.lanes:
        return [
            empty_state(
                _("No event fits. Look at other months or filters, plan a new event, or import promotions."),
                action=_("Import promotions"),
                href="/data/import?entity=promotions",
            )
        ]
    view = found.view
    movable = viewer().may(Permission.EVENT_EDIT)
    return calendar_lanes(found.lanes, first=view.month, last=view.last, now=today(), movable=movable)


def totals_text(found: Board) -> str:
    """How many events are shown, and how many of them something speaks against."""
    warned = sum(bool(bar.warnings) for lane in found.lanes for bar in lane.bars)
    if found.shown < found.total:
        return _(
            "%(shown)s of %(total)s events, %(warned)s with warnings; narrow with the filters to see the others.",
            shown=number(found.shown),
            total=number(found.total),
            warned=number(warned),
        )
    return counted(
        "1 event, %(warned)s with warnings",
        "%(count)s events, %(warned)s with warnings",
        found.total,
        warned=number(warned),
    )
