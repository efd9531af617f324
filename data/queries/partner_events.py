"""What happened between the company and its partners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.partners import PartnerEvent
from models.people import Company, User


def add(session: Session, **values: Any) -> None:
    session.execute(insert(PartnerEvent).values(**values))


def events(
    session: Session, *, company_id: int | None, before_id: int | None, limit: int, names: bool
) -> list[Row[Any]]:
    """The newest first; of one company, or of all that the viewer may see; with the names of colleagues or without."""
    colleague = select(User.name).where(User.id == PartnerEvent.user_id).scalar_subquery()
    actor = func.coalesce(colleague, PartnerEvent.actor) if names else PartnerEvent.actor
    statement = select(
        *(PartnerEvent.id, PartnerEvent.company_id, PartnerEvent.at, actor.label("actor"), PartnerEvent.by_partner),
        *(PartnerEvent.event, PartnerEvent.subject, PartnerEvent.subject_id, PartnerEvent.title),
        *(PartnerEvent.detail, PartnerEvent.href, Company.name.label("company")),
    ).join(Company, Company.id == PartnerEvent.company_id)
    if company_id is not None:
        statement = statement.where(PartnerEvent.company_id == company_id)
    if before_id is not None:
        statement = statement.where(PartnerEvent.id < before_id)
    return list(session.execute(statement.order_by(PartnerEvent.id.desc()).limit(limit)))


def unmailed(session: Session, *, limit: int) -> list[Row[Any]]:
    """Events of which no mails were made, the oldest first, held until the transaction ends."""
    columns = (PartnerEvent.id, PartnerEvent.company_id, PartnerEvent.at, PartnerEvent.by_partner)
    statement = (
        select(*columns, PartnerEvent.event, PartnerEvent.subject, PartnerEvent.href, PartnerEvent.reader)
        .add_columns(Company.kind.label("company_kind"))
        .join(Company, Company.id == PartnerEvent.company_id)
        .where(PartnerEvent.mailed_at.is_(None))
        .order_by(PartnerEvent.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=PartnerEvent)
    )
    return list(session.execute(statement))


def told(session: Session, event_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """What is told of events, by id; of those that the viewer may read."""
    columns = (PartnerEvent.id, PartnerEvent.actor, PartnerEvent.title, PartnerEvent.detail, PartnerEvent.href)
    statement = (
        select(*columns, Company.name.label("company"))
        .join(Company, Company.id == PartnerEvent.company_id)
        .where(PartnerEvent.id.in_(event_ids))
    )
    rows: list[Row[Any]] = list(session.execute(statement))
    return {row.id: row for row in rows}


def mark_mailed(session: Session, event_ids: Sequence[int], *, at: datetime) -> None:
    session.execute(update(PartnerEvent).where(PartnerEvent.id.in_(event_ids)).values(mailed_at=at))
