"""Wording of rounds of confirmation, the same for the supplier and the buyer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.i18n import _, counted, day
from data.queries.order_parts import Part
from services.form_values import shown_quantity


def rounds_text(count: int) -> str:
    """How often a line went to and fro.

    Inputs: count: answers of the supplier.
    Returns: text in the reader's language.
    Raises: nothing.
    Source: screens.md 18, counter of rounds.
    """
    return counted("1 round", "%(count)s rounds", count)


def parts_text(parts: Sequence[Part]) -> str:
    """Deliveries in parts, such as "60 on 2026-03-01 + 40 on 2026-03-08".

    Inputs: parts: quantity and day of each.
    Returns: text in the reader's language, empty without parts.
    Raises: nothing.
    Source: none; ours.
    """
    return " + ".join(_("%(quantity)s on %(day)s", quantity=shown_quantity(part), day=day(on)) for part, on in parts)


def promise_text(kind: str, promised: Decimal, uom: str, on: date, parts: Sequence[Part]) -> str:
    """What an answer of the supplier says.

    Inputs: kind, quantity, unit, day and parts of the answer.
    Returns: text in the reader's language.
    Raises: nothing.
    Source: screens.md 18.
    """
    if kind == "reject":
        return _("Can't deliver")
    if parts:
        return _("In parts (%(uom)s): %(parts)s", uom=uom, parts=parts_text(parts))
    verb = _("Proposed") if kind == "counter" else _("Confirmed")
    return f"{verb} {shown_quantity(promised)} {uom}, {day(on)}"


def proposal_text(wanted: Decimal | None, uom: str, on: date | None) -> str:
    """What the buyer proposes instead.

    Inputs: quantity, unit and day of the buyer's proposal, None when there is none.
    Returns: text in the reader's language, empty without a proposal.
    Raises: nothing.
    Source: screens.md 18.
    """
    if wanted is None:
        return ""
    return _("Buyer proposes %(quantity)s %(uom)s on %(day)s", quantity=shown_quantity(wanted), uom=uom, day=day(on))
