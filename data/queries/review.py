"""The buyer's review queue: what suppliers answered to order lines, and the decisions on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from data.queries.order_parts import Part
from data.queries.supplier_portal import ANSWER_PARTS, ROUNDS
from models.network import Location, Supplier
from models.order_rounds import OrderSchedule
from models.orders import PurchaseOrder, PurchaseOrderLine, Receipt, SupplierResponse
from models.people import User
from models.product import Product

DECIDER = aliased(User)
CHANGED = (
    PurchaseOrderLine.status,
    PurchaseOrderLine.confirmed_quantity,
    PurchaseOrderLine.first_confirmed_on,
    PurchaseOrderLine.latest_confirmed_on,
    PurchaseOrderLine.version,
)
LAST_RECEIPT = select(func.max(Receipt.received_on)).where(Receipt.line_id == PurchaseOrderLine.id).scalar_subquery()


def pending(session: Session, *, limit: int | None) -> list[Row[Any]]:
    """Answers that wait for a decision, the oldest first, and as ``total`` how many there are."""
    statement = _answers().add_columns(func.count().over().label("total"))
    statement = statement.where(SupplierResponse.status == "pending").order_by(SupplierResponse.id).limit(limit)
    return list(session.execute(statement))


def answer(session: Session, *, answer_id: int) -> Row[Any] | None:
    return session.execute(_answers().where(SupplierResponse.id == answer_id)).one_or_none()


def rounds(session: Session, *, line_id: int, limit: int) -> list[Row[Any]]:
    """All answers to a line with the decisions on them, the newest first."""
    statement: Any = (
        select(
            SupplierResponse.id,
            SupplierResponse.kind,
            SupplierResponse.quantity,
            SupplierResponse.promised_on,
            SupplierResponse.reason,
            SupplierResponse.status,
            SupplierResponse.created_at,
            User.name.label("answered_by"),
            SupplierResponse.decided_at,
            SupplierResponse.decision_note,
            SupplierResponse.counter_quantity,
            SupplierResponse.counter_on,
            ANSWER_PARTS.label("parts"),
            DECIDER.name.label("decided_by"),
        )
        .join(User, User.id == SupplierResponse.created_by)
        .outerjoin(DECIDER, DECIDER.id == SupplierResponse.decided_by)
        .where(SupplierResponse.line_id == line_id)
        .order_by(SupplierResponse.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def lock(session: Session, *, answer_ids: Sequence[int]) -> list[Row[Any]]:
    """The answers as they are now; until the end of the transaction nobody else decides on them or their lines.

    Lines are locked before answers and both in the order of their ids, so that two deciders wait for each other
    instead of blocking each other.
    """
    of_these = select(SupplierResponse.line_id).where(SupplierResponse.id.in_(answer_ids))
    lines = select(PurchaseOrderLine.id).where(PurchaseOrderLine.id.in_(of_these)).order_by(PurchaseOrderLine.id)
    session.execute(lines.with_for_update())
    chosen = select(SupplierResponse.id).where(SupplierResponse.id.in_(answer_ids)).order_by(SupplierResponse.id)
    session.execute(chosen.with_for_update())
    return list(session.execute(_answers().where(SupplierResponse.id.in_(answer_ids)).order_by(SupplierResponse.id)))


def confirm_line(
    session: Session, *, line_id: int, version: int, quantity: Decimal, promised_on: date
) -> Row[Any] | None:
    """Take a promise over into the order line if it is still at ``version``; the first promise is never overwritten."""
    statement: Any = (
        update(PurchaseOrderLine)
        .where(PurchaseOrderLine.id == line_id, PurchaseOrderLine.version == version)
        .values(
            first_confirmed_on=func.coalesce(PurchaseOrderLine.first_confirmed_on, promised_on),
            latest_confirmed_on=promised_on,
            confirmed_quantity=quantity,
            status=case((PurchaseOrderLine.received_quantity >= quantity, "received"), else_="confirmed"),
            actual_on=case((PurchaseOrderLine.received_quantity >= quantity, LAST_RECEIPT)),
            version=PurchaseOrderLine.version + 1,
        )
        .returning(*CHANGED)
    )
    return session.execute(statement).one_or_none()


def refuse_line(session: Session, *, line_id: int, version: int) -> Row[Any] | None:
    """Give up what has not come in on a line that the supplier does not deliver, if it is still at ``version``."""
    statement: Any = (
        update(PurchaseOrderLine)
        .where(PurchaseOrderLine.id == line_id, PurchaseOrderLine.version == version)
        .values(
            status=case((PurchaseOrderLine.received_quantity > 0, "received"), else_="cancelled"),
            actual_on=case((PurchaseOrderLine.received_quantity > 0, LAST_RECEIPT)),
            version=PurchaseOrderLine.version + 1,
        )
        .returning(*CHANGED)
    )
    return session.execute(statement).one_or_none()


def set_schedule(session: Session, *, line_id: int, parts: Sequence[Part]) -> None:
    """The accepted deliveries of a line, in place of those before; none for a line in one delivery."""
    session.execute(delete(OrderSchedule).where(OrderSchedule.line_id == line_id))
    rows = [
        {"line_id": line_id, "position": number, "quantity": quantity, "due_on": on}
        for number, (quantity, on) in enumerate(parts, start=1)
    ]
    if rows:
        session.execute(insert(OrderSchedule), rows)


def decide(
    session: Session,
    *,
    answer_id: int,
    status: str,
    user_id: int | None,
    at: datetime,
    note: str | None,
    proposal: Part | None = None,
) -> None:
    """Write down a decision; ``proposal`` is the buyer's own for the status countered."""
    quantity, on = proposal or (None, None)
    statement = update(SupplierResponse).where(SupplierResponse.id == answer_id, SupplierResponse.status == "pending")
    session.execute(
        statement.values(
            status=status,
            decided_by=user_id,
            decided_at=at,
            decision_note=note,
            counter_quantity=quantity,
            counter_on=on,
        )
    )


