"""What customers and OEMs expect to need, version by version, and what came of promotions that customers announced."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Version


class PartnerForecast(Base):
    """One version of what a partner expects to need; ``number`` counts within the company.

    A company has at most one draft, which is written; what was sent never changes. One version at most is accepted:
    it is the company's word in the demand plan (``edit_id``), until a newer one is accepted and it becomes superseded.
    """

    __tablename__ = "partner_forecast"
    __table_args__ = (
        CheckConstraint("party in ('customer', 'oem')", name="party"),
        CheckConstraint("state in ('draft', 'sent', 'accepted', 'rejected', 'superseded')", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at is null)", name="sent"),
        UniqueConstraint("company_id", "number"),
        Index("uq_partner_forecast_draft", "company_id", unique=True, postgresql_where="state = 'draft'"),
        Index("uq_partner_forecast_accepted", "company_id", unique=True, postgresql_where="state = 'accepted'"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    party: Mapped[str]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="draft")
    note: Mapped[str | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    edit_id: Mapped[int | None] = mapped_column(ForeignKey("demand_edit.id", ondelete="SET NULL"), index=True)
    version: Mapped[Version]


class PartnerForecastValue(Base):
    """Units of a product in a month; without a quantity the version says nothing of it."""

    __tablename__ = "partner_forecast_value"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("extract(day from period) = 1", name="period"),
    )

    forecast_id: Mapped[int] = mapped_column(ForeignKey("partner_forecast.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))


class CustomerPromotion(Base):
    """The event of the marketing calendar that was made of a promotion which a customer announced."""

    __tablename__ = "customer_promotion"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("partner_submission.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("planning_event.id", ondelete="CASCADE"), unique=True)
