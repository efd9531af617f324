"""What the statuses of the stock came to, day by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money


class StockStatusDay(Base):
    """Items and money of one status of analytics.inventory_position on one day, all locations together.

    ``stock_value`` is what these items have on hand, at cost. A day is written again until it is over.
    """

    __tablename__ = "stock_status_day"
    __table_args__ = (
        CheckConstraint(
            "status in ('stocked_out', 'at_risk', 'no_policy', 'excess', 'over_ordered', 'healthy')", name="status"
        ),
        CheckConstraint("items >= 0", name="items"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    items: Mapped[int]
    money_at_stake: Mapped[Money]
    stock_value: Mapped[Money]
