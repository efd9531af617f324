"""What the plan takes for granted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.consensus import PlanAssumption

ASSUMPTIONS = text(
    """
    select a.id, a.body, a.level, a.member, a.starts_on, a.ends_on, a.layer, a.measure, a.figure::float8 as figure,
           a.tolerance::float8 as tolerance, a.status, a.version, a.created_at, u.name as owner, c.month as cycle
    from plan_assumption a
    left join app_user u on u.id = a.owner_id
    left join sop_cycle c on c.id = a.cycle_id
    order by a.id desc
    """
)


def assumptions(session: Session) -> list[Row[Any]]:
    """All of them with owner and cycle by name, the newest first."""
    return list(session.execute(ASSUMPTIONS))


def held(session: Session, assumption_id: int) -> Row[Any] | None:
    """One, held until the transaction ends."""
    table = PlanAssumption.__table__
    return one_or_none(session, select(table).where(table.c.id == assumption_id).with_for_update())


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(PlanAssumption).values(**values).returning(PlanAssumption.id)).scalar_one()


def change(session: Session, assumption_id: int, **values: Any) -> None:
    statement = update(PlanAssumption).where(PlanAssumption.id == assumption_id)
    session.execute(statement.values(version=PlanAssumption.version + 1, **values))
