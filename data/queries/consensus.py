"""How far the consensus of the running cycle has come, and who has signed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.consensus import ConsensusSignOff, ConsensusStatus

RUNNING = text(
    """
    select c.id, c.month, coalesce(s.status, 'draft') as status, coalesce(s.version, 0) as version, s.changed_at,
           u.name as changed_by
    from sop_cycle c
    left join consensus_status s on s.cycle_id = c.id
    left join app_user u on u.id = s.changed_by
    where c.status = 'open' order by c.month desc limit 1
    """
)

SIGNATURES = text(
    """
    select s.role, s.signed_by as user_id, u.name as signed_by, s.signed_at, s.note, s.fingerprint,
           s.units::float8 as units, s.revenue::float8 as revenue
    from consensus_sign_off s left join app_user u on u.id = s.signed_by where s.cycle_id = :cycle_id
    """
)

LAST_EDIT = text(
    """
    select e.id, u.name as who, e.created_at from demand_edit e left join app_user u on u.id = e.created_by
    order by e.id desc limit 1
    """
)

PEOPLE = text(
    """
    select u.id from app_user u join company c on c.id = u.company_id
    where u.active and c.kind = 'internal' and u.role in :roles order by u.id
    """
).bindparams(bindparam("roles", expanding=True))


def lock(session: Session) -> None:
    """Let only one person sign or move the consensus on at a time, until the transaction ends."""
    session.execute(text("select pg_advisory_xact_lock(hashtext('tandem.consensus'))"))


def running(session: Session) -> Row[Any] | None:
    """The cycle that runs: id, month, status, version, changed_at, changed_by (name)."""
    return one_or_none(session, RUNNING)


def signatures(session: Session, cycle_id: int) -> list[Row[Any]]:
    """Signatures with names."""
    return list(session.execute(SIGNATURES, {"cycle_id": cycle_id}))


def last_edit(session: Session) -> Row[Any] | None:
    """The newest edit of the demand plan: id, who, created_at."""
    return one_or_none(session, LAST_EDIT)


def people_of(session: Session, roles: Sequence[str]) -> list[int]:
    """Active people inside the company with one of the roles."""
    return list(session.scalars(PEOPLE, {"roles": list(roles)}))


def put_status(session: Session, cycle_id: int, *, status: str, by: int | None, at: datetime) -> None:
    values = {"status": status, "changed_by": by, "changed_at": at}
    statement = insert(ConsensusStatus).values(cycle_id=cycle_id, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["cycle_id"], set_={**values, "version": ConsensusStatus.version + 1}
        )
    )


def put_signature(session: Session, cycle_id: int, role: str, **values: Any) -> None:
    """Sign, or sign again."""
    statement = insert(ConsensusSignOff).values(cycle_id=cycle_id, role=role, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["cycle_id", "role"], set_=values))
