"""What is promised before it is ordered, and how much of what can be promised each channel may have."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Version


class StockReservation(Base):
    """Units of an item at a place kept for somebody. It takes from what can be promised while it is confirmed, or held
    and not past ``expires_at``. ``request_key`` is of the request that made it: one made twice makes one.
    ``order_key`` is of the order that a customer puts together in its portal, which shows it these only.
    """

    __tablename__ = "stock_reservation"
    __table_args__ = (
        CheckConstraint("status in ('held', 'confirmed', 'released', 'expired')", name="status"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("status <> 'held' or expires_at is not null", name="expires_at"),
        Index(
            "ix_stock_reservation_open",
            "product_id",
            "location_id",
            postgresql_where="status in ('held', 'confirmed')",
        ),
        Index("ix_stock_reservation_order_key", "order_key", postgresql_where="order_key is not null"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    quantity: Mapped[Quantity]
    wanted_on: Mapped[date]
    promised_on: Mapped[date]
    status: Mapped[str] = mapped_column(server_default="held")
    expires_at: Mapped[datetime | None]
    note: Mapped[str | None]
    request_key: Mapped[UUID | None] = mapped_column(unique=True)
    order_key: Mapped[UUID | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class ChannelAllocation(Base):
    """The part of what can be promised that is one channel's own from a day on: of a product, of a category, or of all
    items; at one place or at all. The narrowest that there is for an item counts.
    """

    __tablename__ = "channel_allocation"
    __table_args__ = (
        UniqueConstraint(
            *("product_id", "category", "location_id", "channel_id", "valid_from"),
            name="uq_channel_allocation_scope",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("share >= 0 and share <= 1", name="share"),
        CheckConstraint("product_id is null or category is null", name="scope"),
    )

    id: Mapped[Id]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    category: Mapped[str | None]
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    share: Mapped[float] = mapped_column(Numeric(6, 4, asdecimal=False))
    valid_from: Mapped[date]
    version: Mapped[Version]
