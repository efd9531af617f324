"""Decisions and actions of the S&OP cycle, and what happened to the sales that they were to change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.frames import frame
from data.rows import one_or_none
from models.cycle import SopCycle, SopDecision

# What is asked first, then what is open, by the day it is due; then what is over, the newest first.
LIST = text(
    """
    select d.id, d.cycle_id, c.month, d.step, d.kind, d.title, d.detail, d.owner_id, o.name as owner, d.due_on,
           d.expected_value::float8 as expected_value, d.measure, d.level, d.member, d.status,
           b.name as decided_by, d.decided_at, d.actual_value::float8 as actual_value, d.checked_on,
           a.name as created_by, d.created_at, d.version
    from sop_decision d
    join sop_cycle c on c.id = d.cycle_id
    left join app_user o on o.id = d.owner_id
    left join app_user b on b.id = d.decided_by
    left join app_user a on a.id = d.created_by
    where (cast(:cycle_id as bigint) is null or d.cycle_id = :cycle_id)
      and (cast(:status as text) is null or d.status = :status)
    order by array_position(array['asked', 'open', 'done', 'dropped'], d.status), c.month desc, d.due_on, d.id
    """
)

# The plan that was in force: the first one published for the month, else the newest one of an earlier month.
PLAN_OF = text(
    """
    select id from plan_version
    where kind in ('demand', 'consensus') and first_period <= :month
      and first_period + months * interval '1 month' > :until
    order by first_period desc, number, id
    limit 1
    """
)

EXPECTED = text(
    """
    select product_id, channel_id, sum(statistical) as quantity
    from demand_plan_value where version_id = :version_id and period >= :since and period <= :until
    group by product_id, channel_id
    """
)

SOLD = text(
    """
    select product_id, channel_id, sum(quantity)::float8 as quantity, sum(revenue)::float8 as revenue
    from demand_month where month >= :since and month <= :until
    group by product_id, channel_id
    """
)


def listed(session: Session, *, cycle_id: int | None = None, status: str | None = None) -> list[Row[Any]]:
    """All columns with the names of people and the month of the cycle."""
    return list(session.execute(LIST, {"cycle_id": cycle_id, "status": status}))


def held(session: Session, decision_id: int) -> Row[Any] | None:
    """The decision with the month of its cycle, held until the transaction ends."""
    table = SopDecision.__table__
    cycle = SopCycle.__table__
    statement = (
        select(table, cycle.c.month)
        .join(cycle, cycle.c.id == table.c.cycle_id)
        .where(table.c.id == decision_id)
        .with_for_update(of=table)
    )
    return one_or_none(session, statement)


def one(session: Session, decision_id: int) -> Row[Any] | None:
    """The decision with the month of its cycle."""
    table, cycle = SopDecision.__table__, SopCycle.__table__
    joined = select(table, cycle.c.month).join(cycle, cycle.c.id == table.c.cycle_id)
    return one_or_none(session, joined.where(table.c.id == decision_id))


def cycle_exists(session: Session, cycle_id: int) -> bool:
    return session.scalar(select(SopCycle.id).where(SopCycle.id == cycle_id)) is not None


def cycles(session: Session) -> list[Row[Any]]:
    """Id and month of every cycle, the newest first."""
    return list(session.execute(select(SopCycle.id, SopCycle.month).order_by(SopCycle.month.desc())))


def add(session: Session, **values: Any) -> int:
    return session.execute(insert(SopDecision).values(**values).returning(SopDecision.id)).scalar_one()


def change(session: Session, decision_id: int, **values: Any) -> None:
    """Change a decision, which thereby has another version."""
    found = SopDecision
    session.execute(update(found).where(found.id == decision_id).values(version=found.version + 1, **values))


def last_change(session: Session, decision_id: int) -> Row[Any] | None:
    """Who changed it last: actor, at."""
    statement = text(
        "select actor, at from audit_entry where subject = 'sop_decision' and subject_id = :id order by id desc limit 1"
    )
    return one_or_none(session, statement.bindparams(id=str(decision_id)))


def plan_of(session: Session, *, month: date, until: date) -> int | None:
    """The id of the published demand plan that was in force in a month and reaches to another."""
    found: int | None = session.scalar(PLAN_OF, {"month": month, "until": until})
    return found


def expected(session: Session, *, version_id: int, since: date, until: date) -> pd.DataFrame:
    """Units that statistics expected, by product and channel, both months included."""
    return frame(session, EXPECTED, version_id=version_id, since=since, until=until)


def sold(session: Session, *, since: date, until: date) -> pd.DataFrame:
    """Units and revenue by product and channel, both months included."""
    return frame(session, SOLD, since=since, until=until)
