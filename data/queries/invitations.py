"""Invitations of people, by the hash of their secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.accounts import Invitation
from models.people import Company, User


def company(session: Session, company_id: int) -> Row[Any] | None:
    """Name, kind and state of the company that somebody is invited to."""
    return one_or_none(session, select(Company.id, Company.name, Company.kind, Company.active).filter_by(id=company_id))


def person_of_company(session: Session, *, company_id: int, email: str) -> int | None:
    return session.scalar(select(User.id).where(User.company_id == company_id, User.email == email))


def add(session: Session, **values: Any) -> None:
    """A new invitation. Partners may not read all its columns back, so nothing is returned."""
    session.execute(insert(Invitation.__table__).values(**values))  # type: ignore[arg-type]


def end(session: Session, *, at: datetime, company_id: int, email: str) -> int:
    """End what is open of one person in one company; returns how many it were."""
    statement = (
        update(Invitation.__table__)  # type: ignore[arg-type]
        .where(
            Invitation.company_id == company_id,
            Invitation.email == email,
            Invitation.used_at.is_(None),
            Invitation.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def made_since(session: Session, *, company_id: int, since: datetime) -> int:
    statement = select(func.count()).where(Invitation.company_id == company_id, Invitation.created_at > since)
    return session.scalar(statement) or 0


def open_invitations(session: Session, *, company_id: int) -> list[Row[Any]]:
    """Who was asked and has not come yet, also when the link has expired meanwhile."""
    statement = (
        select(Invitation.id, Invitation.email, Invitation.name, Invitation.level, Invitation.expires_at)
        .where(Invitation.company_id == company_id, Invitation.used_at.is_(None), Invitation.ended_at.is_(None))
        .order_by(Invitation.name)
    )
    return list(session.execute(statement))


def by_token(session: Session, *, token_hash: str, at: datetime, lock: bool = False) -> Row[Any] | None:
    """The living invitation of a secret; nothing for one that was used, ended, expired or is of a closed company."""
    statement = (
        select(
            *(Invitation.id, Invitation.company_id, Invitation.role, Invitation.level, Invitation.email),
            *(Invitation.name, Company.name.label("company"), Company.kind.label("company_kind")),
        )
        .join(Company, Company.id == Invitation.company_id)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.used_at.is_(None),
            Invitation.ended_at.is_(None),
            Invitation.expires_at > at,
            Company.active,
        )
    )
    return one_or_none(session, statement.with_for_update(of=Invitation) if lock else statement)


def use(session: Session, *, invitation_id: int, at: datetime) -> None:
    session.execute(update(Invitation).where(Invitation.id == invitation_id).values(used_at=at))
