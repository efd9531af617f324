"""What a supplier may answer to an order line, and how the answer reaches the buyer's review queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import _, day
from core.viewer import Viewer
from data.queries import settings as versions
from data.queries import supplier_portal as rows
from data.queries.order_parts import Part, parts_of
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.partner_events import PartnerEvent, announce
from services.supplier_lines import OrderLine, own_line

LARGEST_MULTIPLE = 10
FURTHEST = timedelta(days=730)
REASON_LENGTH = 500
LEAST_PARTS, MOST_PARTS = 2, 6
QUEUE_PAGE = "/supply/review-queue"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a supplier promises: ``kind`` confirm (as ordered), counter, split, reject (with a reason), or agree (as the
    buyer proposes). ``parts`` of a split add up to ``quantity`` and end on ``promised_on``."""

    kind: str
    quantity: Decimal
    promised_on: date
    reason: str | None
    parts: tuple[Part, ...] = ()

    def is_in(self, answer: Any, *, version: int) -> bool:
        """Whether a stored answer says exactly this about the same version of the line."""
        terms = ("kind", "quantity", "promised_on", "reason")
        same = all(getattr(answer, name) == getattr(self, name) for name in terms)
        return same and answer.line_version == version and parts_of(answer.parts) == self.parts


def answerable_line(session: Session, line_id: object, version: object) -> OrderLine:
    """The line somebody is about to answer.

    Inputs: a supplier's session, the id of a line and the version that was on the screen.
    Returns: the line.
    Raises: NotFound; InvalidInput when the line is closed; Conflict when the buyer has changed it since, or nobody of
        the supplier has seen it yet.
    Source: product.md, promise 5; security.md B21.
    """
    found = own_line(session, line_id)
    if not found.open:
        closed = {"received": _("It has been received."), "cancelled": _("It was cancelled.")}
        why = closed.get(found.state, _("The order is closed."))
        raise InvalidInput(_("This line can't be answered any more. %(why)s", why=why))
    if found.version != version:
        raise Conflict(
            _(
                "The buyer has changed this line: now %(quantity)s %(uom)s for %(day)s. Look again, then answer.",
                quantity=shown_quantity(found.quantity),
                uom=found.uom,
                day=day(found.requested_on),
            )
        )
    if not found.answerable:
        raise Conflict(_("This line is new. Open it to acknowledge that you have seen it, then answer."))
    return found


def as_ordered(found: OrderLine) -> Proposal:
    """The promise to deliver a line as it was ordered.

    Inputs: the line.
    Returns: the proposal.
    Raises: InvalidInput when the date is past, or the line is confirmed like this already.
    Source: screens.md 18.
    """
    if found.as_requested and found.answer_status != "pending":
        raise InvalidInput(_("This line is confirmed as ordered already."))
    if found.requested_on < today():
        raise InvalidInput(
            _("The requested date %(day)s is past. Propose the date you can keep.", day=day(found.requested_on))
        )
    return Proposal("confirm", found.quantity, found.requested_on, None)


def otherwise(found: OrderLine, *, quantity: object, promised_on: object, reason: object) -> Proposal:
    """The proposal to deliver a line in another quantity or at another date.

    Inputs: the line and what was typed.
    Returns: the proposal.
    Raises: InvalidInput naming the field that is wrong, or that nothing would change.
    Source: screens.md 18.
    """
    proposal = Proposal(
        "counter",
        _quantity(quantity, found),
        _promised_day(promised_on),
        sentence(reason, name=_("Reason"), longest=REASON_LENGTH),
    )
    terms = (proposal.quantity, proposal.promised_on)
    if terms == (found.quantity, found.requested_on) and not found.as_requested:
        raise InvalidInput(_("This is what was ordered. Use “Confirm as ordered”."))
    if terms == (found.confirmed_quantity, found.latest_confirmed_on) and found.answer_status != "pending":
        raise InvalidInput(_("This is what is confirmed already. Change the quantity or the date."))
    return proposal


