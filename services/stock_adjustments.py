"""Corrects the stock: lots, their movements, who did it and why, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from data.queries import stock
from data.queries import stock_adjustments as rows
from data.queries.inventory import Item
from data.queries.stock_adjustments import LotKey
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.stock_rules import correction_reasons

LONGEST_NOTE = 500
LONGEST_LOT = 60


@dataclass(frozen=True, slots=True)
class Correction:
    """A lot as it is and as it is to be."""

    key: LotKey
    lot_id: int
    before: Decimal
    after: Decimal


def adjust(
    viewer: Viewer,
    product_id: object,
    location_id: object,
    lot: object,
    *,
    seen: object,
    quantity: object,
    reason: object,
    note: object = "",
) -> int:
    """Set a lot to what is really there. The lot, a movement of the difference and an audit line change together.

    Inputs: a viewer with inventory.edit; the lot; the quantity on the screen; the quantity that it has; one of the
        stored reasons; a note if wanted.
    Returns: the number of the correction.
    Raises: NotAllowed; NotFound; Conflict when the lot is not as it was seen any more; InvalidInput that names the
        field and says what it takes.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    key = (row_id(product_id), row_id(location_id), lot[:LONGEST_LOT] if isinstance(lot, str) else "")
    after = _new_quantity(quantity)
    with session_scope(viewer) as session:
        why = _reason(session, reason), _note(note)
        held = rows.hold_lots(session, [key])
        if not held:
            raise NotFound(_("There is no such lot. It may have been used up; reload the page."))
        return _corrected(session, viewer, held[0], key, seen=seen, after=after, why=why)


def add_lot(
    viewer: Viewer,
    product_id: object,
    location_id: object,
    lot: object,
    *,
    quantity: object,
    received_on: object,
    expires_on: object,
    reason: object,
    note: object = "",
) -> int:
    """Take a lot into the stock that the books don't have, or have emptied.

    Inputs: a viewer with inventory.edit; product and place; a name for the lot; units above 0; the day it came, today
        or before; the day it expires, if it does; reason and note as for adjust.
    Returns: the number of the correction.
    Raises: NotAllowed; NotFound; Conflict when there is stock in a lot of this name; InvalidInput.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    item: Item = (row_id(product_id), row_id(location_id))
    name = sentence(lot, name=_("New lot"), longest=LONGEST_LOT)
    after = _new_quantity(quantity)
    if after <= 0:
        raise InvalidInput(_("New quantity: enter what was found, more than 0."))
    days = _days(received_on, expires_on)
    with session_scope(viewer) as session:
        why = _reason(session, reason), _note(note)
        if stock.item_at(session, item) is None:
            raise NotFound(_("There is no such item at this location."))
        key = (*item, name)
        rows.make_lots(session, [_empty_lot(key, **days)])
        held = rows.hold_lots(session, [key])[0]
        if held.quantity > 0:
            raise Conflict(
                _(
                    "Nothing was changed: lot %(lot)s is in stock with %(quantity)s. Choose it in the list and correct "
                    "its quantity.",
                    lot=name,
                    quantity=shown_quantity(held.quantity),
                )
            )
        rows.set_days(session, held.id, **days)
        return _corrected(session, viewer, held, key, seen=0, after=after, why=why)


def apply(
    session: Session,
    viewer: Viewer,
    corrections: Sequence[Correction],
    *,
    reason: str,
    note: str | None = None,
    count_id: int | None = None,
) -> list[int]:
    """Store corrections of lots that the session holds, each with its movement.

    Inputs: an open session that holds the lots; corrections, each of another lot and of some difference, none below
        zero; why; the count that found them, if one did.
    Returns: their numbers.
    Raises: nothing of its own; rights, and what may be corrected, are the caller's.
    Source: none; ours.
    """
    if not corrections:
        return []
    rows.set_quantities(session, [(found.lot_id, found.after) for found in corrections])
    about = {"reason": reason, "note": note, "count_id": count_id, "created_by": viewer.user_id}
    told = [
        dict(zip(("product_id", "location_id", "lot"), found.key, strict=True))
        | {"before": found.before, "after": found.after, **about}
        for found in corrections
    ]
    ids = rows.add(session, told, day=today())
    stored.bump(session, "stock")
    return ids


def _corrected(
    session: Session, viewer: Viewer, held: Any, key: LotKey, *, seen: object, after: Decimal, why: tuple[str, Any]
) -> int:
    _check_seen(held, seen)
    if after == held.quantity:
        raise InvalidInput(_("New quantity: the lot has %(quantity)s already.", quantity=shown_quantity(held.quantity)))
    reason, note = why
    found = Correction(key, held.id, held.quantity, after)
    (number,) = apply(session, viewer, [found], reason=reason, note=note)
    record(
        session,
        viewer,
        "stock.adjust",
        subject="stock_adjustment",
        subject_id=number,
        before={"quantity": str(held.quantity)},
        after={"product_id": key[0], "location_id": key[1], "lot": key[2], "quantity": str(after), "reason": reason},
        reason=note,
    )
    return number


def _check_seen(held: Any, seen: object) -> None:
    try:
        if quantity_of(seen, name=_("Quantity")) == held.quantity:
            return
    except InvalidInput:
        pass  # whatever it was, it was not the quantity of the lot
    raise Conflict(
        _(
            "Nothing was changed: lot %(lot)s has %(quantity)s now; somebody changed it since you looked. "
            "Look again, then correct it.",
            lot=held.lot,
            quantity=shown_quantity(held.quantity),
        )
    )


def _empty_lot(key: LotKey, *, received_on: date, expires_on: date | None) -> dict[str, Any]:
    named = dict(zip(("product_id", "location_id", "lot"), key, strict=True))
    return {**named, "quantity": 0, "received_on": received_on, "expires_on": expires_on}


def _days(received_on: object, expires_on: object) -> dict[str, Any]:
    came = calendar_day(received_on, name=_("Received on")) if received_on else today()
    if came > today():
        raise InvalidInput(_("Received on: %(day)s has not come yet.", day=day(came)))
    ends = calendar_day(expires_on, name=_("Expires on")) if expires_on else None
    if ends is not None and ends <= came:
        raise InvalidInput(_("Expires on: enter a day after the receipt on %(day)s, or nothing.", day=day(came)))
    return {"received_on": came, "expires_on": ends}


def _new_quantity(value: object) -> Decimal:
    found = quantity_of(value, name=_("New quantity"))
    if found < 0:
        raise InvalidInput(_("New quantity: stock is never below zero. Enter 0 when nothing is left."))
    return found


def _reason(session: Session, value: object) -> str:
    if not isinstance(value, str) or value not in correction_reasons(session):
        raise InvalidInput(_("Reason: choose why the stock is corrected."))
    return value


def _note(value: object) -> str | None:
    return sentence(value, name=_("Note"), longest=LONGEST_NOTE) if value else None
