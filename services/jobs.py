"""Long work as its owner sees it: start, follow, cancel. The work itself runs in services.worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.queries import jobs
from models.base import Json
from services.audit import record

ACTIVE = jobs.ACTIVE
# How work tells its progress: a fraction from 0 to 1 and a message. Raises JobCancelled when it shall stop.
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a screen shows it. ``remaining_seconds`` is None until it can be estimated."""

    id: UUID
    kind: str
    owner: str
    state: str
    progress: float
    message: str
    result: Json
    error: str | None
    cancelling: bool
    created_at: datetime
    finished_at: datetime | None
    elapsed_seconds: float | None
    remaining_seconds: float | None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


def start(session: Session, viewer: Viewer, kind: str, args: Json, *, idem_key: str) -> UUID:
    """Hand work to the workers, in the transaction that asked for it.

    Inputs: the open session, the owner, a kind known to services.worker, its arguments, and a key by which a double
        click is recognised as the same job.
    Returns: the id of the job, of the one already under way if there is one.
    Raises: nothing of its own. The caller has checked the right.
    Source: docs/adr/0003-jobs.md.
    """
    job_id = jobs.enqueue(session, job_id=uuid4(), kind=kind, args=args, owner_id=viewer.user_id, idem_key=idem_key)
    record(session, viewer, "job.start", subject="job", subject_id=job_id, after={"kind": kind, **args})
    return job_id


def job(viewer: Viewer, job_id: UUID) -> JobView:
    """One job of the viewer (an administrator sees all).

    Inputs: the viewer and the id.
    Returns: the job.
    Raises: NotFound for an unknown id and for another person's job alike.
    Source: security.md A19.
    """
    with session_scope(viewer) as session:
        return _visible(session, viewer, job_id)


def newest_jobs(
    viewer: Viewer, *, limit: int = 50, everybody: bool = False, active_only: bool = False
) -> list[JobView]:
    """The viewer's newest jobs, or everybody's for an administrator.

    Inputs: the viewer, how many, whose.
    Returns: jobs, the newest first.
    Raises: nothing of its own.
    Source: none; ours.
    """
    owner_id = None if everybody and viewer.may(Permission.JOBS_MANAGE) else viewer.user_id or 0
    with session_scope(viewer) as session:
        return [_view(row) for row in jobs.newest(session, owner_id=owner_id, limit=limit, active_only=active_only)]


def active_job(viewer: Viewer, kind: str) -> UUID | None:
    """The viewer's job of a kind that is under way, so that a reloaded page can follow it again.

    Inputs: the viewer and the kind.
    Returns: its id, or None.
    Raises: nothing of its own.
    Source: product.md, promise 4.
    """
    with session_scope(viewer) as session:
        found = jobs.newest(session, owner_id=viewer.user_id or 0, limit=1, active_only=True, kind=kind)
    return found[0].id if found else None


def cancel(viewer: Viewer, job_id: UUID) -> JobView:
    """Ask a job to stop; it stops at its next step and leaves nothing half written.

    Inputs: the viewer and the id.
    Returns: the job as it is now.
    Raises: NotFound when it is not the viewer's.
    Source: product.md, promise 4.
    """
    with session_scope(viewer) as session:
        found = _visible(session, viewer, job_id)
        if found.active:
            jobs.request_cancel(session, job_id=job_id, at=now())
            record(session, viewer, "job.cancel", subject="job", subject_id=job_id)
        return _visible(session, viewer, job_id)


def state_name(job: JobView) -> str:
    """The state of a job in a word.

    Inputs: a job.
    Returns: the word.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        "queued": _("Waiting"),
        "running": _("Stopping") if job.cancelling else _("Running"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    }[job.state]


def job_id_of(text: object) -> UUID:
    """The id of a job, as a browser sent it.

    Inputs: what should be the text of a UUID.
    Returns: the id.
    Raises: NotFound for anything else, as for an id that no job has.
    Source: security.md A17.
    """
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound(_("There is no such job.")) from error


def _visible(session: Session, viewer: Viewer, job_id: UUID) -> JobView:
    row = jobs.job(session, job_id=job_id)
    mine = row is not None and (row.owner_id == viewer.user_id or viewer.may(Permission.JOBS_MANAGE))
    if row is None or not mine:
        raise NotFound(_("There is no such job."))
    return _view(row)


def _view(row: Any) -> JobView:
    elapsed = float(row.seconds) if row.seconds is not None and row.state == "running" else None
    # Too early, the estimate would only jump about.
    enough = elapsed is not None and elapsed > 1 and row.progress > 0.02
    return JobView(
        id=row.id,
        kind=row.kind,
        owner=row.owner or _("Operator"),
        state=row.state,
        progress=row.progress,
        message=row.message,
        result=row.result or {},
        error=row.error,
        cancelling=row.cancel_requested and row.state == "running",
        created_at=row.created_at,
        finished_at=row.finished_at,
        elapsed_seconds=elapsed,
        remaining_seconds=elapsed * (1 - row.progress) / row.progress if enough and elapsed else None,
    )
