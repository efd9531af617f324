"""What happened between the company and its partners."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.partners import PartnerEvent
from models.people import Company


def add(session: Session, **values: Any) -> None:
    session.execute(insert(PartnerEvent).values(**values))


def events(session: Session, *, company_id: int | None, before_id: int | None, limit: int) -> list[Row[Any]]:
    """The newest first; of one company, or of all that the viewer may see."""
    statement = select(
        *(PartnerEvent.id, PartnerEvent.company_id, PartnerEvent.at, PartnerEvent.actor, PartnerEvent.by_partner),
        *(PartnerEvent.event, PartnerEvent.subject, PartnerEvent.subject_id, PartnerEvent.title),
        *(PartnerEvent.detail, PartnerEvent.href, Company.name.label("company")),
    ).join(Company, Company.id == PartnerEvent.company_id)
    if company_id is not None:
        statement = statement.where(PartnerEvent.company_id == company_id)
    if before_id is not None:
        statement = statement.where(PartnerEvent.id < before_id)
    return list(session.execute(statement.order_by(PartnerEvent.id.desc()).limit(limit)))
