"""The S&OP cycle and its steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.cycle import SopCycle, SopReview, SopStep

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

STEPS = text(
    """
    select s.id, s.cycle_id, c.month, s.step, s.position, s.status, s.owner_id, o.name as owner, s.due_on, s.agenda,
           s.notes, s.accepted, b.name as closed_by, s.closed_at, v.kind as version_kind, v.first_period, v.number,
           s.version
    from sop_step s
    join sop_cycle c on c.id = s.cycle_id
    left join app_user o on o.id = s.owner_id
    left join app_user b on b.id = s.closed_by
    left join plan_version v on v.id = s.plan_version_id
    where s.cycle_id = :cycle_id
    order by s.position
    """
)

# Decisions of each step that are asked or not done yet.
OPEN_DECISIONS = text(
    """
    select step, count(*) as decisions from sop_decision
    where cycle_id = :cycle_id and status in ('asked', 'open')
    group by step
    """
)

LAST_CHANGE = text(
    """
    select actor, at, action from audit_entry
    where subject = :subject and subject_id = :subject_id
    order by id desc
    limit 1
    """
)

# What is due: steps of running cycles that somebody has to close.
OPEN_STEPS = text(
    """
    select s.id, c.month, s.step, s.owner_id, s.due_on
    from sop_step s
    join sop_cycle c on c.id = s.cycle_id
    join app_user u on u.id = s.owner_id
    where c.status = 'open' and s.status = 'open' and u.active
    order by s.id
    """
)


# Who owns the steps of a role: the one whose account is the oldest.
FIRST_OF_ROLES = text(
    """
    select u.role, min(u.id) as id
    from app_user u join company c on c.id = u.company_id
    where u.active and c.kind = 'internal'
    group by u.role
    """
)


def step_now(session: Session, step: str) -> Row[Any] | None:
    return one_or_none(session, STEP_NOW.bindparams(step=step))


def lock_cycles(session: Session) -> None:
    """Let only one person at a time start a cycle or change its template, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.sop_cycle'))"))


def cycles(session: Session) -> list[Row[Any]]:
    """All cycles, the newest first: id, month, status, created_at, closed_at."""
    found = SopCycle
    columns = (found.id, found.month, found.status, found.created_at, found.closed_at)
    return list(session.execute(select(*columns).order_by(found.month.desc())))


def steps(session: Session, cycle_id: int) -> list[Row[Any]]:
    """The steps of a cycle in their order, with names of people and the plan that was published."""
    return list(session.execute(STEPS, {"cycle_id": cycle_id}))


def first_of_roles(session: Session) -> dict[str, int]:
    """An active person inside the company for each role that has one."""
    return {row.role: row.id for row in session.execute(FIRST_OF_ROLES)}


def open_decisions(session: Session, cycle_id: int) -> dict[str, int]:
    return {row.step: row.decisions for row in session.execute(OPEN_DECISIONS, {"cycle_id": cycle_id})}


def held(session: Session, step_id: int) -> tuple[Row[Any], Row[Any]] | None:
    """The cycle of a step and the step, held until the transaction ends: first the cycle, so that whatever changes it
    waits in one line."""
    cycle, step = SopCycle.__table__, SopStep.__table__
    of_step = select(step.c.cycle_id).where(step.c.id == step_id).scalar_subquery()
    found = one_or_none(session, select(cycle).where(cycle.c.id == of_step).with_for_update())
    if found is None:
        return None
    return found, session.execute(select(step).where(step.c.id == step_id).with_for_update()).one()


def add_cycle(session: Session, *, month: date, created_by: int | None) -> int:
    return session.execute(
        insert(SopCycle).values(month=month, created_by=created_by).returning(SopCycle.id)
    ).scalar_one()


def add_steps(session: Session, values: Sequence[dict[str, Any]]) -> list[int]:
    """Ids in the order of the steps."""
    statement = insert(SopStep).returning(SopStep.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, list(values)))


def change_cycle(session: Session, cycle_id: int, **values: Any) -> None:
    found = SopCycle
    session.execute(update(found).where(found.id == cycle_id).values(version=found.version + 1, **values))


def change_step(session: Session, step_id: int, **values: Any) -> None:
    """Change a step, which thereby has another version."""
    found = SopStep
    session.execute(update(found).where(found.id == step_id).values(version=found.version + 1, **values))


def last_change(session: Session, subject: str, subject_id: int) -> Row[Any] | None:
    """Who changed it last: actor, at, action."""
    return one_or_none(session, LAST_CHANGE.bindparams(subject=subject, subject_id=str(subject_id)))


def open_steps(session: Session) -> list[Row[Any]]:
    """Steps that are open, with the month of their cycle; their owner is active."""
    return list(session.execute(OPEN_STEPS))


def add_reviews(session: Session, cycle_id: int, items: Iterable[tuple[int, int]], *, reviewed_by: int | None) -> int:
    """How many items were not marked before."""
    values = [
        {"cycle_id": cycle_id, "product_id": product, "location_id": location, "reviewed_by": reviewed_by}
        for product, location in items
    ]
    if not values:
        return 0
    statement = upsert(SopReview).on_conflict_do_nothing().returning(SopReview.product_id)
    return len(session.execute(statement, values).all())
