"""What the buyer says to a supplier's answer: a proposal of our own, and the news for the supplier."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInput
from core.i18n import _, day
from core.viewer import Viewer
from data.queries.order_parts import Part
from services.form_values import calendar_day, quantity_of, shown_quantity
from services.partner_events import PartnerEvent, announce
from services.review_answers import ReviewedAnswer

SUPPLIERS_PAGE = "/portal/supplier/orders"


def own_proposal(found: ReviewedAnswer, *, quantity: object, promised_on: object) -> Part:
    """What the buyer proposes instead of an answer.

    Inputs: the answer, and what was typed.
    Returns: quantity and day.
    Raises: InvalidInput naming the field that is wrong, or that it is what the supplier promises.
    Source: screens.md 18.
    """
    wanted, on = quantity_of(quantity, name=_("Quantity")), calendar_day(promised_on, name=_("Date"))
    if wanted <= 0 or wanted < found.received_quantity:
        raise InvalidInput(_("Quantity: enter more than 0, and no less than has been delivered."))
    if wanted > found.quantity:
        raise InvalidInput(
            _(
                "Quantity: %(ordered)s %(uom)s are ordered. Order more on a new purchase order.",
                ordered=shown_quantity(found.quantity),
                uom=found.uom,
            )
        )
    if on < today():
        raise InvalidInput(_("Date: %(day)s is past.", day=day(on)))
    if (wanted, on) == (found.proposed_quantity, found.promised_on) and not found.parts and found.kind != "reject":
        raise InvalidInput(_("This is what the supplier promises. Accept it instead."))
    return Part(wanted, on)


def tell_supplier(session: Session, viewer: Viewer, found: ReviewedAnswer, decision: str, note: str | None) -> None:
    """Announce a decision.

    Inputs: the session of the decision, who decides, the answer, accepted, rejected or countered, and the note.
    Returns: nothing.
    Raises: nothing of its own.
    Source: security.md B20.
    """
    titles = {
        "accepted": _("%(line)s: your answer is accepted"),
        "rejected": _("%(line)s: your answer is declined"),
        "countered": _("%(line)s: the buyer proposes something else"),
    }
    title = titles[decision] % {"line": f"{found.order} / {found.line_no}"}
    event = PartnerEvent("order_line.decided", "purchase_order_line", found.line_id, title, SUPPLIERS_PAGE, note)
    announce(session, viewer, found.company_id, event)
