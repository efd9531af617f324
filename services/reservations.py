"""Units kept for somebody: held for a time, confirmed, released, expired. No unit is ever promised twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics.available_to_promise import TOLERANCE
from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import order_promising
from data.queries import reservations as rows
from data.queries import settings as stored
from services.accounts import operator
from services.audit import record
from services.form_values import calendar_day, row_id, sentence, shown_quantity
from services.listed_rows import PAGE_ROWS
from services.order_promising import Known, Question, known_of, question, weighed
from services.promisable import promised_day, week_of
from services.supply_plan import plan_node

SUBJECT = "reservations"
LONGEST_NOTE = 300
LONGEST_HOLD_HOURS = 24 * 60


@dataclass(frozen=True, slots=True)
class ReservationPage:
    """Some reservations, and how many there are: in this list, and alive."""

    rows: list[dict[str, Any]]
    total: int
    live: int


def reserve(
    viewer: Viewer,
    product_id: object,
    location_id: object,
    *,
    quantity: object,
    wanted_on: object,
    key: object,
    promised_on: object = None,
    hold_hours: object = 24,
    channel: object = None,
    customer: object = None,
    note: object = "",
) -> dict[str, Any]:
    """Keep units for somebody, if nobody else was faster.

    Inputs: a viewer with inventory.edit; product, location, quantity and day wanted, as for promise; a UUID that the
        page made for this request; the day it is promised for, None for the one wanted; hours until the hold ends;
        channel and the code of a customer if any; a note.
    Returns: the reservation as the list shows it; a request that comes twice gets the one it made at first.
    Raises: NotAllowed; NotFound; InvalidInput that names the field; Conflict that says what is still there.
    Source: none; ours: one transaction at a time for an item at a place, and it works out anew what is left.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    asked = question(product_id, location_id, quantity=quantity, wanted_on=wanted_on, channel=channel)
    request, hours, why = _request_key(key), _hold_hours(hold_hours), _note(note)
    promised = asked.wanted_on if promised_on is None else calendar_day(promised_on, name=_("Promised on"))
    with session_scope(viewer) as session:
        rows.lock_item(session, asked.product_id, asked.location_id)
        made = rows.made_by_request(session, request)
        if made is None:
            customer_id, own_channel = _customer(session, customer)
            asked = replace(asked, channel_id=own_channel if asked.channel_id is None else asked.channel_id)
            made = _reserve(
                session, viewer, asked, promised,
                expires_at=now() + timedelta(hours=hours), note=why, request_key=request, customer_id=customer_id,
            )  # fmt: skip
        return _one(session, made)


def confirm(viewer: Viewer, reservation_id: object, version: object) -> dict[str, Any]:
    """Make a hold last until it is released.

    Inputs: a viewer with inventory.edit, the reservation with the version on the screen.
    Returns: the reservation.
    Raises: NotAllowed; NotFound; Conflict when it has changed or its time is over.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        found = _held(session, reservation_id, version, must_be=("held",))
        _step(session, viewer, found, "confirm", status="confirmed", expires_at=None)
        return _one(session, found.id)


def release(viewer: Viewer, reservation_id: object, version: object) -> dict[str, Any]:
    """Give back what is kept: the order has come, or nobody wants it any more.

    Inputs: a viewer with inventory.edit, the reservation with the version on the screen.
    Returns: the reservation.
    Raises: NotAllowed; NotFound; Conflict when it has changed or is over already.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        found = _held(session, reservation_id, version, must_be=("held", "confirmed"))
        _step(session, viewer, found, "release", status="released")
        return _one(session, found.id)


