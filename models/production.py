"""What production orders took from stock."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Quantity


class ProductionUse(Base):
    """Some of a lot of a component that went into a production order: what a recall asks for."""

    __tablename__ = "production_use"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_production_use_lot", "product_id", "location_id", "lot"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("production_order.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    lot: Mapped[str]
    quantity: Mapped[Quantity]
    used_on: Mapped[date]
