"""What is done about weeks in which a resource has too few hours."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Quantity, Version


class CapacityLever(Base):
    """A lever that was applied to a resource and can be taken back.

    ``hours``: hours added a week (overtime, shift) or moved (alternate, pre_build). ``changed`` is what taking it back
    needs: of overtime and shifts the hours added to each day, of a pre-build the production orders made.
    """

    __tablename__ = "capacity_lever"
    __table_args__ = (
        CheckConstraint("kind in ('overtime', 'shift', 'alternate', 'pre_build')", name="kind"),
        CheckConstraint("status in ('active', 'withdrawn')", name="status"),
        CheckConstraint("hours > 0 and last_week >= first_week", name="hours"),
        CheckConstraint(
            "(kind in ('alternate', 'pre_build')) = (product_id is not null) "
            "and (kind = 'alternate') = (to_resource_id is not null)",
            name="moved",
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="active")
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    to_resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    first_week: Mapped[date]
    last_week: Mapped[date]
    hours: Mapped[Quantity]
    cost: Mapped[Money]
    changed: Mapped[Json]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]
