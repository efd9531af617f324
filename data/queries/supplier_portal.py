"""A supplier's order lines and its answers to them.

Row-level security shows a supplier its own sent orders only, so nothing here filters by company; it grants columns
one by one, so every statement names those it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries.order_parts import Part, parts_as_json
from data.rows import rows_after
from models.network import Location
from models.order_rounds import OrderAcknowledgement, OrderSchedule
from models.order_rounds import SupplierResponsePart as AnswerPart
from models.orders import PurchaseOrder, PurchaseOrderLine, Receipt, SupplierResponse
from models.people import User
from models.product import Product

OPEN = ("open", "confirmed")

due_on = func.coalesce(PurchaseOrderLine.latest_confirmed_on, PurchaseOrderLine.requested_on)
SORTS: dict[str, Any] = {
    "due_on": due_on,
    "order": PurchaseOrder.number,
    "requested_on": PurchaseOrderLine.requested_on,
    "id": PurchaseOrderLine.id,
}
NEWEST = (
    select(
        SupplierResponse.id,
        SupplierResponse.kind,
        SupplierResponse.quantity,
        SupplierResponse.promised_on,
        SupplierResponse.status,
        SupplierResponse.decision_note,
        SupplierResponse.counter_quantity,
        SupplierResponse.counter_on,
        SupplierResponse.created_at,
    )
    .where(SupplierResponse.line_id == PurchaseOrderLine.id)
    .order_by(SupplierResponse.id.desc())
    .limit(1)
    .lateral("newest")
)

ROUNDS = (
    select(func.count())
    .select_from(SupplierResponse)
    .where(SupplierResponse.line_id == PurchaseOrderLine.id)
    .correlate(PurchaseOrderLine)
    .scalar_subquery()
)
SEEN = exists().where(OrderAcknowledgement.line_id == PurchaseOrderLine.id)
# Quantities and days of the parts that an answer promises, and of those that are accepted; None without parts.
ANSWER_PARTS = (
    select(parts_as_json(AnswerPart.position, AnswerPart.quantity, AnswerPart.promised_on))
    .where(AnswerPart.response_id == SupplierResponse.id)
    .correlate(SupplierResponse)
    .scalar_subquery()
)
SCHEDULE = (
    select(parts_as_json(OrderSchedule.position, OrderSchedule.quantity, OrderSchedule.due_on))
    .where(OrderSchedule.line_id == PurchaseOrderLine.id)
    .correlate(PurchaseOrderLine)
    .scalar_subquery()
)

IS_OPEN = and_(PurchaseOrder.status == "sent", PurchaseOrderLine.status.in_(OPEN))
WAITING = and_(IS_OPEN, func.coalesce(NEWEST.c.status, "") == "pending")
COUNTERED = and_(IS_OPEN, func.coalesce(NEWEST.c.status, "") == "countered")
NEW = and_(IS_OPEN, PurchaseOrderLine.status == "open", NEWEST.c.id.is_(None), ~SEEN)
TO_CONFIRM = and_(IS_OPEN, PurchaseOrderLine.status == "open", func.coalesce(NEWEST.c.status, "") != "pending")


def lines(session: Session, *, today: date, show: str, search: str, limit: int | None) -> list[Row[Any]]:
    """Order lines with their newest answer and, as ``total``, how many there are; the fewest days left first.

    ``show`` is new, to_confirm, countered, waiting, overdue, open or all; of all lines the newest come first.
    """
    statement = _wanted(today, show, search).add_columns(func.count().over().label("total")).limit(limit)
    order = (due_on.desc(), PurchaseOrderLine.id.desc()) if show == "all" else (due_on, PurchaseOrderLine.id)
    return list(session.execute(statement.order_by(*order)))


def lines_after(
    session: Session, *, today: date, show: str, search: str, sort: str, after: Sequence[Any] | None, limit: int
) -> list[Row[Any]]:
    """The next of the same lines in the order of one of SORTS, "-" before it turns it round; ``after``: its value and
    the id of the last line that was read."""
    columns = (SORTS[sort.lstrip("-")], PurchaseOrderLine.id)
    statement = _wanted(today, show, search)
    return rows_after(session, statement, *columns, after=after, limit=limit, backwards=sort.startswith("-"))


def _wanted(today: date, show: str, search: str) -> Any:
    statement = _lines().where(_shown(show, today))
    if not search:
        return statement
    named = (PurchaseOrder.number, Product.code, Product.name)
    return statement.where(or_(*(column.icontains(search, autoescape=True) for column in named)))


def line(session: Session, *, line_id: int) -> Row[Any] | None:
    return session.execute(_lines().where(PurchaseOrderLine.id == line_id)).one_or_none()


def numbered_lines(session: Session, orders: Sequence[str]) -> list[Row[Any]]:
    """Ids of all lines of some orders, by the numbers that messages call them by."""
    statement: Any = select(PurchaseOrderLine.id, PurchaseOrder.number.label("order"), PurchaseOrderLine.line_no)
    joined = statement.join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
    return list(session.execute(joined.where(PurchaseOrder.number.in_(orders))))


def to_do(session: Session, *, today: date, until: Sequence[date]) -> Row[Any]:
    """What there is to do: lines to confirm (those due up to each day too), answers with the buyer, late deliveries."""
    within = [
        func.count().filter(TO_CONFIRM, PurchaseOrderLine.requested_on <= day).label(f"within_{number}")
        for number, day in enumerate(until)
    ]
    late = and_(IS_OPEN, today > due_on)
    statement: Any = select(
        func.count().filter(TO_CONFIRM).label("to_confirm"),
        *within,
        func.count().filter(NEW).label("new"),
        func.count().filter(COUNTERED).label("countered"),
        func.count().filter(WAITING).label("waiting"),
        func.min(NEWEST.c.created_at).filter(WAITING).label("waiting_since"),
        func.count().filter(late).label("overdue"),
        func.min(due_on).filter(late).label("overdue_since"),
    )
    joined = statement.select_from(PurchaseOrderLine).join(
        PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id
    )
    return session.execute(joined.outerjoin(NEWEST, true()).where(IS_OPEN)).one()


def answers(session: Session, *, line_id: int, limit: int) -> list[Row[Any]]:
    """What the supplier answered to a line, the newest first."""
    statement = (
        select(
            SupplierResponse.id,
            SupplierResponse.kind,
            SupplierResponse.quantity,
            SupplierResponse.promised_on,
            SupplierResponse.reason,
            SupplierResponse.status,
            SupplierResponse.created_at,
            SupplierResponse.decided_at,
            SupplierResponse.decision_note,
            SupplierResponse.counter_quantity,
            SupplierResponse.counter_on,
            ANSWER_PARTS.label("parts"),
            User.name.label("answered_by"),
        )
        .outerjoin(User, User.id == SupplierResponse.created_by)
        .where(SupplierResponse.line_id == line_id)
        .order_by(SupplierResponse.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def receipts(session: Session, *, line_id: int) -> list[Row[Any]]:
    """What came in on a line, the oldest first."""
    statement = select(Receipt.received_on, Receipt.quantity, Receipt.lot).where(Receipt.line_id == line_id)
    return list(session.execute(statement.order_by(Receipt.received_on, Receipt.id)))


def pending_answer(session: Session, *, line_id: int) -> Row[Any] | None:
    """The answer to a line that the buyer has not decided on; no second one can come while it is looked at."""
    statement: Any = select(
        SupplierResponse.id,
        SupplierResponse.line_version,
        SupplierResponse.kind,
        SupplierResponse.quantity,
        SupplierResponse.promised_on,
        SupplierResponse.reason,
        ANSWER_PARTS.label("parts"),
    ).where(SupplierResponse.line_id == line_id, SupplierResponse.status == "pending")
    return session.execute(statement.with_for_update(of=SupplierResponse)).one_or_none()


def supersede(session: Session, *, answer_id: int) -> None:
    statement = update(SupplierResponse).where(SupplierResponse.id == answer_id, SupplierResponse.status == "pending")
    session.execute(statement.values(status="superseded"))


def add_answer(
    session: Session,
    *,
    company_id: int,
    user_id: int | None,
    line_id: int,
    line_version: int,
    kind: str,
    quantity: Decimal,
    promised_on: date,
    reason: str | None,
) -> int | None:
    """Store an answer; None when another one is already waiting for the buyer."""
    statement = insert(SupplierResponse).values(
        company_id=company_id,
        created_by=user_id,
        line_id=line_id,
        line_version=line_version,
        kind=kind,
        quantity=quantity,
        promised_on=promised_on,
        reason=reason,
    )
    return session.scalar(
        statement.on_conflict_do_nothing(
            index_elements=[SupplierResponse.line_id], index_where=SupplierResponse.status == "pending"
        ).returning(SupplierResponse.id)
    )


def add_parts(session: Session, *, answer_id: int, company_id: int, parts: Sequence[Part]) -> None:
    """Store the parts of an answer, in their order."""
    rows = [
        {"response_id": answer_id, "company_id": company_id, "position": place, "quantity": quantity, "promised_on": on}
        for place, (quantity, on) in enumerate(parts, start=1)
    ]
    session.execute(insert(AnswerPart), rows)


def new_lines(session: Session) -> list[int]:
    """Open lines that nobody of the supplier has seen."""
    statement: Any = select(PurchaseOrderLine.id).join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
    return list(session.scalars(statement.outerjoin(NEWEST, true()).where(NEW).order_by(PurchaseOrderLine.id)))


def acknowledge(session: Session, *, company_id: int, user_id: int | None, line_ids: Sequence[int]) -> list[int]:
    """Note that lines were seen; those of them that were not before."""
    rows = [{"line_id": line, "company_id": company_id, "acknowledged_by": user_id} for line in line_ids]
    if not rows:
        return []
    statement = insert(OrderAcknowledgement).values(rows).on_conflict_do_nothing()
    return list(session.scalars(statement.returning(OrderAcknowledgement.line_id)))


def _lines() -> Any:
    return (
        select(
            PurchaseOrderLine.id,
            PurchaseOrderLine.version,
            PurchaseOrder.number.label("order"),
            PurchaseOrder.id.label("order_id"),
            PurchaseOrder.status.label("order_status"),
            PurchaseOrder.ordered_on,
            PurchaseOrderLine.line_no,
            Product.code,
            Product.name.label("item"),
            Product.uom,
            Location.name.label("location"),
            PurchaseOrderLine.quantity,
            PurchaseOrderLine.unit_price,
            PurchaseOrderLine.requested_on,
            PurchaseOrderLine.confirmed_quantity,
            PurchaseOrderLine.latest_confirmed_on,
            PurchaseOrderLine.received_quantity,
            PurchaseOrderLine.actual_on,
            PurchaseOrderLine.status,
            NEWEST.c.id.label("answer_id"),
            NEWEST.c.kind.label("answer_kind"),
            NEWEST.c.quantity.label("answer_quantity"),
            NEWEST.c.promised_on.label("answer_promised_on"),
            NEWEST.c.status.label("answer_status"),
            NEWEST.c.decision_note.label("answer_note"),
            NEWEST.c.counter_quantity,
            NEWEST.c.counter_on,
            PurchaseOrderLine.first_confirmed_on,
            SCHEDULE.label("schedule"),
            SEEN.label("seen"),
            ROUNDS.label("rounds"),
        )
        .select_from(PurchaseOrderLine)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .join(Product, Product.id == PurchaseOrderLine.product_id)
        .join(Location, Location.id == PurchaseOrder.location_id)
        .outerjoin(NEWEST, true())
    )


def _shown(show: str, today: date) -> ColumnElement[bool]:
    choices: dict[str, ColumnElement[bool]] = {
        "new": NEW,
        "countered": COUNTERED,
        "to_confirm": TO_CONFIRM,
        "waiting": WAITING,
        "overdue": and_(IS_OPEN, today > due_on),
        "open": IS_OPEN,
        "all": true(),
    }
    return choices[show]
