"""Keys and tokens of programs, the windows in which they are counted, and answers to repeated requests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.access import ApiKey, IdempotentRequest, RefreshToken, RequestWindow, TokenFamily
from models.base import Json
from models.people import Company, User, UserSession


def add_family(session: Session, *, family_id: UUID, session_hash: str, expires_at: datetime) -> None:
    session.flush()  # the session that it hangs on comes first
    session.add(TokenFamily(id=family_id, session_hash=session_hash, expires_at=expires_at))
    session.flush()


def family(session: Session, *, family_id: UUID, at: datetime) -> Row[Any] | None:
    """The session and the person of a family that lives."""
    statement = (
        select(TokenFamily.session_hash, TokenFamily.expires_at, UserSession.user_id)
        .join(UserSession, UserSession.token_hash == TokenFamily.session_hash)
        .where(TokenFamily.id == family_id, TokenFamily.expires_at > at, UserSession.ended_at.is_(None))
    )
    return one_or_none(session, statement)


def add_refresh_token(session: Session, *, token_hash: str, family_id: UUID) -> None:
    session.add(RefreshToken(token_hash=token_hash, family_id=family_id))


def use_refresh_token(session: Session, *, token_hash: str, at: datetime) -> UUID | None:
    """The family of a token that was not used before; of those who use it at once, one gets it."""
    statement = update(RefreshToken).where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None))
    return session.scalar(statement.values(used_at=at).returning(RefreshToken.family_id))


def family_of_refresh_token(session: Session, *, token_hash: str) -> UUID | None:
    return session.scalar(select(RefreshToken.family_id).where(RefreshToken.token_hash == token_hash))


def add_key(session: Session, **values: Any) -> int:
    return int(session.execute(insert(ApiKey).values(**values).returning(ApiKey.id)).scalar_one())


def key(session: Session, *, prefix: str, at: datetime) -> Row[Any] | None:
    """A key that is neither revoked nor expired."""
    statement = select(ApiKey.id, ApiKey.user_id, ApiKey.secret_hash, ApiKey.scopes, ApiKey.last_used_at)
    living = (ApiKey.revoked_at.is_(None), ApiKey.expires_at > at)
    return one_or_none(session, statement.where(ApiKey.prefix == prefix, *living))


def touch_key(session: Session, *, key_id: int, at: datetime, every: timedelta) -> None:
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < at - every)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=at))


def keys(session: Session, *, user_id: int | None = None) -> list[Row[Any]]:
    """Keys with their owners, the newest first; of one person, or of all."""
    statement = (
        select(
            *(ApiKey.id, ApiKey.name, ApiKey.prefix, ApiKey.scopes, ApiKey.created_at, ApiKey.expires_at),
            *(ApiKey.last_used_at, ApiKey.revoked_at, ApiKey.user_id, User.name.label("owner")),
            *(User.email, Company.name.label("company"), (User.active & Company.active).label("owner_active")),
        )
        .join(User, User.id == ApiKey.user_id)
        .join(Company, Company.id == User.company_id)
        .order_by(ApiKey.id.desc())
    )
    return list(session.execute(statement if user_id is None else statement.where(ApiKey.user_id == user_id)))


def revoke_key(session: Session, *, key_id: int, user_id: int | None, at: datetime) -> str | None:
    """End a key of one person, or of anybody, and tell its name; nothing when it is not there or ended already."""
    statement = update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    if user_id is not None:
        statement = statement.where(ApiKey.user_id == user_id)
    return session.scalar(statement.values(revoked_at=at).returning(ApiKey.name))


def count_request(session: Session, *, key: str, at: datetime, window: timedelta) -> Row[Any]:
    """Add one request to the running window and tell how many it holds and when it began, in one atomic statement."""
    stale = RequestWindow.window_start <= at - window
    counted: Any = (
        insert(RequestWindow)
        .values(key=key, window_start=at, requests=1)
        .on_conflict_do_update(
            index_elements=[RequestWindow.key],
            set_={
                "requests": case((stale, 1), else_=RequestWindow.requests + 1),
                "window_start": case((stale, at), else_=RequestWindow.window_start),
            },
        )
        .returning(RequestWindow.requests, RequestWindow.window_start)
    )
    return session.execute(counted).one()


def begin_request(session: Session, *, user_id: int, key: str, fingerprint: str, at: datetime) -> bool:
    """Whether this is the first request of a key; whoever comes at once waits and is not."""
    statement = insert(IdempotentRequest).values(user_id=user_id, key=key, fingerprint=fingerprint, created_at=at)
    begun = statement.on_conflict_do_nothing().returning(IdempotentRequest.key)
    return session.scalar(begun) is not None


def earlier_request(session: Session, *, user_id: int, key: str) -> Row[Any] | None:
    found = IdempotentRequest
    statement = select(found.fingerprint, found.status, found.headers, found.content)
    return one_or_none(session, statement.where(found.user_id == user_id, found.key == key))


def finish_request(session: Session, *, user_id: int, key: str, status: int, headers: Json, content: str) -> None:
    session.execute(
        update(IdempotentRequest)
        .where(IdempotentRequest.user_id == user_id, IdempotentRequest.key == key)
        .values(status=status, headers=headers, content=content)
    )


def forget_request(session: Session, *, user_id: int, key: str) -> None:
    session.execute(delete(IdempotentRequest).filter_by(user_id=user_id, key=key))


def remove_expired(session: Session, *, families: datetime, windows: datetime, requests: datetime) -> int:
    """Drop what nobody can use any more; returns how many rows went."""
    gone: Collection[Any] = (
        delete(TokenFamily).where(TokenFamily.expires_at < families),
        delete(RequestWindow).where(RequestWindow.window_start < windows),
        delete(IdempotentRequest).where(IdempotentRequest.created_at < requests),
    )
    results: list[Any] = [session.execute(statement) for statement in gone]
    return sum(result.rowcount for result in results)
