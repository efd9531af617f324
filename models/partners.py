"""What passes between the company and its partners: what they may use, what they ask for, what happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Version


class CompanyWithheld(Base):
    """A feature of the portal that one company does not get, though its kind of partner does."""

    __tablename__ = "company_withheld"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class PartnerSubmission(Base):
    """What a partner asks for. It is nothing but a wish until somebody inside accepts it.

    ``kind`` names the use case that knows the ``payload`` (services.submission_kinds); ``subject_id`` is the thing it
    is about: of one thing a company has one wish pending, a newer one supersedes it.
    """

    __tablename__ = "partner_submission"
    __table_args__ = (
        CheckConstraint("status in ('pending', 'accepted', 'rejected', 'superseded', 'withdrawn')", name="status"),
        CheckConstraint("(status in ('accepted', 'rejected')) = (decided_at is not null)", name="decided"),
        Index(
            "uq_partner_submission_pending",
            *("company_id", "kind", "subject_id"),
            unique=True,
            postgresql_where="status = 'pending'",
        ),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(server_default="")
    payload: Mapped[Json]
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="pending", index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    version: Mapped[Version]


class PartnerEvent(Base):
    """Something that happened between the company and a partner; both sides read it, mails and webhooks tell of it.

    ``href`` is where the other side finds it; ``reader`` the right of those there whom it concerns. ``mailed_at`` and
    ``hooked_at`` say that mails and webhooks were made.
    """

    __tablename__ = "partner_event"
    __table_args__ = (
        Index("ix_partner_event_unmailed", "id", postgresql_where="mailed_at is null"),
        Index("ix_partner_event_unhooked", "id", postgresql_where="hooked_at is null"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    at: Mapped[Created]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    actor: Mapped[str]
    by_partner: Mapped[bool]
    event: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str | None]
    href: Mapped[str]
    reader: Mapped[str | None]
    mailed_at: Mapped[datetime | None]
    hooked_at: Mapped[datetime | None]


class CompanyRequest(Base):
    """Somebody unknown asks for a portal of a company; a colleague approves it, which makes the company."""

    __tablename__ = "company_request"
    __table_args__ = (
        CheckConstraint("kind in ('supplier', 'customer', 'oem')", name="kind"),
        CheckConstraint("status in ('pending', 'approved', 'rejected')", name="status"),
        Index("uq_company_request_pending_email", "email", unique=True, postgresql_where="status = 'pending'"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    company: Mapped[str]
    registration_no: Mapped[str | None]
    name: Mapped[str]
    email: Mapped[str]
    message: Mapped[str | None]
    address: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending", index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    created_at: Mapped[Created]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
