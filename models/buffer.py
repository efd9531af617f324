"""Items that are buffered: how the zones of each are sized."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Double, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Version


class ItemBuffer(Base):
    """The factors of one item's buffer at a location.

    ``order_cycle_days`` are the days between orders, None for none. Orders of a coming day are a spike from
    ``spike_threshold``, a share of the red zone, on; ``spike_horizon_days`` are the days watched for them, None for the
    lead time.
    """

    __tablename__ = "item_buffer"
    __table_args__ = (
        CheckConstraint("lead_time_factor > 0 and lead_time_factor <= 1", name="lead_time_factor"),
        CheckConstraint("variability_factor >= 0 and variability_factor <= 1", name="variability_factor"),
        CheckConstraint("order_cycle_days > 0 and order_cycle_days <= 365", name="order_cycle_days"),
        CheckConstraint("spike_threshold > 0 and spike_threshold <= 10", name="spike_threshold"),
        CheckConstraint("spike_horizon_days between 0 and 365", name="spike_horizon_days"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    lead_time_factor: Mapped[float] = mapped_column(Double)
    variability_factor: Mapped[float] = mapped_column(Double)
    order_cycle_days: Mapped[float | None] = mapped_column(Double)
    spike_threshold: Mapped[float] = mapped_column(Double)
    spike_horizon_days: Mapped[int | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]
