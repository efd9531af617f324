"""The audit trail."""

from __future__ import annotations

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


def entries(session: Session, *, before_id: int | None, limit: int) -> list[Row[Any]]:
    """The newest entries first, older than ``before_id``."""
    statement = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    return list(session.execute(statement))
