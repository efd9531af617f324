"""What lies where."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Quantity


class StockLot(Base):
    """Stock on hand by lot."""

    __tablename__ = "stock_lot"
    __table_args__ = (
        UniqueConstraint("product_id", "location_id", "lot"),
        CheckConstraint("quantity >= 0", name="quantity"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    lot: Mapped[str]
    quantity: Mapped[Quantity]
    received_on: Mapped[date]
    expires_on: Mapped[date | None] = mapped_column(index=True)


class StockMovement(Base):
    """A change of stock: receipt, issue, transfer, adjustment; partitioned by year of ``day``."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("kind in ('receipt', 'issue', 'transfer', 'production', 'adjustment')", name="kind"),
        Index("ix_stock_movement_product_id_location_id_day", "product_id", "location_id", "day"),
        Index("ix_stock_movement_batch_id", "batch_id", postgresql_where="batch_id is not null"),
        {"postgresql_partition_by": "RANGE (day)"},
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    kind: Mapped[str]
    quantity: Mapped[Quantity]
    batch_id: Mapped[UUID | None]