def in_parts(found: OrderLine, *, parts: object, reason: object) -> Proposal:
    """The proposal to deliver a line in several parts.

    Inputs: the line; a list of dictionaries with quantity and promised_on; a reason.
    Returns: the proposal; its quantity is the sum, its day the last one, on which the line is complete.
    Raises: InvalidInput naming the delivery that is wrong, or that there are too few, too many or two on one day.
    Source: SAP SNC, schedule lines.
    """
    given = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    if not LEAST_PARTS <= len(given) <= MOST_PARTS:
        raise InvalidInput(_("Enter %(least)s to %(most)s deliveries.", least=LEAST_PARTS, most=MOST_PARTS))
    typed = [_part(number, part) for number, part in enumerate(given, start=1)]
    found_parts = tuple(sorted(typed, key=lambda part: part[1]))
    if len({on for _quantity, on in found_parts}) < len(found_parts):
        raise InvalidInput(_("Two deliveries are on the same day. Make one of them, or change a date."))
    total = sum((quantity for quantity, _on in found_parts), Decimal(0))
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    return Proposal("split", _quantity(total, found), found_parts[-1][1], why, found_parts)


def refused(found: OrderLine, *, reason: object) -> Proposal:
    """The answer that a line can't be delivered.

    Inputs: the line and a reason.
    Returns: the proposal, of nothing more than has been delivered.
    Raises: InvalidInput without a reason.
    Source: screens.md 18.
    """
    why = sentence(reason, name=_("Reason"), longest=REASON_LENGTH)
    return Proposal("reject", found.received_quantity, found.requested_on, why)


def agreed(found: OrderLine) -> Proposal:
    """The answer that takes up the buyer's own proposal.

    Inputs: the line.
    Returns: the proposal.
    Raises: InvalidInput when the buyer proposes nothing, or for a day that is past.
    Source: screens.md 18.
    """
    waiting = found.answer_status == "pending" and found.answer_kind == "agree"
    quantity = found.answer_quantity if waiting else found.counter_quantity
    on = found.answer_promised_on if waiting else found.counter_on
    if quantity is None or on is None:
        raise InvalidInput(_("The buyer proposes nothing for this line. Confirm it, or make a proposal."))
    if on < today():
        raise InvalidInput(_("The buyer's date %(day)s is past. Propose the date you can keep.", day=day(on)))
    return Proposal("agree", quantity, on, None)


def send(session: Session, viewer: Viewer, found: OrderLine, proposal: Proposal, *, seen_answer: object) -> int:
    """Put a proposal into the buyer's review queue, in place of one that still waits there.

    Inputs: a supplier's session and viewer, the line, the proposal, and the newest answer that was on the screen
        (0 = none; None = not compared).
    Returns: the id of the answer; of the one already there when it says the same, so that a double click is one answer.
    Raises: Conflict when a colleague has answered meanwhile.
    Source: security.md H01, H03; product.md, promise 6.
    """
    earlier = rows.pending_answer(session, line_id=found.id)
    if earlier is not None and proposal.is_in(earlier, version=found.version):
        return int(earlier.id)
    newest = found.answer_id or 0 if earlier is None else earlier.id
    if seen_answer is not None and row_id(seen_answer) != newest:
        raise Conflict(_("A colleague of yours has answered this line meanwhile. Reload the page and look again."))
    if earlier is not None:
        rows.supersede(session, answer_id=earlier.id)
    added = rows.add_answer(
        session,
        company_id=viewer.company_id,
        user_id=viewer.user_id,
        line_id=found.id,
        line_version=found.version,
        kind=proposal.kind,
        quantity=proposal.quantity,
        promised_on=proposal.promised_on,
        reason=proposal.reason,
    )
    if added is None:
        return _faster(session, found, proposal)
    if proposal.parts:
        rows.add_parts(session, answer_id=added, company_id=viewer.company_id or 0, parts=proposal.parts)
    _record(session, viewer, found, proposal, added=added, earlier=earlier)
    return added