def reservations(
    viewer: Viewer,
    *,
    live: bool = True,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sequence[tuple[str, bool]] = (),
) -> ReservationPage:
    """A page of the reservations, the one that ends first on top unless sorted otherwise.

    Inputs: a viewer with inventory.read; whether only those that count now; first row and the one after the last;
        columns to sort by with whether descending.
    Returns: ReservationPage.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    first = max(start, 0)
    limit = min(max(end - first, 0), PAGE_ROWS)
    with session_scope(viewer) as session:
        found, totals = rows.listed(session, at=now(), live=live, start=first, limit=limit, sort=sort)
    total = totals.live if live else totals.total
    return ReservationPage([dict(row._mapping) for row in found], total, totals.live)


def expire_holds() -> int:
    """End the holds whose time is over, so that lists and plans see it. What counts as promised never waits for this.

    Inputs: none.
    Returns: how many ended.
    Raises: NotSignedIn while there is no company.
    Source: none; ours.
    """
    viewer = operator()
    with session_scope(viewer) as session:
        ended = rows.expire(session, at=now())
        for reservation_id in ended:
            _record(session, viewer, "expire", reservation_id, before={"status": "held"}, after={"status": "expired"})
        if ended:
            stored.bump(session, SUBJECT)
    return len(ended)


def _reserve(session: Session, viewer: Viewer, asked: Question, promised: date, **values: Any) -> int:
    known = known_of(session, viewer, asked)
    require_free(known, asked, promised)
    new = {
        "product_id": asked.product_id,
        "location_id": asked.location_id,
        "channel_id": asked.channel_id,
        "quantity": Decimal(str(asked.quantity)),
        "wanted_on": asked.wanted_on,
        "promised_on": promised,
        **values,
    }
    made = book(session, viewer, **new)
    stored.bump(session, SUBJECT)
    return made


def book(session: Session, viewer: Viewer, **new: Any) -> int:
    """Write down what is kept; the caller holds the lock of the item, knows that it is free, and bumps SUBJECT.

    Inputs: an open session inside; who keeps it; the columns of the reservation.
    Returns: its id.
    Raises: nothing of its own.
    Source: none; ours.
    """
    made = rows.add(session, **new, created_by=viewer.user_id)
    after = {name: value if value is None else str(value) for name, value in new.items()}
    _record(session, viewer, "hold", made, after=after)
    return made


def give_back(session: Session, viewer: Viewer, held: Row[Any]) -> None:
    """End a reservation: it has become an order, or nobody wants it any more.

    Inputs: an open session inside; who ends it; its row, locked.
    Returns: nothing.
    Raises: nothing of its own.
    Source: none; ours.
    """
    _step(session, viewer, held, "release", status="released")


def require_free(known: Known, asked: Question, promised: date) -> None:
    """Stop a promise that what is known does not allow.

    Inputs: what is known; the question; the day it is to be promised for.
    Returns: nothing.
    Raises: InvalidInput for a day before it is wanted or after the plan; Conflict that says what is still there.
    Source: none; ours.
    """
    found = known.found
    if promised < asked.wanted_on:
        raise InvalidInput(_("Promised on: it is wanted on %(day)s, not before.", day=day(asked.wanted_on)))
    week = week_of(found, promised)
    if week >= len(found.model.weeks):
        raise InvalidInput(_("Promised on: %(day)s is after the plan.", day=day(promised)))
    node = plan_node(found, asked.product_id, asked.location_id)
    on_day = Question(asked.product_id, asked.location_id, asked.quantity, promised, asked.channel_id)
    there = weighed(known, np.array([node]), on_day)
    first = there.first_week(0, asked.quantity, week)
    if first == week and promised >= promised_day(found, week, promised, early=there.is_there(0, asked.quantity, week)):
        return
    raise Conflict(_still_there(known, on_day, float(there.parts(0, asked.quantity, week)[week]), first))


def _still_there(known: Known, asked: Question, on_day: float, first: int) -> str:
    weeks = known.found.model.weeks
    if on_day >= asked.quantity - TOLERANCE:
        return _(
            "The receipts it needs may come as late as Friday of their week. Promise it for %(day)s.",
            day=day(promised_day(known.found, first, asked.wanted_on, early=False)),
        )
    left = _(
        "Of %(wanted)s only %(left)s can still be promised for the week of %(week)s.",
        wanted=shown_quantity(asked.quantity),
        left=shown_quantity(round(on_day, 4)),
        week=day(weeks[week_of(known.found, asked.wanted_on)]),
    )
    if first >= len(weeks):
        return left + " " + _("The plan has no later week with all of it.")
    friday = promised_day(known.found, first, asked.wanted_on, early=False)
    return left + " " + _("All of it can be promised for %(day)s.", day=day(friday))


def _held(session: Session, reservation_id: object, version: object, *, must_be: tuple[str, ...]) -> Row[Any]:
    held = rows.held(session, row_id(reservation_id))
    if held is None:
        raise NotFound(_("There is no such reservation."))
    # Whoever reserves meanwhile must not count a hold as over that is just being confirmed.
    rows.lock_item(session, held.product_id, held.location_id)
    status = "expired" if held.status == "held" and held.expires_at <= now() else held.status
    if held.version != version or status not in must_be:
        raise Conflict(
            _(
                "This reservation has changed since you opened it and is now %(status)s. Look again, then decide.",
                status=status,
            )
        )
    return held


def _one(session: Session, reservation_id: int) -> dict[str, Any]:
    found = rows.one(session, reservation_id, at=now())
    if found is None:
        raise NotFound(_("There is no such reservation."))
    return dict(found._mapping)


def _step(session: Session, viewer: Viewer, held: Row[Any], verb: str, **values: Any) -> None:
    rows.change(session, held.id, **values)
    _record(session, viewer, verb, held.id, before={"status": held.status}, after={"status": values["status"]})
    stored.bump(session, SUBJECT)


def _record(session: Session, viewer: Viewer, verb: str, reservation_id: int, **about: Any) -> None:
    record(
        session, viewer, f"stock_reservation.{verb}", subject="stock_reservation", subject_id=reservation_id, **about
    )


def _customer(session: Session, value: object) -> tuple[int | None, int | None]:
    """The customer of a code and its channel."""
    code = value.strip() if isinstance(value, str) else ""
    if not code:
        return None, None
    found = order_promising.customer(session, code=code)
    if found is None:
        raise InvalidInput(_("Customer: there is no customer %(code)s.", code=code[:40]))
    return found.id, found.channel_id


def _request_key(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise InvalidInput(_("This request has no key of its own. Reload the page.")) from error


def _hold_hours(value: object) -> float:
    hours = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    if not 0 < hours <= LONGEST_HOLD_HOURS:
        raise InvalidInput(
            _("Hold for: enter more than 0 hours and at most %(days)s days.", days=LONGEST_HOLD_HOURS // 24)
        )
    return hours


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=LONGEST_NOTE) if value else None


def hours_left(expires_at: datetime | None) -> float | None:
    """Hours until a hold ends.

    Inputs: the moment it ends, None for never.
    Returns: hours from 0 up, or None.
    Raises: nothing.
    Source: none; ours.
    """
    return None if expires_at is None else max((expires_at - now()).total_seconds() / 3600, 0.0)
