"""Quality between the company and a supplier: issues and how they were solved, documents asked for, disputed lines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Quantity, Version


class QualityIssue(Base):
    """What was wrong with goods of a supplier, and its answer: containment, root cause, corrective action.

    ``company_id`` is the supplier's company; ``quantity`` is how much was affected, where that is known.
    """

    __tablename__ = "quality_issue"
    __table_args__ = (
        CheckConstraint("severity in ('minor', 'major', 'critical')", name="severity"),
        CheckConstraint("state in ('open', 'contained', 'cause_found', 'action', 'closed')", name="state"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    lot: Mapped[str | None]
    quantity: Mapped[Quantity | None]
    title: Mapped[str]
    description: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    found_on: Mapped[date]
    due_on: Mapped[date]
    containment: Mapped[str | None]
    cause: Mapped[str | None]
    action: Mapped[str | None]
    action_on: Mapped[date | None]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    closed_at: Mapped[datetime | None]
    version: Mapped[Version]


class QualityStep(Base):
    """One step of an issue, by either side."""

    __tablename__ = "quality_step"

    id: Mapped[Id]
    issue_id: Mapped[int] = mapped_column(ForeignKey("quality_issue.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    at: Mapped[Created]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    actor: Mapped[str]
    by_partner: Mapped[bool]
    event: Mapped[str]
    note: Mapped[str | None]


class DocumentRequest(Base):
    """A document that the company asked a supplier for; the supplier reads the note."""

    __tablename__ = "document_request"
    __table_args__ = (CheckConstraint("state in ('open', 'done', 'cancelled')", name="state"),)

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    due_on: Mapped[date]
    note: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="open")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    reminded_at: Mapped[datetime | None]


class ScorecardExclusion(Base):
    """An order line that does not count in its supplier's scorecard, and why; both sides read it."""

    __tablename__ = "scorecard_exclusion"

    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
