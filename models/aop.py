"""Versions of the annual operating plan, and what they held when somebody put them up for review."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Ref, Version


class AopVersion(Base):
    """One version of the targets of a year. The draft's targets are the rows of aop_target; from review on a version
    keeps its own in aop_version_target. A year has at most one draft. ``version`` counts edits too."""

    __tablename__ = "aop_version"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'review', 'approved', 'locked')", name="status"),
        CheckConstraint("year between 1900 and 2999", name="year"),
        UniqueConstraint("year", "number"),
        Index("uq_aop_version_draft", "year", unique=True, postgresql_where="status in ('draft', 'review')"),
    )

    id: Mapped[Id]
    year: Mapped[int]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="draft")
    note: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[datetime | None]
    locked_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    locked_at: Mapped[datetime | None]
    version: Mapped[Version]


class AopVersionTarget(Base):
    """A target as a version holds it; the same columns as aop_target."""

    __tablename__ = "aop_version_target"

    version_id: Mapped[Ref] = mapped_column(ForeignKey("aop_version.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Quantity]
