"""Accounts, sessions and sign-in throttles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.partners import CompanyWithheld
from models.people import Company, RolePermission, SignInThrottle, User, UserSession

SESSION_KEY_LENGTH = 16


def credentials(session: Session, email: str) -> Row[Any] | None:
    """User id, password hash and whether person and company are active."""
    statement = (
        select(User.id, User.company_id, User.name, User.password_hash, (User.active & Company.active).label("active"))
        .join(Company, Company.id == User.company_id)
        .where(User.email == email)
    )
    return one_or_none(session, statement)


def active_person(session: Session, *, user_id: int) -> Row[Any] | None:
    """What a viewer is made of."""
    return one_or_none(session, _person().where(User.id == user_id))


def person_of_session(
    session: Session, *, token_hash: str, idle_since: datetime, begun_since: datetime
) -> Row[Any] | None:
    """The person whose living session this is."""
    statement = (
        _person()
        .add_columns(UserSession.last_seen_at)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.ended_at.is_(None),
            UserSession.pending.is_(None),
            UserSession.last_seen_at > idle_since,
            UserSession.created_at > begun_since,
        )
    )
    return one_or_none(session, statement)


def person_of_pending_session(session: Session, *, token_hash: str, begun_since: datetime) -> Row[Any] | None:
    """Who typed the right password and has the second factor still to go; ``pending`` says what is awaited."""
    statement = (
        _person()
        .add_columns(UserSession.pending)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.ended_at.is_(None),
            UserSession.pending.is_not(None),
            UserSession.created_at > begun_since,
        )
    )
    return one_or_none(session, statement)


def _person() -> Any:
    withheld = (
        exists()
        .where(CompanyWithheld.company_id == User.company_id, CompanyWithheld.permission == RolePermission.permission)
        .correlate(User, RolePermission)
    )
    permissions = (
        select(func.array_agg(RolePermission.permission.distinct()))
        .where(RolePermission.role.in_([User.role, User.level]), ~withheld)
        .scalar_subquery()
    )
    return (
        select(
            User.id,
            User.name,
            User.email,
            User.role,
            Company.id.label("company_id"),
            Company.kind.label("company_kind"),
            permissions.label("permissions"),
        )
        .join(Company, Company.id == User.company_id)
        .where(User.active, Company.active)
    )


def add_session(
    session: Session,
    *,
    token_hash: str,
    user_id: int,
    address: str | None,
    agent: str | None,
    pending: str | None = None,
) -> None:
    session.add(UserSession(token_hash=token_hash, user_id=user_id, address=address, agent=agent, pending=pending))


def touch_session(session: Session, *, token_hash: str, at: datetime) -> None:
    session.execute(update(UserSession).where(UserSession.token_hash == token_hash).values(last_seen_at=at))


def end_sessions(
    session: Session,
    *,
    at: datetime,
    token_hash: str | None = None,
    user_id: int | None = None,
    keep: str | None = None,
    key: str | None = None,
) -> int:
    """End one session, that of a ``key``, or all of a person but ``keep``; returns how many ended."""
    statement = update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=at)
    if token_hash is not None:
        statement = statement.where(UserSession.token_hash == token_hash)
    if user_id is not None:
        statement = statement.where(UserSession.user_id == user_id)
    if key is not None:
        statement = statement.where(_session_key() == key)
    if keep is not None:
        statement = statement.where(UserSession.token_hash != keep)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _session_key() -> Any:
    """Names a session to its owner: too little of the hash to be of any other use."""
    return func.left(UserSession.token_hash, SESSION_KEY_LENGTH)


def living_sessions(session: Session, *, user_id: int, idle_since: datetime, begun_since: datetime) -> list[Row[Any]]:
    statement = (
        select(
            _session_key().label("key"),
            UserSession.created_at,
            UserSession.last_seen_at,
            UserSession.address,
            UserSession.agent,
        )
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.pending.is_(None),
            UserSession.last_seen_at > idle_since,
            UserSession.created_at > begun_since,
        )
        .order_by(UserSession.last_seen_at.desc())
    )
    return list(session.execute(statement))


def save_password_hash(session: Session, *, user_id: int, password_hash: str) -> None:
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def count_attempt(session: Session, *, key: str, at: datetime, window: timedelta) -> int:
    """Add one attempt to the running window of ``key`` and tell how many it holds, in one atomic statement."""
    stale = SignInThrottle.window_start < at - window
    statement = insert(SignInThrottle).values(key=key, window_start=at, failures=1)
    counted = statement.on_conflict_do_update(
        index_elements=[SignInThrottle.key],
        set_={
            "failures": case((stale, 1), else_=SignInThrottle.failures + 1),
            "window_start": case((stale, at), else_=SignInThrottle.window_start),
        },
    ).returning(SignInThrottle.failures)
    return int(session.execute(counted).scalar_one())


def uncount_attempt(session: Session, *, key: str) -> None:
    """Take back one attempt that proved right."""
    statement = update(SignInThrottle).where(SignInThrottle.key == key, SignInThrottle.failures > 0)
    session.execute(statement.values(failures=SignInThrottle.failures - 1))


def forget_attempts(session: Session, *, key: str) -> None:
    session.execute(delete(SignInThrottle).where(SignInThrottle.key == key))


def internal_company_id(session: Session) -> int | None:
    """The company that runs this Tandem."""
    return session.scalar(select(Company.id).where(Company.kind == "internal"))


def any_account(session: Session) -> bool:
    return session.scalar(select(User.id).limit(1)) is not None
