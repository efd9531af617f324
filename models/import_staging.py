"""Rows of files on their way in, and what is needed to take an import back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Money, Quantity


class ImportRow(Base):
    """One row of a checked file with what became of it. Rows that were taken leave this table at commit."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_batch_id_outcome_line", "batch_id", "outcome", "line"),)

    id: Mapped[Id]
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    line: Mapped[int]
    outcome: Mapped[str]
    rule: Mapped[str]
    source_key: Mapped[str | None]
    day: Mapped[date | None]
    product: Mapped[str | None]
    description: Mapped[str | None]
    quantity: Mapped[Quantity | None]
    revenue: Mapped[Money | None]
    customer: Mapped[str | None]
    region: Mapped[str | None]
    location: Mapped[str | None]
    channel: Mapped[str | None]


class ImportProblem(Base):
    """A finding in one cell or row of a checked file."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_batch_id_line", "batch_id", "line"),)

    id: Mapped[Id]
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    line: Mapped[int]
    column_name: Mapped[str | None]
    value: Mapped[str]
    rule: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    notice: Mapped[bool]


class ImportReplaced(Base):
    """A demand row as it was before an import changed it. No reference to the batches: history outlives them."""

    __tablename__ = "import_replaced"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    source_key: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger)
    location_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    quantity: Mapped[Quantity]
    revenue: Mapped[Money]
    before_batch_id: Mapped[UUID | None] = mapped_column(index=True)


class ImportCreated(Base):
    """A product or customer that an import brought into being."""

    __tablename__ = "import_created"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
