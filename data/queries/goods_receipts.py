"""Goods that are expected, and the bookings of those that came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.orders import PurchaseOrder, PurchaseOrderLine, Receipt
from models.receiving import GoodsReceipt, GoodsReceiptLine, Shipment

ANNOUNCED = text(
    """
    select s.id, s.number, s.arrives_on as due_on, s.carrier, s.tracking, s.packages, c.name as supplier,
           (select count(*) from shipment_line i where i.shipment_id = s.id) as lots
    from shipment s join company c on c.id = s.company_id
    where s.status = 'sent' order by s.arrives_on, s.id limit :most
    """
)
# Sent lines of which more is to come than is announced.
UNANNOUNCED = text(
    """
    select * from (
        select l.id, o.number, l.line_no, p.code, p.name as item, p.uom, s.name as supplier,
               coalesce(l.latest_confirmed_on, l.requested_on) as due_on,
               coalesce(l.confirmed_quantity, l.quantity) - l.received_quantity - coalesce((
                   select sum(i.quantity) from shipment_line i join shipment a on a.id = i.shipment_id
                   where i.line_id = l.id and a.status = 'sent'), 0) as quantity
        from purchase_order_line l join purchase_order o on o.id = l.order_id
        join product p on p.id = l.product_id join supplier s on s.id = o.supplier_id
        where o.status = 'sent' and l.status in ('open', 'confirmed')
    ) lines
    where quantity > 0 order by due_on, id limit :most
    """
)
LINE = """
    l.id as line_id, o.id as order_id, o.number as "order", o.status as order_status, o.location_id, l.line_no,
    l.product_id, p.code, p.name as item, p.uom, l.status, l.received_quantity, l.confirmed_quantity,
    coalesce(l.confirmed_quantity, l.quantity) as promised, l.actual_on, u.company_id
"""
FROM = """
    purchase_order_line l join purchase_order o on o.id = l.order_id join product p on p.id = l.product_id
    join supplier u on u.id = o.supplier_id
