"""What bends demand: events planned in advance, and what was noticed in the history."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Version


class PlanningEvent(Base):
    """A promotion, price change, holiday or closure from ``starts_on`` to ``ends_on``, both days included.

    It is for one product, or those of PlanningEventProduct, or those of a category, family and brand; without any of
    these for all. Channels likewise: one, those of PlanningEventChannel, or all. ``discount`` is the share taken off
    the price; ``expected_uplift`` the share on top of what would be sold anyhow while it runs, ``pull_forward`` the
    share missing in the days after it, ``cannibalisation`` the part of what it adds that the rest of the family loses.
    Forecasts know approved events only.
    """

    __tablename__ = "planning_event"
    __table_args__ = (
        CheckConstraint("kind in ('promotion', 'price', 'school_holiday', 'closure', 'other')", name="kind"),
        CheckConstraint("status in ('draft', 'proposed', 'approved', 'rejected', 'cancelled')", name="status"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("discount between 0 and 1", name="discount"),
        CheckConstraint(
            "mechanic in ('discount', 'bogo', 'bundle', 'display', 'sampling', 'price', 'other')", name="mechanic"
        ),
        CheckConstraint("budget >= 0", name="budget"),
        CheckConstraint("expected_uplift between -1 and 20", name="expected_uplift"),
        CheckConstraint("pull_forward between 0 and 1", name="pull_forward"),
        CheckConstraint("cannibalisation between 0 and 1", name="cannibalisation"),
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
    category: Mapped[str | None]
    family: Mapped[str | None]
    brand: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    discount: Mapped[float | None] = mapped_column(Numeric(5, 4, asdecimal=False))
    mechanic: Mapped[str | None]
    budget: Mapped[float | None] = mapped_column(Numeric(18, 4, asdecimal=False))
    expected_uplift: Mapped[float | None] = mapped_column(Numeric(7, 4, asdecimal=False))
    pull_forward: Mapped[float | None] = mapped_column(Numeric(5, 4, asdecimal=False))
    cannibalisation: Mapped[float | None] = mapped_column(Numeric(5, 4, asdecimal=False))
    note: Mapped[str | None]
    lessons: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="approved")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class PlanningEventProduct(Base):
    """One of several products an event is for."""

    __tablename__ = "planning_event_product"

    event_id: Mapped[int] = mapped_column(ForeignKey("planning_event.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)


class PlanningEventChannel(Base):
    """One of several channels an event is for."""

    __tablename__ = "planning_event_channel"

    event_id: Mapped[int] = mapped_column(ForeignKey("planning_event.id", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), primary_key=True, index=True)


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
