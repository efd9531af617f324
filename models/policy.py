"""How stocking policies come about and change: rules of classes, proposals to approve, the history of changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Money, Quantity, Version

METHODS = "method in ('reorder_point', 'periodic', 'newsvendor', 'buffer')"
MEASURES = "measure in ('cycle', 'fill')"
SOURCES = "source in ('calculation', 'cockpit', 'budget', 'network', 'buffer', 'scenario')"


class PolicyProposal(Base):
    """Other levels for an item at a location, until somebody approves or rejects them. At most one is open; a newer one
    replaces it, which then is withdrawn.

    ``inputs`` are the figures it was worked out from, as they would be stored with the policy; ``stock_money_change``
    is the mean stock it leads to less that of the policy of that time, at cost, None where the cost is unknown.
    """

    __tablename__ = "policy_proposal"
    __table_args__ = (
        CheckConstraint("status in ('open', 'approved', 'rejected', 'withdrawn')", name="status"),
        CheckConstraint(SOURCES, name="source"),
        CheckConstraint(METHODS, name="method"),
        CheckConstraint(MEASURES, name="measure"),
        CheckConstraint("service_target > 0 and service_target < 1", name="service_target"),
        CheckConstraint(
            "safety_stock >= 0 and reorder_point >= 0 and order_quantity >= 0 and order_up_to >= reorder_point",
            name="levels",
        ),
        Index(
            "uq_policy_proposal_open_item",
            "product_id",
            "location_id",
            unique=True,
            postgresql_where="status = 'open'",
        ),
        Index("ix_policy_proposal_item", "product_id", "location_id", "status"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    source: Mapped[str]
    service_target: Mapped[float] = mapped_column(Double)
    service_target_fixed: Mapped[bool] = mapped_column(server_default="false")
    measure: Mapped[str] = mapped_column(server_default="cycle")
    method: Mapped[str] = mapped_column(server_default="reorder_point")
    safety_stock: Mapped[Quantity]
    reorder_point: Mapped[Quantity]
    order_quantity: Mapped[Quantity]
    order_up_to: Mapped[Quantity]
    daily_demand: Mapped[float] = mapped_column(Double)
    inputs: Mapped[Json]
    stock_money_change: Mapped[Money | None]
    reason: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="open")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    version: Mapped[Version]


class PolicyChange(Base):
    """One change of a stored policy: its target, measure, method and levels ``before`` (None: there was no policy) and
    ``after``. ``changed_by`` is None for the operator."""

    __tablename__ = "policy_change"
    __table_args__ = (
        CheckConstraint(
            "source in ('calculation', 'service_target', 'cockpit', 'budget', 'network', 'buffer', 'scenario')",
            name="source",
        ),
        Index("ix_policy_change_item", "product_id", "location_id", "id"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    at: Mapped[Created]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    source: Mapped[str]
    before: Mapped[Json | None]
    after: Mapped[Json]
    reason: Mapped[str | None]


class StockingRule(Base):
    """How the items of a box of the nine (``AX`` to ``CZ``) or of a category are stocked; what is None is left to the
    next rule or the company's default. Of several rules for an item the one with the lowest ``priority`` comes first.
    """

    __tablename__ = "stocking_rule"
    __table_args__ = (
        CheckConstraint("(box is null) <> (category is null)", name="scope"),
        CheckConstraint("box in ('AX', 'AY', 'AZ', 'BX', 'BY', 'BZ', 'CX', 'CY', 'CZ')", name="box"),
        CheckConstraint("service_target > 0 and service_target < 1", name="service_target"),
        CheckConstraint(MEASURES, name="measure"),
        CheckConstraint(METHODS, name="method"),
        Index("uq_stocking_rule_box", "box", unique=True, postgresql_where="box is not null"),
        Index("uq_stocking_rule_category", "category", unique=True, postgresql_where="category is not null"),
    )

    id: Mapped[Id]
    box: Mapped[str | None]
    category: Mapped[str | None]
    service_target: Mapped[float | None] = mapped_column(Double)
    measure: Mapped[str | None]
    method: Mapped[str | None]
    priority: Mapped[int] = mapped_column(server_default="100")
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[Created]
    version: Mapped[Version]
