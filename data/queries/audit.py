"""The audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.base import Json
from models.people import AuditEntry


def add_entry(
    session: Session,
    *,
    user_id: int | None,
    company_id: int,
    actor: str,
    action: str,
    subject: str,
    subject_id: str,
    before: Json | None,
    after: Json | None,
    reason: str | None,
) -> None:
    # A plain insert: partners may write the trail but not read it back.
    session.execute(
        insert(AuditEntry)
        .inline()
        .values(
            user_id=user_id,
            company_id=company_id,
            actor=actor,
            action=action,
            subject=subject,
            subject_id=subject_id,
            before=before,
            after=after,
            reason=reason,
        )
    )


def moments(session: Session, *, user_id: int | None, actions: Sequence[str], since: datetime) -> list[datetime]:
    """When somebody did any of these things, in order."""
    statement = select(AuditEntry.at).where(
        AuditEntry.user_id == user_id, AuditEntry.action.in_(actions), AuditEntry.at >= since
    )
    return list(session.scalars(statement.order_by(AuditEntry.at)))


def entries(
    session: Session,
    *,
    actor: str,
    about: str,
    since: datetime | None,
    until: datetime | None,
    before_id: int | None,
    skip: int,
    limit: int,
) -> list[Row[Any]]:
    """The newest entries first: those older than ``before_id``, or those after the first ``skip``."""
    statement = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).offset(skip).limit(limit)
    if actor:
        statement = statement.where(AuditEntry.actor.icontains(actor, autoescape=True))
    if about:
        of_this_kind = AuditEntry.subject.istartswith(about, autoescape=True)
        statement = statement.where(of_this_kind | (AuditEntry.subject_id == about))
    if since is not None:
        statement = statement.where(AuditEntry.at >= since)
    if until is not None:
        statement = statement.where(AuditEntry.at <= until)
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    return list(session.execute(statement))
