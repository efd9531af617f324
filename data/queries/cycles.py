"""The S&OP cycle and its steps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none

# The step of the cycle that runs, with what its closing published.
STEP_NOW = text(
    """
    select c.id as cycle_id, c.month, s.id as step_id, s.step, s.status, s.closed_at, u.name as closed_by,
           v.first_period, v.number
    from sop_cycle c
    join sop_step s on s.cycle_id = c.id
    left join app_user u on u.id = s.closed_by
    left join plan_version v on v.id = s.plan_version_id
    where c.status = 'open' and s.step = :step
    order by c.month desc
    limit 1
    """
)


def step_now(session: Session, step: str) -> Row[Any] | None:
    return one_or_none(session, STEP_NOW.bindparams(step=step))
