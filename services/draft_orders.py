"""Lines on the draft orders of the day, one draft a supplier and location: what accepting anything comes down to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.viewer import Viewer
from data.queries import purchase_orders
from services.audit import record


@dataclass(frozen=True, slots=True)
class WantedLine:
    """What to order of whom, for where, at what price, and the day it is needed on."""

    supplier_id: int
    location_id: int
    product_id: int
    quantity: Decimal
    unit_price: Decimal
    needed_on: date
    lead_time_days: int


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line that was added: its id, the number of its order and the day that the supplier is asked for."""

    id: int
    order: str
    requested_on: date


def draft_line(session: Session, viewer: Viewer, wanted: WantedLine) -> DraftLine:
    """Put a line on the draft of today for its supplier and location, made when there is none.

    Inputs: a session that holds purchase_orders.lock_numbering, who orders, what.
    Returns: DraftLine; nobody is asked to deliver sooner than agreed.
    Raises: nothing of its own; rights and terms are the caller's.
    Source: product.md, promise 5.
    """
    draft = _draft(session, viewer, wanted)
    requested_on = max(wanted.needed_on, today() + timedelta(days=wanted.lead_time_days))
    line_id = purchase_orders.add_line(
        session,
        order_id=draft.id,
        product_id=wanted.product_id,
        quantity=wanted.quantity,
        unit_price=wanted.unit_price,
        requested_on=requested_on,
    )
    purchase_orders.change_order(session, order_id=draft.id)
    return DraftLine(line_id, str(draft.number), requested_on)


def _draft(session: Session, viewer: Viewer, wanted: WantedLine) -> Any:
    place: dict[str, Any] = {"supplier_id": wanted.supplier_id, "location_id": wanted.location_id, "day": today()}
    found = purchase_orders.draft_for(session, **place)
    if found is None:
        found = purchase_orders.add_draft(session, **place, created_by=viewer.user_id)
        record(
            session,
            viewer,
            "purchase_order.create",
            subject="purchase_order",
            subject_id=found.id,
            after={"number": found.number},
        )
    return found
