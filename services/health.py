"""Whether the parts Tandem needs are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import now
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope, sign_in_scope
from data.queries import health, jobs

WORKER_SILENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Health:
    """What an administrator wants to know first. ``jobs`` counts them by state."""

    worker_alive: bool
    worker_seen_at: datetime | None
    database_version: str
    database_bytes: int
    database_started_at: datetime
    jobs: dict[str, int]


def worker_alive() -> bool:
    """Whether a worker has given a sign of life lately; asking also proves that the database answers.

    Inputs: none.
    Returns: True when a worker was heard of within 30 seconds.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        return _lately(jobs.worker_seen(session))


def state_of_parts(viewer: Viewer) -> Health:
    """Worker, queue and database as they are now.

    Inputs: an administrator.
    Returns: their state.
    Raises: NotAllowed without ``jobs.manage``; Unavailable when the database is away.
    Source: none; ours.
    """
    require(viewer, Permission.JOBS_MANAGE)
    with session_scope(viewer) as session:
        seen = jobs.worker_seen(session)
        database = health.database_facts(session)
        return Health(
            worker_alive=_lately(seen),
            worker_seen_at=seen,
            database_version=database.version,
            database_bytes=database.size_bytes,
            database_started_at=database.started_at,
            jobs=health.jobs_by_state(session),
        )


def _lately(seen: datetime | None) -> bool:
    return seen is not None and now() - seen < WORKER_SILENCE
