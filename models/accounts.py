"""What an account is made and kept with: invitations, resets of passwords, second factors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id


class Invitation(Base):
    """A person asked to come in. The account is made when the link is used, so nobody learns who has one already.
    Only the hash of its secret is stored."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("used_at is null or ended_at is null", name="one_end"),)

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.name", name="fk_invitation_role"))
    level: Mapped[str | None] = mapped_column(ForeignKey("role.name", name="fk_invitation_level"))
    email: Mapped[str]
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A link by which a forgotten password is replaced, once. Only the hash of its secret is stored."""

    __tablename__ = "password_reset"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The authenticator app of a person. ``seed`` is encrypted; ``last_counter`` is the time step of the last code
    that was taken, so that none is taken twice. Until ``confirmed_at`` it is only being set up."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str]
    last_counter: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Created]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code for the day the telephone is lost; each is taken once. Only its hash is stored."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]
