"""The calendar of planned events that forecasts know of: promotions, price changes, holidays, closures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import planning_events as rows
from data.queries import settings as stored
from models.base import Json
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence

KINDS = ("promotion", "price", "school_holiday", "closure", "other")
STATUSES = ("draft", "approved", "cancelled")
LONGEST_CODE, LONGEST_NAME, LONGEST_NOTE = 60, 200, 500
LARGEST_PAGE = 500
STORED_AS_TYPED = ("code", "name", "kind", "starts_on", "ends_on", "discount", "note", "status")
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
    search: str = ""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, by their first day, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is stored: ids where it names a product, location or channel, None for all of them."""

    code: str
    name: str
    kind: str
    product_id: int | None
    location_id: int | None
    channel_id: int | None
    starts_on: date
    ends_on: date
    discount: float | None
    note: str | None
    status: str


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
    """Put an event into the calendar. Forecasts know it once it is approved.

    Inputs: a viewer with forecast.run; given: code, name, kind, starts_on and ends_on; where wanted product, location
        and channel (codes; empty: all), discount (a share from 0 to 1), note, status (approved, or draft).
    Returns: the event as of events.
    Raises: NotAllowed; InvalidInput that names the field and says what it takes.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.FORECAST_RUN)
    with session_scope(viewer) as session:
        return _shown(session, _created(session, viewer, given))


def draft(session: Session, viewer: Viewer, given: Mapping[str, Any]) -> int:
    """Put an event into the calendar that forecasts do not know before somebody with the right approves it.

    Inputs: the open session of the change that asks for it, the viewer, the fields of create.
    Returns: its id.
    Raises: InvalidInput as create.
    Source: none; ours.
    """
    return _created(session, viewer, {**given, "status": "draft"})


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
    """Change an event that was not cancelled; what is not given stays as it is.

    Inputs: a viewer with forecast.run, the event with the version on the screen, the fields of create to change.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed or cancelled meanwhile; InvalidInput as create.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.FORECAST_RUN)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        new = asdict(_event(session, {**_fields(session, held.id), **given}))
        changed = {name: value for name, value in new.items() if value != getattr(held, name)}
        if changed:
            _require_free(session, str(new["code"]), but=held.id)
            rows.change(session, held.id, **changed)
            before = {name: getattr(held, name) for name in changed}
            _record(session, viewer, "planning_event.change", held.id, before=_plain(before), after=_plain(changed))
        return _shown(session, held.id)


def cancel(viewer: Viewer, event_id: object, version: object, *, reason: object) -> dict[str, Any]:
    """Call an event off. It stays in the calendar, and forecasts don't count it any more.

    Inputs: a viewer with forecast.run, the event with the version on the screen, why.
    Returns: the event as it is now.
    Raises: NotAllowed; NotFound; Conflict when changed or cancelled meanwhile; InvalidInput without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.FORECAST_RUN)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        held = _held(session, event_id, version)
        _cancel(session, viewer, held, why=why)
        return _shown(session, held.id)


def _created(session: Session, viewer: Viewer, given: Mapping[str, Any]) -> int:
    new = _event(session, given)
    _require_free(session, new.code, but=None)
    event_id = rows.add(session, created_by=viewer.user_id, **asdict(new))
    _record(session, viewer, "planning_event.create", event_id, after=_plain(asdict(new)))
    return event_id


def _cancel(session: Session, viewer: Viewer, held: Any, *, why: str) -> None:
    rows.change(session, held.id, status="cancelled")
    before, after = {"status": held.status}, {"status": "cancelled"}
    _record(session, viewer, "planning_event.cancel", held.id, before=before, after=after, reason=why)


def _event(session: Session, given: Mapping[str, Any]) -> Event:
    """What was typed, as an event; the first field that can't be accepted is named."""
    starts_on = calendar_day(given.get("starts_on"), name=_("First day"))
    ends_on = calendar_day(given.get("ends_on"), name=_("Last day"))
    if ends_on < starts_on:
        raise InvalidInput(
            _("Last day: %(last)s is before the first day, %(first)s.", last=day(ends_on), first=day(starts_on))
        )
    return Event(
        code=sentence(given.get("code"), name=_("Code"), longest=LONGEST_CODE),
        name=sentence(given.get("name"), name=_("Name"), longest=LONGEST_NAME),
        kind=_one_of(given.get("kind"), KINDS, name=_("Kind")),
        product_id=_target(session, "product", given.get("product"), name=_("Product")),
        location_id=_target(session, "location", given.get("location"), name=_("Location")),
        channel_id=_target(session, "channel", given.get("channel"), name=_("Channel")),
        starts_on=starts_on,
        ends_on=ends_on,
        discount=_discount(given.get("discount")),
        note=sentence(given["note"], name=_("Note"), longest=LONGEST_NOTE) if given.get("note") else None,
        status=_one_of(given.get("status") or "approved", STATUSES[:2], name=_("Status")),
    )


def _one_of(value: object, allowed: tuple[str, ...], *, name: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise InvalidInput(_("%(name)s: choose one of: %(values)s.", name=name, values=", ".join(allowed)))
    return value


def _target(session: Session, table: str, code: object, *, name: str) -> int | None:
    if code is None or code == "":
        return None
    found = rows.target_id(session, table, str(code).strip())
    if found is None:
        raise InvalidInput(_("%(name)s: there is none with the code “%(code)s”.", name=name, code=str(code)[:60]))
    return found


def _discount(value: object) -> float | None:
    if value is None or value == "":
        return None
    share = quantity_of(value, name=_("Discount"))
    if not 0 <= share <= 1:
        raise InvalidInput(_("Discount: enter a share from 0 to 1, such as 0.2 for 20 % off."))
    return float(share)


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
        raise Conflict(_("%(code)s has changed since you opened it. Look again, then decide.", code=held.code))
    if held.status == "cancelled":
        raise Conflict(_("%(code)s is cancelled. Plan a new event instead.", code=held.code))
    return held


def _shown(session: Session, event_id: int) -> dict[str, Any]:
    found = rows.one(session, event_id)
    if found is None:
        raise NotFound(_("There is no such event."))
    return found._asdict()


def _fields(session: Session, event_id: int) -> dict[str, Any]:
    """The fields of create, as if they were typed again."""
    shown = _shown(session, event_id)
    return {name: shown[name] for name in (*STORED_AS_TYPED, "product", "location", "channel")}


def _record(session: Session, viewer: Viewer, action: str, event_id: int, **about: Any) -> None:
    record(session, viewer, action, subject="planning_event", subject_id=event_id, **about)
    stored.bump(session, SUBJECT)


def _plain(values: Mapping[str, Any]) -> Json:
    """JSON knows no days."""
    return {name: day(value) if isinstance(value, date) else value for name, value in values.items()}
