"""Shipping notices of suppliers, and bookings of what came in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Version


class Shipment(Base):
    """A supplier's notice of goods on their way. It changes no stock."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("status in ('sent', 'received', 'cancelled')", name="status"),
        CheckConstraint("arrives_on >= ships_on", name="days"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    number: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="sent", index=True)
    ships_on: Mapped[date]
    arrives_on: Mapped[date]
    carrier: Mapped[str | None]
    tracking: Mapped[str | None]
    packages: Mapped[int | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class ShipmentLine(Base):
    """A lot of an order line in a shipment."""

    __tablename__ = "shipment_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    id: Mapped[Id]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[Quantity]
    lot: Mapped[str | None]
    expires_on: Mapped[date | None]


class GoodsReceipt(Base):
    """One booking of goods that came in. ``key`` names the submit, ``content`` what it said, so that it counts once."""

    __tablename__ = "goods_receipt"
    __table_args__ = (
        CheckConstraint("(reversed_at is null) = (reversal_reason is null)", name="reversal"),
        UniqueConstraint("key"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    content: Mapped[str]
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    received_on: Mapped[date]
    booked_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    booked_at: Mapped[Created]
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reversed_at: Mapped[datetime | None]
    reversal_reason: Mapped[str | None]


class GoodsReceiptLine(Base):
    """A lot of a booking: ``quantity`` went into stock, ``damaged`` did not; ``difference`` from what was expected."""

    __tablename__ = "goods_receipt_line"
    __table_args__ = (
        CheckConstraint("quantity >= 0 and damaged >= 0", name="quantity"),
        CheckConstraint("difference is null or reason is not null", name="difference_has_reason"),
    )

    id: Mapped[Id]
    goods_receipt_id: Mapped[int] = mapped_column(ForeignKey("goods_receipt.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), index=True)
    lot: Mapped[str]
    expires_on: Mapped[date | None]
    expected: Mapped[Quantity]
    quantity: Mapped[Quantity]
    damaged: Mapped[Quantity] = mapped_column(server_default="0")
    difference: Mapped[str | None]
    reason: Mapped[str | None]
