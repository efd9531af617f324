"""Risks and opportunities of the plan."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Version


class PlanRisk(Base):
    """What may cost or bring money that the plan does not count on.

    ``impact`` is money that it costs (a risk) or brings (an opportunity) if it happens, never below zero. ``source``
    names what was found in the data, empty for what a person thought of; ``evidence`` is what was known then.
    """

    __tablename__ = "plan_risk"
    __table_args__ = (
        CheckConstraint("kind in ('risk', 'opportunity')", name="kind"),
        CheckConstraint("status in ('open', 'mitigated', 'happened', 'closed')", name="status"),
        CheckConstraint("probability between 0 and 1", name="probability"),
        CheckConstraint("impact >= 0", name="impact"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        Index("uq_plan_risk_source", "source", unique=True, postgresql_where="status = 'open'"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str | None]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    probability: Mapped[float] = mapped_column(Numeric(5, 4, asdecimal=False))
    impact: Mapped[Money]
    month: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    due_on: Mapped[date | None]
    mitigation: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="open")
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("sop_cycle.id", ondelete="SET NULL"), index=True)
    source: Mapped[str | None]
    evidence: Mapped[Json] = mapped_column(server_default="{}")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[datetime | None]
    version: Mapped[Version]
