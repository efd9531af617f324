"""Suppliers' shipping notices, for the supplier (row-level security shows its own only) and for colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import rows_after
from models.receiving import Shipment, ShipmentLine

# What is promised and neither received nor on its way.
TO_SHIP = text(
    """
    select * from (
        select l.id as line_id, o.number as "order", l.line_no, p.code, p.name as item, p.uom, o.location_id,
               c.name as location, coalesce(l.latest_confirmed_on, l.requested_on) as due_on,
               greatest(coalesce(l.confirmed_quantity, l.quantity) - l.received_quantity - coalesce((
                   select sum(i.quantity) from shipment_line i join shipment s on s.id = i.shipment_id
                   where i.line_id = l.id and s.status = 'sent'), 0), 0) as quantity
        from purchase_order_line l join purchase_order o on o.id = l.order_id
        join product p on p.id = l.product_id join location c on c.id = o.location_id
        where o.status = 'sent' and l.status = 'confirmed'
    ) lines
    where quantity > 0 order by due_on, line_id
    """
)
LINES = text(
    """
    select i.id, i.line_id, o.number as "order", l.line_no, p.code, p.name as item, p.uom, c.name as location,
           i.quantity, i.lot, i.expires_on
    from shipment_line i join purchase_order_line l on l.id = i.line_id join purchase_order o on o.id = l.order_id
    join product p on p.id = l.product_id join location c on c.id = o.location_id
    where i.shipment_id = :id order by i.id
    """
)


def to_ship(session: Session) -> list[Row[Any]]:
    """Confirmed lines of which something is still to be shipped, the first due first."""
    return list(session.execute(TO_SHIP))


def shipments(session: Session, *, after: Sequence[Any] | None, limit: int) -> list[Row[Any]]:
    """Notices, the newest first, with how many lots they have; ``after``: the id of the last one read."""
    lots = select(func.count()).where(ShipmentLine.shipment_id == Shipment.id).correlate(Shipment).scalar_subquery()
    statement = select(*_columns(), lots.label("lots"))
    return rows_after(session, statement, Shipment.id, after=after, limit=limit, backwards=True)


def shipment(session: Session, *, shipment_id: int) -> Row[Any] | None:
    return session.execute(select(*_columns()).where(Shipment.id == shipment_id)).one_or_none()


def lines(session: Session, *, shipment_id: int) -> list[Row[Any]]:
    return list(session.execute(LINES, {"id": shipment_id}))


def add(session: Session, **values: Any) -> int | None:
    """Store a notice; None when the company has one of that number."""
    statement = insert(Shipment).values(**values).on_conflict_do_nothing(index_elements=["company_id", "number"])
    return session.scalar(statement.returning(Shipment.id))


def add_lines(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(insert(ShipmentLine), list(rows))


def set_status(session: Session, *, shipment_id: int, version: int, status: str) -> bool:
    """Whether the notice was at this version and under way."""
    statement = (
        update(Shipment)
        .where(Shipment.id == shipment_id, Shipment.version == version, Shipment.status == "sent")
        .values(status=status, version=Shipment.version + 1)
    )
    return session.scalar(statement.returning(Shipment.id)) is not None


def _columns() -> tuple[Any, ...]:
    return (
        Shipment.id,
        Shipment.company_id,
        Shipment.number,
        Shipment.status,
        Shipment.ships_on,
        Shipment.arrives_on,
        Shipment.carrier,
        Shipment.tracking,
        Shipment.packages,
        Shipment.created_at,
        Shipment.version,
    )
