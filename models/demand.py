"""What was sold."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, Quantity


class DemandHistory(Base):
    """One booked sale (or a bucket of them), as fine as its source gives it; partitioned by year of ``day``.

    ``source_key`` names the line within its source (document and line, or the bucket's own key), so that the
    same line met again is recognised. Returns have a negative quantity on the day they were booked.
    """

    __tablename__ = "demand_history"
    __table_args__ = (
        CheckConstraint("kind in ('sale', 'return')", name="kind"),
        Index("ix_demand_history_product_id_day", "product_id", "day"),
        Index("ix_demand_history_batch_id", "batch_id", postgresql_where="batch_id is not null"),
        Index("ix_demand_history_customer_id", "customer_id", postgresql_where="customer_id is not null"),
        {"postgresql_partition_by": "RANGE (day)"},
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    source_key: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str] = mapped_column(server_default="sale")
    quantity: Mapped[Quantity]
    revenue: Mapped[Money]
    batch_id: Mapped[UUID | None]
