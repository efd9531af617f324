"""Ways of importing, saved by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.operation import ImportTemplate


def names(session: Session, entity: str) -> list[str]:
    return list(
        session.scalars(
            select(ImportTemplate.name).where(ImportTemplate.entity == entity).order_by(func.lower(ImportTemplate.name))
        )
    )


def template(session: Session, entity: str, name: str) -> Row[Any] | None:
    same = (ImportTemplate.entity == entity) & (ImportTemplate.name == name)
    return one_or_none(session, select(ImportTemplate.__table__).where(same))


def save(session: Session, **values: Any) -> None:
    statement = insert(ImportTemplate).values(**values)
    changed = {name: statement.excluded[name] for name in ("mapping", "reading", "options", "saved_by")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ImportTemplate.entity, ImportTemplate.name], set_=changed | {"saved_at": func.now()}
        )
    )


def remove(session: Session, entity: str, name: str) -> bool:
    """Whether there was one."""
    same = (ImportTemplate.entity == entity) & (ImportTemplate.name == name)
    removed = session.execute(delete(ImportTemplate).where(same).returning(ImportTemplate.name)).first()
    return removed is not None