"""
OF_SHIPMENT = text(
    f"""
    select {LINE}, i.quantity as expected, i.lot, i.expires_on
    from {FROM} join shipment_line i on i.line_id = l.id where i.shipment_id = :id order by i.id
    """
)
OF_LINE = text(
    f"""
    select {LINE}, greatest(coalesce(l.confirmed_quantity, l.quantity) - l.received_quantity, 0) as expected,
           cast(null as text) as lot, cast(null as date) as expires_on
    from {FROM} where l.id = :id
    """
)
BOOKINGS = text(
    """
    select g.id, g.received_on, g.booked_at, b.name as booked_by, g.reversed_at, g.reversal_reason,
           s.number as shipment,
           string_agg(distinct o.number, ', ') as orders, sum(i.quantity)::float8 as quantity,
           sum(i.damaged)::float8 as damaged, string_agg(distinct i.difference, ', ') as differences,
           string_agg(distinct p.code || ' · ' || p.name, ', ') as items, min(u.name) as supplier
    from goods_receipt g join goods_receipt_line i on i.goods_receipt_id = g.id
    join purchase_order_line l on l.id = i.line_id join purchase_order o on o.id = l.order_id
    join supplier u on u.id = o.supplier_id join product p on p.id = l.product_id
    left join app_user b on b.id = g.booked_by left join shipment s on s.id = g.shipment_id
    where cast(:before_id as bigint) is null or g.id < :before_id
    group by g.id, b.name, s.number order by g.id desc limit :most
    """
)


def announced(session: Session, *, most: int) -> list[Row[Any]]:
    """Shipments on their way, the first to arrive first."""
    return list(session.execute(ANNOUNCED, {"most": most}))


def unannounced(session: Session, *, most: int) -> list[Row[Any]]:
    """Order lines of which something is to come that no shipment has announced."""
    return list(session.execute(UNANNOUNCED, {"most": most}))


def held_shipment(session: Session, *, shipment_id: int) -> Row[Any] | None:
    statement: Any = select(Shipment.id, Shipment.number, Shipment.status, Shipment.version, Shipment.company_id)
    return session.execute(statement.where(Shipment.id == shipment_id).with_for_update()).one_or_none()


def of_shipment(session: Session, *, shipment_id: int) -> list[Row[Any]]:
    """The lots of a shipment with their order lines."""
    return list(session.execute(OF_SHIPMENT, {"id": shipment_id}))


def of_line(session: Session, *, line_id: int) -> list[Row[Any]]:
    """An order line as one lot to come."""
    return list(session.execute(OF_LINE, {"id": line_id}))


def hold_lines(session: Session, line_ids: Sequence[int]) -> None:
    """Nobody else changes these order lines and their orders until the end of the transaction."""
    of_these = select(PurchaseOrderLine.order_id).where(PurchaseOrderLine.id.in_(line_ids))
    orders = select(PurchaseOrder.id).where(PurchaseOrder.id.in_(of_these)).order_by(PurchaseOrder.id)
    session.execute(orders.with_for_update())
    lines = select(PurchaseOrderLine.id).where(PurchaseOrderLine.id.in_(line_ids)).order_by(PurchaseOrderLine.id)
    session.execute(lines.with_for_update())


def add(session: Session, **values: Any) -> int | None:
    """Store a booking; None when its submit was booked already."""
    statement = insert(GoodsReceipt).values(**values).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(statement.returning(GoodsReceipt.id))


def of_key(session: Session, *, key: str) -> Row[Any] | None:
    statement: Any = select(GoodsReceipt.id, GoodsReceipt.content).where(GoodsReceipt.key == key)
    return session.execute(statement).one_or_none()


def add_lines(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(insert(GoodsReceiptLine), list(rows))


def add_receipt(session: Session, *, line_id: int, received_on: date, lot: str, quantity: Decimal) -> None:
    new = insert(Receipt).values(line_id=line_id, received_on=received_on, lot=lot, quantity=quantity)
    more = {"quantity": Receipt.quantity + new.excluded.quantity}
    session.execute(new.on_conflict_do_update(index_elements=["line_id", "received_on", "lot"], set_=more))


def take_receipt(session: Session, *, line_id: int, received_on: date, lot: str, quantity: Decimal) -> None:
    """Take back what was received; a receipt of nothing is none."""
    own = (Receipt.line_id == line_id, Receipt.received_on == received_on, Receipt.lot == lot)
    session.execute(update(Receipt).where(*own).values(quantity=Receipt.quantity - quantity))
    session.execute(delete(Receipt).where(*own, Receipt.quantity <= 0))


def receive(session: Session, *, line_id: int, quantity: Decimal, on: date, enough: Decimal) -> str:
    """Add to what came in on a line; from ``enough`` on it is received, on that day first of all. Its state."""
    line = PurchaseOrderLine
    came = line.received_quantity + quantity
    statement = (
        update(line)
        .where(line.id == line_id)
        .values(
            received_quantity=came,
            status=case((came >= enough, "received"), else_=line.status),
            actual_on=case((came >= enough, func.coalesce(line.actual_on, on)), else_=line.actual_on),
            version=line.version + case((came >= enough, 1), else_=0),
        )
    )
    return session.execute(statement.returning(line.status)).scalar_one()


def take_back(session: Session, *, line_id: int, quantity: Decimal, enough: Decimal) -> None:
    """Take back what came in on a line; with less than ``enough`` it is open again."""
    line = PurchaseOrderLine
    left = line.received_quantity - quantity
    before = case((line.first_confirmed_on.is_not(None), "confirmed"), else_="open")
    short = left < enough
    session.execute(
        update(line)
        .where(line.id == line_id)
        .values(
            received_quantity=left,
            status=case((short, before), else_=line.status),
            actual_on=case((short, None), else_=line.actual_on),
            version=line.version + 1,
        )
    )


def reopen_order(session: Session, *, order_id: int) -> None:
    """An order of which something is to come again."""
    order = PurchaseOrder
    session.execute(
        update(order)
        .where(order.id == order_id, order.status == "closed")
        .values(status="sent", version=order.version + 1)
    )


def set_shipment(session: Session, *, shipment_id: int, status: str) -> None:
    statement = update(Shipment).where(Shipment.id == shipment_id)
    session.execute(statement.values(status=status, version=Shipment.version + 1))


def bookings(session: Session, *, before_id: int | None, most: int) -> list[Row[Any]]:
    """Bookings, the newest first; those before one, where one is named."""
    return list(session.execute(BOOKINGS, {"before_id": before_id, "most": most}))


def held_booking(session: Session, *, booking_id: int) -> Row[Any] | None:
    g = GoodsReceipt
    statement: Any = select(g.id, g.shipment_id, g.location_id, g.received_on, g.reversed_at).where(g.id == booking_id)
    return session.execute(statement.with_for_update()).one_or_none()


def booked_lines(session: Session, *, booking_id: int) -> list[Row[Any]]:
    """The lots of a booking with their order lines."""
    statement = text(
        f"select {LINE}, i.lot, i.quantity from {FROM} join goods_receipt_line i on i.line_id = l.id "
        "where i.goods_receipt_id = :id order by i.id"
    )
    return list(session.execute(statement, {"id": booking_id}))


def mark_reversed(session: Session, *, booking_id: int, user_id: int | None, at: datetime, reason: str) -> None:
    statement = update(GoodsReceipt).where(GoodsReceipt.id == booking_id)
    session.execute(statement.values(reversed_by=user_id, reversed_at=at, reversal_reason=reason))
