"""Stored settings and the versions of the data."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.base import Json
from models.operation import DataVersion, Setting


def value(session: Session, key: str) -> Json | None:
    return session.scalar(select(Setting.value).where(Setting.key == key))


def values(session: Session, prefix: str) -> dict[str, Json]:
    """All settings that begin so, by what follows."""
    rows = session.execute(select(Setting.key, Setting.value).where(Setting.key.startswith(prefix, autoescape=True)))
    return {row.key.removeprefix(prefix): row.value for row in rows}


def save(session: Session, key: str, new: Json) -> None:
    statement = insert(Setting).values(key=key, value=new)
    session.execute(statement.on_conflict_do_update(index_elements=[Setting.key], set_={"value": new}))


def lock(session: Session, key: str) -> None:
    """Let only one person change a setting at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.setting ' || :key))"), {"key": key})


def bump(session: Session, subject: str) -> None:
    """Tell readers of cached figures that ``subject`` has changed."""
    session.execute(text("select tandem_bump(:subject)"), {"subject": subject})


def version(session: Session, *subjects: str) -> str:
    """A text that differs after every change of any of the subjects."""
    rows = session.execute(select(DataVersion.subject, DataVersion.version).where(DataVersion.subject.in_(subjects)))
    found = {row.subject: row.version for row in rows}
    return ".".join(str(found.get(subject, 0)) for subject in subjects)
