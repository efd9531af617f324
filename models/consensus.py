"""Agreeing on one plan: bounds that finance sets, assumptions behind figures, signatures under the consensus."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Version

LEVELS = "level in ('company', 'category', 'channel')"
MONTHS = "extract(day from starts_on) = 1 and extract(day from ends_on) = 1 and starts_on <= ends_on"


class PlanBound(Base):
    """The least and the most that a month of the plan may come to, in RM or in units, of the company or of a
    ``member`` of a level. ``starts_on`` and ``ends_on`` are its first and last month."""

    __tablename__ = "plan_bound"
    __table_args__ = (
        CheckConstraint(LEVELS, name="level"),
        CheckConstraint("measure in ('revenue', 'volume')", name="measure"),
        CheckConstraint(MONTHS, name="months"),
        CheckConstraint("coalesce(floor, ceiling) >= 0 and coalesce(floor <= ceiling, true)", name="bounds"),
    )

    id: Mapped[Id]
    level: Mapped[str]
    member: Mapped[str] = mapped_column(server_default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    measure: Mapped[str]
    floor: Mapped[Quantity | None]
    ceiling: Mapped[Quantity | None]
    note: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class PlanAssumption(Base):
    """Something the plan takes for granted, and the figure that rests on it.

    ``figure`` is what ``layer`` of the plan came to in the months when it was written down; it has moved when it has
    changed since by more than ``tolerance``, a share.
    """

    __tablename__ = "plan_assumption"
    __table_args__ = (
        CheckConstraint(LEVELS, name="level"),
        CheckConstraint("measure in ('revenue', 'volume')", name="measure"),
        CheckConstraint(MONTHS, name="months"),
        CheckConstraint("tolerance between 0 and 10", name="tolerance"),
        CheckConstraint("status in ('open', 'confirmed', 'wrong')", name="status"),
    )

    id: Mapped[Id]
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("sop_cycle.id", ondelete="SET NULL"), index=True)
    body: Mapped[str]
    level: Mapped[str]
    member: Mapped[str] = mapped_column(server_default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    layer: Mapped[str]
    measure: Mapped[str]
    figure: Mapped[Quantity]
    tolerance: Mapped[Quantity]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    status: Mapped[str] = mapped_column(server_default="open")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class ConsensusStatus(Base):
    """How far a cycle's consensus has come. A cycle without a row is a draft."""

    __tablename__ = "consensus_status"
    __table_args__ = (CheckConstraint("status in ('draft', 'review', 'approved', 'locked')", name="status"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("sop_cycle.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str] = mapped_column(server_default="draft")
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[Created]
    version: Mapped[Version]


class ConsensusSignOff(Base):
    """The signature of a role under a cycle's consensus. ``fingerprint`` tells the plan that was signed from any
    other; ``units`` and ``revenue`` are what it came to."""

    __tablename__ = "consensus_sign_off"
    __table_args__ = (
        CheckConstraint("role in ('planner', 'sales', 'marketing', 'finance', 'executive')", name="role"),
        UniqueConstraint("cycle_id", "role", name="uq_consensus_sign_off_cycle_id_role"),
    )

    id: Mapped[Id]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("sop_cycle.id", ondelete="CASCADE"))
    role: Mapped[str]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    signed_at: Mapped[datetime]
    note: Mapped[str | None]
    fingerprint: Mapped[str]
    units: Mapped[Quantity]
    revenue: Mapped[Quantity]
