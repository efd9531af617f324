"""Jobs, imports, settings and the version of the data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Json


class Job(Base):
    """Long work. This row is the truth; the queue only carries its id."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        Index(
            "uq_job_active",
            "owner_id",
            "kind",
            "idem_key",
            unique=True,
            postgresql_where=text("state in ('queued', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[Json]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    idem_key: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="queued", index=True)
    progress: Mapped[float] = mapped_column(Double, server_default="0")
    message: Mapped[str] = mapped_column(server_default="")
    result: Mapped[Json | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    cancel_requested: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ImportBatch(Base):
    """One file on its way into the data, from upload to commit or undo; or one edit by hand, which is one as well.

    ``source``: dropped on the page, found in the drop folder, given on the command line, or typed. ``scanned``: whether
    a virus scanner found nothing in it; false where there is none.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint(
            "state in ('uploaded', 'checked', 'committed', 'undone')",
            name="state",
        ),
        CheckConstraint("source in ('file', 'folder', 'command', 'edit')", name="source"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(server_default="file")
    entity: Mapped[str]
    file_name: Mapped[str]
    stored_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    scanned: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="uploaded")
    dialect: Mapped[Json]
    mapping: Mapped[Json]
    options: Mapped[Json]
    counts: Mapped[Json]
    error: Mapped[str | None]
    job_id: Mapped[UUID | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportMapping(Base):
    """A column mapping remembered by the shape of the file it was made for."""

    __tablename__ = "import_mapping"

    entity: Mapped[str] = mapped_column(primary_key=True)
    header_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    mapping: Mapped[Json]
    dialect: Mapped[Json]
    options: Mapped[Json]
    saved_at: Mapped[Created]


class ImportTemplate(Base):
    """How files of one kind are brought in, saved by a person under a name."""

    __tablename__ = "import_template"

    entity: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[Json]
    reading: Mapped[Json]
    options: Mapped[Json]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="SET NULL"))
    saved_at: Mapped[Created]


class Setting(Base):
    """A figure the company decides, such as the tolerance of OTIF."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Json]


class DataVersion(Base):
    """Counts the changes of a subject, so that cached read models know when they are stale."""

    __tablename__ = "data_version"

    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, server_default="1")
