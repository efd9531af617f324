"""What the plan of a cycle takes for granted, and what its steps went on without."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

ASSUMPTIONS = text(
    """
    select a.body, a.level, a.member, a.starts_on, a.ends_on, a.measure, a.figure::float8 as figure, a.status,
           o.name as owner
    from plan_assumption a
    left join app_user o on o.id = a.owner_id
    where a.status <> 'confirmed' and (a.cycle_id is null or a.cycle_id = :cycle_id)
    order by a.starts_on, a.id
    """
)

STEPS = text(
    """
    select s.step, s.status, s.due_on, s.accepted, s.notes, o.name as owner
    from sop_step s
    left join app_user o on o.id = s.owner_id
    where s.cycle_id = :cycle_id
    order by s.position
    """
)


def assumptions(session: Session, cycle_id: int) -> list[Row[Any]]:
    """Those of the cycle, and of none, that nobody has confirmed."""
    return list(session.execute(ASSUMPTIONS, {"cycle_id": cycle_id}))


def steps(session: Session, cycle_id: int) -> list[Row[Any]]:
    """The steps in order: step, status, due_on, accepted, notes, owner."""
    return list(session.execute(STEPS, {"cycle_id": cycle_id}))
