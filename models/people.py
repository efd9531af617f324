"""Companies, accounts, roles, sessions and the audit trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Version


class Company(Base):
    """The company that runs Tandem, or a partner of it."""

    __tablename__ = "company"
    __table_args__ = (CheckConstraint("kind in ('internal', 'supplier', 'customer', 'oem')", name="kind"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    version: Mapped[Version]


class RoleRow(Base):
    """A named set of permissions for companies of one kind."""

    __tablename__ = "role"

    name: Mapped[str] = mapped_column(primary_key=True)
    company_kind: Mapped[str]


class RolePermission(Base):
    """One right of one role."""

    __tablename__ = "role_permission"

    role: Mapped[str] = mapped_column(ForeignKey("role.name", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class User(Base):
    """A person with an account. ``email`` is stored in canonical form (core.identity). A partner's person has a
    ``level`` beside the role: the role opens the portal, the level says what may be done in it."""

    __tablename__ = "app_user"

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.name"))
    level: Mapped[str | None] = mapped_column(ForeignKey("role.name", name="fk_app_user_level"))
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[Created]
    version: Mapped[Version]


class UserSession(Base):
    """A signed-in browser. Only the hash of its secret is stored; ending the row ends the session. One that is
    ``pending`` waits for the second factor (its code, or that it is set up) and opens nothing."""

    __tablename__ = "user_session"
    __table_args__ = (CheckConstraint("pending in ('code', 'set_up')", name="pending"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]
    pending: Mapped[str | None]


class SignInThrottle(Base):
    """Failed sign-ins of one account or address in the running window."""

    __tablename__ = "sign_in_throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime]
    failures: Mapped[int]


class AuditEntry(Base):
    """Who did what, when, from what, to what, why. Rows are never changed (a trigger refuses it)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    company_id: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    reason: Mapped[str | None]
