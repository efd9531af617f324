"""The calendar of planned events that forecasts know of: promotions, price changes, holidays, closures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from analytics.event_sales import AFTER_DAYS
from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import planning_events as rows
from data.queries import settings as stored
from models.base import Json
from services.audit import record
from services.cycle_lock import DEMAND, require_open
from services.event_fields import GROUPS, LONGEST_NOTE, SEVERAL, Event, checked_event, new_code, one_of
from services.form_values import row_id, sentence
from services.notifications import APPROVAL, Notice, done, people_with, tell

PATH = "/demand/calendar"
STATUSES = ("draft", "proposed", "approved", "rejected", "cancelled")
STARTING = ("draft", "approved")
LARGEST_PAGE = 500
STORED_AS_TYPED = (
    *("code", "name", "kind", *GROUPS, "starts_on", "ends_on", "discount", "mechanic", "budget", "expected_uplift"),
    *("pull_forward", "cannibalisation", "note", "lessons"),
)
REMARKS = {"lessons", "note"}
"""What can be written at any time: it changes no figure."""
SUBJECT = "event"
"""Whose data version counts the changes of the calendar."""


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What the calendar is narrowed to: days both included, codes and states; what is empty narrows nothing."""

    since: date | None = None
    until: date | None = None
    kind: str = ""
    status: str = ""
    product: str = ""
    brand: str = ""
    channel: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, by their first day, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


def events(
    viewer: Viewer, filters: EventFilters | None = None, *, first: int = 0, limit: int = LARGEST_PAGE
) -> EventPage:
    """The calendar, by first day.

    Inputs: a viewer with forecast.read; filters; how many to pass over and to read, at most LARGEST_PAGE.
    Returns: EventPage; rows have the fields of Event with codes and names of product, location and channel (None for
        all of them), id, author, created_at and version.
    Raises: NotAllowed.
    Source: screens.md, planning calendar.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        found, total = rows.page(
            session, asdict(filters or EventFilters()), first=max(first, 0), limit=min(limit, LARGEST_PAGE)
        )
    return EventPage([row._asdict() for row in found], total)


def event(viewer: Viewer, event_id: object) -> dict[str, Any]:
    """One event.

    Inputs: a viewer with forecast.read, the id.
    Returns: a row as of events.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        return _shown(session, row_id(event_id))


def create(viewer: Viewer, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put an event into the calendar. Forecasts and the demand plan know it once it is approved.

    Inputs: a viewer with event.edit; given: name, kind, starts_on and ends_on; where wanted code (else one is made),
        product or products, location, channel or channels (codes; empty: all), or category, family and brand; discount,
        expected_uplift, pull_forward and cannibalisation (shares), mechanic, budget, note, lessons; status draft, or
        approved from those with event.approve, which is theirs without a word.
    Returns: the event as of events.
    Raises: NotAllowed; InvalidInput that names the field and says what it takes; Conflict when the demand step of the
        cycle is closed.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.EVENT_EDIT)
    may_approve = viewer.may(Permission.EVENT_APPROVE)
    status = one_of(given.get("status") or STARTING[may_approve], STARTING, name=_("Status"))
    if status == "approved":
        require(viewer, Permission.EVENT_APPROVE)
    with session_scope(viewer) as session:
        event_id = _created(session, viewer, given, status)
        if status == "approved":
            _require_open(session, _held_now(session, event_id))
        return _shown(session, event_id)


def draft(session: Session, viewer: Viewer, given: Mapping[str, Any]) -> int:
    """Put an event into the calendar that forecasts do not know before somebody with the right approves it.

    Inputs: the open session of the change that asks for it, the viewer, the fields of create.
    Returns: its id.
    Raises: InvalidInput as create.
    Source: none; ours.
    """
    return _created(session, viewer, given, "draft")


def proposed(session: Session, viewer: Viewer, given: Mapping[str, Any]) -> int:
    """Put an event into the calendar and ask those who may approve for their decision.

    Inputs: the open session of the change that asks for it, the viewer, the fields of create.
    Returns: its id.
    Raises: InvalidInput as create.
    Source: screens.md 25.
    """
    event_id = _created(session, viewer, given, "proposed")
    _ask(session, viewer, event_id)
    return event_id


def withdraw_draft(session: Session, viewer: Viewer, event_id: int, *, reason: str) -> None:
    """Call an event off that is still a draft; any other stays as it is.

    Inputs: the open session of the change that asks for it, the viewer, the event, why.
    Returns: nothing.
    Raises: nothing.
    Source: none; ours.
    """
    held = rows.held(session, event_id)
    if held is not None and held.status == "draft":
        _cancel(session, viewer, held, why=reason)


