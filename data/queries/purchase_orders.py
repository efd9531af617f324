"""Purchase orders and their lines, as buyers see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.queries import order_numbers
from models.network import Supplier
from models.orders import PurchaseOrder, PurchaseOrderLine, SupplierResponse
from models.planning import ReorderProposal

OPEN_LINE = "l.status in ('open', 'confirmed')"
DUE = "coalesce(l.latest_confirmed_on, l.requested_on)"

ORDERS = f"""
select o.id, o.number, o.status, o.ordered_on, o.sent_at, o.version, o.internal_note, s.code as supplier_code,
       s.name as supplier, s.company_id, c.code as location, c.name as location_name, u.name as created_by,
       coalesce(n.lines, 0) as lines, coalesce(n.value, 0) as value, coalesce(n.received, 0) as received,
       case when o.status = 'sent' then n.unconfirmed else 0 end as unconfirmed,
       case when o.status = 'sent' then n.late else 0 end as late,
       case when o.status = 'sent' then n.next_due_on end as next_due_on
from purchase_order o
join supplier s on s.id = o.supplier_id
join location c on c.id = o.location_id
left join app_user u on u.id = o.created_by
left join (
    select l.order_id, count(*) as lines, sum(l.quantity * l.unit_price)::float8 as value,
           count(*) filter (where l.status = 'open') as unconfirmed,
           count(*) filter (where {OPEN_LINE} and {DUE} < :as_of) as late,
           count(*) filter (where l.received_quantity > 0) as received,
           min({DUE}) filter (where {OPEN_LINE}) as next_due_on
    from purchase_order_line l group by l.order_id
) n on n.order_id = o.id
"""
FOUND = """
(:show in ('', status) or (:show = 'late' and late > 0) or (:show = 'unconfirmed' and unconfirmed > 0))
and (:supplier = '' or supplier_code = :supplier) and (:search = '' or number ilike :pattern)
"""
SORTABLE = frozenset(
    {"number", "status", "ordered_on", "supplier", "location", "lines", "value", "unconfirmed", "late", "next_due_on"}
)
COUNT = text(f"select count(*) as orders, coalesce(sum(value), 0) as value from ({ORDERS}) o where {FOUND}")
ONE = text(f"{ORDERS} where o.id = :id")

LINES = text(
    """
    select l.id, l.line_no, l.product_id, p.code, p.name, p.uom, l.quantity, l.unit_price,
           l.quantity * l.unit_price as value, l.requested_on, l.first_confirmed_on, l.latest_confirmed_on,
           l.confirmed_quantity, l.actual_on, l.received_quantity, l.status, l.version, i.moq, i.multiple
    from purchase_order_line l
    join purchase_order o on o.id = l.order_id
    join product p on p.id = l.product_id
    left join supplier_item i on i.supplier_id = o.supplier_id and i.product_id = l.product_id
    where l.order_id = :id order by l.line_no
    """
)

SUPPLIERS = text(
    """
    select s.code as value, s.name as text from supplier s
    where exists (select from purchase_order o where o.supplier_id = s.id) order by s.name
    """
)

TERMS = text(
    """
    select i.price, i.moq, i.multiple, i.lead_time_days, p.uom, p.code, p.name
    from supplier_item i join product p on p.id = i.product_id
    where i.supplier_id = :supplier_id and i.product_id = :product_id
    """
)


def orders(
    session: Session,
    *,
    as_of: date,
    show: str,
    supplier: str,
    search: str,
    start: int,
    limit: int,
    sort: list[tuple[str, bool]],
) -> tuple[list[Row[Any]], Row[Any]]:
    """A page of orders, the newest first unless sorted; and how many match, with their value.

    ``show`` is a status, late or unconfirmed (sent, with such a line), or empty for all.
    """
    found = {"as_of": as_of, "show": show, "supplier": supplier, "search": search, "pattern": _contains(search)}
    wanted = [f"{name} {'desc' if descending else 'asc'} nulls last" for name, descending in sort if name in SORTABLE]
    order = ", ".join([*wanted, "ordered_on desc", "id desc"])
    page = text(f"select * from ({ORDERS}) o where {FOUND} order by {order} limit :limit offset :start")
    rows = list(session.execute(page, {**found, "limit": limit, "start": start}))
    return rows, session.execute(COUNT, found).one()


def order(session: Session, *, order_id: int, as_of: date) -> Row[Any] | None:
    """One order with the same figures as in the list."""
    return session.execute(ONE, {"id": order_id, "as_of": as_of}).one_or_none()


def order_id(session: Session, *, number: str) -> int | None:
    return session.scalar(select(PurchaseOrder.id).where(PurchaseOrder.number == number))


def lines(session: Session, *, order_id: int) -> list[Row[Any]]:
    return list(session.execute(LINES, {"id": order_id}))


def suppliers(session: Session) -> list[Row[Any]]:
    """Suppliers with an order: value, text."""
    return list(session.execute(SUPPLIERS))


def terms(session: Session, *, supplier_id: int, product_id: int) -> Row[Any] | None:
    """What a supplier asks for an item."""
    return session.execute(TERMS, {"supplier_id": supplier_id, "product_id": product_id}).one_or_none()


def lock_numbering(session: Session) -> None:
    """Only one transaction at a time looks for a draft or gives out a number."""
    order_numbers.lock_numbering(session, "PO")


def draft_for(session: Session, *, supplier_id: int, location_id: int, day: date) -> Row[Any, Any] | None:
    """The newest draft of that day for this supplier and location, held until the transaction ends."""
    order = PurchaseOrder.__table__.c
    statement = (
        select(order.id, order.number)
        .where(
            order.supplier_id == supplier_id,
            order.location_id == location_id,
            order.status == "draft",
            order.ordered_on == day,
        )
        .order_by(order.id.desc())
        .limit(1)
        .with_for_update()
    )
    return session.execute(statement).one_or_none()


def add_draft(
    session: Session, *, supplier_id: int, location_id: int, day: date, created_by: int | None
) -> Row[Any, Any]:
    """A new draft under the next number of its year; the caller holds lock_numbering."""
    statement = insert(PurchaseOrder).values(
        number=order_numbers.next_number(session, "PO", year=day.year),
        supplier_id=supplier_id,
        location_id=location_id,
        ordered_on=day,
        created_by=created_by,
    )
    order = PurchaseOrder.__table__.c
    return session.execute(statement.returning(order.id, order.number)).one()


def add_line(session: Session, *, order_id: int, **values: Any) -> int:
    """Append a line (product_id, quantity, unit_price, requested_on) to an order that is held."""
    last = select(func.coalesce(func.max(PurchaseOrderLine.line_no), 0) + 1).where(
        PurchaseOrderLine.order_id == order_id
    )
    statement = insert(PurchaseOrderLine).values(order_id=order_id, line_no=last.scalar_subquery(), **values)
    return session.execute(statement.returning(PurchaseOrderLine.id)).scalar_one()


def held_order(session: Session, *, order_id: int) -> Row[Any] | None:
    """An order, held until the transaction ends."""
    table = PurchaseOrder.__table__
    return session.execute(select(table).where(table.c.id == order_id).with_for_update()).one_or_none()


def partner_of(session: Session, *, supplier_id: int) -> int | None:
    """The company of a supplier that has a portal."""
    return session.scalar(select(Supplier.company_id).where(Supplier.id == supplier_id))


def order_of_line(session: Session, *, line_id: int) -> int | None:
    return session.scalar(select(PurchaseOrderLine.order_id).where(PurchaseOrderLine.id == line_id))


def held_line(session: Session, *, line_id: int) -> Row[Any] | None:
    """A line, held until the transaction ends."""
    table = PurchaseOrderLine.__table__
    return session.execute(select(table).where(table.c.id == line_id).with_for_update()).one_or_none()


def change_line(session: Session, *, line_id: int, **values: Any) -> None:
    line = PurchaseOrderLine
    session.execute(update(line).where(line.id == line_id).values(**values, version=line.version + 1))


def remove_line(session: Session, *, line_id: int) -> None:
    """Delete a line of a draft; the proposal it came from stays accepted."""
    proposal = ReorderProposal
    session.execute(update(proposal).where(proposal.order_line_id == line_id).values(order_line_id=None))
    session.execute(delete(PurchaseOrderLine).where(PurchaseOrderLine.id == line_id))


def change_order(session: Session, *, order_id: int, **values: Any) -> None:
    """New values of an order, none to say that its lines have changed."""
    order = PurchaseOrder
    session.execute(update(order).where(order.id == order_id).values(**values, version=order.version + 1))


def close_finished_order(session: Session, *, order_id: int) -> bool:
    """Close a sent order of which nothing is open any more: cancelled when nothing came of it."""
    lines = select(PurchaseOrderLine.id).where(PurchaseOrderLine.order_id == order_id)
    is_open = lines.where(PurchaseOrderLine.status.in_(("open", "confirmed"))).exists()
    came = lines.where(PurchaseOrderLine.status == "received").exists()
    statement = (
        update(PurchaseOrder)
        .where(PurchaseOrder.id == order_id, PurchaseOrder.status == "sent", ~is_open)
        .values(status=case((came, "closed"), else_="cancelled"), version=PurchaseOrder.version + 1)
    )
    return session.scalar(statement.returning(PurchaseOrder.id)) is not None


def cancel_lines(session: Session, *, order_id: int, user_id: int | None, at: datetime) -> None:
    """Cancel all lines of an order; answers that wait for a decision have lost their subject."""
    line = PurchaseOrderLine
    of_order = select(line.id).where(line.order_id == order_id)
    session.execute(update(line).where(line.order_id == order_id).values(status="cancelled", version=line.version + 1))
    session.execute(
        update(SupplierResponse)
        .where(SupplierResponse.line_id.in_(of_order), SupplierResponse.status == "pending")
        .values(status="superseded", decided_by=user_id, decided_at=at)
    )


def _contains(search: str) -> str:
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
