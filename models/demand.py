"""What was sold."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, Quantity, Ref


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


class DemandMonth(Base):
    """Demand added up by calendar month. Triggers on demand_history keep it true within the same transaction."""

    __tablename__ = "demand_month"
    __table_args__ = (Index("ix_demand_month_month", "month"),)

    product_id: Mapped[Ref] = mapped_column(primary_key=True)
    location_id: Mapped[Ref] = mapped_column(primary_key=True)
    channel_id: Mapped[Ref] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    quantity: Mapped[Quantity]
    revenue: Mapped[Money]
    lines: Mapped[int] = mapped_column(BigInteger)