def _answers() -> Any:
    return (
        select(
            SupplierResponse.id,
            SupplierResponse.line_id,
            SupplierResponse.line_version,
            SupplierResponse.kind,
            SupplierResponse.quantity.label("proposed_quantity"),
            SupplierResponse.promised_on,
            SupplierResponse.reason,
            SupplierResponse.status,
            SupplierResponse.created_at,
            User.name.label("answered_by"),
            SupplierResponse.decided_at,
            DECIDER.name.label("decided_by"),
            PurchaseOrder.number.label("order"),
            PurchaseOrder.status.label("order_status"),
            PurchaseOrder.location_id,
            Location.name.label("location"),
            Supplier.name.label("supplier"),
            PurchaseOrderLine.line_no,
            PurchaseOrderLine.product_id,
            Product.code,
            Product.name.label("item"),
            Product.uom,
            PurchaseOrderLine.quantity,
            PurchaseOrderLine.unit_price,
            PurchaseOrderLine.requested_on,
            PurchaseOrderLine.first_confirmed_on,
            PurchaseOrderLine.latest_confirmed_on,
            PurchaseOrderLine.confirmed_quantity,
            PurchaseOrderLine.status.label("line_status"),
            PurchaseOrderLine.version.label("version"),
            PurchaseOrderLine.received_quantity,
            PurchaseOrder.id.label("order_id"),
            Supplier.company_id,
            ANSWER_PARTS.label("parts"),
            ROUNDS.label("rounds"),
        )
        .select_from(SupplierResponse)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == SupplierResponse.line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Location, Location.id == PurchaseOrder.location_id)
        .join(Product, Product.id == PurchaseOrderLine.product_id)
        .join(User, User.id == SupplierResponse.created_by)
        .outerjoin(DECIDER, DECIDER.id == SupplierResponse.decided_by)
    )