def change(viewer: Viewer, event_id: object, version: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """Change an event that was not cancelled; what is not given stays as it is. What was approved and is changed by
    somebody who may not approve is a proposal again; what was rejected is a draft.

    Inputs: a viewer with event.edit, the event with the version on the screen, the fields of create to change; status
        approved from those with event.approve.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed or cancelled meanwhile, or when the demand step of the cycle is
        closed; InvalidInput as create.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.EVENT_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        stored_now = _as_stored(session, held)
        new = asdict(checked_event(session, _with(session, held.id, given)))
        changed = {name: value for name, value in new.items() if value != stored_now[name]}
        status = _status_after(viewer, held.status, given.get("status"), set(changed))
        if status != held.status:
            changed["status"] = status
        if changed:
            _require_free(session, str(new["code"]), but=held.id)
            moved = status == "approved" or (held.status == "approved" and bool(set(changed) - REMARKS))
            if moved:
                _require_open(session, held)
            before = {**stored_now, "status": held.status}
            _store(session, held.id, changed, new)
            if moved:
                _require_open(session, _held_now(session, held.id))
            _record(
                session,
                viewer,
                "planning_event.change",
                held.id,
                before=_plain({name: before[name] for name in changed}),
                after=_plain(changed),
            )
            if status == "proposed" and held.status != "proposed":
                _ask(session, viewer, held.id)
        return _shown(session, held.id)


def propose(viewer: Viewer, event_id: object, version: object) -> dict[str, Any]:
    """Ask those who may approve for their decision.

    Inputs: a viewer with event.edit, the event with the version on the screen, a draft or rejected.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed meanwhile or not to be proposed.
    Source: screens.md 25.
    """
    require(viewer, Permission.EVENT_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        _require_status(held, ("draft", "rejected"))
        _step(session, viewer, held, "propose", status="proposed")
        _ask(session, viewer, held.id)
        return _shown(session, held.id)


def approve(viewer: Viewer, event_id: object, version: object) -> dict[str, Any]:
    """Agree to an event: from now on the demand plan counts on it.

    Inputs: a viewer with event.approve, the event with the version on the screen, a draft or a proposal.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed meanwhile, decided already, or when the demand step of the
        cycle is closed.
    Source: screens.md 25.
    """
    require(viewer, Permission.EVENT_APPROVE)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        _require_status(held, ("draft", "proposed"))
        _require_open(session, held)
        _decide(session, viewer, held, "approve", status="approved", decision=None)
        return _shown(session, held.id)


def reject(viewer: Viewer, event_id: object, version: object, *, reason: object) -> dict[str, Any]:
    """Refuse a proposed event. Its owner can change it and propose it again.

    Inputs: a viewer with event.approve, the event with the version on the screen, why.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed meanwhile or not proposed; InvalidInput without a reason.
    Source: screens.md 25.
    """
    require(viewer, Permission.EVENT_APPROVE)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        _require_status(held, ("proposed",))
        _decide(session, viewer, held, "reject", status="rejected", decision=why)
        return _shown(session, held.id)


def cancel(viewer: Viewer, event_id: object, version: object, *, reason: object) -> dict[str, Any]:
    """Call an event off. It stays in the calendar, and forecasts don't count it any more.

    Inputs: a viewer with event.edit, the event with the version on the screen, why.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed or cancelled meanwhile, or when it was approved and the demand
        step of the cycle is closed; InvalidInput without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.EVENT_EDIT)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        if held.status == "approved":
            _require_open(session, held)
        _cancel(session, viewer, held, why=why)
        return _shown(session, held.id)


def _created(session: Session, viewer: Viewer, given: Mapping[str, Any], status: str) -> int:
    new = asdict(checked_event(session, given if "code" in given else {**given, "code": new_code(session)}))
    _require_free(session, str(new["code"]), but=None)
    several = {name: new.pop(name) for name in SEVERAL}
    decided = {"decided_by": viewer.user_id, "decided_at": now()} if status == "approved" else {}
    event_id = rows.add(session, **new, status=status, **decided, created_by=viewer.user_id, owner_id=viewer.user_id)
    rows.set_several(session, event_id, **several)
    after = {**new, "status": status, **{name: ids for name, ids in several.items() if ids}}
    _record(session, viewer, "planning_event.create", event_id, after=_plain(after))
    return event_id


