"""Accounts as an administrator sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.people import Company, User


def people(session: Session) -> list[Row[Any]]:
    statement = (
        select(
            User.id,
            User.name,
            User.email,
            User.role,
            User.active,
            User.created_at,
            User.version,
            Company.name.label("company"),
            Company.kind.label("company_kind"),
        )
        .join(Company, Company.id == User.company_id)
        .order_by(Company.kind != "internal", Company.name, User.name)
    )
    return list(session.execute(statement))


def add_company(session: Session, *, name: str, kind: str) -> int:
    return session.execute(insert(Company).values(name=name, kind=kind).returning(Company.id)).scalar_one()


def add_person(
    session: Session,
    *,
    company_id: int,
    role: str,
    email: str,
    name: str,
    password_hash: str,
    level: str | None = None,
) -> int | None:
    """The id of the new account; None when the e-mail has one."""
    values = {"company_id": company_id, "role": role, "level": level, "email": email, "name": name}
    statement = insert(User).values(**values, password_hash=password_hash).on_conflict_do_nothing()
    return session.scalar(statement.returning(User.id))


def person_exists(session: Session, *, user_id: int) -> bool:
    return session.scalar(select(User.id).where(User.id == user_id)) is not None


def set_active(session: Session, *, user_id: int, active: bool, version: int) -> bool:
    """Compare-and-set on the version the administrator saw; False when it has changed since."""
    statement = (
        update(User)
        .where(User.id == user_id, User.version == version)
        .values(active=active, version=User.version + 1)
        .returning(User.id)
    )
    return session.scalar(statement) is not None


def administrators(session: Session) -> int:
    statement = select(func.count()).select_from(User).where(User.role == "admin", User.active)
    return session.scalar(statement) or 0


def of_company(session: Session, company_id: int) -> list[Row[Any]]:
    """People of one partner, those who may come in first."""
    statement = (
        select(User.id, User.name, User.email, User.level, User.active, User.version)
        .where(User.company_id == company_id)
        .order_by(User.active.desc(), User.name)
    )
    return list(session.execute(statement))


def colleague(session: Session, *, company_id: int, user_id: int) -> Row[Any] | None:
    statement = select(User.name, User.level, User.active).where(User.company_id == company_id, User.id == user_id)
    return one_or_none(session, statement)


def set_level(session: Session, *, user_id: int, level: str, active: bool, version: int) -> bool:
    """Compare-and-set; False when it has changed since."""
    statement = update(User).where(User.id == user_id, User.version == version)
    changed = statement.values(level=level, active=active, version=User.version + 1).returning(User.id)
    return session.scalar(changed) is not None


def partner_administrators(session: Session, company_id: int) -> int:
    statement = select(func.count()).where(User.company_id == company_id, User.level == "portal_admin", User.active)
    return session.scalar(statement) or 0