def _faster(session: Session, found: OrderLine, proposal: Proposal) -> int:
    """Another request was faster: the same answer is one answer, a different one a conflict."""
    there = rows.pending_answer(session, line_id=found.id)
    if there is not None and proposal.is_in(there, version=found.version):
        return int(there.id)
    raise Conflict(_("A colleague of yours has just answered this line. Reload the page and look again."))


def _record(
    session: Session, viewer: Viewer, found: OrderLine, proposal: Proposal, *, added: int, earlier: Any | None
) -> None:
    record(
        session,
        viewer,
        f"supplier_answer.{proposal.kind}",
        subject="purchase_order_line",
        subject_id=found.id,
        before=None if earlier is None else _plain(earlier.id, earlier),
        after=_plain(added, proposal) | _plain_parts(proposal.parts),
        reason=proposal.reason,
    )
    _tell(session, viewer, found, proposal)
    versions.bump(session, "orders")


def _plain(answer_id: int, terms: Any) -> dict[str, Any]:
    return {
        "answer": answer_id,
        "kind": terms.kind,
        "quantity": str(terms.quantity),
        "promised_on": str(terms.promised_on),
    }


def _plain_parts(parts: tuple[Part, ...]) -> dict[str, Any]:
    return {"parts": [[str(quantity), str(on)] for quantity, on in parts]} if parts else {}


def _tell(session: Session, viewer: Viewer, found: OrderLine, proposal: Proposal) -> None:
    line = f"{found.order} / {found.line_no}"
    quantity, on = f"{shown_quantity(proposal.quantity)} {found.uom}", day(proposal.promised_on)
    titles = {
        "confirm": _("%(line)s confirmed: %(quantity)s on %(day)s"),
        "agree": _("%(line)s confirmed as proposed: %(quantity)s on %(day)s"),
        "counter": _("%(line)s: %(quantity)s on %(day)s proposed"),
        "split": _("%(line)s: %(quantity)s in parts until %(day)s proposed"),
        "reject": _("%(line)s can't be delivered"),
    }
    title = titles[proposal.kind] % {"line": line, "quantity": quantity, "day": on}
    event = PartnerEvent("order_line.answered", "purchase_order_line", found.id, title, QUEUE_PAGE, proposal.reason)
    announce(session, viewer, viewer.company_id, event)


def _part(number: int, part: Mapping[str, object]) -> Part:
    try:
        quantity = quantity_of(part.get("quantity"), name=_("Quantity"))
        if quantity <= 0:
            raise InvalidInput(_("Quantity: enter more than 0."))
        return Part(quantity, _promised_day(part.get("promised_on")))
    except InvalidInput as error:
        raise InvalidInput(_("Delivery %(number)s. %(why)s", number=number, why=error.message)) from error


def _quantity(value: object, found: OrderLine) -> Decimal:
    proposed = value if isinstance(value, Decimal) else quantity_of(value, name=_("Quantity"))
    if proposed <= 0:
        raise InvalidInput(_("Quantity: enter more than 0. If you can't deliver at all, refuse the line."))
    if proposed > found.quantity * LARGEST_MULTIPLE:
        raise InvalidInput(
            _(
                "Quantity: %(proposed)s is more than %(times)s times the %(ordered)s %(uom)s ordered. Check the unit.",
                proposed=shown_quantity(proposed),
                times=LARGEST_MULTIPLE,
                ordered=shown_quantity(found.quantity),
                uom=found.uom,
            )
        )
    if proposed < found.received_quantity:
        raise InvalidInput(
            _("Quantity: %(count)s have been delivered already.", count=shown_quantity(found.received_quantity))
        )
    return proposed


def _promised_day(value: object) -> date:
    promised = calendar_day(value, name=_("Date"))
    if promised < today():
        raise InvalidInput(_("Date: %(day)s is past. Enter the day the goods will arrive.", day=day(promised)))
    if promised > today() + FURTHEST:
        raise InvalidInput(_("Date: %(day)s is more than two years ahead. Check the year.", day=day(promised)))
    return promised
