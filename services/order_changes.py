"""A customer asks to change or cancel an open line of its order; sales or planning decide.

A day that the customer asks for itself and gets becomes the confirmed day from which lateness counts; the days before
stay in the audit trail and in the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput, UserError
from core.i18n import EMPTY, _, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import reservations, sales_orders
from data.queries import settings as stored
from services.audit import record
from services.customer_lines import SalesLine, own_line
from services.customer_promises import inside, known_for
from services.form_values import calendar_day, quantity_of, row_id, shown_quantity
from services.order_promising import Question
from services.order_rules import order_rules
from services.partners import partner_scope
from services.reservations import require_free
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw

KIND_NAME = "order_change"
TIMES_THE_LINE = 10
_P = Permission


@dataclass(frozen=True, slots=True)
class Change:
    """What a line is to become; ``cancel`` leaves quantity and day as they are. ``seen_…`` is what the customer saw."""

    cancel: bool
    quantity: Decimal
    wanted_on: date
    seen_quantity: Decimal
    seen_on: date


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that was asked for, as the customer sees it."""

    id: int
    change: Change
    status: str
    asked_by: str
    decision_note: str | None


def last_day_to_change(viewer: Viewer, line_id: object) -> date:
    """Until when a change of a line may be asked for.

    Inputs: a customer; the id of one of its lines.
    Returns: the day, past for what can't be changed any more.
    Raises: NotAllowed; NotFound.
    Source: services.order_rules.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        found = own_line(session, line_id)
    return found.due_on - timedelta(days=_change_days(viewer))


def ask(
    viewer: Viewer, line_id: object, *, quantity: object, wanted_on: object, cancel: bool = False, note: object = None
) -> int:
    """Ask for another quantity or day of an open line, or to cancel it; a newer wish replaces one that waits.

    Inputs: a customer who may commit; the line; what it is to become; a note.
    Returns: the id of the submission.
    Raises: NotAllowed; NotFound; InvalidInput that names the field, or says why the line can't be changed any more.
    Source: screens.md 18; product.md, promise 6.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_COMMIT) as session:
        found = own_line(session, line_id)
    days = _change_days(viewer)
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_COMMIT) as session:
        line = own_line(session, line_id)
        if line.status != "open":
            raise InvalidInput(_("This line is %(state)s. Report an issue instead.", state=line.status))
        if line.due_on - timedelta(days=days) < today():
            raise InvalidInput(
                _("Changes can be asked for until %(days)s days before a line is due. Write us a message.", days=days)
            )
        change = _change(line, quantity=quantity, wanted_on=wanted_on, cancel=cancel)
        title = _("Change of %(order)s / %(line)s asked for", order=found.order, line=found.line_no)
        return submit(
            session, viewer, KIND_NAME, _payload(change), title=title, subject_id=row_id(line_id), note=note or None
        )


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Take back a wish that nobody decided on yet.

    Inputs: a customer who may commit; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed; NotFound, also for a wish of others; Conflict when it was decided meanwhile.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_COMMIT) as session:
        withdraw(session, viewer, KIND_NAME, submission_id)


def asked_of(session: Session, line_id: int) -> list[Asked]:
    """Changes of a line that were asked for, the newest first.

    Inputs: a customer's session; the line.
    Returns: what was asked, and what was said to it.
    Raises: nothing.
    Source: none; ours.
    """
    own = [each for each in own_submissions(session, KIND_NAME) if each.subject_id == str(line_id)]
    return [
        Asked(each.id, change, each.status, each.asked_by, each.decision_note)
        for each in own
        if (change := change_of(each.payload))
    ]


def change_of(payload: Mapping[str, Any]) -> Change | None:
    """A change as it is stored.

    Inputs: the payload of a submission.
    Returns: the change; None for what is none.
    Raises: nothing.
    Source: none; ours.
    """
    try:
        found = Change(
            cancel=payload["cancel"] is True,
            quantity=Decimal(payload["quantity"]),
            wanted_on=date.fromisoformat(payload["wanted_on"]),
            seen_quantity=Decimal(payload["seen_quantity"]),
            seen_on=date.fromisoformat(payload["seen_on"]),
        )
    except (KeyError, TypeError, ValueError, DecimalException):
        return None
    return found if 0 < found.quantity < Decimal(10) ** 12 else None