def _store(session: Session, event_id: int, changed: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    rows.change(session, event_id, **{name: value for name, value in changed.items() if name not in SEVERAL})
    if set(changed) & set(SEVERAL):
        rows.set_several(session, event_id, products=new["products"], channels=new["channels"])


def _status_after(viewer: Viewer, status: str, wanted: object, changed: set[str]) -> str:
    """The status of an event once these fields have changed."""
    if wanted is not None and wanted != status:
        require(viewer, Permission.EVENT_APPROVE)
        return one_of(wanted, STARTING, name=_("Status"))
    if not changed - REMARKS:
        return status
    if status == "approved" and not viewer.may(Permission.EVENT_APPROVE):
        return "proposed"
    return "draft" if status == "rejected" else status


def _cancel(session: Session, viewer: Viewer, held: Any, *, why: str) -> None:
    _step(session, viewer, held, "cancel", why=why, status="cancelled")
    done(session, _key(held.id))


def _decide(session: Session, viewer: Viewer, held: Any, verb: str, *, status: str, decision: str | None) -> None:
    decided = {"decided_by": viewer.user_id, "decided_at": now(), "decision": decision}
    rows.change(session, held.id, status=status, **decided)
    before, after = {"status": held.status}, {"status": status}
    _record(session, viewer, f"planning_event.{verb}", held.id, before=before, after=after, reason=decision)
    done(session, _key(held.id))


def _step(session: Session, viewer: Viewer, held: Any, verb: str, *, status: str, why: str | None = None) -> None:
    rows.change(session, held.id, status=status)
    before, after = {"status": held.status}, {"status": status}
    _record(session, viewer, f"planning_event.{verb}", held.id, before=before, after=after, reason=why)


def _ask(session: Session, viewer: Viewer, event_id: int) -> None:
    shown = _shown(session, event_id)
    notice = Notice(
        APPROVAL,
        _key(event_id),
        _("Approve or reject “%(name)s”", name=shown["name"]),
        f"{PATH}?event={event_id}",
        detail=_("%(first)s to %(last)s", first=day(shown["starts_on"]), last=day(shown["ends_on"])),
        due_on=max(shown["starts_on"], today()),
    )
    tell(session, viewer, people_with(session, Permission.EVENT_APPROVE), notice)


def _key(event_id: int) -> str:
    return f"event:{event_id}"


def _require_status(held: Any, allowed: tuple[str, ...]) -> None:
    if held.status not in allowed:
        raise Conflict(_("%(code)s is %(status)s; that can't be done with it now.", code=held.code, status=held.status))


def _require_open(session: Session, held: Any) -> None:
    """Events that are over, with the days after them, no longer touch the plan."""
    if held.ends_on + timedelta(days=AFTER_DAYS) >= today().replace(day=1):
        require_open(session, DEMAND)


def _require_free(session: Session, code: str, *, but: int | None) -> None:
    rows.lock_codes(session)
    taken = rows.event_id(session, code)
    if taken not in (None, but):
        raise InvalidInput(_("Code: there is an event “%(code)s” already. Choose another code.", code=code))


def _held(session: Session, event_id: object, version: object) -> Any:
    held = rows.held(session, row_id(event_id))
    if held is None:
        raise NotFound(_("There is no such event."))
    if held.version != version:
        raise Conflict(
            _(
                "%(code)s has changed since you opened it, last by %(who)s. Look again, then decide.",
                code=held.code,
                who=rows.last_actor(session, held.id) or _("an import"),
            )
        )
    if held.status == "cancelled":
        raise Conflict(_("%(code)s is cancelled. Plan a new event instead.", code=held.code))
    return held


def _shown(session: Session, event_id: int) -> dict[str, Any]:
    found = rows.one(session, event_id)
    if found is None:
        raise NotFound(_("There is no such event."))
    return found._asdict()


def _held_now(session: Session, event_id: int) -> Any:
    return rows.held(session, event_id)


def _as_stored(session: Session, held: Any) -> dict[str, Any]:
    """The fields of Event as they are."""
    products, channels = rows.several(session, held.id)
    names = (name for name in Event.__slots__ if name not in SEVERAL)
    return {**{name: getattr(held, name) for name in names}, "products": products, "channels": channels}


def _with(session: Session, event_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of create, as if they were typed again, and what is given instead."""
    shown = _shown(session, event_id)
    typed = {name: shown[name] for name in (*STORED_AS_TYPED, "location")}
    for name in ("product", "channel"):
        typed[f"{name}s"] = shown[f"{name}s"] or shown[name]
        if name in given:
            typed[f"{name}s"] = None
    return {**typed, **given}


def _record(session: Session, viewer: Viewer, action: str, event_id: int, **about: Any) -> None:
    record(session, viewer, action, subject="planning_event", subject_id=event_id, **about)
    stored.bump(session, SUBJECT)


def _plain(values: Mapping[str, Any]) -> Json:
    """JSON knows no days."""
    return {
        name: day(value) if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
