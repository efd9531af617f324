"""What partners ask for, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from data.rows import one_or_none, rows_after
from models.base import Json
from models.partners import PartnerSubmission as Asked
from models.people import Company, User

# What both sides may read.
COLUMNS = (
    *(Asked.id, Asked.company_id, Asked.kind, Asked.subject_id, Asked.payload, Asked.note, Asked.status),
    *(Asked.created_at, Asked.decided_at, Asked.decision_note, Asked.version),
)


def add(
    session: Session, *, company_id: int, kind: str, subject_id: str, payload: Json, note: str | None, user_id: int
) -> int:
    """A new wish in the place of a pending one about the same thing."""
    pending = update(Asked).where(
        Asked.company_id == company_id, Asked.kind == kind, Asked.subject_id == subject_id, Asked.status == "pending"
    )
    session.execute(pending.values(status="superseded", version=Asked.version + 1))
    values = {
        "company_id": company_id,
        "kind": kind,
        "subject_id": subject_id,
        "payload": payload,
        "note": note,
        "created_by": user_id,
    }
    return int(session.execute(insert(Asked).values(**values).returning(Asked.id)).scalar_one())


def take_back(session: Session, *, submission_id: int) -> bool:
    """Whether it was still pending; row-level security keeps to the own ones."""
    statement = update(Asked).where(Asked.id == submission_id, Asked.status == "pending")
    changed = session.execute(statement.values(status="withdrawn", version=Asked.version + 1))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def own(session: Session, *, kind: str, limit: int) -> list[Row[Any]]:
    """Wishes of one kind, the newest first; for a partner row-level security keeps to the own ones."""
    statement = select(*COLUMNS, User.name.label("asked_by")).join(User, User.id == Asked.created_by)
    return list(session.execute(statement.where(Asked.kind == kind).order_by(Asked.id.desc()).limit(limit)))


def own_after(
    session: Session, *, kinds: Sequence[str], status: str, after: Sequence[Any] | None, limit: int
) -> list[Row[Any]]:
    """Wishes of some kinds, the newest first, after the id of the last one that was read; own ones, as above."""
    statement: Any = select(*COLUMNS, User.name.label("asked_by")).join(User, User.id == Asked.created_by)
    wanted = statement.where(Asked.kind.in_(kinds), *([Asked.status == status] if status else []))
    return rows_after(session, wanted, Asked.id, after=after, limit=limit, backwards=True)


def waiting(session: Session, *, kinds: Sequence[str]) -> Row[Any]:
    """How many wishes of these kinds are pending, and since when the oldest is; for a partner the own ones."""
    statement: Any = select(func.count().label("pending"), func.min(Asked.created_at).label("since"))
    return session.execute(statement.where(Asked.kind.in_(kinds), Asked.status == "pending")).one()


def decided(session: Session, *, kinds: Sequence[str], since: datetime, limit: int) -> list[Row[Any]]:
    """Wishes of these kinds that were decided, the newest decision first, and how many there are as ``total``."""
    columns = (*COLUMNS, User.name.label("asked_by"), func.count().over().label("total"))
    statement: Any = select(*columns).join(User, User.id == Asked.created_by)
    wanted = statement.where(Asked.kind.in_(kinds), Asked.decided_at >= since)
    return list(session.execute(wanted.order_by(Asked.decided_at.desc(), Asked.id.desc()).limit(limit)))


def own_one(session: Session, *, submission_id: int) -> Row[Any] | None:
    statement = select(*COLUMNS, User.name.label("asked_by")).join(User, User.id == Asked.created_by)
    return one_or_none(session, statement.where(Asked.id == submission_id))


def own_of_subject(session: Session, *, kind: str, subject_id: str) -> Row[Any] | None:
    """The newest wish about a thing that nobody took back or refused."""
    statement = select(Asked.id, Asked.status).where(Asked.kind == kind, Asked.subject_id == subject_id)
    statement = statement.where(Asked.status.in_(("pending", "accepted"))).order_by(Asked.id.desc()).limit(1)
    return one_or_none(session, statement)


def listed(session: Session, *, kinds: Sequence[str], pending: bool, limit: int | None) -> list[Row[Any]]:
    """Wishes of all partners for those who decide, the oldest pending or the newest decided first."""
    states = ["pending"] if pending else ["accepted", "rejected"]
    order = Asked.id if pending else Asked.decided_at.desc()
    statement = _with_names().add_columns(func.count().over().label("total"))
    return list(
        session.execute(statement.where(Asked.kind.in_(kinds), Asked.status.in_(states)).order_by(order).limit(limit))
    )


def one(session: Session, *, submission_id: int, for_update: bool = False) -> Row[Any] | None:
    statement = _with_names().where(Asked.id == submission_id)
    return one_or_none(session, statement.with_for_update(of=Asked) if for_update else statement)


def pending_by_kind(session: Session) -> dict[str, int]:
    counted = select(Asked.kind, func.count()).where(Asked.status == "pending").group_by(Asked.kind)
    return {kind: int(count) for kind, count in session.execute(counted)}


def decide(
    session: Session, *, submission_id: int, status: str, user_id: int | None, at: datetime, note: str | None
) -> None:
    values = {
        "status": status,
        "decided_by": user_id,
        "decided_at": at,
        "decision_note": note,
        "version": Asked.version + 1,
    }
    session.execute(update(Asked).where(Asked.id == submission_id).values(**values))


def _with_names() -> Any:
    decider = aliased(User)
    return (
        select(
            *COLUMNS,
            Asked.created_by,
            User.name.label("asked_by"),
            Company.name.label("company"),
            Company.kind.label("company_kind"),
            decider.name.label("decided_by"),
        )
        .join(User, User.id == Asked.created_by)
        .join(Company, Company.id == Asked.company_id)
        .outerjoin(decider, decider.id == Asked.decided_by)
    )
