"""What if, kept: a scenario is a list of changes to what the supply plan is made of; its plan is worked out anew."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Version


class Scenario(Base):
    """A named set of changes. ``based_on`` tells which scenario its first changes were copied from.

    ``version`` counts every change of the scenario and of its changes. Somebody asks for it to become the plan,
    somebody else approves, then it is promoted: ``effects`` are what was written where, and stay with it.
    """

    __tablename__ = "scenario"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'kept', 'requested', 'approved', 'promoted', 'archived')", name="status"),
        CheckConstraint("based_on <> id", name="based_on"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="draft")
    based_on: Mapped[int | None] = mapped_column(ForeignKey("scenario.id", ondelete="SET NULL"), index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    requested_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    promoted_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    promoted_at: Mapped[datetime | None]
    effects: Mapped[list[Json]] = mapped_column(server_default="[]")
    version: Mapped[Version]


class ScenarioChange(Base):
    """One change: what of which items, places or resources, in which weeks, by how much.

    An empty part of the scope means all. ``mode`` tells what ``value`` does: a share more or less, the figure itself,
    or so much on top. Of a calendar the weeks alone count: nothing is worked in them. Of a promotion ``discount`` is
    the share taken off the price.
    """

    __tablename__ = "scenario_change"
    __table_args__ = (
        CheckConstraint(
            "kind in ('demand', 'promotion', 'price', 'lead_time', 'safety_stock', 'service', 'moq', 'capacity', "
            "'calendar')",
            name="kind",
        ),
        CheckConstraint("mode in ('share', 'set', 'add')", name="mode"),
        CheckConstraint("from_week <= to_week", name="weeks"),
        CheckConstraint("mode <> 'share' or value >= -1", name="value"),
        CheckConstraint("discount between 0 and 1 and (discount is null or kind = 'promotion')", name="discount"),
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
    discount: Mapped[float | None] = mapped_column(Numeric(5, 4, asdecimal=False))
    note: Mapped[str | None]
