"""Files that go along with things between the company and a partner. For a partner row-level security keeps to the own
ones that are not internal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.messages import Attachment

COLUMNS = (
    *(Attachment.id, Attachment.company_id, Attachment.subject, Attachment.subject_id, Attachment.file_name),
    *(Attachment.stored_name, Attachment.media_type, Attachment.size_bytes, Attachment.sha256, Attachment.by_partner),
    *(Attachment.internal, Attachment.created_at),
)


def add(session: Session, **values: Any) -> int:
    return int(session.execute(insert(Attachment).values(**values).returning(Attachment.id)).scalar_one())


def attachment(session: Session, attachment_id: int) -> Row[Any] | None:
    return one_or_none(session, select(*COLUMNS).where(Attachment.id == attachment_id))


def of_subjects(session: Session, *, company_id: int, subject: str, subject_ids: Sequence[str]) -> list[Row[Any]]:
    """Those of some things of one kind, the oldest first."""
    statement = select(*COLUMNS).where(
        Attachment.company_id == company_id,
        Attachment.subject == subject,
        Attachment.subject_id.in_(subject_ids),
    )
    return list(session.execute(statement.order_by(Attachment.id)))


def use(session: Session, *, company_id: int, subject: str, subject_id: str) -> Row[Any]:
    """How many a thing has, and how many bytes its company."""
    this = (Attachment.subject == subject) & (Attachment.subject_id == subject_id)
    counted: Any = select(
        func.count().filter(this).label("of_subject"), func.coalesce(func.sum(Attachment.size_bytes), 0).label("bytes")
    )
    return session.execute(counted.where(Attachment.company_id == company_id)).one()
