"""Job rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.base import Json
from models.operation import Job
from models.people import User

ACTIVE = ("queued", "running")
# Written out: the server recognises the index in a prepared statement only without parameters.
_UNIQUE_WHILE = text("state in ('queued', 'running')")


def enqueue(
    session: Session, *, job_id: UUID, kind: str, args: Json, owner_id: int | None, idem_key: str, priority: int = 0
) -> UUID:
    """Add a job and its queue entry; the same work asked for twice is the job that is already on its way.

    What waits with a lower priority is taken when nothing else waits.
    """
    statement = insert(Job).values(id=job_id, kind=kind, args=args, owner_id=owner_id, idem_key=idem_key)
    added: UUID | None = session.scalar(
        statement.on_conflict_do_nothing(
            index_elements=[Job.owner_id, Job.kind, Job.idem_key], index_where=_UNIQUE_WHILE
        ).returning(Job.id)
    )
    if added is None:
        same = (Job.owner_id == owner_id) & (Job.kind == kind) & (Job.idem_key == idem_key) & Job.state.in_(ACTIVE)
        return session.execute(select(Job.id).where(same)).scalar_one()
    session.execute(text("select tandem_enqueue(:job, :priority)"), {"job": job_id, "priority": priority})
    return added


def begin(session: Session, *, job_id: UUID, at: datetime) -> Row[Any] | None:
    """Mark a job as running, once more, unless it has already ended."""
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.state.in_(ACTIVE))
        .values(state="running", attempts=Job.attempts + 1, started_at=at)
        .returning(Job.id, Job.kind, Job.args, Job.owner_id, Job.attempts, Job.cancel_requested)
    )
    return one_or_none(session, statement)


def save_progress(session: Session, *, job_id: UUID, fraction: float, message: str) -> bool:
    """Store how far a job is; tells whether its owner wants it stopped."""
    statement = update(Job).where(Job.id == job_id).values(progress=fraction, message=message)
    return bool(session.scalar(statement.returning(Job.cancel_requested)))


def finish(
    session: Session, *, job_id: UUID, at: datetime, state: str, result: Json | None = None, error: str | None = None
) -> None:
    values: dict[str, Any] = {"state": state, "finished_at": at, "error": error}
    if state == "done":
        values |= {"progress": 1.0, "result": result}
    session.execute(update(Job).where(Job.id == job_id, Job.state.in_(ACTIVE)).values(**values))


def stop(session: Session, *, kind: str, args: Json, at: datetime) -> None:
    """Jobs of a kind with these arguments are not needed any more: who waits ends, who is under way is asked to."""
    these = (Job.kind == kind) & Job.args.contains(args)
    ended = {"state": "cancelled", "finished_at": at}
    session.execute(update(Job).where(these, Job.state == "queued").values(ended))
    session.execute(update(Job).where(these, Job.state == "running").values(cancel_requested=True))


def request_cancel(session: Session, *, job_id: UUID, at: datetime) -> str | None:
    """Ask a job to stop; one that no worker has taken yet ends at once. Returns its state, None if unknown."""
    state = session.scalar(select(Job.state).where(Job.id == job_id).with_for_update())
    if state == "queued":
        finish(session, job_id=job_id, at=at, state="cancelled")
        return "cancelled"
    if state == "running":
        session.execute(update(Job).where(Job.id == job_id).values(cancel_requested=True))
    return state


def job(session: Session, *, job_id: UUID) -> Row[Any] | None:
    return one_or_none(session, _listing().where(Job.id == job_id))


def newest(
    session: Session, *, owner_id: int | None, limit: int, active_only: bool = False, kind: str | None = None
) -> list[Row[Any]]:
    """The newest jobs, of one owner or of all, of one kind or of any."""
    statement = _listing().order_by(Job.created_at.desc()).limit(limit)
    if owner_id is not None:
        statement = statement.where(Job.owner_id == owner_id)
    if active_only:
        statement = statement.where(Job.state.in_(ACTIVE))
    if kind is not None:
        statement = statement.where(Job.kind == kind)
    return list(session.execute(statement))


def newest_of(session: Session, *, owner_id: int | None, kind: str, idem_key: str) -> Row[Any] | None:
    """State and error of the newest job for just this work."""
    same = (Job.owner_id == owner_id) & (Job.kind == kind) & (Job.idem_key == idem_key)
    return one_or_none(session, select(Job.state, Job.error).where(same).order_by(Job.created_at.desc()).limit(1))


def worker_seen(session: Session) -> datetime | None:
    """The last sign of life of any worker."""
    seen: datetime | None = session.scalar(text("select tandem_worker_seen()"))
    return seen


def _listing() -> Any:
    return select(
        Job.id,
        Job.kind,
        Job.owner_id,
        User.name.label("owner"),
        Job.state,
        Job.progress,
        Job.message,
        Job.result,
        Job.error,
        Job.cancel_requested,
        Job.created_at,
        Job.started_at,
        Job.finished_at,
        func.extract("epoch", func.now() - Job.started_at).label("seconds"),
    ).outerjoin(User, User.id == Job.owner_id)
