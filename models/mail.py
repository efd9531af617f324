"""E-mail on its way out, and which mail a person wants when."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json


class MailOutbox(Base):
    """One mail to one recipient: a person with an account (``user_id``: the address of the moment it is sent), or an
    address. ``values`` is what the template is filled with; it is emptied once the mail has gone, since links in it
    open doors. ``reader`` is the right its recipient must still have. Entries of a daily digest are ``held`` until
    they are ``bundled`` in one mail."""

    __tablename__ = "mail_outbox"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting', 'sent', 'failed', 'cancelled', 'held', 'bundled')",
            name="state",
        ),
        CheckConstraint("(user_id is null) <> (address is null)", name="recipient"),
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent"),
        Index("ix_mail_outbox_due", "due_at", postgresql_where="state = 'waiting'"),
        Index("ix_mail_outbox_held", "user_id", postgresql_where="state = 'held'"),
    )

    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    address: Mapped[str | None]
    template: Mapped[str]
    topic: Mapped[str | None]
    reader: Mapped[str | None]
    subject: Mapped[str]
    values: Mapped[Json]
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    urgent: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[Created]
    created_at: Mapped[Created]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class MailPreference(Base):
    """How a person wants to hear of a topic, where it is not the usual way: at once, in a daily digest, or never."""

    __tablename__ = "mail_preference"
    __table_args__ = (CheckConstraint("delivery in ('at_once', 'daily', 'never')", name="delivery"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    delivery: Mapped[str]


class MailQuietHours(Base):
    """When a person wants no mail, in the company's time zone; until may be earlier than from: over midnight."""

    __tablename__ = "mail_quiet_hours"
    __table_args__ = (CheckConstraint("quiet_from <> quiet_until", name="hours"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
