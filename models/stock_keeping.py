"""Who corrected the stock and why, and the counts of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Money, Quantity, Version


class StockCount(Base):
    """A count of lots at one place. ``blind`` hides the book quantities from those who count; ``tolerance_share`` is
    the difference, as a share of the book quantity, up to which nobody has to count again."""

    __tablename__ = "stock_count"
    __table_args__ = (
        CheckConstraint("status in ('open', 'approved', 'cancelled')", name="status"),
        CheckConstraint("tolerance_share between 0 and 1", name="tolerance_share"),
        CheckConstraint("(status = 'open') = (closed_at is null)", name="closed"),
    )

    id: Mapped[Id]
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open")
    blind: Mapped[bool] = mapped_column(server_default="false")
    tolerance_share: Mapped[float] = mapped_column(Numeric(6, 4, asdecimal=False), server_default="0")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    version: Mapped[Version]


class StockCountLine(Base):
    """One lot of a count: what the books had when the count was made, and what was found.

    The lot is named, not referred to: an import may replace its row. ``first_counted`` is what was found before it had
    to be counted again.
    """

    __tablename__ = "stock_count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "product_id", "lot"),
        CheckConstraint("book_quantity >= 0 and counted >= 0 and first_counted >= 0", name="quantity"),
    )

    id: Mapped[Id]
    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    lot: Mapped[str]
    expires_on: Mapped[date | None]
    book_quantity: Mapped[Quantity]
    unit_cost: Mapped[Money | None]
    counted: Mapped[Quantity | None]
    first_counted: Mapped[Quantity | None]
    recount: Mapped[bool] = mapped_column(server_default="false")
    counted_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    counted_at: Mapped[datetime | None]
    version: Mapped[Version]


class StockAdjustment(Base):
    """A correction of one lot; the stock movement ``reference`` of that day tells its quantity."""

    __tablename__ = "stock_adjustment"
    __table_args__ = (
        CheckConstraint("before >= 0 and after >= 0 and before <> after", name="quantity"),
        Index("ix_stock_adjustment_item", "product_id", "location_id", "day"),
        UniqueConstraint("reference"),
    )

    id: Mapped[Id]
    reference: Mapped[str]
    day: Mapped[date]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    lot: Mapped[str]
    before: Mapped[Quantity]
    after: Mapped[Quantity]
    reason: Mapped[str]
    note: Mapped[str | None]
    count_id: Mapped[int | None] = mapped_column(ForeignKey("stock_count.id"), index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
