"""Floors and ceilings of the plan."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.consensus import PlanBound

BOUNDS = text(
    """
    select b.id, b.level, b.member, b.starts_on, b.ends_on, b.measure, b.floor::float8 as floor,
           b.ceiling::float8 as ceiling, b.note, b.version, u.name as created_by
    from plan_bound b left join app_user u on u.id = b.created_by order by b.starts_on, b.id
    """
)


def bounds(session: Session) -> list[Row[Any]]:
    """All of them, with who set them."""
    return list(session.execute(BOUNDS))


def held(session: Session, bound_id: int) -> Row[Any] | None:
    """One, held until the transaction ends."""
    table = PlanBound.__table__
    return one_or_none(session, select(table).where(table.c.id == bound_id).with_for_update())


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(PlanBound).values(**values).returning(PlanBound.id)).scalar_one()


def change(session: Session, bound_id: int, **values: Any) -> None:
    statement = update(PlanBound).where(PlanBound.id == bound_id)
    session.execute(statement.values(version=PlanBound.version + 1, **values))


def remove(session: Session, bound_id: int) -> None:
    session.execute(delete(PlanBound).where(PlanBound.id == bound_id))
