"""Sales, purchase and production orders, receipts, and what partners answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Quantity, Version


class SalesOrder(Base):
    """A customer's order. ``request_key`` is of the order in the portal that it was made of: one accepted makes one."""

    __tablename__ = "sales_order"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    ordered_on: Mapped[date]
    internal_note: Mapped[str | None]
    request_key: Mapped[UUID | None] = mapped_column(unique=True)


class SalesOrderLine(Base):
    """One item of a sales order. On time and in full is judged against ``first_confirmed_on``."""

    __tablename__ = "sales_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("status in ('open', 'delivered', 'cancelled')", name="status"),
        Index("ix_sales_order_line_first_confirmed_on", "first_confirmed_on"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id", ondelete="CASCADE"))
    line_no: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    quantity: Mapped[Quantity]
    unit_price: Mapped[Money]
    requested_on: Mapped[date]
    first_confirmed_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
    delivered_quantity: Mapped[Quantity] = mapped_column(server_default="0")
    status: Mapped[str] = mapped_column(server_default="open")


class PurchaseOrder(Base):
    """An order to a supplier. Partners see it once it is sent."""

    __tablename__ = "purchase_order"
    __table_args__ = (CheckConstraint("status in ('draft', 'sent', 'closed', 'cancelled')", name="status"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    status: Mapped[str] = mapped_column(server_default="draft", index=True)
    ordered_on: Mapped[date]
    sent_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    internal_note: Mapped[str | None]
    version: Mapped[Version]


class PurchaseOrderLine(Base):
    """One item of a purchase order, with every date that lateness can be measured from."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("status in ('open', 'confirmed', 'received', 'cancelled')", name="status"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id", ondelete="CASCADE"))
    line_no: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    quantity: Mapped[Quantity]
    unit_price: Mapped[Money]
    requested_on: Mapped[date]
    first_confirmed_on: Mapped[date | None]
    latest_confirmed_on: Mapped[date | None]
    confirmed_quantity: Mapped[Quantity | None]
    actual_on: Mapped[date | None]
    received_quantity: Mapped[Quantity] = mapped_column(server_default="0")
    status: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[Version]


class Receipt(Base):
    """Goods that came in on a purchase order line; a line may have several."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("line_id", "received_on", "lot", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), index=True)
    received_on: Mapped[date]
    quantity: Mapped[Quantity]
    lot: Mapped[str | None]


class SupplierResponse(Base):
    """A supplier's answer to an order line, waiting in the review queue until a planner decides.

    ``line_version`` is the version of the line that the supplier saw; ``kind``: as ordered, otherwise, in parts (their
    sum and last day stand here), not at all, or as the buyer has proposed; ``counter_…`` is the buyer's own proposal.
    """

    __tablename__ = "supplier_response"
    __table_args__ = (
        CheckConstraint("kind in ('confirm', 'counter', 'split', 'reject', 'agree')", name="kind"),
        CheckConstraint("status in ('pending', 'accepted', 'rejected', 'countered', 'superseded')", name="status"),
        CheckConstraint("quantity > 0 or kind = 'reject'", name="quantity"),
        CheckConstraint("kind in ('confirm', 'agree') or reason is not null", name="counter_has_reason"),
        CheckConstraint(
            "(status = 'countered') = (counter_quantity is not null) and "
            "(status = 'countered') = (counter_on is not null)",
            name="counter",
        ),
        Index("uq_supplier_response_pending_line", "line_id", unique=True, postgresql_where="status = 'pending'"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), index=True)
    line_version: Mapped[int]
    kind: Mapped[str]
    quantity: Mapped[Quantity]
    promised_on: Mapped[date]
    reason: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="pending", index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    counter_quantity: Mapped[Quantity | None]
    counter_on: Mapped[date | None]


class ProductionOrder(Base):
    """An order to the plant, for stock or for an OEM."""

    __tablename__ = "production_order"
    __table_args__ = (
        CheckConstraint("status in ('planned', 'released', 'running', 'done', 'cancelled')", name="status"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    oem_id: Mapped[int | None] = mapped_column(ForeignKey("oem.id"), index=True)
    quantity: Mapped[Quantity]
    made_quantity: Mapped[Quantity] = mapped_column(server_default="0")
    scrap_quantity: Mapped[Quantity] = mapped_column(server_default="0")
    starts_on: Mapped[date]
    due_on: Mapped[date]
    finished_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default="planned")
    internal_note: Mapped[str | None]
    version: Mapped[Version]


class TransferOrder(Base):
    """Stock of one product that goes from one location to another.

    ``lots`` is what was shipped: lot, quantity, received_on and expires_on of each, None before shipping.
    """

    __tablename__ = "transfer_order"
    __table_args__ = (
        CheckConstraint("status in ('planned', 'in_transit', 'received', 'cancelled')", name="status"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_location_id <> to_location_id", name="locations"),
        CheckConstraint("arrives_on >= ships_on", name="days"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    quantity: Mapped[Quantity]
    ships_on: Mapped[date]
    arrives_on: Mapped[date]
    shipped_on: Mapped[date | None]
    received_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(server_default="planned")
    lots: Mapped[list[Json] | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]
