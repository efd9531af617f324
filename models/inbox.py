"""What people write to each other about a thing, and what waits for somebody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id


class Comment(Base):
    """A remark about a thing: ``subject`` names the kind, ``subject_id`` which one."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_subject", "subject", "subject_id"),)

    id: Mapped[Id]
    subject: Mapped[str]
    subject_id: Mapped[str]
    body: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]


class Notification(Base):
    """Something that waits for a person: a task, a mention, an approval, a reminder. ``key`` is told once a person."""

    __tablename__ = "notification"
    __table_args__ = (
        CheckConstraint("kind in ('task', 'mention', 'approval', 'reminder')", name="kind"),
        UniqueConstraint("user_id", "key"),
        Index("ix_notification_open", "user_id", postgresql_where="done_at is null"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    kind: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str | None]
    href: Mapped[str]
    due_on: Mapped[date | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    done_at: Mapped[datetime | None]


class Snooze(Base):
    """What a person does not want to see before a day, and why. ``key`` names an entry of the inbox."""

    __tablename__ = "snooze"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[date]
    reason: Mapped[str]
    created_at: Mapped[Created]
