"""What somebody typed about goods that came in, lot by lot, compared with what was expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.i18n import _
from services.form_values import calendar_day, quantity_of, sentence, shown_quantity
from services.receiving_rules import ReceivingRules

LOT_LENGTH = 60
REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class ReceivedLot:
    """A lot that came in: ``quantity`` good, ``damaged`` not; ``line`` is its row of data.queries.goods_receipts."""

    line: Any
    lot: str
    expires_on: date | None
    quantity: Decimal
    damaged: Decimal
    difference: str | None
    reason: str | None

    def named(self, otherwise: str) -> ReceivedLot:
        """With a lot number of ours where the supplier gave none."""
        return self if self.lot else replace(self, lot=otherwise)

    def stored(self, booking: int) -> dict[str, Any]:
        """The row of its booking."""
        return {
            "goods_receipt_id": booking,
            "line_id": self.line.line_id,
            "lot": self.lot,
            "expires_on": self.expires_on,
            "expected": self.line.expected,
            "quantity": self.quantity,
            "damaged": self.damaged,
            "difference": self.difference,
            "reason": self.reason,
        }

    def plain(self) -> dict[str, Any]:
        """What the audit trail says."""
        line = f"{self.line.order} / {self.line.line_no}"
        figures = {"expected": self.line.expected, "quantity": self.quantity, "damaged": self.damaged}
        return {
            "line": line,
            "lot": self.lot,
            **{name: str(value) for name, value in figures.items()},
            "difference": self.difference,
            "reason": self.reason,
        }


def received_lots(expected: Sequence[Any], given: object, rules: ReceivingRules) -> list[ReceivedLot]:
    """What was typed, checked.

    Inputs: the lots that are expected; given: one dictionary for each, in the same order, of quantity, damaged, lot,
        expires_on and reason; the rules of receiving.
    Returns: the lots of which something came or is missing.
    Raises: InvalidInput naming the row that is wrong: a figure, a difference without a reason, more than may come, or
        nothing received at all.
    Source: SAP, under- and overdelivery tolerance; issue of the portal (short, over, damaged, wrong lot).
    """
    typed = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    if len(typed) != len(expected):
        raise InvalidInput(_("The delivery has changed meanwhile. Reload the page, then book again."))
    lots = [_lot(number, *pair, rules) for number, pair in enumerate(zip(expected, typed, strict=True), start=1)]
    if not any(lot.quantity or lot.damaged for lot in lots):
        raise InvalidInput(_("Enter what came in of at least one row."))
    _within(lots, rules)
    return lots


def difference(
    expected: Decimal,
    quantity: Decimal,
    damaged: Decimal,
    *,
    lot: str,
    announced: str | None,
    rules: ReceivingRules,
) -> str | None:
    """How a lot differs from what was expected.

    Inputs: quantities expected, good and damaged; the lot and the one that was announced; the rules of receiving.
    Returns: damaged, wrong_lot, over or short, the first that holds; None within the tolerance.
    Raises: nothing.
    Source: issue of the portal.
    """
    came = quantity + damaged
    if damaged > 0:
        return "damaged"
    if came and announced and lot != announced:
        return "wrong_lot"
    if came > expected:
        return "over"
    return "short" if came < expected * (1 - Decimal(str(rules.short_share))) else None


def _lot(number: int, line: Any, given: Mapping[str, object], rules: ReceivingRules) -> ReceivedLot:
    try:
        quantity = _figure(given.get("quantity"), _("Received"))
        damaged = _figure(given.get("damaged"), _("Damaged"))
        lot = _optional(given.get("lot"), _("Lot"), LOT_LENGTH)
        expires = given.get("expires_on")
        expires_on = calendar_day(expires, name=_("Expires on")) if expires else None
        reason = _optional(given.get("reason"), _("Reason"), REASON_LENGTH) or None
        found = difference(line.expected, quantity, damaged, lot=lot, announced=line.lot, rules=rules)
        if found and reason is None:
            raise InvalidInput(_("Write the reason: %(what)s.", what=difference_name(found).lower()))
    except InvalidInput as error:
        raise InvalidInput(_("Row %(number)s. %(why)s", number=number, why=error.message)) from error
    return ReceivedLot(line, lot, expires_on, quantity, damaged, found, reason if found else None)


def difference_name(found: str) -> str:
    """What a difference is called.

    Inputs: found: result of difference.
    Returns: text in the reader's language.
    Raises: KeyError for one that is none.
    Source: none; ours.
    """
    return {
        "damaged": _("Damaged goods"),
        "wrong_lot": _("Wrong lot"),
        "over": _("More than announced"),
        "short": _("Less than announced"),
    }[found]


def _within(lots: Sequence[ReceivedLot], rules: ReceivingRules) -> None:
    came: dict[int, Decimal] = defaultdict(Decimal)
    for lot in lots:
        came[lot.line.line_id] += lot.quantity
    for line in {lot.line.line_id: lot.line for lot in lots}.values():
        most = line.promised * (1 + Decimal(str(rules.over_share))) - line.received_quantity
        if came[line.line_id] > most:
            raise InvalidInput(
                _(
                    "%(order)s / %(line)s: at most %(most)s %(uom)s may come in. Send back what is too much.",
                    order=line.order,
                    line=line.line_no,
                    most=shown_quantity(max(most, Decimal(0))),
                    uom=line.uom,
                )
            )


def _figure(value: object, name: str) -> Decimal:
    found = Decimal(0) if value in (None, "") else quantity_of(value, name=name)
    if found < 0:
        raise InvalidInput(_("%(name)s: enter 0 or more.", name=name))
    return found


def _optional(value: object, name: str, longest: int) -> str:
    return sentence(value, name=name, longest=longest) if isinstance(value, str) and value.strip() else ""
