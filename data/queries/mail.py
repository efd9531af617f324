"""The outbox of mail, and which mail a person wants when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.mail import MailOutbox, MailPreference, MailQuietHours
from models.people import Company, User


def add(session: Session, **values: Any) -> int | None:
    """Put a mail into the outbox; None when one with its key is there already."""
    statement = insert(MailOutbox).values(**values).on_conflict_do_nothing(index_elements=[MailOutbox.dedupe_key])
    return session.execute(statement.returning(MailOutbox.id)).scalar_one_or_none()


def due(session: Session, *, at: datetime) -> Row[Any] | None:
    """The next mail to send, held until the transaction ends; those that somebody else holds are passed over."""
    columns = (MailOutbox.id, MailOutbox.user_id, MailOutbox.address, MailOutbox.template, MailOutbox.values)
    statement = (
        select(*columns, MailOutbox.urgent, MailOutbox.tries, MailOutbox.reader, MailOutbox.created_at)
        .where(MailOutbox.state == "waiting", MailOutbox.due_at <= at)
        .order_by(MailOutbox.urgent.desc(), MailOutbox.due_at, MailOutbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return one_or_none(session, statement)


def change(session: Session, mail_id: int, **values: Any) -> None:
    session.execute(update(MailOutbox).where(MailOutbox.id == mail_id).values(**values))


def held_people(session: Session) -> list[int]:
    """People for whom entries of a digest are held."""
    statement = select(MailOutbox.user_id).where(MailOutbox.state == "held").distinct().order_by(MailOutbox.user_id)
    return [found for found in session.scalars(statement) if found is not None]


def held(session: Session, user_id: int, *, limit: int) -> list[Row[Any]]:
    """What is held for the digest of a person, the oldest first; others can't take it meanwhile."""
    statement = (
        select(MailOutbox.id, MailOutbox.values, MailOutbox.reader)
        .where(MailOutbox.user_id == user_id, MailOutbox.state == "held")
        .order_by(MailOutbox.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.execute(statement))


def take_back(session: Session, mail_ids: Sequence[int], *, why: str) -> None:
    """Cancel mails."""
    statement = update(MailOutbox).where(MailOutbox.id.in_(mail_ids))
    session.execute(statement.values(state="cancelled", values={}, last_error=why))


def bundle(session: Session, mail_ids: Sequence[int]) -> None:
    """Say of held entries that they went with a digest."""
    session.execute(update(MailOutbox).where(MailOutbox.id.in_(mail_ids)).values(state="bundled", values={}))


def outbox(session: Session, *, state: str | None, limit: int) -> list[Row[Any]]:
    """The newest mails; of one state, or of all."""
    columns = (MailOutbox.id, MailOutbox.template, MailOutbox.subject, MailOutbox.state, MailOutbox.tries)
    statement = (
        select(*columns, MailOutbox.due_at, MailOutbox.created_at, MailOutbox.sent_at, MailOutbox.last_error)
        .add_columns(func.coalesce(MailOutbox.address, User.email).label("recipient"))
        .outerjoin(User, User.id == MailOutbox.user_id)
        .order_by(MailOutbox.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement if state is None else statement.where(MailOutbox.state == state)))


def counts(session: Session) -> dict[str, int]:
    """How many mails there are by state."""
    rows = session.execute(select(MailOutbox.state, func.count().label("mails")).group_by(MailOutbox.state))
    return {row.state: row.mails for row in rows}


def one(session: Session, mail_id: int) -> Row[Any] | None:
    """One mail, held until the transaction ends."""
    statement = select(MailOutbox.id, MailOutbox.state, MailOutbox.subject).where(MailOutbox.id == mail_id)
    return one_or_none(session, statement.with_for_update())


def forget(session: Session, *, before: datetime) -> int:
    """Delete mails that are over since before a moment; tells how many."""
    over = MailOutbox.state.in_(["sent", "cancelled", "bundled", "failed"])
    return len(
        session.execute(delete(MailOutbox).where(over, MailOutbox.created_at < before).returning(MailOutbox.id)).all()
    )


def expire_news(session: Session, *, before: datetime, why: str) -> None:
    """Take back mails about events from before a moment that were not sent."""
    unsent = MailOutbox.state.in_(["waiting", "held"])
    statement = update(MailOutbox).where(unsent, MailOutbox.topic.is_not(None), MailOutbox.created_at < before)
    session.execute(statement.values(state="cancelled", values={}, last_error=why))


def people_of(session: Session, company_ids: Sequence[int]) -> list[Row[Any]]:
    """Active people of active companies: id and company_id."""
    statement = (
        select(User.id, User.company_id)
        .join(Company, Company.id == User.company_id)
        .where(User.active, Company.active, User.company_id.in_(company_ids))
        .order_by(User.id)
    )
    return list(session.execute(statement))


def partner_companies(session: Session, kind: str) -> dict[int, str]:
    """Active partners of one kind, and what the company is called that runs Tandem (kind “internal”)."""
    statement = select(Company.id, Company.name).where(Company.active, Company.kind == kind).order_by(Company.id)
    return {row.id: row.name for row in session.execute(statement)}


def preferences(session: Session, user_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """What people have chosen, by person and topic."""
    statement = select(MailPreference).where(MailPreference.user_id.in_(user_ids))
    return {(row.user_id, row.topic): row.delivery for row in session.scalars(statement)}


def save_preferences(session: Session, user_id: int, chosen: dict[str, str]) -> None:
    statement = insert(MailPreference).values(
        [{"user_id": user_id, "topic": t, "delivery": d} for t, d in chosen.items()]
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "topic"], set_={"delivery": statement.excluded.delivery}
        )
    )


def quiet_hours(session: Session, user_id: int) -> tuple[time, time] | None:
    """From when until when a person wants no mail."""
    found = session.get(MailQuietHours, user_id)
    return None if found is None else (found.quiet_from, found.quiet_until)


def save_quiet_hours(session: Session, user_id: int, hours: tuple[time, time] | None) -> None:
    session.execute(delete(MailQuietHours).where(MailQuietHours.user_id == user_id))
    if hours is not None:
        session.execute(insert(MailQuietHours).values(user_id=user_id, quiet_from=hours[0], quiet_until=hours[1]))
