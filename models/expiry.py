"""What is done about lots that won't be sold before they expire."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Money, Quantity, Version


class ExpiryAction(Base):
    """One measure for some of a lot, from the proposal to its result.

    The lot is named, not referred to: a new import of stock may replace its row, and its history outlives it.
    ``recovery_share`` is the money expected back as a share of ``unit_cost``, which is the cost at the time of the
    proposal, None if unknown. ``done_quantity`` and ``recovered`` are the result; what a disposal costs is recovered
    below zero. ``event_id`` is the event that a promotion or markdown put into the calendar.
    """

    __tablename__ = "expiry_action"
    __table_args__ = (
        CheckConstraint("kind in ('dispose', 'donate', 'urgent_sale', 'promotion', 'markdown')", name="kind"),
        CheckConstraint("status in ('proposed', 'approved', 'running', 'done', 'cancelled')", name="status"),
        CheckConstraint("quantity > 0 and done_quantity >= 0", name="quantity"),
        CheckConstraint("recovery_share between 0 and 10", name="recovery_share"),
        CheckConstraint(
            "(status = 'done') = (done_quantity is not null and recovered is not null and finished_on is not null)",
            name="result",
        ),
        Index("ix_expiry_action_lot", "product_id", "location_id", "lot"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    lot: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="proposed")
    quantity: Mapped[Quantity]
    recovery_share: Mapped[float] = mapped_column(Numeric(6, 4, asdecimal=False))
    unit_cost: Mapped[Money | None]
    due_on: Mapped[date]
    note: Mapped[str | None]
    done_quantity: Mapped[Quantity | None]
    recovered: Mapped[Money | None]
    finished_on: Mapped[date | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("planning_event.id", ondelete="SET NULL"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]
