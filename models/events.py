"""What bends demand: events planned in advance, and what was noticed in the history."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Version


class PlanningEvent(Base):
    """A promotion, price change, holiday or closure from ``starts_on`` to ``ends_on``, both days included.

    An empty product, location or channel means all of them. ``discount`` is the share taken off the price. Forecasts
    know approved events only.
    """

    __tablename__ = "planning_event"
    __table_args__ = (
        CheckConstraint("kind in ('promotion', 'price', 'school_holiday', 'closure', 'other')", name="kind"),
        CheckConstraint("status in ('draft', 'approved', 'cancelled')", name="status"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("discount between 0 and 1", name="discount"),
        Index("ix_planning_event_product_id_starts_on", "product_id", "starts_on"),
        Index("ix_planning_event_starts_on", "starts_on"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    discount: Mapped[float | None] = mapped_column(Numeric(5, 4, asdecimal=False))
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="approved")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class DemandAnnotation(Base):
    """Something out of line in the history of a product at a location, and whether a planner agrees.

    ``corrected`` replaces ``observed`` in the history that methods learn from, once accepted and not before.
    """

    __tablename__ = "demand_annotation"
    __table_args__ = (
        CheckConstraint("frequency in ('month', 'week')", name="frequency"),
        CheckConstraint("kind in ('outlier', 'level_shift', 'stock_out', 'event')", name="kind"),
        CheckConstraint("status in ('proposed', 'accepted', 'rejected')", name="status"),
        UniqueConstraint(
            "product_id", "location_id", "frequency", "period", "kind", name="uq_demand_annotation_finding"
        ),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    frequency: Mapped[str]
    period: Mapped[date]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="proposed")
    observed: Mapped[float] = mapped_column(Double)
    corrected: Mapped[float | None] = mapped_column(Double)
    note: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[Version]
