"""Resets of forgotten passwords, by the hash of their secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.accounts import PasswordReset
from models.people import Company, User


def add(session: Session, *, user_id: int, token_hash: str, at: datetime, expires_at: datetime) -> None:
    values = {"user_id": user_id, "token_hash": token_hash, "created_at": at, "expires_at": expires_at}
    session.execute(insert(PasswordReset).values(**values))


def made_since(session: Session, *, user_id: int, since: datetime) -> int:
    statement = select(func.count()).where(PasswordReset.user_id == user_id, PasswordReset.created_at > since)
    return session.scalar(statement) or 0


def end(session: Session, *, user_id: int, at: datetime) -> None:
    """End all that are open of an account."""
    statement = update(PasswordReset).where(PasswordReset.user_id == user_id, PasswordReset.ended_at.is_(None))
    session.execute(statement.values(ended_at=at))


def by_token(session: Session, *, token_hash: str, at: datetime, lock: bool = False) -> Row[Any] | None:
    """The account of a living reset; nothing for one that was used, ended, expired or of somebody deactivated."""
    statement = (
        select(
            *(User.id, User.company_id, User.role, User.email, User.name),
            *(Company.name.label("company"), Company.kind.label("company_kind")),
        )
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .join(Company, Company.id == User.company_id)
        .where(
            PasswordReset.token_hash == token_hash,
            PasswordReset.ended_at.is_(None),
            PasswordReset.expires_at > at,
            User.active,
            Company.active,
        )
    )
    return one_or_none(session, statement.with_for_update(of=PasswordReset) if lock else statement)
