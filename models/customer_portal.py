"""What customers keep and send back in their portal: baskets to order again, and returns."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Quantity, Version


class OrderTemplate(Base):
    """A basket that a customer's people order again and again. ``lines`` hold product_id and quantity."""

    __tablename__ = "order_template"
    __table_args__ = (
        Index("uq_order_template_name", "company_id", "name", unique=True, postgresql_where="not removed"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    name: Mapped[str]
    lines: Mapped[list[Json]]
    removed: Mapped[bool] = mapped_column(server_default="false")
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]


class CustomerReturn(Base):
    """Goods of an order line that a customer sends back, agreed on. ``credit_expected`` is at the price of the line."""

    __tablename__ = "customer_return"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("reason in ('damaged', 'expired', 'wrong_item', 'quality')", name="reason"),
        CheckConstraint("status in ('expected', 'received', 'restocked', 'scrapped')", name="status"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("sales_order_line.id"), index=True)
    quantity: Mapped[Quantity]
    lot: Mapped[str | None]
    reason: Mapped[str]
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="expected")
    credit_expected: Mapped[Money]
    reported_on: Mapped[date]
    received_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    disposition_note: Mapped[str | None]
    version: Mapped[Version]
