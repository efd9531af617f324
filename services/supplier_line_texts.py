"""Wording of a supplier's order line: its state, its terms, what came in, and what a proposal begins with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.clock import today
from core.i18n import _, day, money
from services.form_values import shown_quantity
from services.supplier_lines import LineHistory, OrderLine


def can_confirm(line: OrderLine) -> bool:
    """Whether confirming a line as ordered does anything.

    Inputs: line: the order line.
    Returns: whether.
    Raises: nothing.
    Source: screens.md 18.
    """
    confirmed_already = line.as_requested or (line.answer_status == "pending" and line.answer_kind == "confirm")
    return line.open and line.answerable and not confirmed_already and line.requested_on >= today()


def first_proposal(line: OrderLine) -> tuple[Decimal, date]:
    """What a proposal begins with: the buyer's own one, the answer that waits, or what is ordered.

    Inputs: line: the order line.
    Returns: quantity and day.
    Raises: nothing.
    Source: screens.md 18.
    """
    if line.state == "countered" and line.counter_quantity and line.counter_on:
        return line.counter_quantity, line.counter_on
    if line.state == "waiting" and line.answer_quantity and line.answer_promised_on:
        return line.answer_quantity, line.answer_promised_on
    return line.quantity, line.due_on


def line_state(line: OrderLine) -> tuple[str, str]:
    """What the state of a line is called, and its tone; bad when it is late.

    Inputs: line: the order line.
    Returns: text in the reader's language; good, warn, bad or quiet.
    Raises: nothing.
    Source: screens.md 18.
    """
    late = line.open and line.due_on < today()
    states = {
        "new": (_("New"), "warn"),
        "to_confirm": (_("To confirm"), "warn"),
        "countered": (_("Your turn"), "warn"),
        "waiting": (_("With buyer"), "quiet"),
        "declined": (_("Declined"), "bad"),
        "confirmed": (_("Confirmed"), "good"),
        "received": (_("Received"), "good"),
        "cancelled": (_("Cancelled"), "quiet"),
        "closed": (_("Closed"), "quiet"),
    }
    text, tone = states[line.state]
    return (text, "bad" if late else tone)


def terms_text(line: OrderLine) -> str:
    """Quantity and date as ordered, or as promised last with what that changes.

    Inputs: line: the order line.
    Returns: two lines of text in the reader's language.
    Raises: nothing.
    Source: screens.md 18.
    """
    waiting = line.state == "waiting"
    quantity = line.answer_quantity if waiting else line.confirmed_quantity
    promised = line.answer_promised_on if waiting else line.latest_confirmed_on
    ordered = f"{shown_quantity(line.quantity)} {line.uom}"
    if quantity is not None and quantity != line.quantity:
        ordered = f"{shown_quantity(line.quantity)} → {shown_quantity(quantity)} {line.uom}"
    later = (promised - line.requested_on).days if promised else 0
    return f"{ordered}\n{day(promised or line.requested_on)}" + (f" {later:+d} d" if later else "")


def delivered_text(found: LineHistory) -> str:
    """What came in of a line, and when.

    Inputs: found: the line with its receipts.
    Returns: text in the reader's language.
    Raises: nothing.
    Source: screens.md 18.
    """
    if not found.receipts:
        return _("nothing yet")
    return "; ".join(
        f"{shown_quantity(receipt.quantity)} {found.line.uom}, {day(receipt.received_on)}" for receipt in found.receipts
    )


def price_text(price: Decimal) -> str:
    """A price to the cent, or to all its decimals when it has more.

    Inputs: price: RM for one unit.
    Returns: text in the reader's language.
    Raises: nothing.
    Source: none; ours.
    """
    return money(price, decimals=2 if round(price, 2) == price else 4)
