"""What became of the rows of checked files, and every change of the data that can be taken back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json


class ImportRow(Base):
    """A row of a checked file that is not taken, and why; ``label`` is what it is known by.

    The rows that are taken wait in a table of their own (data/queries/staging.py).
    """

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_batch_id_outcome_line", "batch_id", "outcome", "line"),)

    id: Mapped[Id]
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    line: Mapped[int]
    outcome: Mapped[str]
    rule: Mapped[str]
    label: Mapped[str]


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


class DataChange(Base):
    """One change of one row, by an import (``batch_id``) or by hand.

    ``row_key`` is the primary key, ``before`` and ``after`` the changed columns, those of a line's document under
    ``header``; a removed row is kept whole. Imports are taken back by it, and it is the history of a record.
    """

    __tablename__ = "data_change"
    __table_args__ = (
        CheckConstraint("kind in ('insert', 'update', 'delete')", name="kind"),
        Index("ix_data_change_entity_record_key", "entity", "record_key"),
        Index("ix_data_change_batch_id", "batch_id", postgresql_where="batch_id is not null"),
    )

    id: Mapped[Id]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    entity: Mapped[str]
    record_key: Mapped[str]
    kind: Mapped[str]
    row_key: Mapped[Json]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    changed_by: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[Created]
