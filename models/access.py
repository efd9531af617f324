"""Keys and tokens of programs, how much they ask, and what they were answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json


class ApiKey(Base):
    """A key with which a program works in a person's name, never with more rights than the person has.

    ``prefix`` is the readable part by which the key is found; of the rest only the hash is stored.
    """

    __tablename__ = "api_key"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class TokenFamily(Base):
    """All tokens that come of one sign-in at the API. They live as long as the session that it began, so that
    whatever ends a person's sessions ends them too."""

    __tablename__ = "token_family"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_hash: Mapped[str] = mapped_column(ForeignKey("user_session.token_hash", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RefreshToken(Base):
    """A secret that is good for one new pair of tokens; only its hash is stored."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("token_family.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    used_at: Mapped[datetime | None]


class RequestWindow(Base):
    """How often an address, a key or a person has asked in the running window."""

    __tablename__ = "request_window"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(index=True)
    requests: Mapped[int]


class IdempotentRequest(Base):
    """A request that its sender may repeat: what was asked and, once it is done, what was answered."""

    __tablename__ = "idempotent_request"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[Json | None]
    content: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
