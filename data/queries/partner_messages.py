"""Threads between the company and its partners. For a partner row-level security keeps to its own company's messages
that are not internal, and its own read marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, false, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.messages import PartnerMessage as Message
from models.messages import PartnerMessageRead as Read
from models.people import Company, User

# What threads are about: its id, the partner's company and what people call it. A draft is not the partner's yet.
NAMES = {
    "purchase_order": "select o.id, p.company_id, o.number as name from purchase_order o "
    "join supplier p on p.id = o.supplier_id where o.status <> 'draft' and o.id = any(:ids)",
    "sales_order": "select o.id, p.company_id, o.number as name from sales_order o "
    "join customer p on p.id = o.customer_id where o.id = any(:ids)",
    "production_order": "select o.id, p.company_id, o.number as name from production_order o "
    "join oem p on p.id = o.oem_id where o.id = any(:ids)",
    "quality_issue": "select id, company_id, title as name from quality_issue where id = any(:ids)",
    "submission": "select id, company_id, kind as name from partner_submission where id = any(:ids)",
}


def names(session: Session, subject: str, ids: Sequence[int]) -> list[Row[Any]]:
    """id, company_id and name of things of one kind that the session may see."""
    statement = text(NAMES[subject]).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
    return list(session.execute(statement, {"ids": list(ids)}))


def partner_company(session: Session, company_id: int) -> Row[Any] | None:
    """A partner's company; for a partner the own one only."""
    statement = select(Company.id, Company.name).where(Company.id == company_id, Company.kind != "internal")
    return one_or_none(session, statement)


def partner_companies(session: Session) -> list[Row[Any]]:
    """Partners with a portal, by name."""
    statement = select(Company.id, Company.name).where(Company.kind != "internal", Company.active)
    return list(session.execute(statement.order_by(Company.name, Company.id)))


def threads(session: Session, *, user_id: int, search: str, limit: int) -> list[Row[Any]]:
    """Threads with their last message, how many there are and how many of others a person has not read; unread ones
    and then the newest first. ``mentions`` tells that the text searched for stands in one of them."""
    unread = and_(Message.id > func.coalesce(Read.last_id, 0), Message.user_id != user_id)
    hit = Message.body.icontains(search, autoescape=True) if search else false()
    key = (Message.company_id, Message.subject, Message.subject_id)
    grouped = (
        select(
            *key,
            func.count().label("messages"),
            func.count(case((unread, 1))).label("unread"),
            func.max(Message.id).label("last_id"),
            func.bool_or(hit).label("mentions"),
        )
        .outerjoin(
            Read,
            and_(
                Read.user_id == user_id,
                *(mine == its for mine, its in zip((Read.company_id, Read.subject, Read.subject_id), key, strict=True)),
            ),
        )
        .group_by(*key)
        .subquery()
    )
    last = select(*grouped.c, Company.name.label("company"), Message.body, Message.author, Message.created_at)
    last = last.add_columns(Message.internal).join(Message, Message.id == grouped.c.last_id)
    last = last.join(Company, Company.id == grouped.c.company_id)
    order = ((grouped.c.unread == 0), grouped.c.last_id.desc())
    return list(session.execute(last.order_by(*order).limit(limit)))


def messages(session: Session, *, company_id: int, subject: str, subject_id: str, limit: int) -> list[Row[Any]]:
    """The newest of a thread, the oldest of them first."""
    statement: Any = select(
        *(Message.id, Message.body, Message.user_id, Message.author, Message.by_partner, Message.internal),
        Message.created_at,
    ).where(Message.company_id == company_id, Message.subject == subject, Message.subject_id == subject_id)
    newest = session.execute(statement.order_by(Message.id.desc()).limit(limit))
    return list(newest)[::-1]


def add(session: Session, **values: Any) -> int:
    return int(session.execute(insert(Message).values(**values).returning(Message.id)).scalar_one())


def mark_read(session: Session, **values: Any) -> None:
    """Remember how far a person has read; a mark never goes back."""
    made = upsert(Read).values(**values)
    session.execute(
        made.on_conflict_do_update(
            index_elements=["user_id", "company_id", "subject", "subject_id"],
            set_={"last_id": made.excluded.last_id},
            where=Read.last_id < made.excluded.last_id,
        )
    )


def people_of(session: Session, company_id: int) -> list[Row[Any]]:
    """Active people of a company: id, name, email."""
    statement = select(User.id, User.name, User.email).where(User.company_id == company_id, User.active)
    return list(session.execute(statement.order_by(User.name, User.id)))


def untold(session: Session, *, limit: int) -> list[Row[Any]]:
    """Messages of partners of which nobody inside was told, the oldest first; no other worker tells them meanwhile."""
    statement = (
        select(
            *(Message.id, Message.company_id, Message.subject, Message.subject_id, Message.body, Message.author),
            Company.name.label("company"),
        )
        .join(Company, Company.id == Message.company_id)
        .where(Message.by_partner, Message.told_at.is_(None))
        .order_by(Message.id)
        .limit(limit)
    )
    return list(session.execute(statement.with_for_update(of=Message, skip_locked=True)))


def told(session: Session, message_ids: Sequence[int], *, at: datetime) -> None:
    session.execute(update(Message).where(Message.id.in_(message_ids)).values(told_at=at))


def taking_part(session: Session, *, company_id: int, subject: str, subject_id: str) -> list[int]:
    """Ids of people inside who wrote in a thread."""
    statement = select(Message.user_id).distinct()
    return list(
        session.scalars(
            statement.where(
                Message.company_id == company_id,
                Message.subject == subject,
                Message.subject_id == subject_id,
                ~Message.by_partner,
            )
        )
    )
