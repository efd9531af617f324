"""Proofs that a product, a supplier or a plant keeps a standard."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Certificate(Base):
    """A certificate of one product, one supplier or one location; ``body`` is who issued it."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint("kind in ('halal', 'haccp', 'gmp', 'iso_22000', 'organic', 'other')", name="kind"),
        CheckConstraint("num_nonnulls(product_id, supplier_id, location_id) = 1", name="holder"),
        CheckConstraint("valid_until >= valid_from", name="days"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    number: Mapped[str]
    body: Mapped[str]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"), index=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), index=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date] = mapped_column(index=True)
    note: Mapped[str | None]