def describe(session: Session, viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    """Changes as a colleague judges them; plain is what takes no more and comes no sooner than what is confirmed.

    Inputs: an open session inside, the viewer, the submissions.
    Returns: what the queue shows, by submission.
    Raises: nothing.
    Source: screens.md 18.
    """
    ids = [_line_id(each) for each in found]
    lines = {line.id: line for line in sales_orders.lines_of_company(session, ids=ids)}
    return {each.id: _described(session, viewer, each, lines.get(_line_id(each))) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Change or cancel the line.

    Inputs: an open session inside, who accepts, the submission, locked.
    Returns: nothing.
    Raises: Conflict when the line is not as the customer saw it, or what is asked for can't be promised.
    Source: product.md, promise 6.
    """
    unlocked = sales_orders.line_of_company(session, line_id=_line_id(found))
    if unlocked is not None:
        reservations.lock_item(session, unlocked.product_id, unlocked.location_id)
    line = sales_orders.line_of_company(session, line_id=_line_id(found), for_update=True)
    change = change_of(found.payload)
    obstacle = _obstacle(line, change, found.company_id)
    if obstacle or line is None or change is None:
        raise Conflict(obstacle or _unreadable())
    before = {"quantity": str(line.quantity), "requested_on": str(line.requested_on), "status": line.status}
    before["first_confirmed_on"] = str(line.first_confirmed_on)
    after: dict[str, Any] = {"status": "cancelled"}
    if not change.cancel:
        if not _is_less(line, change):
            _require_free(session, viewer, line, change)
        after = {
            "quantity": change.quantity,
            "requested_on": change.wanted_on,
            "first_confirmed_on": change.wanted_on,
        }
    sales_orders.change_line(session, line.id, **after)
    written = {name: str(value) for name, value in after.items()}
    record(
        session, viewer, "sales_order_line.change", subject="sales_order_line", subject_id=line.id, before=before,
        after=written, reason=found.note,
    )  # fmt: skip
    stored.bump(session, "orders")


def _change_days(viewer: Viewer) -> int:
    with inside(viewer) as (session, _desk):
        return int(order_rules(session).change_days)


def _change(line: SalesLine, *, quantity: object, wanted_on: object, cancel: bool) -> Change:
    if cancel:
        return Change(True, line.quantity, line.due_on, line.quantity, line.due_on)
    wanted = quantity_of(quantity, name=_("Quantity"))
    if not 0 < wanted <= line.quantity * TIMES_THE_LINE:
        raise InvalidInput(
            _(
                "Quantity: enter more than 0 and at most %(most)s %(uom)s. For more, place a new order.",
                most=shown_quantity(line.quantity * TIMES_THE_LINE),
                uom=line.uom,
            )
        )
    if wanted < line.delivered_quantity:
        raise InvalidInput(
            _("Quantity: %(count)s have been delivered already.", count=shown_quantity(line.delivered_quantity))
        )
    on = calendar_day(wanted_on, name=_("Wanted on"))
    if on < today():
        raise InvalidInput(_("Wanted on: %(day)s is past.", day=day(on)))
    if (wanted, on) == (line.quantity, line.due_on):
        raise InvalidInput(_("This is what is ordered already. Change the quantity or the day."))
    return Change(False, wanted, on, line.quantity, line.due_on)


def _payload(change: Change) -> dict[str, Any]:
    return {
        "cancel": change.cancel,
        "quantity": str(change.quantity),
        "wanted_on": change.wanted_on.isoformat(),
        "seen_quantity": str(change.seen_quantity),
        "seen_on": change.seen_on.isoformat(),
    }


def _line_id(found: Submission) -> int:
    return int(found.subject_id) if found.subject_id.isdigit() and len(found.subject_id) < 19 else 0


def _described(session: Session, viewer: Viewer, found: Submission, line: Any) -> Described:
    change = change_of(found.payload)
    obstacle = _obstacle(line, change, found.company_id)
    if line is None or change is None or line.company_id != found.company_id:
        return Described(summary=_("Change of an order line"), obstacle=obstacle)
    name = f"{line.number} / {line.line_no} · {line.code} {line.name}"
    if change.cancel:
        asked = [_("cancelled"), _("cancelled")]
    else:
        asked = [f"{shown_quantity(change.quantity)} {line.uom}", day(change.wanted_on)]
    less = change.cancel or _is_less(line, change)
    why = None if less or obstacle else _why_not(session, viewer, line, change)
    promise = _("as promised") if less else why or _("can be promised")
    return Described(
        summary=_("Cancel %(line)s", line=name) if change.cancel else _("Change %(line)s", line=name),
        facts=[
            (_("Quantity"), f"{shown_quantity(line.quantity)} {line.uom}", asked[0]),
            (_("Day"), day(_due(line)), asked[1]),
            (_("Promise"), EMPTY, promise),
        ],
        impact=float(_value_at_stake(line, change)),
        plain=less and not change.cancel and not obstacle,
        obstacle=obstacle or why,
    )


def _value_at_stake(line: Any, change: Change) -> Decimal:
    less = line.quantity if change.cancel else abs(change.quantity - line.quantity)
    return Decimal(less) * Decimal(line.unit_price)


def _obstacle(line: Any, change: Change | None, company_id: int) -> str | None:
    if line is None or change is None or line.company_id != company_id:
        return _unreadable()
    if line.status != "open":
        return _("The line is %(state)s meanwhile.", state=line.status)
    if (line.quantity, _due(line)) != (change.seen_quantity, change.seen_on):
        return _("The line has changed since the customer asked. Refuse it and ask the customer to look again.")
    if not change.cancel and (change.quantity < line.delivered_quantity or change.wanted_on < today()):
        return _("What is asked for is past: refuse it and ask the customer to look again.")
    return None


def _unreadable() -> str:
    return _("This change can't be read any more. Refuse it and ask the customer to send it again.")


def _due(line: Any) -> date:
    due: date = line.first_confirmed_on or line.requested_on
    return due


def _is_less(line: Any, change: Change) -> bool:
    return bool(change.quantity <= line.quantity and change.wanted_on >= _due(line))


def _why_not(session: Session, viewer: Viewer, line: Any, change: Change) -> str | None:
    try:
        _require_free(session, viewer, line, change)
    except UserError as error:
        return str(error)
    return None


def _require_free(session: Session, viewer: Viewer, line: Any, change: Change) -> None:
    """What the line has now is free for what it is to become."""
    known = known_for(session, viewer, [line.product_id])
    orders = known.commitments.orders
    others = orders[(orders["number"] != line.number) | (orders["line_no"] != line.line_no)]
    known = replace(known, commitments=replace(known.commitments, orders=others))
    left = float(change.quantity - line.delivered_quantity)
    if left > 0:
        asked = Question(line.product_id, line.location_id, left, change.wanted_on, line.channel_id)
        require_free(known, asked, change.wanted_on)


KIND = Kind(KIND_NAME, "Order change", Permission.ORDER_DECIDE, "/portal/customer/orders", describe, accept)
