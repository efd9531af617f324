"""What a supplier is told of the plan, what it commits to, and what it can deliver."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Version

LIMIT_KEYS = ("supplier_id", "product_id", "location_id", "starts_on")


def _share() -> Mapped[float]:
    return mapped_column(Numeric(6, 4, asdecimal=False))


class SupplierAgreement(Base):
    """What is shared with a supplier: so many buckets ahead, by item or by item and place, smoothed over some buckets
    (1: as planned). Deviations of a commit are told from the shares of warning and alarm, within the firm fence (near)
    and beyond it (far)."""

    __tablename__ = "supplier_agreement"
    __table_args__ = (
        CheckConstraint("bucket in ('week', 'month')", name="bucket"),
        CheckConstraint("level in ('item', 'location')", name="level"),
        CheckConstraint("horizon between 1 and 52 and smoothing between 1 and 12", name="buckets"),
        CheckConstraint("firm_fence between 0 and horizon", name="firm_fence"),
        CheckConstraint(
            "0 <= near_warn and near_warn <= near_bad and 0 <= far_warn and far_warn <= far_bad", name="thresholds"
        ),
        CheckConstraint("shared_from <= shared_to", name="shared"),
    )

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    horizon: Mapped[int]
    bucket: Mapped[str]
    level: Mapped[str]
    smoothing: Mapped[int] = mapped_column(server_default="1")
    firm_fence: Mapped[int]
    near_warn: Mapped[float] = _share()
    near_bad: Mapped[float] = _share()
    far_warn: Mapped[float] = _share()
    far_bad: Mapped[float] = _share()
    shared_from: Mapped[date]
    shared_to: Mapped[date | None]
    version: Mapped[Version]


class SupplierForecast(Base):
    """A forecast as it was shared with a supplier, never changed again. ``plan_version_id`` is the newest demand plan
    that was published then; ``fence_ends_on`` is the first day beyond the firm fence."""

    __tablename__ = "supplier_forecast"
    __table_args__ = (UniqueConstraint("supplier_id", "number"),)

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    number: Mapped[int]
    plan_day: Mapped[date]
    plan_version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_version.id", ondelete="SET NULL"), index=True)
    bucket: Mapped[str]
    level: Mapped[str]
    fence_ends_on: Mapped[date]
    shared_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    shared_at: Mapped[Created]


class SupplierForecastLine(Base):
    """What the plan needs of an item in a bucket, open orders included, and the orders that are sent."""

    __tablename__ = "supplier_forecast_line"
    __table_args__ = (
        Index(
            "uq_supplier_forecast_line",
            *("forecast_id", "product_id", "location_id", "starts_on"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("starts_on < ends_on and forecast >= 0 and firm >= 0", name="bucket"),
    )

    id: Mapped[Id]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("supplier_forecast.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    forecast: Mapped[Quantity]
    firm: Mapped[Quantity]


class SupplierCommit(Base):
    """What a supplier committed to deliver in a bucket, accepted: the capacity of the source. Without a place it is for
    all of them. Receipts from ``counted_from`` on have used of it."""

    __tablename__ = "supplier_commit"
    __table_args__ = (
        Index("uq_supplier_commit", *LIMIT_KEYS, unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("starts_on < ends_on and quantity >= 0", name="bucket"),
    )

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    quantity: Mapped[Quantity]
    comment: Mapped[str | None]
    counted_from: Mapped[date]
    submission_id: Mapped[int] = mapped_column(ForeignKey("partner_submission.id"), index=True)
    accepted_at: Mapped[Created]


class SupplierCapacity(Base):
    """What a supplier can deliver at most in a time, accepted: of an item, or of all items of a category together."""

    __tablename__ = "supplier_capacity"
    __table_args__ = (
        Index(
            "uq_supplier_capacity",
            *("supplier_id", "product_id", "category", "starts_on"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(product_id is null) <> (category is null)", name="item_or_category"),
        CheckConstraint("starts_on < ends_on and quantity >= 0", name="bucket"),
    )

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    category: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    quantity: Mapped[Quantity]
    counted_from: Mapped[date]
    submission_id: Mapped[int] = mapped_column(ForeignKey("partner_submission.id"), index=True)
    accepted_at: Mapped[Created]


class SupplierClosure(Base):
    """Days, both included, on which a supplier neither makes nor sends anything, accepted."""

    __tablename__ = "supplier_closure"
    __table_args__ = (
        UniqueConstraint("supplier_id", "first_on"),
        CheckConstraint("first_on <= last_on", name="days"),
    )

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str]
    submission_id: Mapped[int] = mapped_column(ForeignKey("partner_submission.id"), index=True)
    accepted_at: Mapped[Created]


class LeadTimeChange(Base):
    """Another lead time from a day on, accepted; on that day it becomes the one of the supplier's terms."""

    __tablename__ = "lead_time_change"
    __table_args__ = (
        UniqueConstraint("supplier_id", "product_id", "valid_from"),
        CheckConstraint("lead_time_days between 0 and 364", name="lead_time_days"),
    )

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    lead_time_days: Mapped[int]
    valid_from: Mapped[date]
    reason: Mapped[str]
    submission_id: Mapped[int] = mapped_column(ForeignKey("partner_submission.id"), index=True)
    accepted_at: Mapped[Created]
    applied_at: Mapped[datetime | None]


class SupplierManagedItem(Base):
    """An item that a supplier keeps in stock at one of our places, between these quantities."""

    __tablename__ = "supplier_managed_item"
    __table_args__ = (CheckConstraint("0 <= min_quantity and min_quantity <= max_quantity", name="levels"),)

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    min_quantity: Mapped[Quantity]
    max_quantity: Mapped[Quantity]
    version: Mapped[Version]


class SupplierManagedWeek(Base):
    """A week of a managed item as it was shared with the forecast: what is needed and what is on its way."""

    __tablename__ = "supplier_managed_week"
    __table_args__ = (CheckConstraint("demand >= 0 and incoming >= 0", name="quantities"),)

    forecast_id: Mapped[int] = mapped_column(ForeignKey("supplier_forecast.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    demand: Mapped[Quantity]
    incoming: Mapped[Quantity]
