"""Suppliers' invoices with order and receipts, for the supplier (row-level security shows its own only) and for
colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import rows_after
from models.people import Company
from models.supplier_invoices import SupplierInvoice, SupplierInvoiceLine

# What was received and no invoice asks for. What is disputed counts as not invoiced.
TO_INVOICE = text(
    """
    select * from (
        select l.id as line_id, o.number as "order", l.line_no, p.code, p.name as item, p.uom, l.unit_price,
               l.received_quantity - coalesce((
                   select sum(i.quantity) from supplier_invoice_line i join supplier_invoice v on v.id = i.invoice_id
                   where i.line_id = l.id and v.status <> 'disputed'), 0) as quantity
        from purchase_order_line l join purchase_order o on o.id = l.order_id
        join product p on p.id = l.product_id
        where l.received_quantity > 0
    ) lines
    where quantity > 0 order by line_id
    """
)
# Approved invoices take what was received in the order of approval; then those that wait, in the order they came.
LINES = text(
    """
    select i.invoice_id, i.line_id, o.number as "order", l.line_no, p.code, p.name as item, p.uom,
           i.quantity, i.unit_price, l.unit_price as ordered_price, l.received_quantity as received,
           coalesce((
               select sum(j.quantity) from supplier_invoice_line j join supplier_invoice w on w.id = j.invoice_id
               where j.line_id = i.line_id and w.id <> v.id and (
                   w.status = 'approved' and (v.status <> 'approved' or (w.decided_at, w.id) < (v.decided_at, v.id))
                   or w.status = 'sent' and v.status <> 'approved' and w.id < v.id
               )), 0) as taken
    from supplier_invoice_line i join supplier_invoice v on v.id = i.invoice_id
    join purchase_order_line l on l.id = i.line_id join purchase_order o on o.id = l.order_id
    join product p on p.id = l.product_id
    where i.invoice_id = any(:invoices) order by i.id
    """
)


def to_invoice(session: Session) -> list[Row[Any]]:
    """Order lines of which something was received that no invoice asks for."""
    return list(session.execute(TO_INVOICE))


def invoices(session: Session, *, after: Sequence[Any] | None = None, most: int) -> list[Row[Any]]:
    """Invoices with their supplier: those that wait for a decision first, then the newest; ``after``: whether it was
    decided on and the negative id of the last one read."""
    order = (SupplierInvoice.status != "sent", -SupplierInvoice.id)
    return rows_after(session, _invoices(), *order, after=after, limit=most)


def invoice(session: Session, *, invoice_id: int) -> Row[Any] | None:
    return session.execute(_invoices().where(SupplierInvoice.id == invoice_id)).one_or_none()


def lines(session: Session, invoice_ids: Sequence[int]) -> list[Row[Any]]:
    """Lines of invoices beside what was ordered, received, and taken by other invoices."""
    return list(session.execute(LINES, {"invoices": list(invoice_ids)}))


def add(session: Session, **values: Any) -> int | None:
    """Store an invoice; None when the company has one of that number."""
    statement = insert(SupplierInvoice).values(**values)
    unique = statement.on_conflict_do_nothing(index_elements=["company_id", "number"])
    return session.scalar(unique.returning(SupplierInvoice.id))


def add_lines(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(insert(SupplierInvoiceLine), list(rows))


def decide(
    session: Session, *, invoice_id: int, version: int, status: str, note: str | None, user_id: int | None
) -> bool:
    """Whether the invoice was at this version."""
    statement = (
        update(SupplierInvoice)
        .where(SupplierInvoice.id == invoice_id, SupplierInvoice.version == version)
        .values(
            status=status,
            decision_note=note,
            decided_by=user_id,
            decided_at=func.clock_timestamp(),
            version=SupplierInvoice.version + 1,
        )
    )
    return session.scalar(statement.returning(SupplierInvoice.id)) is not None


def _invoices() -> Any:
    shown = (
        SupplierInvoice.id,
        SupplierInvoice.company_id,
        Company.name.label("supplier"),
        SupplierInvoice.number,
        SupplierInvoice.status,
        SupplierInvoice.issued_on,
        SupplierInvoice.decided_at,
        SupplierInvoice.decision_note,
        SupplierInvoice.version,
    )
    return select(*shown).join(Company, Company.id == SupplierInvoice.company_id)
