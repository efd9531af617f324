"""What if, kept: a scenario is a list of changes to what the supply plan is made of; its plan is worked out anew."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Version


class Scenario(Base):
    """A named set of changes. ``based_on`` tells which scenario its first changes were copied from.

    ``version`` counts every change of the scenario and of its changes.
    """

    __tablename__ = "scenario"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'kept', 'promoted', 'archived')", name="status"),
        CheckConstraint("based_on <> id", name="based_on"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="draft")
    based_on: Mapped[int | None] = mapped_column(ForeignKey("scenario.id", ondelete="SET NULL"), index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class ScenarioChange(Base):
    """One change: what of which items, places or resources, in which weeks, by how much.

    An empty part of the scope means all. ``mode`` tells what ``value`` does: a share more or less, the figure itself,
    or so much on top. Of a calendar the weeks alone count: nothing is worked in them.
    """

    __tablename__ = "scenario_change"
    __table_args__ = (
        CheckConstraint(
            "kind in ('demand', 'price', 'lead_time', 'safety_stock', 'service', 'moq', 'capacity', 'calendar')",
            name="kind",
        ),
        CheckConstraint("mode in ('share', 'set', 'add')", name="mode"),
        CheckConstraint("from_week <= to_week", name="weeks"),
        CheckConstraint("mode <> 'share' or value >= -1", name="value"),
    )

    id: Mapped[Id]
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    category: Mapped[str | None]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    from_week: Mapped[date | None]
    to_week: Mapped[date | None]
    mode: Mapped[str]
    value: Mapped[float] = mapped_column(Numeric(18, 4, asdecimal=False))
    note: Mapped[str | None]
