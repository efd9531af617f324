"""Invoices of suppliers against what was received."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Money, Quantity, Version


class SupplierInvoice(Base):
    """A supplier's invoice; its number is the supplier's own."""

    __tablename__ = "supplier_invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("status in ('sent', 'approved', 'disputed')", name="status"),
        CheckConstraint("(status = 'sent') = (decided_at is null)", name="decision"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    number: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="sent", index=True)
    issued_on: Mapped[date]
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    version: Mapped[Version]


class SupplierInvoiceLine(Base):
    """What an invoice asks for one order line."""

    __tablename__ = "supplier_invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "line_id"),
        CheckConstraint("quantity > 0 and unit_price >= 0", name="figures"),
    )

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("supplier_invoice.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[Quantity]
    unit_price: Mapped[Money]
