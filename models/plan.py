"""What people plan: forecasts of their own and the targets of the annual operating plan."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Version


class ForecastOverride(Base):
    """What a person says a period's demand will be, instead of the statistical forecast.

    ``stream`` is whose word it is. An empty channel means all of them. It holds until ``expires_on``. What is ``held``
    keeps its figure when the total of its group is split anew.
    """

    __tablename__ = "forecast_override"
    __table_args__ = (
        CheckConstraint("frequency in ('month', 'week')", name="frequency"),
        CheckConstraint("stream in ('planner', 'sales', 'marketing', 'customer', 'finance')", name="stream"),
        CheckConstraint("quantity >= 0", name="quantity"),
        UniqueConstraint(
            *("product_id", "location_id", "channel_id", "frequency", "period", "stream"),
            name="uq_forecast_override_period",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    frequency: Mapped[str]
    period: Mapped[date]
    stream: Mapped[str]
    quantity: Mapped[Quantity]
    reason: Mapped[str | None]
    expires_on: Mapped[date | None]
    held: Mapped[bool] = mapped_column(server_default="false")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class AopTarget(Base):
    """One target of the annual operating plan: a measure of a month, of the company or of a ``member`` of a level."""

    __tablename__ = "aop_target"
    __table_args__ = (
        UniqueConstraint("level", "member", "period", "measure"),
        CheckConstraint("level in ('company', 'category', 'family', 'brand', 'channel')", name="level"),
        CheckConstraint(
            "measure in ('revenue', 'volume', 'margin', 'service', 'turns', 'working_capital')", name="measure"
        ),
        CheckConstraint("extract(day from period) = 1", name="period"),
    )

    id: Mapped[Id]
    level: Mapped[str]
    member: Mapped[str] = mapped_column(server_default="")
    period: Mapped[date]
    measure: Mapped[str]
    value: Mapped[Quantity]
