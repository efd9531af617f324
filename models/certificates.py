"""Proofs that a product, a supplier or a plant keeps a standard."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id


class Certificate(Base):
    """A certificate of one product, one supplier or one location; ``body`` is who issued it."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint(
            "kind in ('halal', 'haccp', 'gmp', 'iso_22000', 'organic', 'coa', 'inspection', 'other')", name="kind"
        ),
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


class CertificateDocument(Base):
    """The certificate itself as a file; ``stored_name`` is ours, ``file_name`` is what it was called."""

    __tablename__ = "certificate_document"
    __table_args__ = (
        CheckConstraint("media_type in ('application/pdf', 'image/png', 'image/jpeg')", name="media_type"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    stored_name: Mapped[str] = mapped_column(unique=True)
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]


class HalalOverride(Base):
    """Somebody allowed to buy an item from a supplier without a valid certificate, up to a day."""

    __tablename__ = "halal_override"

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    until: Mapped[date]
    reason: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
