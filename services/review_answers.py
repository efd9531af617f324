"""A supplier's answer as the buyer judges it: asked and promised, and what the difference means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

import pandas as pd

from core.i18n import _, day, moment
from data.queries.inventory import Item
from data.queries.order_parts import Part, parts_of
from data.queries.supplier_portal import OPEN
from services.delivery_rules import DeliveryRules
from services.form_values import shown_quantity


@dataclass(frozen=True, slots=True)
class Cover:
    """How long the stock of an item lasts: days of what is on hand and free, None when unknown or endless."""

    days_of_cover: float | None
    stock_out_on: date | None


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """An answer beside its order line; quantities in ``uom``, ``unit_price`` for one of them.

    ``version`` is the line as it is, ``line_version`` as the supplier saw it.
    """

    id: int
    line_id: int
    line_version: int
    kind: str
    proposed_quantity: Decimal
    promised_on: date
    reason: str | None
    status: str
    created_at: datetime
    answered_by: str
    decided_at: datetime | None
    decided_by: str | None
    order: str
    order_status: str
    location_id: int
    location: str
    supplier: str
    line_no: int
    product_id: int
    code: str
    item: str
    uom: str
    quantity: Decimal
    unit_price: Decimal
    requested_on: date
    first_confirmed_on: date | None
    latest_confirmed_on: date | None
    confirmed_quantity: Decimal | None
    line_status: str
    version: int
    received_quantity: Decimal
    order_id: int
    company_id: int | None
    parts: tuple[Part, ...]
    rounds: int
    cover: Cover
    tolerance: DeliveryRules

    @property
    def days_later(self) -> int:
        """Days after the requested date; negative is earlier."""
        return (self.promised_on - self.requested_on).days

    @property
    def quantity_short(self) -> Decimal:
        """Units less than ordered; negative is more."""
        return self.quantity - self.proposed_quantity

    @property
    def value(self) -> Decimal:
        return self.quantity * self.unit_price

    @property
    def value_affected(self) -> Decimal:
        """The value of what does not come as ordered: the whole line when it is late, else what is short of it."""
        if self.kind == "reject":
            return (self.quantity - self.received_quantity) * self.unit_price
        return self.value if self.days_later > 0 else max(self.quantity_short, Decimal(0)) * self.unit_price

    @property
    def days_without_cover(self) -> int:
        """Days from the end of the stock on hand to the promised date; 0 when it lasts, or nobody knows."""
        if self.cover.stock_out_on is None:
            return 0
        return max((self.promised_on - self.cover.stock_out_on).days, 0)

    @property
    def plain(self) -> bool:
        """Whether this needs no judgement: as ordered, as we have proposed ourselves, or within the delivery rules."""
        if self.kind in ("reject", "split") or self.obstacle is not None:
            return False
        return self.kind == "agree" or self.within_rules

    @property
    def within_rules(self) -> bool:
        """Whether it would still count as on time and in full, and is no more than was ordered."""
        allowed = Decimal(str(self.tolerance.quantity_tolerance)) * self.quantity
        return 0 <= self.days_later <= self.tolerance.late_tolerance_days and 0 <= self.quantity_short <= allowed

    @property
    def obstacle(self) -> str | None:
        """Why this answer can't be accepted any more; None when it can."""
        if self.status == "superseded":
            return _("The supplier has sent a newer answer to this line. Decide on that one.")
        if self.status != "pending":
            done = {
                "accepted": _("accepted"),
                "rejected": _("rejected"),
                "countered": _("countered"),
            }[self.status]
            who, at = self.decided_by or _("a colleague"), moment(self.decided_at)
            return _("%(who)s has %(done)s this answer already, on %(at)s (UTC).", who=who, done=done, at=at)
        if self.line_status not in OPEN or self.order_status != "sent":
            closed = self.line_status if self.line_status not in OPEN else self.order_status
            return _("The order line is %(state)s: there is nothing left to confirm.", state=_(closed))
        if self.version != self.line_version:
            return _(
                "The order line was changed after the supplier answered; it is now %(quantity)s %(uom)s for %(day)s. "
                "Reject with a note, so that the supplier answers what is ordered now.",
                quantity=shown_quantity(self.quantity),
                uom=self.uom,
                day=day(self.requested_on),
            )
        return None


@dataclass(frozen=True, slots=True)
class Round:
    """One answer and the decision on it."""

    id: int
    kind: str
    quantity: Decimal
    promised_on: date
    reason: str | None
    status: str
    created_at: datetime
    answered_by: str
    decided_at: datetime | None
    decision_note: str | None
    counter_quantity: Decimal | None
    counter_on: date | None
    parts: tuple[Part, ...]
    decided_by: str | None


def reviewed(row: Any, cover: Cover, tolerance: DeliveryRules) -> ReviewedAnswer:
    """An answer from a row of data.queries.review.

    Inputs: row: one of pending(), answer() or lock(); cover of the item; the rules of delivery.
    Returns: the answer.
    Raises: nothing.
    Source: none; ours.
    """
    values = row._asdict()
    values.pop("total", None)
    return ReviewedAnswer(**values | {"parts": parts_of(row.parts)}, cover=cover, tolerance=tolerance)


def answer_round(row: Any) -> Round:
    """A round from a row of data.queries.review.

    Inputs: row: one of rounds().
    Returns: the round.
    Raises: nothing.
    Source: none; ours.
    """
    return Round(**row._asdict() | {"parts": parts_of(row.parts)})


def covers(positions: pd.DataFrame, items: Sequence[Item], *, as_of: date) -> dict[Item, Cover]:
    """How long the stock of items lasts.

    Inputs: positions: result of services.positions.stock_positions; items: product and location; the data date.
    Returns: the cover of every item; unknown when it has no position or no demand rate.
    Raises: nothing.
    Source: formulas.md 3.3, through analytics.inventory_position: one definition for all screens.
    """
    wanted = pd.MultiIndex.from_tuples(list(dict.fromkeys(items)), names=positions.index.names)
    found = positions[["days_of_cover", "days_to_stock_out"]].reindex(wanted)
    return {
        item: Cover(_finite(days), None if _finite(until) is None else as_of + timedelta(days=float(until)))
        for item, days, until in zip(found.index, found["days_of_cover"], found["days_to_stock_out"], strict=True)
    }


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
