"""One order line of a customer in its own portal, with all that stored data says of its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from data.queries import customer_portal as rows
from services.form_values import row_id


@dataclass(frozen=True, slots=True)
class SalesLine:
    """One order line; quantities in ``uom``. ``late`` is judged on ``today``, the day it was read."""

    id: int
    order_id: int
    order: str
    ordered_on: date
    line_no: int
    code: str
    item: str
    uom: str
    location: str
    quantity: Decimal
    requested_on: date
    first_confirmed_on: date | None
    delivered_on: date | None
    delivered_quantity: Decimal
    status: str
    today: date

    @property
    def due_on(self) -> date:
        return self.first_confirmed_on or self.requested_on

    @property
    def state(self) -> str:
        """open, partly, late, delivered (in time, in full), delivered_late, delivered_short or cancelled."""
        if self.status == "cancelled":
            return "cancelled"
        if self.status == "delivered":
            late = self.delivered_on is not None and self.delivered_on > self.due_on
            short = self.delivered_quantity < self.quantity
            return "delivered_late" if late else "delivered_short" if short else "delivered"
        if self.due_on < self.today:
            return "late"
        return "partly" if self.delivered_quantity else "open"


def own_line(session: Session, line_id: object) -> SalesLine:
    """One line of the customer whose session this is.

    Inputs: a customer's session and what the browser sent as id.
    Returns: the line.
    Raises: NotFound for a line that does not exist or is not the customer's, in the same words.
    Source: security.md B01.
    """
    row = rows.line(session, line_id=row_id(line_id))
    if row is None:
        raise NotFound(_("There is no such order line."))
    return sales_line(row)


def sales_line(row: object) -> SalesLine:
    """A line from a row of data.queries.customer_portal.

    Inputs: row: one of lines() or line().
    Returns: the line.
    Raises: nothing.
    Source: none; ours.
    """
    values = row._asdict()  # type: ignore[attr-defined]
    values.pop("total", None)
    return SalesLine(**values, today=today())
