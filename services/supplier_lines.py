"""A supplier's order lines as its portal shows them: the line, its answers, its receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.i18n import _
from data.queries import supplier_portal as rows
from data.queries.order_parts import Part, parts_of
from services.form_values import row_id


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of a sent order with its newest answer; quantities in ``uom``, ``unit_price`` for one of them."""

    id: int
    version: int
    order: str
    order_id: int
    order_status: str
    ordered_on: date
    line_no: int
    code: str
    item: str
    uom: str
    location: str
    quantity: Decimal
    unit_price: Decimal
    requested_on: date
    confirmed_quantity: Decimal | None
    latest_confirmed_on: date | None
    received_quantity: Decimal
    actual_on: date | None
    status: str
    answer_id: int | None
    answer_kind: str | None
    answer_quantity: Decimal | None
    answer_promised_on: date | None
    answer_status: str | None
    answer_note: str | None
    counter_quantity: Decimal | None
    counter_on: date | None
    first_confirmed_on: date | None
    schedule: tuple[Part, ...]
    seen: bool
    rounds: int

    @property
    def due_on(self) -> date:
        return self.latest_confirmed_on or self.requested_on

    @property
    def open(self) -> bool:
        return self.order_status == "sent" and self.status in rows.OPEN

    @property
    def as_requested(self) -> bool:
        """Whether the buyer has accepted exactly what was ordered."""
        return (self.confirmed_quantity, self.latest_confirmed_on) == (self.quantity, self.requested_on)

    @property
    def state(self) -> str:
        """new (not seen), to_confirm, waiting, countered (the buyer proposes), declined (answer again), confirmed,
        received, cancelled or closed."""
        if self.status in ("received", "cancelled"):
            return self.status
        if not self.open:
            return "cancelled" if self.order_status == "cancelled" else "closed"
        answered = {"pending": "waiting", "rejected": "declined", "countered": "countered"}.get(
            self.answer_status or ""
        )
        if answered:
            return answered
        if self.status == "confirmed":
            return "confirmed"
        return "to_confirm" if self.answerable else "new"

    @property
    def answerable(self) -> bool:
        """Whether it was seen, which comes before any answer."""
        return self.seen or self.rounds > 0 or self.status != "open"


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits. ``by_days_left`` counts the lines to confirm: past their date, then up to 3, up to 7 days, later."""

    new: int
    countered: int
    to_confirm: int
    by_days_left: tuple[int, int, int, int]
    waiting: int
    waiting_since: datetime | None
    overdue: int
    overdue_since: date | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The first lines of a list, how long it is, and what there is to do in all."""

    lines: list[OrderLine]
    total: int
    to_do: ToDo


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the supplier. ``status`` is pending, accepted, rejected, countered (by the buyer's own proposal) or
    superseded."""

    id: int
    kind: str
    quantity: Decimal
    promised_on: date
    reason: str | None
    status: str
    created_at: datetime
    decided_at: datetime | None
    decision_note: str | None
    counter_quantity: Decimal | None
    counter_on: date | None
    parts: tuple[Part, ...]
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that came in."""

    received_on: date
    quantity: Decimal
    lot: str | None


@dataclass(frozen=True, slots=True)
class LineHistory:
    """A line with its answers, the newest first, and its receipts."""

    line: OrderLine
    answers: list[Answer]
    receipts: list[Delivery]


def own_line(session: Session, line_id: object) -> OrderLine:
    """One line of the supplier whose session this is.

    Inputs: a partner's session and what the browser sent as id.
    Returns: the line with its newest answer.
    Raises: NotFound for a line that does not exist or is not the supplier's, in the same words.
    Source: security.md B01.
    """
    row = rows.line(session, line_id=row_id(line_id))
    if row is None:
        raise NotFound(_("There is no such order line."))
    return order_line(row)


def order_line(row: Any) -> OrderLine:
    """A line from a row of data.queries.supplier_portal.

    Inputs: row: one of lines() or line().
    Returns: the line.
    Raises: nothing.
    Source: none; ours.
    """
    values = row._asdict()
    values.pop("total", None)
    return OrderLine(**values | {"schedule": parts_of(row.schedule)})


def given_answer(row: Any) -> Answer:
    """An answer from a row of data.queries.supplier_portal.

    Inputs: row: one of answers().
    Returns: the answer with its parts.
    Raises: nothing.
    Source: none; ours.
    """
    return Answer(**row._asdict() | {"parts": parts_of(row.parts)})
