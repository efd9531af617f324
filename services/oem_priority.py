"""An OEM asks to have an open order earlier, later or more of it; accepted, the plan has it so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import oem_portal as rows
from services import production_steps
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.oem_orders import PRIORITY
from services.partners import partner_scope
from services.submissions import NOTE_LENGTH, Described, Kind, Submission, submit, withdraw

OPEN = ("planned", "released", "running")
PAGE = "/portal/oem/production-orders"
FURTHEST = timedelta(days=365)
MOST = 10


def ask(viewer: Viewer, order_id: object, *, due_on: object, quantity: object = None, reason: object) -> int:
    """Ask to have an open order on another day, or more of it.

    Inputs: an OEM with portal.oem.priority and portal.commit; the order, the day it is wanted (empty: as it is), the
        quantity (empty: as it is), why.
    Returns: the id of the submission.
    Raises: NotAllowed; NotFound for an order that is not the company's; InvalidInput naming the field; Conflict for an
        order that is not open.
    Source: screens.md 18; nothing changes before a colleague accepts it.
    """
    why = sentence(reason, name=_("Reason"), longest=NOTE_LENGTH)
    found = row_id(order_id)
    with partner_scope(viewer, Permission.OEM_PRIORITY, Permission.PORTAL_COMMIT) as session:
        order = rows.order(session, found)
        if order is None:
            raise NotFound(_("There is no such order."))
        if order.status not in OPEN:
            raise Conflict(_("%(number)s is not open any more, so it can't be moved.", number=order.number))
        wanted = _wanted_day(due_on, order.due_on)
        units = order.quantity if quantity in (None, "") else _units(quantity, order)
        if (wanted, units) == (order.due_on, order.quantity):
            raise InvalidInput(_("Wanted on: enter another day or another quantity than the order has."))
        payload = {
            "order_id": order.id,
            "due_on": wanted.isoformat(),
            "quantity": str(units),
            "was_due_on": order.due_on.isoformat(),
            "was_quantity": str(order.quantity),
        }
        title = _("%(number)s wanted on %(day)s", number=order.number, day=day(wanted))
        return submit(session, viewer, PRIORITY, payload, title=title, subject_id=order.id, note=why)


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Withdraw a request nobody decided on.

    Inputs: as ask; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed, NotFound, Conflict.
    Source: services.submissions.
    """
    with partner_scope(viewer, Permission.OEM_PRIORITY, Permission.PORTAL_COMMIT) as session:
        withdraw(session, viewer, PRIORITY, submission_id)


def describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """Each request with the order's day and quantity, as they are and as asked for.

    Inputs: an open session of a colleague, the viewer, submissions.
    Returns: Described by submission.
    Raises: nothing.
    Source: screens.md 18.
    """
    orders = rows.inside_orders(session, [_order_id(each.payload) for each in found])
    return {each.id: _described(each, orders.get(_order_id(each.payload))) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Have the order as it was asked for.

    Inputs: the open session of the decision, the viewer, the submission.
    Returns: nothing.
    Raises: Conflict when the order was changed or ended meanwhile.
    Source: services.production_steps.reschedule.
    """
    order = rows.inside_orders(session, [_order_id(found.payload)]).get(_order_id(found.payload))
    obstacle = _obstacle(found, order)
    if obstacle or order is None:
        raise Conflict(obstacle or _("There is no such order any more."))
    wanted, units = _asked(found.payload)
    reason = _("Asked for by %(company)s: %(note)s", company=found.company, note=found.note or "")
    production_steps.reschedule(
        session, viewer, order.id, version=order.version, due_on=wanted, quantity=units, reason=reason
    )


KIND = Kind(PRIORITY, "Priority of an OEM", Permission.REVIEW_DECIDE, PAGE, describe, accept)


def _wanted_day(value: object, due_on: date) -> date:
    if value in (None, ""):
        return due_on
    wanted = calendar_day(value, name=_("Wanted on"))
    if not today() <= wanted <= today() + FURTHEST:
        raise InvalidInput(_("Wanted on: enter a day from today to a year ahead."))
    return wanted


def _units(value: object, order: Any) -> Decimal:
    units = quantity_of(value, name=_("Quantity"))
    if not 0 < units <= MOST * order.quantity:
        raise InvalidInput(_("Quantity: enter more than zero and at most %(most)s times the order.", most=MOST))
    if order.status == "running" and units != order.quantity:
        raise InvalidInput(_("Quantity: %(number)s runs already, so only its day can change.", number=order.number))
    return units


def _order_id(payload: Mapping[str, Any]) -> int:
    return row_id(payload.get("order_id"))


def _asked(payload: Mapping[str, Any]) -> tuple[date, Decimal]:
    return date.fromisoformat(payload["due_on"]), Decimal(payload["quantity"])


def _described(found: Submission, order: Any) -> Described:
    obstacle = _obstacle(found, order)
    if order is None or order.company_id != found.company_id:
        return Described(_("An order that is gone"), obstacle=obstacle)
    wanted, units = _asked(found.payload)
    uom = order.uom
    facts = [
        (_("Due"), day(order.due_on), day(wanted)),
        (_("Quantity"), f"{shown_quantity(order.quantity)} {uom}", f"{shown_quantity(units)} {uom}"),
    ]
    summary = f"{order.number} · {order.code} · {order.name}"
    worth = float(units) * float(order.unit_price or 0)
    return Described(summary, facts, impact=worth, obstacle=obstacle)


def _obstacle(found: Submission, order: Any) -> str | None:
    if order is None or order.company_id != found.company_id:
        return _("There is no such order any more.")
    if order.status not in OPEN:
        return _("%(number)s is not open any more.", number=order.number)
    was = (date.fromisoformat(found.payload["was_due_on"]), Decimal(found.payload["was_quantity"]))
    if was != (order.due_on, order.quantity):
        return _(
            "%(number)s was changed after this was asked for. Reject it and let them ask again.", number=order.number
        )
    if _asked(found.payload)[0] < today():
        return _("The day that is asked for has passed.")
    return None
