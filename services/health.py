"""Whether the parts Tandem needs are there."""

from __future__ import annotations

from datetime import timedelta

from core.clock import now
from data.db import sign_in_scope
from data.queries import jobs

WORKER_SILENCE = timedelta(seconds=30)


def worker_alive() -> bool:
    """Whether a worker has given a sign of life lately; asking also proves that the database answers.

    Inputs: none.
    Returns: True when a worker was heard of within 30 seconds.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        seen = jobs.worker_seen(session)
    return seen is not None and now() - seen < WORKER_SILENCE
