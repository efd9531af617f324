"""Comments, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.inbox import Comment, Notification, Snooze
from models.people import User


def tell(session: Session, values: Sequence[dict[str, Any]]) -> None:
    """Add notifications; one that the person has already by its key is opened again with the new text."""
    statement = insert(Notification).values(list(values))
    new = {name: statement.excluded[name] for name in ("kind", "title", "detail", "href", "due_on", "created_by")}
    session.execute(statement.on_conflict_do_update(index_elements=["user_id", "key"], set_={**new, "done_at": None}))


def tell_once(session: Session, values: Sequence[dict[str, Any]]) -> int:
    """Add notifications that the people don't have yet by their key, done or not; tells how many."""
    statement = insert(Notification).on_conflict_do_nothing(index_elements=["user_id", "key"])
    return len(session.execute(statement.returning(Notification.id), list(values)).all())


def done_below(session: Session, key: str, *, but: str, at: datetime) -> None:
    """Entries whose key begins with this one and a colon, except one."""
    below = Notification.key.startswith(f"{key}:", autoescape=True)
    statement = update(Notification).where(below, Notification.key != but, Notification.done_at.is_(None))
    session.execute(statement.values(done_at=at))


def done(session: Session, key: str, *, at: datetime, user_id: int | None = None) -> None:
    statement = update(Notification).where(Notification.key == key, Notification.done_at.is_(None)).values(done_at=at)
    session.execute(statement if user_id is None else statement.where(Notification.user_id == user_id))


def people_with(session: Session, permission: str) -> list[int]:
    """Active people inside the company whose role has a right."""
    statement = text(
        """
        select u.id from app_user u
        join company c on c.id = u.company_id
        join role_permission p on p.role = u.role
        where u.active and c.kind = 'internal' and p.permission = :permission
        order by u.id
        """
    )
    return list(session.scalars(statement, {"permission": permission}))


def colleagues(session: Session) -> list[Row[Any]]:
    """Active people inside the company: id, name, email."""
    statement = text(
        "select u.id, u.name, u.email from app_user u join company c on c.id = u.company_id "
        "where u.active and c.kind = 'internal' order by u.name, u.id"
    )
    return list(session.execute(statement))


def add_comment(session: Session, **values: Any) -> int:
    return session.execute(insert(Comment).values(**values).returning(Comment.id)).scalar_one()


def thread(session: Session, *, subject: str, subject_id: str) -> list[Row[Any]]:
    """Comments about a thing, the oldest first: id, body, author, created_at."""
    statement = (
        select(Comment.id, Comment.body, User.name.label("author"), Comment.created_at)
        .outerjoin(User, User.id == Comment.created_by)
        .where(Comment.subject == subject, Comment.subject_id == subject_id)
        .order_by(Comment.id)
    )
    return list(session.execute(statement))


def open_notifications(session: Session, user_id: int) -> list[Row[Any]]:
    """What waits for a person: id, kind, key, title, detail, href, due_on, created_at, told_by."""
    statement = text(
        """
        select n.id, n.kind, n.key, n.title, n.detail, n.href, n.due_on, n.created_at, u.name as told_by
        from notification n left join app_user u on u.id = n.created_by
        where n.user_id = :user_id and n.done_at is null
        order by n.due_on nulls last, n.id
        """
    )
    return list(session.execute(statement, {"user_id": user_id}))


def snoozed(session: Session, user_id: int, *, day: date) -> dict[str, date]:
    """What a person does not want to see on a day, and until when, by key."""
    statement = select(Snooze.key, Snooze.until).where(Snooze.user_id == user_id, Snooze.until > day)
    return {row.key: row.until for row in session.execute(statement)}


def snooze(session: Session, user_id: int, keys: Sequence[str], *, until: date, reason: str) -> None:
    values = [{"user_id": user_id, "key": key, "until": until, "reason": reason} for key in keys]
    statement = insert(Snooze).values(values)
    new = {name: statement.excluded[name] for name in ("until", "reason")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "key"], set_={**new, "created_at": func.now()})
    )


def wake(session: Session, user_id: int, keys: Sequence[str]) -> None:
    session.execute(delete(Snooze).where(Snooze.user_id == user_id, Snooze.key.in_(keys)))


def handled(session: Session, user_id: int, *, since: datetime) -> int:
    """How much a person has decided, done or put off since a moment."""
    statement = text(
        """
        select (select count(*) from notification where user_id = :user_id and done_at >= :since)
             + (select count(*) from reorder_proposal where decided_by = :user_id and decided_at >= :since)
             + (select count(*) from policy_proposal where decided_by = :user_id and decided_at >= :since)
             + (select count(*) from supplier_response where decided_by = :user_id and decided_at >= :since)
             + (select count(*) from snooze where user_id = :user_id and created_at >= :since)
        """
    )
    return int(session.scalar(statement, {"user_id": user_id, "since": since}) or 0)
