"""What the company and a partner write to each other about a thing, and the files that go along with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Ref


class PartnerMessage(Base):
    """A remark in the thread that the company and one partner have about a thing.

    ``company_id`` is the partner's. An ``internal`` one is never for the partner, and the database itself keeps it
    back. ``told_at``: those inside whom a partner's message concerns were told.
    """

    __tablename__ = "partner_message"
    __table_args__ = (
        CheckConstraint("not (internal and by_partner)", name="internal"),
        Index("ix_partner_message_thread", "company_id", "subject", "subject_id"),
        Index("ix_partner_message_untold", "id", postgresql_where="by_partner and told_at is null"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    subject: Mapped[str]
    subject_id: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    author: Mapped[str]
    by_partner: Mapped[bool]
    internal: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]
    told_at: Mapped[datetime | None]


class PartnerMessageRead(Base):
    """Up to which message a person has read a thread."""

    __tablename__ = "partner_message_read"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), primary_key=True, index=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    last_id: Mapped[Ref]


class Attachment(Base):
    """A file that goes along with a thing between the company and a partner; ``stored_name`` is ours."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("not (internal and by_partner)", name="internal"),
        Index("ix_attachment_subject", "company_id", "subject", "subject_id"),
    )

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    subject: Mapped[str]
    subject_id: Mapped[str]
    file_name: Mapped[str]
    stored_name: Mapped[str] = mapped_column(unique=True)
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    by_partner: Mapped[bool]
    internal: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]
