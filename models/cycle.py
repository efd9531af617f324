"""The monthly S&OP cycle: its steps, and what was decided in it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Version

STEPS = "step in ('data', 'product', 'demand', 'supply', 'reconcile', 'executive')"


class SopCycle(Base):
    """One round of S&OP: it plans from ``month`` on."""

    __tablename__ = "sop_cycle"
    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("status in ('open', 'closed')", name="status"),
    )

    id: Mapped[Id]
    month: Mapped[date] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(server_default="open")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    closed_at: Mapped[datetime | None]
    version: Mapped[Version]


class SopStep(Base):
    """One step of a cycle. ``plan_version_id`` is what its closing published.

    ``accepted`` holds, by item of the checklist that is not met, who went on all the same and why.
    """

    __tablename__ = "sop_step"
    __table_args__ = (
        CheckConstraint(STEPS, name="step"),
        CheckConstraint("status in ('waiting', 'open', 'closed')", name="status"),
        UniqueConstraint("cycle_id", "step"),
    )

    id: Mapped[Id]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("sop_cycle.id", ondelete="CASCADE"))
    step: Mapped[str]
    position: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="waiting")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    due_on: Mapped[date]
    agenda: Mapped[str | None]
    notes: Mapped[str | None]
    accepted: Mapped[Json] = mapped_column(server_default="{}")
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None]
    plan_version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_version.id", ondelete="SET NULL"), index=True)
    version: Mapped[Version]


class SopReview(Base):
    """An item, a product at a location, that somebody looked at in a cycle and left as it is."""

    __tablename__ = "sop_review"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("sop_cycle.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True, index=True)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reviewed_at: Mapped[Created]


class SopDecision(Base):
    """A decision that is asked for or was taken, or an action somebody owes.

    ``expected_value`` is the money it is to bring; ``actual_value`` what it brought, looked at on ``checked_on``.
    ``measure`` with ``level`` and ``member`` says where the money is to be seen, so that it can be measured.
    """

    __tablename__ = "sop_decision"
    __table_args__ = (
        CheckConstraint("measure in ('revenue', 'margin')", name="measure"),
        CheckConstraint("level in ('company', 'category', 'family', 'brand', 'product', 'channel')", name="level"),
        CheckConstraint("(measure is null) = (level is null)", name="measured"),
        CheckConstraint(STEPS, name="step"),
        CheckConstraint("kind in ('decision', 'action')", name="kind"),
        CheckConstraint("status in ('asked', 'open', 'done', 'dropped')", name="status"),
    )

    id: Mapped[Id]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("sop_cycle.id", ondelete="CASCADE"), index=True)
    step: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    due_on: Mapped[date | None]
    expected_value: Mapped[Money | None]
    measure: Mapped[str | None]
    level: Mapped[str | None]
    member: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(server_default="open")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    actual_value: Mapped[Money | None]
    checked_on: Mapped[date | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]
